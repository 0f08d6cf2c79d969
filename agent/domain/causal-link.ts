// One step of causation between two episodes, with the scores of contracts.md §6.
import type { EpisodeId, ResourceId } from "./identity.ts";
import type { RelationType } from "./relation.ts";

/** One edge of the walk from the effect's resource to the cause's resource. */
export type PathStep = {
  readonly from: ResourceId;
  readonly to: ResourceId;
  readonly type: RelationType | "IN_NAMESPACE";
  /** `out`: `from` is the edge's source; `in`: `from` is its target. */
  readonly direction: "out" | "in";
  readonly evidence?: string | undefined;
};

/** The parts of a link's score, each 0..1 (contracts.md §6). `score` is called `confidence` on the wire. */
export type LinkScore = { readonly temporal: number; readonly distance: number; readonly domain: number; readonly score: number };

/** Cause to effect: time runs that way. At most a few links are kept per effect. */
export type CausalLink = LinkScore & {
  readonly cluster: string;
  readonly cause: EpisodeId;
  readonly effect: EpisodeId;
  readonly hops: number;
  /** The causal rule that made the link. */
  readonly ruleId: string;
  /** From the effect's resource to the cause's; empty at 0 hops. */
  readonly path: readonly PathStep[];
};

/** Link score = 0.3 temporal + 0.3 distance + 0.4 domain (contracts.md §6). */
export function linkScore(temporal: number, hops: number, domain: number): LinkScore {
  const distance = 1 / (hops + 1);
  return { temporal, distance, domain, score: 0.3 * temporal + 0.3 * distance + 0.4 * domain };
}

/** Temporal = 1 − Δt ÷ window, 0 beyond it; a cause stamped up to `skewMs` after its effect counts as Δt = 0 (contracts.md §6). Undefined: not a cause. */
export function temporalScore(causeMs: number, effectMs: number, windowMs: number, skewMs: number): number | undefined {
  const deltaMs = effectMs - causeMs;
  if (deltaMs < -skewMs || deltaMs > windowMs) return undefined;
  return 1 - Math.max(0, deltaMs) / windowMs;
}
