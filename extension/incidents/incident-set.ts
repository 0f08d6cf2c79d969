// The incidents that this window knows: all open ones up to a limit, and as many resolved ones as were asked for.
import type { WireIncident, WireSeverity } from "../../agent/protocol/incident.ts";
import type { RpcNotifications } from "../../agent/protocol/rpc.ts";

/** Incidents by `incidentKey`. `olderResolved` continues the resolved ones; undefined: there are no more. */
export type IncidentSet = {
  readonly open: ReadonlyMap<string, WireIncident>;
  readonly resolved: ReadonlyMap<string, WireIncident>;
  readonly olderResolved: string | undefined;
};

/** None. */
export const NO_INCIDENTS: IncidentSet = { open: new Map(), resolved: new Map(), olderResolved: undefined };

/** An id may exist in several clusters. */
export function incidentKey({ cluster, id }: { readonly cluster: string; readonly id: string }): string {
  return `${cluster}/${id}`;
}

/** The set with what the agent said since: changed ones in their new state, removed and muted ones left out. */
export function withNews(set: IncidentSet, { changed, removed }: RpcNotifications["incidents/changed"]): IncidentSet {
  const open = new Map(set.open);
  const resolved = new Map(set.resolved);
  for (const incident of changed) {
    const key = incidentKey(incident);
    const [now, before] = incident.state === "open" ? [open, resolved] : [resolved, open];
    before.delete(key);
    if (incident.muted_by === undefined) now.set(key, incident);
    else now.delete(key);
  }
  for (const gone of removed) {
    open.delete(incidentKey(gone));
    resolved.delete(incidentKey(gone));
  }
  return { ...set, open, resolved };
}

const RANK: Readonly<Record<WireSeverity, number>> = { FATAL: 3, ERROR: 2, WARNING: 1, INFO: 0 };

/** How bad, 0 to 3. */
export function severityRank(severity: WireSeverity): number {
  return RANK[severity] ?? 0;
}

/** Worst first, then the one seen last. */
export function byUrgency(a: WireIncident, b: WireIncident): number {
  return severityRank(b.severity) - severityRank(a.severity) || byTime(a, b);
}

/** The one seen last first. */
export function byTime(a: WireIncident, b: WireIncident): number {
  return b.last_seen.localeCompare(a.last_seen) || a.id.localeCompare(b.id);
}

/** What incidents of one group are ordered by. */
export const SORTINGS = ["urgency", "last-seen", "first-seen", "hit", "confidence"] as const;
/** One of them. */
export type Sorting = (typeof SORTINGS)[number];

/** How two incidents stand to each other: the worst, newest, widest or surest first. */
export function inOrder(sorting: Sorting): (a: WireIncident, b: WireIncident) => number {
  switch (sorting) {
    case "urgency":
      return byUrgency;
    case "last-seen":
      return byTime;
    case "first-seen":
      return (a, b) => b.first_seen.localeCompare(a.first_seen) || byTime(a, b);
    case "hit":
      return (a, b) => hits(b) - hits(a) || byUrgency(a, b);
    case "confidence":
      return (a, b) => b.confidence - a.confidence || byUrgency(a, b);
  }
}

function hits({ affected }: WireIncident): number {
  return affected.filter(({ role }) => role === "symptom").length;
}

/** Whether every word of the text is found in title, cause, places or affected names. */
export function matches(incident: WireIncident, text: string): boolean {
  if (text === "") return true;
  const { title, cluster, namespaces, severity, root_cause: cause, affected } = incident;
  const names = affected.map(({ kind, name }) => `${kind} ${name}`);
  const all = [title, cluster, severity, ...namespaces, cause?.kind, cause?.name, cause?.reason, ...names].join(" ").toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}
