// The pipeline of an agent on a store file, fed with records as they come off the wire.
import { DEFAULT_REASONING } from "../agent/domain/settings.ts";
import { createPipeline, type Pipeline } from "../agent/pipeline/pipeline.ts";
import { keepHeapSmall } from "../agent/platform/heap.ts";
import { silentLogger } from "../agent/platform/logger.ts";
import { createMetrics } from "../agent/platform/metrics.ts";
import type { SourceRecord } from "../agent/sources/port.ts";
import { measuredStore } from "../agent/store/measured.ts";
import type { GraphStore } from "../agent/store/port.ts";
import { openSqliteStore } from "../agent/store/sqlite/open.ts";

/** As many records as a source hands over at once when they come as fast as they can. */
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
export function openFeed(path: string, nowMs: () => number): Feed {
  keepHeapSmall();
  const metrics = createMetrics();
  const store = measuredStore(openSqliteStore({ path }), metrics);
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
      const took = { acceptMs: 0, parseMs: 0 };
      // Through JSON, so that the records are as fresh, and share as little, as those of a watch.
      let texts: string[] = [];
      for (const record of records) {
        texts.push(JSON.stringify(record));
        if (texts.length === batchSize) texts = await accept(pipeline, texts, took);
      }
      if (texts.length > 0) await accept(pipeline, texts, took);
      return took;
    },
    async close() {
      await pipeline.stop();
      await store.close();
    },
  };
}

async function accept(pipeline: Pipeline, texts: readonly string[], took: { acceptMs: number; parseMs: number }): Promise<string[]> {
  const startedMs = performance.now();
  const records = texts.map((text): SourceRecord => JSON.parse(text));
  const parsedMs = performance.now();
  const { refused } = await pipeline.accept(records);
  took.acceptMs += performance.now() - parsedMs;
  took.parseMs += parsedMs - startedMs;
  if (refused[0]) throw new Error(`the pipeline refused a record of the bench: ${refused[0].reason}`);
  return [];
}
