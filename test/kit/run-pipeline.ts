// Records in, store contents out: the whole pipeline on an embedded store in memory, with a clock that stands still.
import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { gunzipSync } from "node:zlib";
import type { Episode } from "../../agent/domain/episode.ts";
import { displayName } from "../../agent/domain/identity.ts";
import type { Incident } from "../../agent/domain/incident.ts";
import { DEFAULT_REASONING, type ReasoningSettings } from "../../agent/domain/settings.ts";
import { createPipeline, type Pipeline } from "../../agent/pipeline/pipeline.ts";
import { silentLogger } from "../../agent/platform/logger.ts";
import { createMetrics, type Metrics } from "../../agent/platform/metrics.ts";
import type { SourceRecord } from "../../agent/sources/port.ts";
import { recordingReader } from "../../agent/sources/recording-reader.ts";
import type { GraphStore, WorkingSet } from "../../agent/store/port.ts";
import { openSqliteStore } from "../../agent/store/sqlite/open.ts";
import { type FakeClock, fakeClock } from "./fake-clock.ts";

/** A pipeline under test and what it writes to. */
export type PipelineUnderTest = {
  readonly pipeline: Pipeline;
  readonly store: GraphStore;
  readonly metrics: Metrics;
  readonly clock: FakeClock;
};

/** What may differ from the defaults. `store`: one that was fed before, as after a restart. */
export type PipelineParts = {
  readonly store?: GraphStore;
  readonly settings?: Partial<ReasoningSettings>;
  readonly clock?: FakeClock;
};

/** The clock of these tests stands long after everything they replay, so nothing passes for real time. */
const LONG_AFTER_MS = Date.UTC(2030, 0, 1);

/** A loaded pipeline. */
export async function startPipeline(parts: PipelineParts = {}): Promise<PipelineUnderTest> {
  const store = parts.store ?? openSqliteStore({ path: ":memory:" });
  const clock = parts.clock ?? fakeClock(LONG_AFTER_MS);
  const metrics = createMetrics();
  const settings = { ...DEFAULT_REASONING, ...parts.settings };
  const pipeline = createPipeline({ store, settings, defaultCluster: "test", clock, logger: silentLogger, metrics });
  await pipeline.load();
  return { pipeline, store, metrics, clock };
}

/** Feeds batches and ends the input; gives the store that holds the outcome. */
export async function runBatches(batches: Iterable<readonly SourceRecord[]>, parts: PipelineParts = {}): Promise<PipelineUnderTest> {
  const started = await startPipeline(parts);
  for (const batch of batches) await started.pipeline.accept(batch);
  await started.pipeline.finish();
  return started;
}

/** Records cut into batches of at most this many. */
export function inBatchesOf<T>(size: number, records: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let from = 0; from < records.length; from += size) batches.push(records.slice(from, from + size));
  return batches;
}

/** The records of a recording, gzipped or not, with what it says about completeness at its end. Throws when a line cannot be read. */
export function recordingOf(path: string): readonly SourceRecord[] {
  const bytes = readFileSync(path);
  const text = (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString("utf8");
  const reader = recordingReader("test");
  const records = text.split("\n").flatMap((line, at): SourceRecord[] => {
    const result = reader.read(line, { source: "replay", line: at + 1 });
    if ("refused" in result) throw new Error(`${path}:${at + 1}: ${result.refused}`);
    return "record" in result ? [result.record] : [];
  });
  return [...records, ...reader.end({ source: "replay" })];
}

/** Everything that a store holds about all its clusters, by part. */
export async function rowsOf(store: GraphStore): Promise<Omit<WorkingSet, "truncated">> {
  const rows = { resources: [], relations: [], episodes: [], links: [], incidents: [] } as {
    -readonly [Part in Exclude<keyof WorkingSet, "truncated">]: WorkingSet[Part][number][];
  };
  for (const cluster of await store.clusters()) {
    for await (const chunk of store.loadWorkingSet(cluster, 0)) {
      rows.resources.push(...chunk.resources);
      rows.relations.push(...chunk.relations);
      rows.episodes.push(...chunk.episodes);
      rows.links.push(...chunk.links);
      rows.incidents.push(...chunk.incidents);
    }
  }
  return rows;
}

/**
 * The rows as sorted lines of text, so that two stores can be compared and a difference reads well. Left out of incidents: `aliases`, the ids that were
 * published before an earlier symptom came to be known, which is a matter of when was published what; and the labels beside the names of resources, which
 * are quoted as they were when the verdict was reached (the resource itself has the present ones).
 */
export async function contentsOf(store: GraphStore): Promise<readonly string[]> {
  const { incidents, ...rows } = await rowsOf(store);
  const said = incidents.map(({ aliases: _, ...incident }) => JSON.parse(JSON.stringify(incident, withoutLabels)) as unknown);
  const line = (part: string) => (row: unknown) =>
    `${part} ${inspect(row, { sorted: true, depth: null, breakLength: Number.POSITIVE_INFINITY, compact: true })}`;
  return Object.entries({ ...rows, incidents: said }).flatMap(([part, ofPart]) => ofPart.map(line(part)).sort());
}

function withoutLabels(key: string, value: unknown): unknown {
  return key === "labels" ? undefined : value;
}

/** What incidents say, without ids and times: state, root cause, and who is in them for what. */
export async function sayingsOf(store: GraphStore): Promise<readonly string[]> {
  const { incidents, episodes, resources } = await rowsOf(store);
  const byId = new Map<string, Episode>(
    episodes.flatMap((episode) => [episode.eid, ...episode.aliases].map((id) => [id, episode] as const)),
  );
  const names = new Map(resources.map((resource) => [resource.rid, displayName(resource)]));
  const told = ({ state, severity, verdict, episodes: members }: Incident) => {
    const root = verdict.rootCause ? `${displayName(verdict.rootCause.subject)} ${verdict.rootCause.reason}` : "not sure";
    const of = members.map((eid) => {
      const member = byId.get(eid);
      return member ? `${names.get(member.rid)} ${member.reason}` : "an unknown member";
    });
    return [`${state} ${severity}: ${root}`, ...[...new Set(of)].sort()].join("\n  ");
  };
  return incidents.map(told).sort();
}
