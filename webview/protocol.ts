// What the page and its host say to each other: one union per direction. The host is the browser's own WebSocket code or the VS Code extension.
import type { FeedbackRequest, MuteRequest, WireMute, WireStats } from "../agent/protocol/graph.ts";
import type { WireIncident, WireIncidentGraph, WireIncidentPage } from "../agent/protocol/incident.ts";
import type { HelloResult, IncidentsParams, PROTOCOL_VERSION, RPC_ERRORS, RpcNotifications } from "../agent/protocol/rpc.ts";

/** The agent protocol this page was built for; the type makes the compiler hold it equal to the agent's. */
export const PAGE_PROTOCOL: typeof PROTOCOL_VERSION = "1.0";

/** The agent's error codes that the page tells apart; the type makes the compiler hold them equal to the agent's. */
export const CALL_ERRORS: Pick<typeof RPC_ERRORS, "unauthorised" | "forbidden" | "notFound" | "versionMismatch"> = {
  unauthorised: -32001,
  forbidden: -32003,
  notFound: -32004,
  versionMismatch: -32060,
};

/** Everything the page may ask of an agent; a host refuses any other method. */
export type PageMethods = {
  "incidents/list": [IncidentsParams, WireIncidentPage];
  "incidents/get": [{ id: string; cluster?: string }, WireIncident];
  "incidents/graph": [{ id: string; cluster?: string }, WireIncidentGraph];
  "incidents/acknowledge": [{ id: string; cluster?: string; acknowledged?: boolean }, WireIncident];
  "graph/stats": [{ cluster?: string }, WireStats];
  "mutes/add": [MuteRequest, WireMute];
  "mutes/remove": [{ id: string }, { removed: boolean }];
  feedback: [FeedbackRequest, { stored: boolean }];
};

/** One name of PageMethods. */
export type PageMethod = keyof PageMethods;

/** How the host stands with the agent. `retryAtMs` is epoch milliseconds. */
export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "ready"; readonly hello: HelloResult }
  | { readonly state: "waiting"; readonly retryAtMs: number; readonly why: string }
  | { readonly state: "refused"; readonly because: "token" | "version"; readonly detail: string };

/** From the page to its host. */
export type PageToHost =
  | { readonly type: "ready" }
  | { readonly type: "call"; readonly id: number; readonly method: PageMethod; readonly params: unknown }
  | { readonly type: "reconnect" }
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "copy"; readonly text: string }
  | { readonly type: "copy-link"; readonly incident: string; readonly cluster: string }
  | { readonly type: "save"; readonly name: string; readonly mime: string; readonly text: string }
  | { readonly type: "route"; readonly hash: string };

/** From the host to the page. */
export type HostToPage =
  | { readonly type: "connection"; readonly connection: Connection }
  | { readonly type: "result"; readonly id: number; readonly result: unknown }
  | { readonly type: "failure"; readonly id: number; readonly code: number; readonly message: string }
  | { readonly type: "incidents/changed"; readonly params: RpcNotifications["incidents/changed"] }
  | { readonly type: "stats/changed"; readonly params: RpcNotifications["stats/changed"] }
  | { readonly type: "show"; readonly hash: string }
  | { readonly type: "done"; readonly what: "copy" | "save"; readonly ok: boolean };
