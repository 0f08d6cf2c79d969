// Shapes of incidents and their parts on the wire (contracts.md §3, §7, §8). Times are RFC 3339 UTC with milliseconds.

export type WireSeverity = "INFO" | "WARNING" | "ERROR" | "FATAL";

/** How every answer names a resource. */
export type WireSubject = {
  rid: string;
  cluster: string;
  kind: string;
  namespace?: string;
  name: string;
  uid?: string;
  labels?: Record<string, string>;
};

export type WireEvidence = { source: string; text: string; command?: string };

/** A ranked cause; `rejected_because` marks a hypothesis that was dropped. */
export type WireCause = {
  rid: string;
  event_id: string;
  kind: string;
  namespace?: string;
  name: string;
  reason: string;
  category: string;
  /** Calibrated probability, 0..1. */
  confidence: number;
  explanation: string;
  evidence: WireEvidence[];
  rejected_because?: string;
};

export type WireAffected = WireSubject & { role: "symptom" | "at_risk"; since?: string };

export type WirePathStep = { from: WireSubject; to: WireSubject; relation: string; evidence: string };

/** One line of the timeline. */
export type WireTimelineEntry = {
  event_id: string;
  event_time: string;
  last_time: string;
  count: number;
  etype: string;
  reason: string;
  severity: WireSeverity;
  message: string;
  resource: WireSubject;
};

export type WireSimilar = { id: string; title: string; score: number; because: string; confirmed?: boolean };

/** contracts.md §7: GET /api/v1/incidents/{id}, and an element of every incident list. */
export type WireIncident = {
  id: string;
  cluster: string;
  title: string;
  summary: string;
  severity: WireSeverity;
  state: "open" | "resolved";
  first_seen: string;
  last_seen: string;
  resolved_at?: string;
  confidence: number;
  root_cause: WireCause | null;
  causes: WireCause[];
  affected: WireAffected[];
  path: WirePathStep[];
  evidence_gaps: string[];
  first_critical_failure?: string;
  event_count: number;
  namespaces: string[];
  similar: WireSimilar[];
  muted_by?: string;
  /** Since when somebody looks after it; only while it is open. */
  acknowledged_at?: string;
};

export type WireIncidentPage = { incidents: WireIncident[]; next_cursor?: string };

/** The causal graph of one incident, for the RCA view: GET /api/v1/incidents/{id}/graph. */
export type WireGraphNode = {
  event_id: string;
  resource: WireSubject;
  etype: string;
  reason: string;
  severity: WireSeverity;
  message: string;
  category: string;
  first_time: string;
  last_time: string;
  cleared_time?: string;
  count: number;
  evidence: WireEvidence[];
  role: "root_cause" | "cause" | "symptom";
};
export type WireGraphLink = {
  cause: string;
  effect: string;
  confidence: number;
  temporal_score: number;
  distance_score: number;
  domain_score: number;
  hops: number;
  rule: string;
  sentence: string;
  path: WirePathStep[];
};
export type WireIncidentGraph = {
  incident: WireIncident;
  nodes: WireGraphNode[];
  links: WireGraphLink[];
  timeline: WireTimelineEntry[];
  truncated: boolean;
};
