// Several incidents: one line each, worst and newest first.
import type { WireIncident } from "../../protocol/incident.ts";
import { cleanText, shortText } from "./clean-text.ts";
import { severityWord, type TextStyle } from "./incident-text.ts";
import { gap, table } from "./layout.ts";
import { localTime, percent } from "./words.ts";

const RANK: Readonly<Record<WireIncident["severity"], number>> = { INFO: 0, WARNING: 1, ERROR: 2, FATAL: 3 };

/** The order in which a person should look: open ones first, then by severity, then the surest, then the newest. */
export function byUrgency(a: WireIncident, b: WireIncident): number {
  return (
    Number(b.state === "open") - Number(a.state === "open") ||
    RANK[b.severity] - RANK[a.severity] ||
    b.confidence - a.confidence ||
    Date.parse(b.last_seen) - Date.parse(a.last_seen)
  );
}

/** A table with ids, for picking one. */
export function incidentTable(incidents: readonly WireIncident[], style: TextStyle): string[] {
  const rows = incidents.map((incident) => [
    cleanText(incident.id),
    incident.severity,
    incident.muted_by === undefined ? incident.state : "muted",
    localTime(incident.first_seen),
    incident.root_cause ? percent(incident.confidence) : "not sure",
    shortText(incident.title, 200),
  ]);
  const [head = "", ...lines] = table(["ID", "SEVERITY", "STATE", "SINCE", "SURE", "WHAT"], rows, style.width);
  return [style.paint.label(head), ...lines];
}

/** A numbered list, as a table of contents before the details. */
export function incidentOverview(incidents: readonly WireIncident[], style: TextStyle): string[] {
  const wide = String(incidents.length).length;
  return incidents.map((incident, at) => {
    const number = String(at + 1).padStart(wide);
    const surety = incident.root_cause ? percent(incident.confidence) : "cause not sure";
    const room = style.width - wide - 14 - surety.length - 4;
    return `${number}. ${severityWord(incident.severity, style)}${gap(9 - incident.severity.length)}${shortText(incident.title, room)} (${surety})`;
  });
}
