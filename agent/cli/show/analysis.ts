// The answer of `analyze`: a summary, then the incidents, then what was looked at and what could not be.
import type { WireIncident, WireTimelineEntry } from "../../protocol/incident.ts";
import { shortText } from "./clean-text.ts";
import { incidentOverview } from "./incident-list.ts";
import { incidentMarkdown, prose } from "./incident-markdown.ts";
import { incidentText, type TextStyle } from "./incident-text.ts";
import { hanging, wrap } from "./layout.ts";
import { counted } from "./words.ts";

/** What was read, and what could not be. */
export type AnalysisNotes = {
  readonly gaps: readonly string[];
  /** What happened in an incident, oldest first. */
  readonly timelineOf?: (id: string) => readonly WireTimelineEntry[];
  readonly records: number;
  readonly dropped: number;
  readonly resources: number;
  readonly refused: readonly { readonly where: string; readonly reason: string }[];
};

// More than a person reads at once; the overview names the others.
const DETAILED_MAX = 5;
const NOTES_MAX = 5;
const NOTE_LENGTH_MAX = 500;
const ABSENT_KIND = /^the dump holds no (\S+) objects: /;

/** For a terminal. */
export function analysisText(incidents: readonly WireIncident[], notes: AnalysisNotes, style: TextStyle): string[] {
  const { paint, full, width } = style;
  const told = withoutCommonGaps(incidents, notes);
  const detailed = full ? told : told.slice(0, DETAILED_MAX);
  const overview =
    incidents.length > 1 ? [paint.title(`${incidents.length} incidents`), "", ...incidentOverview(incidents, style), ""] : [];
  const details = detailed.flatMap((incident, at) => [
    ...(incidents.length > 1 ? [paint.faint(`${rule(`${at + 1} of ${incidents.length}`, width)}`)] : []),
    ...incidentText({ incident, timeline: notes.timelineOf?.(incident.id) }, style),
    "",
  ]);
  const nothing = incidents.length === 0 ? [paint.good("Nothing wrong was found."), ""] : [];
  const rest = incidents.length - detailed.length;
  return [
    ...nothing,
    ...overview,
    ...details,
    ...(rest > 0 ? [`${counted(rest, "further incident")}: --full shows all, --format json has everything`, ""] : []),
    ...noteLines(notes, style),
  ];
}

/** For a ticket. */
export function analysisMarkdown(incidents: readonly WireIncident[], notes: AnalysisNotes, full: boolean): string[] {
  const title = incidents.length === 0 ? "Nothing wrong was found." : `${counted(incidents.length, "incident")} found`;
  const unread = problems(notes);
  return [
    `# ${title}`,
    "",
    lookedAt(notes),
    "",
    ...withoutCommonGaps(incidents, notes).flatMap((incident) => [
      ...incidentMarkdown({ incident, timeline: notes.timelineOf?.(incident.id) }, full),
      "",
    ]),
    ...(unread.length > 0 ? ["## What could not be looked at", "", ...unread.map((text) => `- ${prose(text)}`)] : []),
  ];
}

function noteLines(notes: AnalysisNotes, { width, paint }: TextStyle): string[] {
  const unread = problems(notes);
  const gaps = unread.flatMap((text) => wrap(text, width, hanging(2, "-")));
  return [paint.faint(lookedAt(notes)), ...(gaps.length > 0 ? [paint.label("Could not be looked at:"), ...gaps] : [])];
}

function lookedAt({ records, resources, dropped }: AnalysisNotes): string {
  const routine = dropped > 0 ? `, ${counted(dropped, "routine log line")} passed over` : "";
  return `Looked at ${counted(records, "record")} about ${counted(resources, "resource")}${routine}.`;
}

/** What the whole dump lacks is said once, at the end. */
function withoutCommonGaps(incidents: readonly WireIncident[], { gaps }: AnalysisNotes): WireIncident[] {
  return incidents.map((incident) => ({ ...incident, evidence_gaps: incident.evidence_gaps.filter((gap) => !gaps.includes(gap)) }));
}

/** What could not be looked at, a line each. */
export function problems({ gaps, refused }: AnalysisNotes): string[] {
  const told = refused.map(({ where, reason }) => `${where}: ${reason}`);
  const all = [...absentKinds(gaps), ...told].map((text) => shortText(text, NOTE_LENGTH_MAX));
  const more = all.length - NOTES_MAX;
  return more > 0 ? [...all.slice(0, NOTES_MAX), `and ${more} more`] : all;
}

/** Ten gaps that differ in a kind only are one sentence. */
function absentKinds(gaps: readonly string[]): string[] {
  const kinds = gaps.flatMap((gap) => ABSENT_KIND.exec(gap)?.[1] ?? []);
  if (kinds.length < 2) return [...gaps];
  const rest = gaps.filter((gap) => !ABSENT_KIND.test(gap));
  return [`objects of these kinds, which the dump does not hold: ${kinds.join(", ")}`, ...rest];
}

function rule(text: string, width: number): string {
  return `── ${text} ${"─".repeat(Math.max(0, width - text.length - 4))}`;
}
