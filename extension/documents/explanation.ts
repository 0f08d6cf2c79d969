// An incident as a document: root cause, evidence with the commands that show it, spread, impact, other hypotheses, gaps.
import { l10n } from "vscode";
import type { WireAffected, WireCause, WireIncident, WireIncidentGraph, WireTimelineEntry } from "../../agent/protocol/incident.ts";
import { percent, resourceName } from "../incidents/words.ts";
import { code, prose, section } from "./markdown.ts";

const TIMELINE_LINES_MAX = 100;

/** The Markdown. Times are UTC, as in the tickets that it is copied to. */
export function explanation({ incident, timeline }: WireIncidentGraph): string {
  const { root_cause: root, causes } = incident;
  const others = causes.filter((cause) => !isSame(cause, root));
  const lines = [
    `# ${prose(incident.title)}`,
    "",
    `**${incident.severity}**, ${incident.state}. ${l10n.t("First seen")} ${utc(incident.first_seen)}, ${l10n.t("last seen")} ${utc(incident.last_seen)}. ${l10n.t("Cluster")} ${code(incident.cluster)}, ${l10n.t("incident")} ${code(incident.id)}.`,
    "",
    prose(incident.summary),
    ...section(l10n.t("Root cause"), root ? causeLines(root) : [l10n.t("Not sure: nothing that was seen explains this well enough.")]),
    ...section(l10n.t("How it spread"), incident.path.map(stepLine)),
    ...section(l10n.t("Hit"), affectedLines(incident, "symptom")),
    ...section(l10n.t("Could be hit"), affectedLines(incident, "at_risk")),
    ...section(l10n.t("Other hypotheses"), others.map(hypothesisLine)),
    ...section(l10n.t("Timeline"), timelineLines(timeline)),
    ...section(
      l10n.t("What could not be seen"),
      incident.evidence_gaps.map((gap) => `- ${prose(gap)}`),
    ),
    ...section(
      l10n.t("Similar incidents"),
      incident.similar.map(({ title, because, confirmed }) => {
        const word =
          confirmed === undefined ? "" : ` (${confirmed ? l10n.t("root cause confirmed then") : l10n.t("root cause rejected then")})`;
        return `- ${prose(title)}: ${prose(because)}${word}`;
      }),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function isSame(cause: WireCause, root: WireCause | null): boolean {
  return root !== null && cause.rid === root.rid && cause.reason === root.reason;
}

function causeLines(cause: WireCause): string[] {
  return [
    `${code(resourceName(cause))}, ${prose(cause.reason)}, ${percent(cause.confidence)}`,
    "",
    prose(cause.explanation),
    "",
    ...cause.evidence.flatMap(({ source, text, command }) => [
      `- ${prose(source)}: ${code(text)}`,
      ...(command === undefined ? [] : [`  - ${code(command)}`]),
    ]),
  ];
}

function hypothesisLine(cause: WireCause): string {
  const why =
    cause.rejected_because === undefined ? prose(cause.explanation) : `${l10n.t("ranked lower")}: ${prose(cause.rejected_because)}`;
  return `- ${code(resourceName(cause))}, ${prose(cause.reason)}, ${percent(cause.confidence)}. ${why}`;
}

function stepLine({ from, to, relation, evidence }: WireIncident["path"][number], at: number): string {
  return `${at + 1}. ${code(resourceName(from))} → ${code(resourceName(to))} (${prose(relation)}): ${prose(evidence)}`;
}

function affectedLines({ affected }: WireIncident, role: WireAffected["role"]): string[] {
  return affected.filter((one) => one.role === role).map((one) => `- ${code(resourceName(one))}${one.since ? `, ${utc(one.since)}` : ""}`);
}

function timelineLines(timeline: readonly WireTimelineEntry[]): string[] {
  const lines = timeline.slice(0, TIMELINE_LINES_MAX).map(({ event_time: at, resource, reason, count, message }) => {
    const times = count > 1 ? ` (${count}×)` : "";
    return `- ${utc(at)} ${code(resourceName(resource))} **${prose(reason)}**${times} ${prose(message)}`;
  });
  const hidden = timeline.length - lines.length;
  return hidden > 0 ? [...lines, `- … ${l10n.t("and {0} more", hidden)}`] : lines;
}

/** `2026-06-03 08:42:17 UTC`. */
function utc(iso: string): string {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(iso) ? `${iso.slice(0, 19).replace("T", " ")} UTC` : prose(iso);
}
