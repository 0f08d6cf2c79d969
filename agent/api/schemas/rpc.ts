// Schemas of the calls that have no resource of their own: paging, housekeeping, health (protocol/rpc.ts).
import Type from "typebox";
import type {
  CleanupParams as CleanupParamsShape,
  CleanupResult as CleanupResultShape,
  HelloParams as HelloParamsShape,
  IncidentsParams as IncidentsParamsShape,
  RpcMethods,
} from "../../protocol/rpc.ts";
import { agree } from "./agree.ts";
import { Cluster, Id, Moment, Mute } from "./graph.ts";
import { Time } from "./incident.ts";

const closed = { additionalProperties: false };
const Count = Type.Integer({ minimum: 0 });
const File = Type.String({ minLength: 1, maxLength: 4_096, description: "a path on the agent's machine" });

/** No parameters. */
export const Nothing = Type.Object({}, closed);

/** The first call of a WebSocket. */
export const HelloParams = agree<HelloParamsShape>()(
  Type.Object({ protocol: Type.String({ minLength: 1, maxLength: 32 }), client: Type.String({ maxLength: 256 }) }, closed),
);

/** What `hello` answers. */
export const HelloResult = agree<RpcMethods["hello"][1]>()(
  Type.Object({
    protocol: Type.String(),
    server: Type.String(),
    cluster: Type.String(),
    clusters: Type.Array(Type.String()),
    capabilities: Type.Array(Type.String()),
    role: Type.Enum(["viewer", "operator", "admin"]),
  }),
);

/** What to be told of, or no more. */
export const TopicsParams = agree<RpcMethods["subscribe"][0]>()(
  Type.Object({ topics: Type.Array(Type.Enum(["incidents", "stats"]), { minItems: 1, maxItems: 8 }) }, closed),
);

/** Filters of the incident list. */
export const IncidentsParams = agree<IncidentsParamsShape>()(
  Type.Object(
    {
      cluster: Type.Optional(Cluster),
      state: Type.Optional(Type.Enum(["open", "resolved"])),
      namespace: Type.Optional(Id),
      severity: Type.Optional(Type.String({ maxLength: 32, description: "INFO, WARNING, ERROR, FATAL or another word for one of them" })),
      since: Type.Optional(Type.String({ maxLength: 64, description: "last seen at or after: RFC 3339, or an age such as 90m, 24h, 7d" })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: 50 })),
      cursor: Type.Optional(Type.String({ maxLength: 1_024, description: "next_cursor of the page before" })),
      include_muted: Type.Optional(Type.Boolean({ default: false })),
    },
    closed,
  ),
);

/** One incident, by id. */
export const IncidentParams = agree<RpcMethods["incidents/get"][0]>()(Type.Object({ id: Id, cluster: Type.Optional(Cluster) }, closed));

/** Statistics of one cluster, or of all. */
export const StatsParams = agree<RpcMethods["graph/stats"][0]>()(Type.Object({ cluster: Type.Optional(Cluster) }, closed));

/** One resource, now or as it was. */
export const ResourceParams = agree<RpcMethods["graph/resource"][0]>()(
  Type.Object({ uid: Id, cluster: Type.Optional(Cluster), at: Type.Optional(Moment) }, closed),
);

/** The neighbourhood of a resource, now or as it was. */
export const TopologyParams = agree<RpcMethods["graph/topology"][0]>()(
  Type.Object(
    {
      uid: Id,
      cluster: Type.Optional(Cluster),
      depth: Type.Optional(Type.Integer({ minimum: 0, maximum: 5, default: 2 })),
      at: Type.Optional(Moment),
    },
    closed,
  ),
);

/** All mute rules. */
export const Mutes = agree<RpcMethods["mutes/list"][1]>()(Type.Object({ mutes: Type.Array(Mute) }));

/** Something by its id. */
export const IdParams = agree<RpcMethods["mutes/remove"][0]>()(Type.Object({ id: Id }, closed));

/** Whether something was there to remove. */
export const Removed = agree<RpcMethods["mutes/remove"][1]>()(Type.Object({ removed: Type.Boolean() }));

/** Feedback was stored. */
export const Stored = agree<RpcMethods["feedback"][1]>()(Type.Object({ stored: Type.Boolean() }));

/** What to clean up. */
export const CleanupParams = agree<CleanupParamsShape>()(
  Type.Object(
    {
      days: Type.Optional(Type.Number({ minimum: 0, maximum: 36_500, default: 7 })),
      batch: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1_000 })),
      dry_run: Type.Optional(Type.Boolean({ default: false })),
    },
    closed,
  ),
);

/** What went, or would go. */
export const CleanupResult = agree<CleanupResultShape>()(
  Type.Object({
    dry_run: Type.Boolean(),
    older_than: Time,
    episodes: Count,
    incidents: Count,
    resources: Count,
    relations: Count,
    states: Count,
  }),
);

/** What to do with the store's secondary indexes. */
export const IndexesParams = agree<RpcMethods["admin/indexes"][0]>()(
  Type.Object(
    {
      action: Type.Enum(["list", "ensure", "drop", "rebuild"]),
      names: Type.Optional(Type.Array(Type.String({ maxLength: 128 }), { maxItems: 100 })),
    },
    closed,
  ),
);

/** The indexes as they are afterwards. */
export const IndexesResult = agree<RpcMethods["admin/indexes"][1]>()(
  Type.Object({
    indexes: Type.Array(
      Type.Object({
        name: Type.String(),
        on: Type.String(),
        columns: Type.Array(Type.String()),
        unique: Type.Boolean(),
        state: Type.Enum(["online", "missing", "failed"]),
      }),
    ),
    changed: Type.Array(Type.String()),
  }),
);

/** Where to write a backup. */
export const BackupParams = agree<RpcMethods["admin/backup"][0]>()(Type.Object({ file: File }, closed));

/** The backup that was written. */
export const BackupResult = agree<RpcMethods["admin/backup"][1]>()(Type.Object({ file: Type.String(), rows: Count, as_of: Time }));

/** Which backup to read. */
export const RestoreParams = agree<RpcMethods["admin/restore"][0]>()(
  Type.Object({ file: File, replace: Type.Optional(Type.Boolean({ default: false })) }, closed),
);

/** How much was restored. */
export const RestoreResult = agree<RpcMethods["admin/restore"][1]>()(Type.Object({ rows: Count }));

/** Which recording to play. */
export const ReplayParams = agree<RpcMethods["admin/replay"][0]>()(
  Type.Object(
    { file: File, speed: Type.Optional(Type.Number({ minimum: 0, default: 0, description: "times real time; 0: as fast as possible" })) },
    closed,
  ),
);

/** What became of the recording. */
export const ReplayResult = agree<RpcMethods["admin/replay"][1]>()(
  Type.Object({ records: Count, applied: Count, dropped: Count, refused: Count }),
);

/** The health check's findings. */
export const DoctorResult = agree<RpcMethods["doctor"][1]>()(
  Type.Object({
    findings: Type.Array(
      Type.Object({
        component: Type.String(),
        status: Type.Enum(["ok", "warning", "error"]),
        text: Type.String(),
        action: Type.Optional(Type.String({ description: "what to do" })),
      }),
    ),
  }),
);

/** The settings in force. */
export const ConfigResult = agree<RpcMethods["config"][1]>()(Type.Object({ config: Type.Unknown() }));
