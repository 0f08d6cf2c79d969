// What kgroot asks of a store. Two narrow interfaces; every adapter passes test/kit/store-contract.ts.
//
// Ownership: what a reader returns may be changed by the caller without touching the store. Writers copy what they are given.
// Empty: an unknown id is undefined or an empty list, never an error. Time: all `…Ms` are epoch milliseconds UTC.
// Failure: expected failures are StoreFault with a kind; anything else thrown is a bug.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, IncidentId, ResourceId } from "../domain/identity.ts";
import type { Incident, IncidentState, MuteRule } from "../domain/incident.ts";
import type { Relation, RelationType } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";
import type { Severity } from "../domain/severity.ts";

/** `transient`: busy, unreachable, disk full: wait and try the same batch again. `corrupt`, `newer`, `locked`: a person must act. */
export type StoreFaultKind = "transient" | "corrupt" | "newer" | "locked" | "closed";

/** An expected failure of the store; `message` says what happened, where, and what to do. */
export class StoreFault extends Error {
  readonly kind: StoreFaultKind;
  constructor(kind: StoreFaultKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "StoreFault";
    this.kind = kind;
  }
}

/**
 * Everything one batch changes; committed in one transaction, idempotent by key. Order within the lists does not matter.
 * `resources` carry whole rows: the store writes a row if it differs and keeps the former state in the history with its validity interval.
 */
export type ChangeSet = {
  readonly resources: readonly Resource[];
  /** A stub that learnt its uid: row, edges, episodes and history move from one rid to the other before the rest is written. */
  readonly rekeyed: readonly { readonly cluster: string; readonly from: ResourceId; readonly to: ResourceId }[];
  readonly relations: readonly Relation[];
  /** Whole rows, also for a repeat; `eid` may be new for an old episode (an earlier occurrence arrived): then its former id is among `aliases` and the former row goes. */
  readonly episodes: readonly Episode[];
  /** For each effect listed, these are all its links: former ones that are not listed go. */
  readonly links: readonly { readonly cluster: string; readonly effect: EpisodeId; readonly links: readonly CausalLink[] }[];
  /** Whole rows. Ids among an incident's `aliases` that exist as incidents of their own are removed (merged). */
  readonly incidents: readonly Incident[];
  readonly removedIncidents: readonly { readonly cluster: string; readonly id: IncidentId }[];
  /** How far each source is durably processed; an opaque value per key, returned by `checkpoints()`. */
  readonly checkpoints: readonly { readonly key: string; readonly value: string }[];
};

/** Anomaly counters, escalations and the like are derived from episodes on load; nothing else is kept outside of these rows. */
export type GraphWriter = {
  /** Writes the batch durably, or throws StoreFault and has written nothing. */
  commit(changes: ChangeSet): Promise<void>;
  putMute(rule: MuteRule): Promise<void>;
  removeMute(id: string): Promise<boolean>;
  putFeedback(feedback: Feedback): Promise<void>;
};

/** A person's word on a root cause. */
export type Feedback = {
  readonly cluster: string;
  readonly incident: IncidentId;
  readonly rid: ResourceId;
  readonly reason: string;
  readonly verdict: "confirmed" | "rejected";
  readonly confidence: number;
  readonly atMs: number;
  readonly comment?: string | undefined;
};

/** A page of rows; `cursor` continues after it, absent at the end. */
export type Page<T> = { readonly rows: readonly T[]; readonly cursor?: string | undefined };

export type IncidentQuery = {
  readonly cluster?: string | undefined;
  readonly state?: IncidentState | undefined;
  readonly namespace?: string | undefined;
  readonly severity?: Severity | undefined;
  /** Last seen at or after. */
  readonly sinceMs?: number | undefined;
  /** Muted ones are left out unless asked for. */
  readonly includeMuted?: boolean | undefined;
  /** 1..500. */
  readonly limit: number;
  readonly cursor?: string | undefined;
};

/** A part of the graph: resources, the edges among them, episodes about them, and links among those. */
export type Subgraph = {
  readonly resources: readonly Resource[];
  readonly relations: readonly Relation[];
  readonly episodes: readonly Episode[];
  readonly links: readonly CausalLink[];
  /** True when a bound cut it off. */
  readonly truncated: boolean;
};

export type NeighbourhoodQuery = {
  readonly cluster: string;
  readonly rid: ResourceId;
  /** 0..5. */
  readonly hops: number;
  /** The graph as it was then; absent: now (live resources and edges only). */
  readonly atMs?: number | undefined;
  /** Also edges and resources that ended within [fromMs, toMs], and episodes that touch it. Absent: no episodes. */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** At most this many resources, nearest first. */
  readonly limit: number;
  /** Only who the resources are: without the object, where the store can leave it out. */
  readonly bare?: boolean | undefined;
  /** Walk only these edges, as seen from the resource walked from; absent: all. */
  readonly over?: readonly { readonly type: RelationType; readonly direction: "out" | "in" }[] | undefined;
};

export type Stats = {
  readonly resources: number;
  readonly episodes: number;
  readonly incidents: number;
  readonly relations: number;
  readonly links: number;
  readonly resourcesByKind: Readonly<Record<string, number>>;
  readonly relationsByType: Readonly<Record<string, number>>;
  readonly episodesBySeverity: Readonly<Record<Severity, number>>;
  readonly oldestEpisodeMs?: number | undefined;
  readonly newestEpisodeMs?: number | undefined;
  readonly newestEpisodeId?: EpisodeId | undefined;
};

/** What the working set is rebuilt from at start: live topology, episodes of the window and every open finding, their links, open and recent incidents. */
export type WorkingSet = Subgraph & { readonly incidents: readonly Incident[] };

export type GraphReader = {
  clusters(): Promise<readonly string[]>;
  checkpoints(): Promise<ReadonlyMap<string, string>>;
  /** Streams in chunks so that a large graph never stands in memory twice; episodes: those seen since `sinceMs`, or holding, or members of incidents that are open or were seen since. */
  loadWorkingSet(cluster: string, sinceMs: number): AsyncIterable<WorkingSet>;
  /** By rid, uid or name, live ones first, then the life that held at `atMs`. Several clusters may hold it: all matches. */
  findResources(query: {
    readonly rid?: ResourceId | undefined;
    readonly uid?: string | undefined;
    readonly cluster?: string | undefined;
    readonly kind?: string | undefined;
    readonly namespace?: string | undefined;
    readonly name?: string | undefined;
    readonly atMs?: number | undefined;
    readonly limit: number;
    /** Only who they are: without the object. */
    readonly bare?: boolean | undefined;
  }): Promise<readonly Resource[]>;
  /** By id or alias, in one cluster or in all. */
  findEpisodes(id: string, cluster?: string): Promise<readonly Episode[]>;
  episodes(cluster: string, ids: readonly EpisodeId[]): Promise<readonly Episode[]>;
  /** Newest first. */
  episodesAbout(cluster: string, rid: ResourceId, fromMs: number, toMs: number, limit: number): Promise<readonly Episode[]>;
  /** Links whose effect (or, `as: "cause"`, whose cause) is one of these. */
  linksOf(cluster: string, ids: readonly EpisodeId[], as: "effect" | "cause"): Promise<readonly CausalLink[]>;
  neighbourhood(query: NeighbourhoodQuery): Promise<Subgraph>;
  /** By id or alias. */
  findIncidents(id: string, cluster?: string): Promise<readonly Incident[]>;
  incidentOf(cluster: string, eid: EpisodeId): Promise<Incident | undefined>;
  /** Last seen first. */
  incidents(query: IncidentQuery): Promise<Page<Incident>>;
  /** Resolved or older ones whose root cause has this kind and reason, newest first. */
  pastIncidents(cluster: string, kind: string, reason: string, beforeMs: number, limit: number): Promise<readonly Incident[]>;
  mutes(): Promise<readonly MuteRule[]>;
  feedback(sinceMs: number): Promise<readonly Feedback[]>;
  stats(cluster?: string): Promise<Stats>;
};

export type IndexInfo = {
  readonly name: string;
  readonly on: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  readonly state: "online" | "missing" | "failed";
};

export type CleanupCount = {
  readonly episodes: number;
  readonly incidents: number;
  readonly resources: number;
  readonly relations: number;
  readonly states: number;
};

/** Reports `done` of `total` (0 when unknown). */
export type Progress = (done: number, total: number, what: string) => void;

/** The store's own housekeeping (contracts.md §6, §8). Every long call takes a signal and reports progress between batches. */
export type StoreAdmin = {
  indexes(): Promise<readonly IndexInfo[]>;
  /** Creates what is missing; names what it did. Idempotent. */
  ensureIndexes(): Promise<readonly string[]>;
  /** Drops the named secondary indexes (all when none given), never the keys. Idempotent. */
  dropIndexes(names?: readonly string[]): Promise<readonly string[]>;
  cleanup(options: {
    readonly olderThanMs: number;
    readonly batchSize: number;
    readonly dryRun: boolean;
    readonly signal?: AbortSignal;
    readonly progress?: Progress;
  }): Promise<CleanupCount>;
  /** A consistent copy in kgroot's own portable format (JSON lines, gzip), written while the store is in use. */
  backup(
    file: string,
    options: { readonly signal?: AbortSignal; readonly progress?: Progress },
  ): Promise<{ readonly rows: number; readonly asOfMs: number }>;
  /** Into an empty store, or `replace`. */
  restore(
    file: string,
    options: { readonly replace: boolean; readonly signal?: AbortSignal; readonly progress?: Progress },
  ): Promise<{ readonly rows: number }>;
  /** Integrity, free space, size, version; each finding with what to do. */
  check(): Promise<readonly HealthFinding[]>;
};

export type HealthFinding = {
  readonly component: string;
  readonly status: "ok" | "warning" | "error";
  readonly text: string;
  readonly action?: string | undefined;
};

/** A store: reads, writes, housekeeping, and an end. `close` may be called twice. */
export type GraphStore = GraphReader & GraphWriter & StoreAdmin & { readonly name: "sqlite" | "neo4j" | "memory"; close(): Promise<void> };
