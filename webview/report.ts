// An incident as Markdown, for a ticket or a chat: the same facts in the same order as on the page. Cluster text is escaped, so that it cannot format itself.
import type { WireCause, WireEvidence, WireIncident } from "../agent/protocol/incident.ts";
import { displayName, fullName, oneLine, percent, sureness, utc } from "./format.ts";

/** The report. Times are UTC, because it is read elsewhere. */
export function markdownReport(incident: WireIncident): string {
  const sections = [
    head(incident),
    list("## Causes", incident.causes.filter((cause) => cause.rejected_because === undefined).map(causeText)),
    list(
      "## How it spread",
      incident.path.map(
        (step) => `- ${plain(displayName(step.from))} → ${plain(displayName(step.to))} (${plain(step.relation)}): ${plain(step.evidence)}`,
      ),
    ),
    list(
      "## Hit",
      incident.affected
        .filter((one) => one.role === "symptom")
        .map((one) => `- ${plain(displayName(one))}${one.since ? `, since ${utc(one.since)}` : ""}`),
    ),
    list(
      "## Could be hit",
      incident.affected.filter((one) => one.role === "at_risk").map((one) => `- ${plain(displayName(one))}`),
    ),
    list(
      "## Ruled out",
      incident.causes
        .filter((cause) => cause.rejected_because !== undefined)
        .map((cause) => `- ${plain(displayName(cause))}, ${plain(cause.reason)}: ${plain(cause.rejected_because ?? "")}`),
    ),
    list(
      "## Gaps in the evidence",
      incident.evidence_gaps.map((gap) => `- ${plain(gap)}`),
    ),
    list(
      "## Similar incidents",
      incident.similar.map(
        (one) =>
          `- ${plain(one.title)} (${percent(one.score)} alike): ${plain(one.because)}${one.confirmed ? " Root cause confirmed then." : ""}`,
      ),
    ),
  ];
  return `${sections.filter(Boolean).join("\n\n")}\n`;
}

function head(incident: WireIncident): string {
  const cause = incident.root_cause ? `${plain(displayName(incident.root_cause))}, ${plain(incident.root_cause.reason)}` : "not sure";
  return [
    `# ${plain(incident.title)}`,
    "",
    plain(incident.summary),
    "",
    `- **Root cause:** ${cause} (${sureness(incident)})`,
    `- **Severity:** ${incident.severity}, ${incident.state}`,
    `- **Seen:** ${utc(incident.first_seen)} to ${utc(incident.last_seen)}${incident.resolved_at ? `, resolved ${utc(incident.resolved_at)}` : ""}`,
    `- **Where:** cluster ${plain(incident.cluster)}, ${incident.namespaces.map(plain).join(", ") || "no namespace"}`,
    `- **Incident:** ${plain(incident.id)}`,
  ].join("\n");
}

function causeText(cause: WireCause, index: number): string {
  const lines = [
    `${index + 1}. **${plain(cause.kind)} ${plain(fullName(cause))}**, ${plain(cause.reason)}, ${percent(cause.confidence)}: ${plain(cause.explanation)}`,
  ];
  for (const item of cause.evidence) lines.push(...evidenceText(item));
  return lines.join("\n");
}

function evidenceText(evidence: WireEvidence): string[] {
  const quoted = `   - ${plain(evidence.source)}: ${plain(evidence.text)}`;
  return evidence.command ? [quoted, `     ${code(evidence.command)}`] : [quoted];
}

function list(title: string, items: readonly string[]): string {
  return items.length > 0 ? `${title}\n\n${items.join("\n")}` : "";
}

/** Text without any meaning in Markdown. */
function plain(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]()<>#+|~!]/g, "\\$&")
    .replace(/@/g, "@\u200b");
}

/** A code span whose fence is longer than any run of back ticks in it. */
function code(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map((run) => run[0].length));
  const fence = "`".repeat(longest + 1);
  const pad = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}
