// Mute rules.
import type { MuteRule } from "../../domain/incident.ts";
import type { WireMute } from "../../protocol/graph.ts";
import { given } from "./given.ts";
import { wireTime, wireTimeIf } from "./time.ts";

/** A mute rule on the wire. */
export function wireMute(rule: MuteRule): WireMute {
  const { id, cluster, kind, namespace, name, reason, untilMs, comment, createdAtMs } = rule;
  return {
    id,
    comment,
    created_at: wireTime(createdAtMs),
    ...given({ cluster, kind, namespace, name, reason, until: wireTimeIf(untilMs) }),
  };
}
