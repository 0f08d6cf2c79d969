// What normalise hands on: anything that came in, as model types. A closed union; the pipeline is one switch over it.
import type { Category, Episode, EpisodeType, Evidence } from "./episode.ts";
import type { ResourceRef } from "./identity.ts";
import type { KubeObject } from "./kube-object.ts";
import type { RelationType } from "./relation.ts";
import type { Severity } from "./severity.ts";

/** A version of an object was seen, or the object is gone. */
export type ObjectSeen = {
  readonly kind: "object";
  readonly cluster: string;
  readonly op: "UPSERT" | "DELETE";
  readonly atMs: number;
  readonly object: KubeObject;
};

/** An edge somebody else reports (contracts.md §1 EdgeRecord, `/api/v1/updates`). */
export type EdgeSeen = {
  readonly kind: "edge";
  readonly cluster: string;
  readonly op: "UPSERT" | "DELETE";
  readonly atMs: number;
  readonly type: RelationType;
  readonly source: ResourceRef;
  readonly target: ResourceRef;
  readonly evidence?: string | undefined;
};

/** Something happened to a resource: an Event, a log line, an alert, or a foreign episode. */
export type Occurrence = {
  readonly kind: "occurrence";
  readonly cluster: string;
  readonly eid: string;
  readonly etype: EpisodeType;
  readonly severity: Severity;
  readonly reason: string;
  readonly discriminator: string;
  readonly message: string;
  readonly category: Category;
  readonly subject: ResourceRef;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
  /** Alerts: true, and `clearedMs` when resolved. */
  readonly holds: boolean;
  readonly clearedMs?: number | undefined;
  readonly evidence: readonly Evidence[];
  readonly target?: string | undefined;
};

/** A source could not see something: becomes an evidence gap of verdicts. */
export type GapSeen = {
  readonly kind: "gap";
  readonly cluster: string;
  readonly atMs: number;
  readonly key: string;
  readonly text: string | undefined;
};

/** Anything that came in, normalised. */
export type Signal = ObjectSeen | EdgeSeen | Occurrence | GapSeen;

/** A state detector's finding: holds while reported. */
export type Finding = {
  readonly reason: string;
  readonly discriminator: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly message: string;
  /** Since when by the object's own word (`lastTransitionTime`, `finishedAt`, …); undefined when it does not say. */
  readonly sinceMs?: number | undefined;
  readonly evidence: readonly Evidence[];
  readonly target?: string | undefined;
};

/** A change detector's result: one edited thing. */
export type ChangeFound = {
  readonly reason: string;
  readonly discriminator: string;
  readonly message: string;
  readonly category: Category;
  /** When, by the object's own word (managedFields time), else undefined. */
  readonly atMs?: number | undefined;
  readonly change: NonNullable<Episode["change"]>;
  readonly evidence: readonly Evidence[];
};
