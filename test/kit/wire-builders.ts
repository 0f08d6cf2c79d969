// Builders of what an agent tells the page: one valid default each, and overrides.
import type { WireGraphLink, WireGraphNode, WireIncident, WireSubject } from "../../agent/protocol/incident.ts";

const CLUSTER = "prod";

/** RFC 3339 of `baseMs` and so many seconds. */
export function at(baseMs: number, seconds: number): string {
  return new Date(baseMs + seconds * 1000).toISOString();
}

/** A subject by kind and `namespace/name` or `name`. */
export function subject(kind: string, path: string): WireSubject {
  const [first = "", second] = path.split("/");
  const place = second === undefined ? { name: first } : { namespace: first, name: second };
  return { rid: `${kind.toLowerCase()}:${path.replace("/", ":")}`, cluster: CLUSTER, kind, ...place };
}

/** A graph node; overrides win. */
export function node(id: string, resource: WireSubject, over: Partial<WireGraphNode> = {}): WireGraphNode {
  return {
    event_id: id,
    resource,
    etype: "k8s.state",
    reason: "CrashLoopBackOff",
    severity: "ERROR",
    message: "back-off 5m0s restarting failed container",
    category: "application",
    first_time: at(0, 0),
    last_time: at(0, 0),
    count: 1,
    evidence: [],
    role: "symptom",
    ...over,
  };
}

/** A link; overrides win. */
export function link(cause: string, effect: string, over: Partial<WireGraphLink> = {}): WireGraphLink {
  return {
    cause,
    effect,
    confidence: 0.83,
    temporal_score: 0.98,
    distance_score: 0.5,
    domain_score: 0.95,
    hops: 1,
    rule: "config-change-to-crash",
    sentence: "The configuration was changed, and the container that reads it crashed.",
    path: [],
    ...over,
  };
}

/** A quiet incident; overrides win. */
export function incident(id: string, baseMs: number, over: Partial<WireIncident> = {}): WireIncident {
  return {
    id,
    cluster: CLUSTER,
    title: `Incident ${id}`,
    summary: "Something broke.",
    severity: "ERROR",
    state: "open",
    first_seen: at(baseMs, 0),
    last_seen: at(baseMs, 60),
    confidence: 0,
    root_cause: null,
    causes: [],
    affected: [],
    path: [],
    evidence_gaps: [],
    event_count: 1,
    namespaces: ["shop"],
    similar: [],
    ...over,
  };
}
