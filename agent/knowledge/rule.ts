// The shape of the causal knowledge: classes of things that happen, and which class on which kind can cause which, along which edges.
import type { Category } from "../domain/episode.ts";
import type { RelationType } from "../domain/relation.ts";

/**
 * One step of a rule's path, from the effect's resource towards the cause's. `NAMESPACE`: to the resources of the given kind in the same namespace; with
 * `namespace`, in that one instead (`*`: of the whole cluster, cluster-scoped ones included); with `names`, only those whose name begins with one of them;
 * with kind `Namespace`, the namespace itself.
 */
export type RuleStep = {
  readonly type: RelationType | "NAMESPACE";
  readonly direction: "out" | "in";
  readonly kind?: string;
  readonly namespace?: string;
  readonly names?: readonly string[];
};

/**
 * "A thing of class `cause` on a `causeKind`, reached from the effect's resource over `path`, can cause a thing of class `effect` on an `effectKind`."
 * Typed and directed; kinds `*` match any.
 */
export type CausalRule = {
  /** Kebab-case, unique: `oom-to-crash-loop`. */
  readonly id: string;
  readonly cause: string;
  readonly causeKinds: readonly string[];
  readonly effect: string;
  readonly effectKinds: readonly string[];
  /** From the effect's resource to the cause's; empty: the same resource. At most 5 steps. */
  readonly path: readonly RuleStep[];
  /** 0..1, the domain score of contracts.md §6; where that page fixes a pair, that number. */
  readonly domain: number;
  /** How strongly this rule by itself makes the cause a root cause, 0..1: 1 = a cause of this class explains the effect wholly. Used in ranking only. */
  readonly strength: number;
  /** Only when the cause episode's discriminator (container) equals the effect's. */
  readonly sameDiscriminator?: boolean;
  /** Only when the effect's `target` names the cause's resource (host or Service). */
  readonly targetMatches?: boolean;
  /** A sentence with {cause} and {effect}: "{cause} was killed for memory, so the kubelet restarted it with a back-off: {effect}". */
  readonly sentence: string;
  readonly example: string;
  readonly source: string;
};

/** A class of episodes: all that mean the same for causation. An episode may belong to several classes. */
export type EpisodeClass = {
  readonly id: string;
  readonly category: Category;
  /** Reasons of findings, changes, events, log patterns, alerts and anomalies; the etype narrows where a word is ambiguous. */
  readonly members: readonly { readonly etype?: string; readonly reasons: readonly string[] }[];
  /** What it is in a few words, for sentences: "ran out of memory". */
  readonly phrase: string;
  /**
   * How likely something of this class is where a failure starts, when nothing explains it: 1 = a change or broken input that is a root by nature
   * (image that does not exist, quota, edited ConfigMap), 0 = always a symptom of something (Service without endpoints).
   */
  readonly rootness: number;
};
