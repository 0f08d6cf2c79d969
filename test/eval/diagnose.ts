// Records through the product's pipeline; what comes back are its incidents.

import type { Episode } from "../../agent/domain/episode.ts";
import type { Incident } from "../../agent/domain/incident.ts";
import { DEFAULT_REASONING } from "../../agent/domain/settings.ts";
import { createPipeline } from "../../agent/pipeline/pipeline.ts";
import { systemClock } from "../../agent/platform/clock.ts";
import { silentLogger } from "../../agent/platform/logger.ts";
import { createMetrics } from "../../agent/platform/metrics.ts";
import type { SourceRecord } from "../../agent/sources/port.ts";
import { openSqliteStore } from "../../agent/store/sqlite/open.ts";

/** What the product says of one case. */
export type Diagnosis = {
  readonly incidents: readonly Incident[];
  /** Members of the incidents, for the report of misses. */
  readonly episodes: readonly Episode[];
  readonly refused: readonly string[];
  /** Time in the pipeline, milliseconds. */
  readonly tookMs: number;
};

const BATCH_RECORDS = 1000;
const INCIDENTS_MAX = 500;

/** Runs the pipeline over an in-memory store. */
export async function diagnose(records: readonly SourceRecord[]): Promise<Diagnosis> {
  const store = openSqliteStore({ path: ":memory:" });
  const pipeline = createPipeline({
    store,
    settings: DEFAULT_REASONING,
    defaultCluster: "default",
    clock: systemClock,
    logger: silentLogger,
    metrics: createMetrics({ processMetrics: false }),
  });
  const refused: string[] = [];
  try {
    await pipeline.load();
    const startedMs = performance.now();
    for (let at = 0; at < records.length; at += BATCH_RECORDS) {
      const result = await pipeline.accept(records.slice(at, at + BATCH_RECORDS));
      for (const refusal of result.refused) refused.push(`${records[at + refusal.index]?.body.kind}: ${refusal.reason}`);
    }
    await pipeline.finish();
    const tookMs = performance.now() - startedMs;
    const { rows } = await store.incidents({ limit: INCIDENTS_MAX, includeMuted: true });
    const episodes = await Promise.all(rows.map((incident) => store.episodes(incident.cluster, incident.episodes)));
    return { incidents: rows, episodes: episodes.flat(), refused, tookMs };
  } finally {
    await pipeline.stop();
    await store.close();
  }
}
