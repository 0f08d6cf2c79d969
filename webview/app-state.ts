// Everything the page knows, and how each thing that happens changes it. Pure: the session does the asking, the views do the showing.
import type { WireStats } from "../agent/protocol/graph.ts";
import type { WireIncident, WireIncidentGraph, WireIncidentPage } from "../agent/protocol/incident.ts";
import type { RpcNotifications } from "../agent/protocol/rpc.ts";
import { EMPTY_LIST, type Filters, type IncidentList, incidentKey, withChanges, withPage } from "./incident-list.ts";
import type { Connection } from "./protocol.ts";
import type { Route } from "./router.ts";

/** The chosen incident: nothing chosen, asked for, there (with what it is known by), or not to be had. */
export type Detail =
  | { readonly state: "none" }
  | { readonly state: "loading" }
  | { readonly state: "shown"; readonly graph: WireIncidentGraph }
  | { readonly state: "failed"; readonly missing: boolean; readonly problem: string };

/** The whole state. `lostAtMs`: since when what is shown may be out of date. `notice`: a short word on what was just done. */
export type AppState = {
  readonly connection: Connection;
  readonly everReady: boolean;
  readonly lostAtMs?: number;
  readonly list: IncidentList;
  readonly stats?: WireStats;
  readonly route: Route;
  readonly detail: Detail;
  readonly notice: { readonly text: string; readonly serial: number };
};

/** What can happen. */
export type AppEvent =
  | { readonly type: "connection"; readonly connection: Connection; readonly nowMs: number }
  | { readonly type: "filters"; readonly filters: Filters; readonly reload: boolean }
  | { readonly type: "page"; readonly page: WireIncidentPage; readonly fresh: boolean }
  | { readonly type: "list-failed"; readonly problem: string }
  | { readonly type: "incidents"; readonly change: RpcNotifications["incidents/changed"] }
  | { readonly type: "stats"; readonly stats: WireStats }
  | { readonly type: "route"; readonly route: Route }
  | { readonly type: "graph"; readonly graph: WireIncidentGraph }
  | { readonly type: "graph-failed"; readonly missing: boolean; readonly problem: string }
  | { readonly type: "notice"; readonly text: string };

/** Before anything is known. */
export function initialState(route: Route): AppState {
  return {
    connection: { state: "connecting" },
    everReady: false,
    list: EMPTY_LIST,
    route,
    detail: route.incident ? { state: "loading" } : { state: "none" },
    notice: { text: "", serial: 0 },
  };
}

/** The state after an event. */
export function reduce(state: AppState, event: AppEvent): AppState {
  switch (event.type) {
    case "connection":
      return connected(state, event.connection, event.nowMs);
    case "filters":
      return { ...state, list: { ...state.list, filters: event.filters, ...(event.reload ? { status: "loading" as const } : {}) } };
    case "page":
      return { ...state, list: withPage(state.list, event.page, event.fresh) };
    case "list-failed":
      return { ...state, list: { ...state.list, status: "failed", problem: event.problem } };
    case "incidents":
      return { ...state, list: withChanges(state.list, event.change) };
    case "stats":
      return { ...state, stats: event.stats };
    case "route":
      return routed(state, event.route);
    case "graph":
      return { ...state, detail: { state: "shown", graph: event.graph } };
    case "graph-failed":
      return { ...state, detail: { state: "failed", missing: event.missing, problem: event.problem } };
    case "notice":
      return { ...state, notice: { text: event.text, serial: state.notice.serial + 1 } };
  }
}

/** The key of the chosen incident in the list; the list may not hold it. */
export function selectedKey(state: AppState): string | undefined {
  const { incident, cluster } = state.route;
  if (!incident) return undefined;
  if (cluster) return incidentKey({ id: incident, cluster });
  return state.list.order.find((key) => state.list.incidents.get(key)?.id === incident);
}

/** The chosen incident, newest knowledge first: the list is told of changes before the graph is fetched again. */
export function selectedIncident(state: AppState): WireIncident | undefined {
  const key = selectedKey(state);
  const listed = key === undefined ? undefined : state.list.incidents.get(key);
  const shown = state.detail.state === "shown" ? state.detail.graph.incident : undefined;
  return listed && (!shown || listed.last_seen >= shown.last_seen) ? listed : shown;
}

/** Why nothing can be muted or judged now; undefined when it can. A viewer may only look. */
export function whyNot(state: AppState): string | undefined {
  if (state.connection.state !== "ready") return "Not connected to the agent";
  return state.connection.hello.role === "viewer" ? "Needs the role operator" : undefined;
}

/** Whether a cluster must be named to tell incidents apart. */
export function severalClusters(state: AppState): boolean {
  if (state.connection.state === "ready") return state.connection.hello.clusters.length > 1;
  return new Set([...state.list.incidents.values()].map((incident) => incident.cluster)).size > 1;
}

function connected(state: AppState, connection: Connection, nowMs: number): AppState {
  const { lostAtMs, ...rest } = state;
  if (connection.state === "ready") return { ...rest, connection, everReady: true };
  return { ...rest, connection, ...(state.everReady ? { lostAtMs: lostAtMs ?? nowMs } : {}) };
}

function routed(state: AppState, route: Route): AppState {
  const same = route.incident === state.route.incident && (route.cluster ?? "") === (state.route.cluster ?? "");
  if (same) return { ...state, route };
  return { ...state, route, detail: route.incident ? { state: "loading" } : { state: "none" } };
}
