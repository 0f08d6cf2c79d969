// Schemas of the calls that ask a cluster itself, record it, or tell of the agent: protocol/rpc.ts at run time.
import Type from "typebox";
import type { RpcMethods } from "../../protocol/rpc.ts";
import { agree } from "./agree.ts";
import { Cluster, Id } from "./graph.ts";
import { Time } from "./incident.ts";

const closed = { additionalProperties: false };
const Name = Type.String({ minLength: 1, maxLength: 253 });
const Count = Type.Integer({ minimum: 0 });

/** Whether somebody looks after an incident. */
export const AcknowledgeParams = agree<RpcMethods["incidents/acknowledge"][0]>()(
  Type.Object({ id: Id, cluster: Type.Optional(Cluster), acknowledged: Type.Optional(Type.Boolean({ default: true })) }, closed),
);

/** An object of a cluster. */
export const LiveObjectParams = agree<RpcMethods["live/object"][0]>()(
  Type.Object({ cluster: Type.Optional(Cluster), kind: Name, namespace: Type.Optional(Name), name: Name }, closed),
);

/** It, as YAML. */
export const LiveObjectResult = agree<RpcMethods["live/object"][1]>()(
  Type.Object({ cluster: Type.String(), yaml: Type.String({ description: "secrets masked, long texts cut" }) }),
);

/** A pod's log. */
export const LiveLogParams = agree<RpcMethods["live/log"][0]>()(
  Type.Object(
    {
      cluster: Type.Optional(Cluster),
      namespace: Name,
      pod: Name,
      container: Type.Optional(Name),
      previous: Type.Optional(Type.Boolean({ default: false, description: "of the container's run before" })),
      lines: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 })),
    },
    closed,
  ),
);

/** Its last lines. */
export const LiveLogResult = agree<RpcMethods["live/log"][1]>()(
  Type.Object({ cluster: Type.String(), container: Type.String(), text: Type.String({ description: "with times, secrets masked" }) }),
);

/** Begin or end the recording, or ask about it. */
export const RecordParams = agree<RpcMethods["admin/record"][0]>()(
  Type.Object(
    {
      action: Type.Enum(["start", "stop", "status"]),
      file: Type.Optional(Type.String({ minLength: 1, maxLength: 4_096, description: "start: where to, on the agent's machine" })),
    },
    closed,
  ),
);

/** The recording that runs, or the last one. */
export const RecordResult = agree<RpcMethods["admin/record"][1]>()(
  Type.Object({
    state: Type.Enum(["none", "recording"]),
    file: Type.Optional(Type.String()),
    since: Type.Optional(Time),
    records: Count,
    bytes: Count,
    fault: Type.Optional(Type.String({ description: "why nothing more is written" })),
  }),
);

/** The metrics page. */
export const MetricsResult = agree<RpcMethods["metrics"][1]>()(Type.Object({ text: Type.String() }));

/** The support bundle. */
export const SupportResult = agree<RpcMethods["support"][1]>()(Type.Object({ bundle: Type.Unknown() }));
