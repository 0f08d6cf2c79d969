// Episodes that belong together, what started them, and what is said about it.
import type { Category, Evidence } from "./episode.ts";
import type { EpisodeId, IncidentId, ResourceId } from "./identity.ts";
import type { RelationType } from "./relation.ts";
import type { Subject } from "./resource.ts";
import type { Severity } from "./severity.ts";

/** `resolved` when all findings have cleared and nothing was seen for the quiet time. A resolved incident that something joins is `open` again. */
export type IncidentState = "open" | "resolved";

/** A ranked root cause, or a hypothesis that was dropped (`rejectedBecause`). */
export type Candidate = {
  readonly rid: ResourceId;
  readonly subject: Subject;
  /** The episode that is the cause. */
  readonly eid: EpisodeId;
  readonly reason: string;
  readonly category: Category;
  /** Orders candidates; no probability. */
  readonly score: number;
  /** Calibrated probability that this is the root cause, 0..1. */
  readonly confidence: number;
  /** Sentences. */
  readonly explanation: string;
  readonly evidence: readonly Evidence[];
  /** Episodes of the incident that it explains, directly or through others. */
  readonly explains: readonly EpisodeId[];
  readonly rejectedBecause?: string | undefined;
};

/** One edge of the causal path from root cause to symptom. */
export type CausalStep = {
  readonly from: Subject;
  readonly to: Subject;
  readonly relation: RelationType | "SAME" | "IN_NAMESPACE";
  readonly evidence: string;
};

/** Who is hit or could be. */
export type Affected = { readonly subject: Subject; readonly role: "symptom" | "at_risk"; readonly sinceMs?: number | undefined };

/** What an incident says, in the order of design.md §3. */
export type Verdict = {
  readonly title: string;
  /** Absent: not sure. `causes` may still hold candidates below the threshold. */
  readonly rootCause?: Candidate | undefined;
  /** Best first: those that stand, then those that were dropped, with the reason. */
  readonly causes: readonly Candidate[];
  /** The first ERROR or FATAL symptom. */
  readonly firstCriticalFailure?: EpisodeId | undefined;
  readonly affected: readonly Affected[];
  readonly path: readonly CausalStep[];
  readonly evidenceGaps: readonly string[];
  /** Probability that the named root cause is right; 0 when none is named. */
  readonly confidence: number;
  /** One paragraph for a person. */
  readonly summary: string;
};

/** A past incident that looks like this one. */
export type SimilarIncident = {
  readonly id: IncidentId;
  readonly title: string;
  readonly score: number;
  readonly because: string;
  readonly confirmed?: boolean | undefined;
};

/** A cluster of episodes. */
export type Incident = {
  readonly cluster: string;
  readonly id: IncidentId;
  readonly state: IncidentState;
  readonly severity: Severity;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly resolvedMs?: number | undefined;
  /** Resource of the root cause, else of the first symptom (contracts.md §2 `resource_id`). */
  readonly rid: ResourceId;
  readonly namespaces: readonly string[];
  readonly episodes: readonly EpisodeId[];
  /** Episodes that were members beyond the bound on `episodes`. */
  readonly droppedCount: number;
  readonly verdict: Verdict;
  readonly similar: readonly SimilarIncident[];
  /** Set when a mute rule matches: which. */
  readonly mutedBy?: string | undefined;
  /** Somebody looks after it since then; gone when it resolves: what comes back needs a new look. */
  readonly acknowledgedMs?: number | undefined;
  /** Earlier ids of this incident and of those merged into it; look-ups accept them. */
  readonly aliases: readonly IncidentId[];
};

/** A rule that mutes incidents whose root cause matches; absent fields match everything. */
export type MuteRule = {
  readonly id: string;
  readonly cluster?: string | undefined;
  readonly kind?: string | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly reason?: string | undefined;
  readonly untilMs?: number | undefined;
  readonly comment: string;
  readonly createdAtMs: number;
};
