// The answer to "what can have caused this event?" for a terminal.
import type { WirePotentialCause, WireRca } from "../../protocol/graph.ts";
import type { WireTimelineEntry } from "../../protocol/incident.ts";
import { cleanText, shortText } from "./clean-text.ts";
import { severityWord, type TextStyle } from "./incident-text.ts";
import { hanging, indented, wrap } from "./layout.ts";
import { counted, localTime, nameOf } from "./words.ts";

const NAMES_MAX = 10;
const TIMELINE_MAX = 20;
const MESSAGE_LENGTH_MAX = 300;

/** The lines: the event, its causes best first, who else is hit, what happened around it. */
export function rcaText(rca: WireRca, style: TextStyle): string[] {
  const { paint } = style;
  const own = rca.timeline.find(({ event_id }) => event_id === rca.event_id);
  const causes = rca.potential_causes.flatMap((cause, at) => causeLines(cause, at, style));
  return [
    `${severityWord(rca.severity, style)}  ${paint.title(`${nameOf(rca.subject)}: ${cleanText(rca.reason)}`)}`,
    ...(own ? wrap(shortText(own.message, MESSAGE_LENGTH_MAX), style.width) : []),
    paint.faint(`${localTime(rca.event_time)}, event ${cleanText(rca.event_id)}`),
    "",
    paint.label("Possible causes"),
    ...(causes.length > 0 ? causes : ["  none was found within the window and the hops asked for (--window, --hops, --min-score)"]),
    ...hitLines(rca, style),
    ...incidentLines(rca, style),
    ...timelineLines(rca.timeline, style),
  ];
}

function causeLines(cause: WirePotentialCause, at: number, style: TextStyle): string[] {
  const { confidence, temporal_score, distance_score, domain_score, hops } = cause;
  const scores = `score ${two(confidence)}: time ${two(temporal_score)}, distance ${two(distance_score)} (${counted(hops, "hop")}), kind of cause ${two(domain_score)}`;
  const head = `${nameOf(cause.subject)}, ${cleanText(cause.reason)}, ${localTime(cause.event_time)}`;
  return [
    ...wrap(head, style.width, hanging(2, `${at + 1}.`)),
    ...wrap(shortText(cause.message, MESSAGE_LENGTH_MAX), style.width, indented(5)),
    ...wrap(shortText(cause.sentence, MESSAGE_LENGTH_MAX), style.width, indented(5)),
    ...wrap(`${scores}; event ${cleanText(cause.event_id)}`, style.width, indented(5)).map(style.paint.faint),
  ];
}

function hitLines({ blast_radius: hit }: WireRca, { width, paint }: TextStyle): string[] {
  if (hit.length === 0) return [];
  const more = hit.length > NAMES_MAX ? ` and ${hit.length - NAMES_MAX} more` : "";
  return ["", paint.label("Also hit, or could be"), ...wrap(hit.slice(0, NAMES_MAX).map(nameOf).join(", ") + more, width, indented(2))];
}

function incidentLines({ related_incident: incident }: WireRca, { width, paint }: TextStyle): string[] {
  if (!incident) return [];
  const line = `${cleanText(incident.title)} (${incident.severity}, ${incident.state}): kgroot incident ${cleanText(incident.id)}`;
  return ["", paint.label("Part of the incident"), ...wrap(line, width, indented(2))];
}

function timelineLines(timeline: readonly WireTimelineEntry[], { width, paint }: TextStyle): string[] {
  if (timeline.length === 0) return [];
  const left = timeline.length - TIMELINE_MAX;
  const lines = timeline.slice(-TIMELINE_MAX).flatMap(({ event_time, resource, reason, message, count }) => {
    const often = count > 1 ? ` (${count} times)` : "";
    return wrap(
      `${localTime(event_time)}  ${nameOf(resource)}, ${cleanText(reason)}${often}: ${shortText(message, 120)}`,
      width,
      hanging(2, "-"),
    );
  });
  return ["", paint.label("Timeline"), ...(left > 0 ? [`  (${left} earlier ones left out)`] : []), ...lines];
}

function two(value: number): string {
  return value.toFixed(2);
}
