// Several incidents: one line each, worst and newest first.
import type { WireIncident } from "../../protocol/incident.ts";
import { cleanText, shortText } from "./clean-text.ts";
import { severityWord, type TextStyle } from "./incident-text.ts";
import { gap, indented, wrap } from "./layout.ts";
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

/** A list with ids, for picking one. */
export function incidentList(incidents: readonly WireIncident[], style: TextStyle): string[] {
  return incidents.flatMap((incident) => {
    const state = incident.muted_by === undefined ? incident.state : "muted";
    const facts = `${state}, since ${localTime(incident.first_seen)}`;
    const more = [...wrap(facts, style.width, indented(TITLE_COLUMN)), `${gap(TITLE_COLUMN)}kgroot incident ${cleanText(incident.id)}`];
    return [...titleLines(incident, gap(0), style), ...more.map(style.paint.faint)];
  });
}

/** A numbered list, as a table of contents before the details. */
export function incidentOverview(incidents: readonly WireIncident[], style: TextStyle): string[] {
  const wide = String(incidents.length).length;
  return incidents.flatMap((incident, at) => titleLines(incident, `${String(at + 1).padStart(wide)}. `, style));
}

const TITLE_COLUMN = 9;

function titleLines(incident: WireIncident, before: string, style: TextStyle): string[] {
  // A title without a named cause says so itself.
  const facts = [incident.state === "open" ? "" : incident.state, incident.root_cause ? percent(incident.confidence) : ""];
  const told = facts.filter((fact) => fact !== "").join(", ");
  const column = before.length + TITLE_COLUMN;
  const text = `${shortText(incident.title, 300)}${told === "" ? "" : ` (${told})`}`;
  const [first = "", ...rest] = wrap(text, style.width, indented(column));
  const head = `${before}${severityWord(incident.severity, style)}${gap(TITLE_COLUMN - incident.severity.length)}`;
  return [head + first.slice(column), ...rest];
}
