// Shapes of resources, topology, statistics and root-cause answers on the wire (contracts.md §3).
import type { WireSeverity, WireSubject, WireTimelineEntry } from "./incident.ts";

export type WireResource = WireSubject & {
  created_at: string;
  updated_at: string;
  ended_at?: string;
  stub: boolean;
  node?: string;
  pod_ip?: string;
  image?: string;
  spec?: unknown;
  status?: unknown;
};
export type WireRelation = { id: string; type: string; from: string; to: string; valid_from: string; valid_to?: string; evidence?: string };
export type WireTopology = { root: string; at?: string; resources: WireResource[]; edges: WireRelation[]; truncated: boolean };

export type WirePotentialCause = {
  event_id: string;
  event_time: string;
  reason: string;
  message: string;
  severity: WireSeverity;
  confidence: number;
  hops: number;
  subject: WireSubject;
  temporal_score: number;
  distance_score: number;
  domain_score: number;
  rule: string;
  sentence: string;
};

/** POST /api/v1/rca and GET /api/v1/rca/{event_id}. */
export type WireRca = {
  event_id: string;
  event_time: string;
  reason: string;
  severity: WireSeverity;
  subject: WireSubject;
  potential_causes: WirePotentialCause[];
  blast_radius: WireSubject[];
  related_incident: { id: string; title: string; severity: WireSeverity; state: "open" | "resolved" } | null;
  timeline: WireTimelineEntry[];
};
export type RcaRequest = {
  event_id?: string;
  resource_uid?: string;
  cluster?: string;
  time_window_minutes?: number;
  max_hops?: number;
  min_confidence?: number;
};

/** GET /api/v1/graph/stats. */
export type WireStats = {
  timestamp: string;
  resources: number;
  episodic_events: number;
  incidents: number;
  edges: number;
  resources_by_kind: Record<string, number>;
  edges_by_type: Record<string, number>;
  events_by_severity: Record<WireSeverity, number>;
  oldest_event?: string;
  newest_event?: string;
  newest_event_id?: string;
};

/** POST /api/v1/updates. */
export type UpdatesRequest = {
  timestamp?: string;
  cluster?: string;
  client_id?: string;
  resources?: {
    action: "CREATE" | "UPDATE" | "DELETE";
    kind: string;
    uid: string;
    namespace?: string;
    name: string;
    labels?: Record<string, string>;
    status?: unknown;
    spec?: unknown;
  }[];
  edges?: { action: "CREATE" | "UPDATE" | "DELETE"; from: string; to: string; type: string }[];
  events?: {
    action: "CREATE";
    event_id: string;
    event_time: string;
    severity: string;
    reason: string;
    message: string;
    subject_uid: string;
  }[];
};
/** POST /api/v1/alerts: `path` names the alert, `alerts[2]`. */
export type AlertsAnswer = { applied: { alerts: number }; refused: { path: string; reason: string }[] };
export type UpdatesAnswer = { applied: { resources: number; edges: number; events: number }; refused: { path: string; reason: string }[] };

export type MuteRequest = {
  cluster?: string;
  kind?: string;
  namespace?: string;
  name?: string;
  reason?: string;
  until?: string;
  comment: string;
};
export type WireMute = MuteRequest & { id: string; created_at: string };
export type FeedbackRequest = { incident: string; cluster?: string; rid?: string; verdict: "confirmed" | "rejected"; comment?: string };
