// The WebSocket side: JSON-RPC 2.0 on /ws (contracts.md §4). Method names, parameters and results; notifications the agent sends.
import type { FeedbackRequest, MuteRequest, RcaRequest, WireMute, WireRca, WireResource, WireStats, WireTopology } from "./graph.ts";
import type { WireIncident, WireIncidentGraph, WireIncidentPage } from "./incident.ts";

/** Version of this protocol. A client whose major number differs is refused. */
export const PROTOCOL_VERSION = "1.0";

/** The WebSocket subprotocol that a client offers and the agent echoes. */
export const WS_SUBPROTOCOL = "kgroot.v1";

/** A browser cannot set a header on a WebSocket: the token comes as one more offered subprotocol, this prefix and the token in base64url. It is never echoed. */
export const WS_TOKEN_PREFIX = "kgroot.token.";

export type Role = "viewer" | "operator" | "admin";

export type HelloParams = { protocol: string; client: string };
export type HelloResult = { protocol: string; server: string; cluster: string; clusters: string[]; capabilities: string[]; role: Role };

export type IncidentsParams = {
  cluster?: string;
  state?: "open" | "resolved";
  namespace?: string;
  severity?: string;
  since?: string;
  limit?: number;
  cursor?: string;
  include_muted?: boolean;
};
export type CleanupParams = { days?: number; batch?: number; dry_run?: boolean };
export type CleanupResult = {
  dry_run: boolean;
  older_than: string;
  episodes: number;
  incidents: number;
  resources: number;
  relations: number;
  states: number;
};
export type IndexInfo = { name: string; on: string; columns: string[]; unique: boolean; state: "online" | "missing" | "failed" };
export type DoctorFinding = { component: string; status: "ok" | "warning" | "error"; text: string; action?: string };

export type ObjectParams = { cluster?: string; kind: string; namespace?: string; name: string };
export type LogParams = { cluster?: string; namespace: string; pod: string; container?: string; previous?: boolean; lines?: number };
export type RecordingInfo = {
  state: "none" | "recording";
  file?: string;
  since?: string;
  records: number;
  bytes: number;
  fault?: string;
};

/** Method name to [parameters, result]. `admin/*` calls need a role above viewer, send `progress` notifications and can be cancelled with `$/cancel {id}`. */
export type RpcMethods = {
  hello: [HelloParams, HelloResult];
  subscribe: [{ topics: ("incidents" | "stats")[] }, { subscribed: string[] }];
  unsubscribe: [{ topics: ("incidents" | "stats")[] }, { subscribed: string[] }];
  "incidents/list": [IncidentsParams, WireIncidentPage];
  "incidents/get": [{ id: string; cluster?: string }, WireIncident];
  "incidents/graph": [{ id: string; cluster?: string }, WireIncidentGraph];
  "incidents/acknowledge": [{ id: string; cluster?: string; acknowledged?: boolean }, WireIncident];
  "live/object": [ObjectParams, { cluster: string; yaml: string }];
  "live/log": [LogParams, { cluster: string; container: string; text: string }];
  rca: [RcaRequest, WireRca];
  "graph/stats": [{ cluster?: string }, WireStats];
  "graph/resource": [{ uid: string; cluster?: string; at?: string }, WireResource];
  "graph/topology": [{ uid: string; cluster?: string; depth?: number; at?: string }, WireTopology];
  "mutes/list": [Record<string, never>, { mutes: WireMute[] }];
  "mutes/add": [MuteRequest, WireMute];
  "mutes/remove": [{ id: string }, { removed: boolean }];
  feedback: [FeedbackRequest, { stored: boolean }];
  "admin/cleanup": [CleanupParams, CleanupResult];
  "admin/indexes": [{ action: "list" | "ensure" | "drop" | "rebuild"; names?: string[] }, { indexes: IndexInfo[]; changed: string[] }];
  "admin/backup": [{ file: string }, { file: string; rows: number; as_of: string }];
  "admin/restore": [{ file: string; replace?: boolean }, { rows: number }];
  "admin/replay": [{ file: string; speed?: number }, { records: number; applied: number; dropped: number; refused: number }];
  "admin/record": [{ action: "start" | "stop" | "status"; file?: string }, RecordingInfo];
  metrics: [Record<string, never>, { text: string }];
  support: [Record<string, never>, { bundle: unknown }];
  doctor: [Record<string, never>, { findings: DoctorFinding[] }];
  config: [Record<string, never>, { config: unknown }];
};

/** Notifications the agent sends. `incidents/changed` is coalesced for slow clients: the latest state of each incident, once. */
export type RpcNotifications = {
  "incidents/changed": { changed: WireIncident[]; removed: { id: string; cluster: string; merged_into?: string }[] };
  "stats/changed": WireStats;
  progress: { id: number | string; done: number; total: number; what: string };
};

/** JSON-RPC error codes beyond the standard ones. The error's `data` is the Problem that HTTP would answer. */
export const RPC_ERRORS = {
  unauthorised: -32001,
  forbidden: -32003,
  notFound: -32004,
  conflict: -32009,
  tooBusy: -32029,
  unavailable: -32053,
  versionMismatch: -32060,
  cancelled: -32800,
} as const;

/** The standard JSON-RPC 2.0 error codes. */
export const JSON_RPC_ERRORS = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
} as const;
