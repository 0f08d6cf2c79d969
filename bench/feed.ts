// The pipeline of an agent on a store file, fed with records as they come off the wire.
import { DEFAULT_REASONING } from "../agent/domain/settings.ts";
import { createPipeline, type Pipeline } from "../agent/pipeline/pipeline.ts";
import { keepHeapSmall } from "../agent/platform/heap.ts";
import { silentLogger } from "../agent/platform/logger.ts";
import { createMetrics } from "../agent/platform/metrics.ts";
import type { SourceRecord } from "../agent/sources/port.ts";
import { measuredStore } from "../agent/store/measured.ts";
import type { GraphStore } from "../agent/store/port.ts";
import { openThreadedStore } from "../agent/store/sqlite/thread/open.ts";

/** As many records as a source hands over at once when they come as fast as they can; while one batch becomes durable, the next is handed over. */
export const BATCH = 1_000;

/** As many as come in 50 ms at the cluster's own pace: what a live agent takes at once. */
export const LIVE_BATCH = 40;

/** A pipeline on a store. */
export type Feed = {
  readonly store: GraphStore;
  readonly pipeline: Pipeline;
  /** Feeds records; gives the milliseconds that the pipeline took until they were durable, and those that reading their JSON took before. */
  give(records: Iterable<SourceRecord>, batchSize?: number): Promise<{ readonly acceptMs: number; readonly parseMs: number }>;
  close(): Promise<void>;
};

/** Opens the store as the agent does; `nowMs` is the clock. Call `pipeline.load` before feeding. */
export async function openFeed(path: string, nowMs: () => number): Promise<Feed> {
  keepHeapSmall();
  const metrics = createMetrics();
  const store = measuredStore(await openThreadedStore({ path }), metrics);
  const pipeline = createPipeline({
    store,
    settings: DEFAULT_REASONING,
    defaultCluster: "prod",
    clock: { nowMs },
    logger: silentLogger,
    metrics,
  });
  return {
    store,
    pipeline,
    async give(records, batchSize = BATCH) {
      let parseMs = 0;
      let handedOver: Promise<void> = Promise.resolve();
      // Through JSON, so that the records are as fresh, and share as little, as those of a watch.
      const texts = [...records].map((record) => JSON.stringify(record));
      const toldMs = performance.now();
      for (let from = 0; from < texts.length; from += batchSize) {
        const parsingMs = performance.now();
        const batch = texts.slice(from, from + batchSize).map((text): SourceRecord => JSON.parse(text));
        parseMs += performance.now() - parsingMs;
        const before = handedOver;
        handedOver = accept(pipeline, batch);
        await before;
      }
      await handedOver;
      return { acceptMs: performance.now() - toldMs - parseMs, parseMs };
    },
    async close() {
      await pipeline.stop();
      await store.close();
    },
  };
}

async function accept(pipeline: Pipeline, records: readonly SourceRecord[]): Promise<void> {
  const { refused } = await pipeline.accept(records);
  if (refused[0]) throw new Error(`the pipeline refused a record of the bench: ${refused[0].reason}`);
}
