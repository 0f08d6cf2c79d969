// Something that happened to one resource, repeats folded into one.
import type { EpisodeId, ResourceId } from "./identity.ts";
import type { Severity } from "./severity.ts";

export const EPISODE_TYPES = ["k8s.event", "k8s.log", "prom.alert", "k8s.state", "k8s.change", "anomaly"] as const;

/** Where an episode comes from; `k8s.state`, `k8s.change` and `anomaly` are made by kgroot itself. */
export type EpisodeType = (typeof EPISODE_TYPES)[number];

/** What kind of thing a cause is (contracts.md §8). */
export const CATEGORIES = [
  "change",
  "image",
  "config",
  "resources",
  "scheduling",
  "probe",
  "network",
  "dns",
  "storage",
  "node",
  "quota",
  "policy",
  "application",
  "dependency",
  "control-plane",
  "unknown",
] as const;

/** What kind of thing a cause is. */
export type Category = (typeof CATEGORIES)[number];

/** One quoted piece of evidence: where it was read, what it says, and the command that shows it. */
export type Evidence = {
  /** `Pod shop/shop-1 status.containerStatuses[app].lastState`, `Event`, `log of container app`, `alert`, … */
  readonly source: string;
  readonly text: string;
  /** A kubectl (or other read-only) command line that shows the same; absent where none can. */
  readonly command?: string | undefined;
};

/** What changed, for `k8s.change`. Values are redacted and bounded. */
export type FieldChange = {
  readonly path: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  /** `metadata.managedFields` manager that owns the field, when known. */
  readonly manager?: string | undefined;
};

/** One occurrence within an episode, by its own id; a repeated Kubernetes Event is one occurrence with a count. */
export type Occurred = {
  readonly id: EpisodeId;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  /** Stands for several older occurrences whose ids are no longer kept. */
  readonly joined?: true | undefined;
};

/**
 * A kept occurrence, or several folded ones (contracts.md §8): same cluster, rid, etype, reason and discriminator, never more than 5 minutes apart.
 * `eid` is the id of the earliest occurrence; `aliases` are the others'.
 */
export type Episode = {
  readonly cluster: string;
  readonly eid: EpisodeId;
  readonly rid: ResourceId;
  readonly etype: EpisodeType;
  readonly reason: string;
  /** What tells apart two episodes of one reason on one resource: container, field path, condition type, log pattern, alert fingerprint. Empty when nothing. */
  readonly discriminator: string;
  /** After escalation. */
  readonly severity: Severity;
  /** As the source gave it. */
  readonly baseSeverity: Severity;
  readonly message: string;
  readonly category: Category;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  /** When a finding or alert stopped holding. Absent while it holds, and for things that do not hold (events, logs, changes). */
  readonly clearedMs?: number | undefined;
  /** True for findings and alerts: a condition that holds for a while, rather than a moment. */
  readonly holds: boolean;
  /** False when `firstMs` is only an upper bound: the object does not say since when (a snapshot found it so). */
  readonly exact: boolean;
  readonly evidence: readonly Evidence[];
  readonly change?: FieldChange | undefined;
  /** A host or service that the message names, such as the address a connection was refused by. */
  readonly target?: string | undefined;
  readonly aliases: readonly EpisodeId[];
  /** The occurrences by time, at most 32 (older ones joined); absent when there is only one. Stored, so that replay after a restart counts nothing twice. */
  readonly occurrences?: readonly Occurred[] | undefined;
};

/** Whether the episode was holding, or last seen, at or after `atMs` having begun by then. */
export function activeAt(episode: Episode, atMs: number): boolean {
  if (episode.firstMs > atMs) return false;
  return episode.holds ? episode.clearedMs === undefined || episode.clearedMs >= atMs : episode.lastMs >= atMs;
}
