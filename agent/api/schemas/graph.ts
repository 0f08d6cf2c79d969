// Schemas of resources, topology, statistics, root-cause answers, updates, mutes and feedback: protocol/graph.ts at run time.
import Type from "typebox";
import type {
  AlertsAnswer,
  FeedbackRequest,
  MuteRequest,
  RcaRequest,
  UpdatesAnswer,
  UpdatesRequest,
  WireMute,
  WireRca,
  WireResource,
  WireStats,
  WireTopology,
} from "../../protocol/graph.ts";
import { agree } from "./agree.ts";
import { Fraction, Severity, Subject, Time, TimelineEntry } from "./incident.ts";

const Count = Type.Integer({ minimum: 0 });
const Counts = Type.Record(Type.String(), Count);
const Text = Type.String({ maxLength: 1_024 });
/** A cluster's name as a parameter. */
export const Cluster = Type.String({ minLength: 1, maxLength: 253, description: "needed when the same id exists in several clusters" });
/** An identifier as a parameter. */
export const Id = Type.String({ minLength: 1, maxLength: 1_024 });
/** A moment as a parameter. */
export const Moment = Type.String({ maxLength: 64, description: "RFC 3339" });

/** One life of a resource. */
export const Resource = agree<WireResource>()(
  Type.Object({
    ...Subject.properties,
    created_at: Time,
    updated_at: Time,
    ended_at: Type.Optional(Time),
    stub: Type.Boolean({ description: "named by something else, never seen itself" }),
    node: Type.Optional(Type.String()),
    pod_ip: Type.Optional(Type.String()),
    image: Type.Optional(Type.String()),
    spec: Type.Optional(Type.Unknown()),
    status: Type.Optional(Type.Unknown()),
  }),
);

const Relation = Type.Object({
  id: Type.String(),
  type: Type.String(),
  from: Type.String(),
  to: Type.String(),
  valid_from: Time,
  valid_to: Type.Optional(Time),
  evidence: Type.Optional(Type.String()),
});

/** The neighbourhood of a resource. */
export const Topology = agree<WireTopology>()(
  Type.Object({
    root: Type.String(),
    at: Type.Optional(Time),
    resources: Type.Array(Resource),
    edges: Type.Array(Relation),
    truncated: Type.Boolean(),
  }),
);

/** Parameters of a root-cause question. */
export const RcaParams = agree<RcaRequest>()(
  Type.Object(
    {
      event_id: Type.Optional(Id),
      resource_uid: Type.Optional(Id),
      cluster: Type.Optional(Cluster),
      time_window_minutes: Type.Optional(Type.Number({ exclusiveMinimum: 0, maximum: 1_440, default: 15 })),
      max_hops: Type.Optional(Type.Integer({ minimum: 0, maximum: 5, default: 3 })),
      min_confidence: Type.Optional(Type.Number({ minimum: 0, maximum: 1, default: 0.4 })),
    },
    { additionalProperties: false },
  ),
);

const PotentialCause = Type.Object({
  event_id: Type.String(),
  event_time: Time,
  reason: Type.String(),
  message: Type.String(),
  severity: Severity,
  confidence: Type.Number({ minimum: 0, maximum: 1, description: "score of the link, no probability" }),
  hops: Count,
  subject: Subject,
  temporal_score: Fraction,
  distance_score: Fraction,
  domain_score: Fraction,
  rule: Type.String(),
  sentence: Type.String(),
});

const RelatedIncident = Type.Object({
  id: Type.String(),
  title: Type.String(),
  severity: Severity,
  state: Type.Enum(["open", "resolved"]),
});

/** What can have caused one episode, who else is hit, and what happened around it. */
export const Rca = agree<WireRca>()(
  Type.Object({
    event_id: Type.String(),
    event_time: Time,
    reason: Type.String(),
    severity: Severity,
    subject: Subject,
    potential_causes: Type.Array(PotentialCause),
    blast_radius: Type.Array(Subject),
    related_incident: Type.Union([RelatedIncident, Type.Null()]),
    timeline: Type.Array(TimelineEntry),
  }),
);

/** Counts of what the store holds. */
export const Stats = agree<WireStats>()(
  Type.Object({
    timestamp: Time,
    resources: Count,
    episodic_events: Count,
    incidents: Count,
    edges: Count,
    resources_by_kind: Counts,
    edges_by_type: Counts,
    events_by_severity: Type.Object({ INFO: Count, WARNING: Count, ERROR: Count, FATAL: Count }),
    oldest_event: Type.Optional(Time),
    newest_event: Type.Optional(Time),
    newest_event_id: Type.Optional(Type.String()),
  }),
);

const Action = Type.Enum(["CREATE", "UPDATE", "DELETE"]);

/** One resource of an updates body; more fields may be there. */
export const UpdatedResource = Type.Object({
  action: Action,
  kind: Id,
  uid: Id,
  namespace: Type.Optional(Type.String()),
  name: Id,
  labels: Type.Optional(Type.Record(Type.String(), Type.String())),
  status: Type.Optional(Type.Unknown()),
  spec: Type.Optional(Type.Unknown()),
});

/** One edge of an updates body: `from` and `to` are uids, `kind:namespace:name` or `kind:name`. */
export const UpdatedEdge = Type.Object({ action: Action, from: Id, to: Id, type: Id });

/** One event of an updates body. */
export const UpdatedEvent = Type.Object({
  action: Type.Enum(["CREATE"]),
  event_id: Id,
  event_time: Type.String(),
  severity: Type.String(),
  reason: Type.String(),
  message: Type.String(),
  subject_uid: Id,
});

/** POST /api/v1/updates. */
export const Updates = agree<UpdatesRequest>()(
  Type.Object({
    timestamp: Type.Optional(Type.String()),
    cluster: Type.Optional(Cluster),
    client_id: Type.Optional(Cluster),
    resources: Type.Optional(Type.Array(UpdatedResource)),
    edges: Type.Optional(Type.Array(UpdatedEdge)),
    events: Type.Optional(Type.Array(UpdatedEvent)),
  }),
);

const Refused = Type.Array(Type.Object({ path: Type.String(), reason: Type.String() }));

/** What became of an updates body. */
export const UpdatesResult = agree<UpdatesAnswer>()(
  Type.Object({ applied: Type.Object({ resources: Count, edges: Count, events: Count }), refused: Refused }),
);

/** What became of an Alertmanager body. */
export const AlertsResult = agree<AlertsAnswer>()(Type.Object({ applied: Type.Object({ alerts: Count }), refused: Refused }));

const muteFields = {
  cluster: Type.Optional(Cluster),
  kind: Type.Optional(Text),
  namespace: Type.Optional(Text),
  name: Type.Optional(Text),
  reason: Type.Optional(Text),
  until: Type.Optional(Moment),
  comment: Text,
};

/** A mute rule to add. */
export const MuteParams = agree<MuteRequest>()(Type.Object(muteFields, { additionalProperties: false }));

/** A mute rule. */
export const Mute = agree<WireMute>()(Type.Object({ ...muteFields, id: Type.String(), created_at: Time }));

/** A person's word on a root cause. */
export const FeedbackParams = agree<FeedbackRequest>()(
  Type.Object(
    {
      incident: Id,
      cluster: Type.Optional(Cluster),
      rid: Type.Optional(Id),
      verdict: Type.Enum(["confirmed", "rejected"]),
      comment: Type.Optional(Type.String({ maxLength: 4_096 })),
    },
    { additionalProperties: false },
  ),
);
