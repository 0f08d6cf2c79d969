// The list of incidents beside the graph: pages, live changes, filters and an order that does not jump under the reader.
import type { WireIncident, WireIncidentPage, WireSeverity } from "../agent/protocol/incident.ts";
import type { IncidentsParams, RpcNotifications } from "../agent/protocol/rpc.ts";

/** What the reader asked to see. Empty strings mean any; `text` is looked for in what is loaded. */
export type Filters = {
  readonly state: "open" | "resolved" | "all";
  readonly severity: WireSeverity | "";
  readonly namespace: string;
  readonly cluster: string;
  readonly muted: boolean;
  readonly text: string;
};

/** `order` holds keys, first on top; `cursor` is there while older pages are. `namespaces` are all that were seen, sorted. */
export type IncidentList = {
  readonly status: "loading" | "loaded" | "failed";
  readonly problem: string;
  readonly filters: Filters;
  readonly incidents: ReadonlyMap<string, WireIncident>;
  readonly order: readonly string[];
  readonly namespaces: readonly string[];
  readonly cursor?: string;
};

/** Incidents per page. */
const PAGE_SIZE = 50;
/** Most that are held: about 10 kB each, 20 MB. Beyond it the oldest resolved ones go. */
const HELD_MAX = 2000;

/** Nothing loaded yet; open incidents of everything are wanted. */
export const EMPTY_LIST: IncidentList = {
  status: "loading",
  problem: "",
  filters: { state: "open", severity: "", namespace: "", cluster: "", muted: false, text: "" },
  incidents: new Map(),
  order: [],
  namespaces: [],
};

/** The key of an incident in the list: ids are unique within a cluster only. */
export function incidentKey(incident: { readonly id: string; readonly cluster: string }): string {
  return `${incident.cluster}\u0000${incident.id}`;
}

/** What to ask the agent for under these filters. */
export function listParams(filters: Filters, cursor?: string): IncidentsParams {
  return {
    limit: PAGE_SIZE,
    ...(filters.state === "all" ? {} : { state: filters.state }),
    ...(filters.severity ? { severity: filters.severity } : {}),
    ...(filters.namespace ? { namespace: filters.namespace } : {}),
    ...(filters.cluster ? { cluster: filters.cluster } : {}),
    ...(filters.muted ? { include_muted: true } : {}),
    ...(cursor ? { cursor } : {}),
  };
}

/** Puts a page in: the first one (`fresh`) replaces what was there, a further one goes to the end. */
export function withPage(list: IncidentList, page: WireIncidentPage, fresh: boolean): IncidentList {
  const incidents = new Map(fresh ? [] : list.incidents);
  const order = fresh ? [] : [...list.order];
  for (const incident of page.incidents) {
    const key = incidentKey(incident);
    if (!incidents.has(key)) order.push(key);
    incidents.set(key, incident);
  }
  const { cursor: _former, ...rest } = list;
  const cursor = page.next_cursor ? { cursor: page.next_cursor } : {};
  return { ...rest, status: "loaded", problem: "", incidents, order, namespaces: namespacesOf(list.namespaces, page.incidents), ...cursor };
}

/** Applies a live change: known incidents change in place, new ones go on top, merged ones leave. */
export function withChanges(list: IncidentList, change: RpcNotifications["incidents/changed"]): IncidentList {
  const incidents = new Map(list.incidents);
  const fresh: string[] = [];
  for (const incident of change.changed) {
    const key = incidentKey(incident);
    if (!incidents.has(key)) fresh.unshift(key);
    incidents.set(key, incident);
  }
  for (const gone of change.removed) incidents.delete(incidentKey(gone));
  let order = [...fresh, ...list.order].filter((key) => incidents.has(key));
  if (order.length > HELD_MAX) {
    for (const key of order.slice(HELD_MAX)) incidents.delete(key);
    order = order.slice(0, HELD_MAX);
  }
  return { ...list, incidents, order, namespaces: namespacesOf(list.namespaces, change.changed) };
}

/** The incidents to show, in order. The one that is open on the right stays although it no longer matches, so that it does not vanish from under the reader. */
export function shownIncidents(list: IncidentList, selectedKey: string | undefined): WireIncident[] {
  const shown: WireIncident[] = [];
  for (const key of list.order) {
    const incident = list.incidents.get(key);
    if (incident && (key === selectedKey || matches(incident, list.filters))) shown.push(incident);
  }
  return shown;
}

/** Whether an incident is what the filters ask for. */
export function matches(incident: WireIncident, filters: Filters): boolean {
  if (filters.state !== "all" && incident.state !== filters.state) return false;
  if (filters.severity && incident.severity !== filters.severity) return false;
  if (filters.namespace && !incident.namespaces.includes(filters.namespace)) return false;
  if (filters.cluster && incident.cluster !== filters.cluster) return false;
  if (!filters.muted && incident.muted_by !== undefined) return false;
  const words = filters.text.toLowerCase().split(/\s+/).filter(Boolean);
  const text = words.length > 0 ? searchText(incident) : "";
  return words.every((word) => text.includes(word));
}

function searchText(incident: WireIncident): string {
  const cause = incident.root_cause ? [incident.root_cause.kind, incident.root_cause.name, incident.root_cause.reason] : [];
  const names = incident.affected.map((subject) => subject.name);
  return [incident.id, incident.title, incident.cluster, ...incident.namespaces, ...cause, ...names].join(" ").toLowerCase();
}

function namespacesOf(known: readonly string[], incidents: readonly WireIncident[]): readonly string[] {
  const all = new Set([...known, ...incidents.flatMap((incident) => incident.namespaces)]);
  return all.size === known.length ? known : [...all].sort();
}
