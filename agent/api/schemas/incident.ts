// Schemas of incidents and their parts: protocol/incident.ts at run time and in the OpenAPI document.
import Type from "typebox";
import type {
  WireAffected,
  WireCause,
  WireEvidence,
  WireIncident,
  WireIncidentGraph,
  WireIncidentPage,
  WirePathStep,
  WireSubject,
  WireTimelineEntry,
} from "../../protocol/incident.ts";
import { agree } from "./agree.ts";

/** RFC 3339 in UTC with milliseconds. */
export const Time = Type.String({ format: "date-time", description: "RFC 3339, UTC, milliseconds" });
/** 0..1. */
export const Fraction = Type.Number({ minimum: 0, maximum: 1 });
const Count = Type.Integer({ minimum: 0 });
const State = Type.Enum(["open", "resolved"]);

/** INFO to FATAL. */
export const Severity = Type.Enum(["INFO", "WARNING", "ERROR", "FATAL"]);

const subjectFields = {
  rid: Type.String({ description: "stored name, unique within its cluster" }),
  cluster: Type.String(),
  kind: Type.String(),
  namespace: Type.Optional(Type.String()),
  name: Type.String(),
  uid: Type.Optional(Type.String()),
  labels: Type.Optional(Type.Record(Type.String(), Type.String())),
};

/** How every answer names a resource. */
export const Subject = agree<WireSubject>()(Type.Object(subjectFields));

const Evidence = agree<WireEvidence>()(
  Type.Object({
    source: Type.String(),
    text: Type.String(),
    command: Type.Optional(Type.String({ description: "a read-only command that shows the same" })),
  }),
);

const Cause = agree<WireCause>()(
  Type.Object({
    rid: Type.String(),
    event_id: Type.String(),
    kind: Type.String(),
    namespace: Type.Optional(Type.String()),
    name: Type.String(),
    reason: Type.String(),
    category: Type.String(),
    confidence: Type.Number({ minimum: 0, maximum: 1, description: "calibrated probability" }),
    explanation: Type.String(),
    evidence: Type.Array(Evidence),
    rejected_because: Type.Optional(Type.String({ description: "a hypothesis that was dropped, and why" })),
  }),
);

const Affected = agree<WireAffected>()(
  Type.Object({ ...subjectFields, role: Type.Enum(["symptom", "at_risk"]), since: Type.Optional(Time) }),
);

const PathStep = agree<WirePathStep>()(Type.Object({ from: Subject, to: Subject, relation: Type.String(), evidence: Type.String() }));

/** One line of a timeline. */
export const TimelineEntry = agree<WireTimelineEntry>()(
  Type.Object({
    event_id: Type.String(),
    event_time: Time,
    last_time: Time,
    count: Count,
    etype: Type.String(),
    reason: Type.String(),
    severity: Severity,
    message: Type.String(),
    resource: Subject,
  }),
);

const Similar = Type.Object({
  id: Type.String(),
  title: Type.String(),
  score: Type.Number(),
  because: Type.String(),
  confirmed: Type.Optional(Type.Boolean()),
});

/** One incident with its verdict. */
export const Incident = agree<WireIncident>()(
  Type.Object({
    id: Type.String(),
    cluster: Type.String(),
    title: Type.String(),
    summary: Type.String(),
    severity: Severity,
    state: State,
    first_seen: Time,
    last_seen: Time,
    resolved_at: Type.Optional(Time),
    confidence: Fraction,
    root_cause: Type.Union([Cause, Type.Null()]),
    causes: Type.Array(Cause, { description: "best first; dropped hypotheses last" }),
    affected: Type.Array(Affected),
    path: Type.Array(PathStep, { description: "from root cause to symptom" }),
    evidence_gaps: Type.Array(Type.String()),
    first_critical_failure: Type.Optional(Type.String({ description: "event_id of the first ERROR or FATAL symptom" })),
    event_count: Count,
    namespaces: Type.Array(Type.String()),
    similar: Type.Array(Similar),
    muted_by: Type.Optional(Type.String()),
    acknowledged_at: Type.Optional(Time),
  }),
);

/** A page of incidents, last seen first. */
export const IncidentPage = agree<WireIncidentPage>()(
  Type.Object({ incidents: Type.Array(Incident), next_cursor: Type.Optional(Type.String()) }),
);

const GraphNode = Type.Object({
  event_id: Type.String(),
  resource: Subject,
  etype: Type.String(),
  reason: Type.String(),
  severity: Severity,
  message: Type.String(),
  category: Type.String(),
  first_time: Time,
  last_time: Time,
  cleared_time: Type.Optional(Time),
  count: Count,
  evidence: Type.Array(Evidence),
  role: Type.Enum(["root_cause", "cause", "symptom"]),
});

const GraphLink = Type.Object({
  cause: Type.String(),
  effect: Type.String(),
  confidence: Type.Number({ minimum: 0, maximum: 1, description: "score of the link, no probability" }),
  temporal_score: Fraction,
  distance_score: Fraction,
  domain_score: Fraction,
  hops: Count,
  rule: Type.String(),
  sentence: Type.String(),
  path: Type.Array(PathStep, { description: "from the cause's resource to the effect's" }),
});

/** The causal graph of one incident. */
export const IncidentGraph = agree<WireIncidentGraph>()(
  Type.Object({
    incident: Incident,
    nodes: Type.Array(GraphNode),
    links: Type.Array(GraphLink),
    timeline: Type.Array(TimelineEntry),
    truncated: Type.Boolean({ description: "true when a bound cut it off" }),
  }),
);
