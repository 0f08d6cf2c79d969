// The way of every record: normalise, apply, detect (with escalation and anomalies), link, cluster, rank, commit, publish. One batch at a time.

import type { MuteRule } from "../domain/incident.ts";
import type { ReasoningSettings } from "../domain/settings.ts";
import type { Signal } from "../domain/signal.ts";
import { BREAKER_STATE_VALUES, type Breaker, createBreaker } from "../platform/breaker.ts";
import type { Clock } from "../platform/clock.ts";
import type { Logger } from "../platform/logger.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { AcceptResult, Sink, SourceRecord } from "../sources/port.ts";
import type { GraphStore } from "../store/port.ts";
import type { RecordTally } from "./anomalies.ts";
import { applySignal } from "./apply.ts";
import { type Gathered, gather, isEmpty } from "./change-set.ts";
import { type ClusterState, clusterState } from "./cluster-state.ts";
import { commitDurably } from "./commit.ts";
import { countBatch, graphSizes } from "./count.ts";
import { evict, isEvictionDue } from "./evict.ts";
import { knownObjects } from "./known-objects.ts";
import type { LiveChange, LiveFeed } from "./live-change.ts";
import { loadCluster } from "./load.ts";
import { recallCheckpoints } from "./memo.ts";
import { normalise } from "./normalise.ts";
import { acknowledge, judgeMutes } from "./rank.ts";
import { reason } from "./reason.ts";
import { mayBeForgotten, recall } from "./recall.ts";
import { type Batch, newBatch, resultOf } from "./stage.ts";
import { advance, settledAt } from "./tick.ts";

/** What a pipeline is made of. */
export type PipelineOptions = {
  readonly store: GraphStore;
  readonly settings: ReasoningSettings;
  readonly defaultCluster: string;
  /** Log lines that match one of these are kept too. */
  readonly keepLogs?: readonly RegExp[];
  /** Records committed in one transaction at most. Default 1000. */
  readonly batchRecordsMax?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
};

/** The pipeline: a sink for sources, a feed for clients. */
export type Pipeline = Sink &
  LiveFeed & {
    /** Loads the working sets of all clusters in the store; what was in memory before is forgotten. */
    load(): Promise<void>;
    /** Finite input has ended: what waits for time to prove itself is decided. */
    finish(): Promise<void>;
    /** Time goes on although no record comes; clusters that are not fed in real time (a replay) keep their own time. */
    tick(): Promise<void>;
    /** The muting rules changed. */
    refreshMutes(): Promise<void>;
    /** Somebody looks after an open incident, or no longer; durable when it resolves. Nothing happens to one that is not open. */
    acknowledge(cluster: string, id: string, isSo: boolean): Promise<void>;
    /** Why nothing can be accepted, or undefined. */
    fault(): string | undefined;
    stop(): Promise<void>;
  };

/** Clusters whose records are this close to the clock are fed in real time. */
const REAL_TIME_MS = 120_000;

/** A batch in memory, on its way to the store. */
type Reasoned = { readonly batch: Batch; readonly durable: Promise<void> };

type Given = { readonly record: SourceRecord; readonly index: number; readonly signal?: AbortSignal | undefined };

/** Makes a pipeline; `load` it before use. */
export function createPipeline(options: PipelineOptions): Pipeline {
  return new BatchPipeline(options);
}

class BatchPipeline implements Pipeline {
  readonly #options: PipelineOptions;
  readonly #breaker: Breaker;
  readonly #listeners = new Set<(change: LiveChange) => void>();
  readonly #states = new Map<string, ClusterState>();
  readonly #stopping = new AbortController();
  readonly #known = knownObjects(this.#states);
  #mutes: readonly MuteRule[] = [];
  #queue: Promise<unknown> = Promise.resolve();
  /** The commit that is under way, or the last one. Rejected: nothing more is committed until the working set was loaded again. */
  #committing: Promise<void> = Promise.resolve();
  #fault: string | undefined;

  constructor(options: PipelineOptions) {
    this.#options = options;
    const { metrics } = options;
    this.#breaker = createBreaker({
      onStateChange: (state) => metrics.circuitBreakerState.set({ component: "store" }, BREAKER_STATE_VALUES[state]),
    });
    metrics.circuitBreakerState.set({ component: "store" }, BREAKER_STATE_VALUES.closed);
    metrics.sizeGraphBy(() => graphSizes(this.#states.values()));
  }

  /** Records beyond one batch follow in further ones: while the store takes one, the next is reasoned about. */
  async accept(records: readonly SourceRecord[], signal?: AbortSignal): Promise<AcceptResult> {
    const sizeMax = this.#options.batchRecordsMax ?? 1_000;
    const parts: Reasoned[] = [];
    for (let from = 0; from < records.length; from += sizeMax)
      parts.push(await this.#oneAtATime(() => this.#acceptBatch(records.slice(from, from + sizeMax), signal)));
    for (const { durable } of parts) await durable;
    return resultOf(parts, sizeMax);
  }

  async #acceptBatch(records: readonly SourceRecord[], signal?: AbortSignal): Promise<Reasoned> {
    signal?.throwIfAborted();
    const startedMs = performance.now();
    const batch = newBatch(records);
    for (const [index, record] of records.entries()) await this.#applyRecord(batch, { record, index, signal });
    const { durable } = await this.#reasonAndCommit(batch, signal);
    const counted = durable.then(() => this.#count(batch, startedMs));
    // Whoever handed the records over waits for it, but maybe not yet.
    counted.catch(() => undefined);
    return { batch, durable: counted };
  }

  #count(batch: Batch, startedMs: number): void {
    countBatch(this.#options.metrics, batch, { seconds: (performance.now() - startedMs) / 1000, nowMs: this.#options.clock.nowMs() });
  }

  async #applyRecord(batch: Batch, { record, index, signal: stop }: Given): Promise<void> {
    const normalised = normalise(record, this.#options.defaultCluster, this.#options.keepLogs, this.#known);
    if (normalised.kind === "dropped") batch.droppedCount += 1;
    if (normalised.kind === "refused") batch.refused.push({ index, reason: normalised.reason });
    if (normalised.kind !== "signals") return;
    for (const reason of normalised.faults ?? []) batch.refused.push({ index, reason });
    for (const signal of normalised.signals) {
      const state = this.#states.get(signal.cluster) ?? (await this.#loadState(signal.cluster));
      batch.states.add(state);
      state.realTime = Math.abs(this.#options.clock.nowMs() - record.atMs) < REAL_TIME_MS;
      if (isEvictionDue(state, record.atMs)) await this.#evict(batch, state, record.atMs, stop);
      state.seenMs = Math.max(state.seenMs, record.atMs);
      if (mayBeForgotten(state, signal) && (await this.#recall(state, signal)) === "known") continue;
      const fault = this.#applySignal(state, signal, record.atMs, batch.tally);
      if (fault !== undefined) {
        batch.refused.push({ index, reason: fault });
        return;
      }
    }
    batch.appliedCount += 1;
  }

  /** What is on its way to the store is in memory still, but the store is asked about the rest only when all of it has arrived. */
  async #recall(state: ClusterState, signal: Signal): Promise<"known" | "new"> {
    await this.#committing;
    return recall(state, signal, this.#options.store);
  }

  /** A record that trips over a fault of ours is put aside with the reason; those beside it go on. */
  #applySignal(state: ClusterState, signal: Signal, atMs: number, tally: RecordTally): string | undefined {
    try {
      advance(state, atMs, tally);
      applySignal(state, signal, tally);
      return undefined;
    } catch (error) {
      this.#options.logger.error(`A record of kind ${signal.kind} could not be applied`, { err: error });
      return `could not be applied: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** What has come so far is made durable before memory forgets some of it. */
  async #evict(batch: Batch, state: ClusterState, atMs: number, signal?: AbortSignal): Promise<void> {
    const { durable } = await this.#reasonAndCommit(batch, signal);
    await durable;
    evict(state, atMs);
  }

  /** Resolves when the commit of this batch has begun, which is when that of the one before is over; `durable` when it is over. */
  async #reasonAndCommit(batch: Batch, signal?: AbortSignal): Promise<{ readonly durable: Promise<void> }> {
    try {
      const means = { ...this.#options, mutes: this.#mutes, committing: this.#committing };
      for (const state of batch.states) await reason(state, batch.tally, means);
      await this.#committing;
    } catch (error) {
      throw this.#failed(error);
    }
    const durable = this.#commit(gather(batch.states), signal).catch((error: unknown) => {
      throw this.#failed(error);
    });
    this.#committing = durable;
    durable.catch(() => undefined);
    return { durable };
  }

  /** Memory is ahead of the store now: before anything more is accepted, the working set is loaded again. */
  #failed(error: unknown): unknown {
    this.#fault = error instanceof Error ? error.message : String(error);
    return error;
  }

  async #commit({ changes, live }: Gathered, signal?: AbortSignal): Promise<void> {
    const { store, logger, metrics } = this.#options;
    if (!isEmpty(changes)) {
      const stop = signal ? AbortSignal.any([signal, this.#stopping.signal]) : this.#stopping.signal;
      const onFault = (fault: Error) => logger.warn(`The store did not take a batch; it is tried again: ${fault.message}`);
      await commitDurably(changes, { store, breaker: this.#breaker, onFault }, stop);
    }
    for (const { verdict } of live.incidents)
      if (verdict.rootCause) metrics.rcaConfidence.observe({ score_type: "root_cause" }, verdict.rootCause.confidence);
    if (live.incidents.length > 0 || live.removed.length > 0) for (const listener of this.#listeners) listener(live);
  }

  async #loadState(cluster: string): Promise<ClusterState> {
    await this.#committing;
    const state = clusterState(cluster, this.#options.settings);
    recallCheckpoints(state, await this.#options.store.checkpoints());
    await loadCluster(state, this.#options.store, this.#options.clock.nowMs());
    this.#states.set(cluster, state);
    return state;
  }

  load(): Promise<void> {
    return this.#oneAtATime(() => this.#loadAll(), true);
  }

  async #loadAll(): Promise<void> {
    await this.#committing.catch(() => undefined);
    this.#committing = Promise.resolve();
    this.#states.clear();
    this.#mutes = await this.#options.store.mutes();
    for (const cluster of await this.#options.store.clusters()) await this.#loadState(cluster);
    this.#fault = undefined;
  }

  finish(): Promise<void> {
    return this.#advanceAll((state) => (state.realTime ? undefined : settledAt(state)));
  }

  tick(): Promise<void> {
    const nowMs = this.#options.clock.nowMs();
    return this.#advanceAll((state) => (state.realTime ? nowMs : undefined));
  }

  /** Every cluster's time goes on to where it should be, if it should. */
  #advanceAll(timeOf: (state: ClusterState) => number | undefined): Promise<void> {
    return this.#oneAtATime(async () => {
      const batch = newBatch([]);
      for (const state of this.#states.values()) {
        batch.states.add(state);
        const atMs = timeOf(state);
        if (atMs === undefined) continue;
        if (isEvictionDue(state, atMs)) await this.#evict(batch, state, atMs);
        advance(state, atMs, batch.tally);
      }
      const { durable } = await this.#reasonAndCommit(batch);
      await durable;
      this.#count(batch, performance.now());
    });
  }

  async refreshMutes(): Promise<void> {
    this.#mutes = await this.#options.store.mutes();
    await this.#advanceAll((state) => {
      judgeMutes(state, this.#mutes);
      return undefined;
    });
  }

  acknowledge(cluster: string, id: string, isSo: boolean): Promise<void> {
    return this.#advanceAll((state) => {
      if (state.cluster === cluster) acknowledge(state, id, isSo ? this.#options.clock.nowMs() : undefined);
      return undefined;
    });
  }

  fault(): string | undefined {
    return this.#fault;
  }

  subscribe(listener: (change: LiveChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async stop(): Promise<void> {
    this.#stopping.abort(new Error("the agent is stopping"));
    await this.#queue.catch(() => undefined);
    await this.#committing.catch(() => undefined);
  }

  #oneAtATime<T>(work: () => Promise<T>, evenIfFaulty = false): Promise<T> {
    const next = this.#queue.then(async () => {
      this.#stopping.signal.throwIfAborted();
      if (this.#fault !== undefined && !evenIfFaulty) await this.#loadAll();
      return work();
    });
    this.#queue = next.catch(() => undefined);
    return next;
  }
}
