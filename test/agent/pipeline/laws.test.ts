// The laws of the pipeline: what a store holds in the end depends on what happened, not on how often, in which portions or how late it was told.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import * as fc from "fast-check";
import type { SourceRecord } from "../../../agent/sources/port.ts";
import { streams } from "../../kit/random-stream.ts";
import { contentsOf, inBatchesOf, recordingOf, runBatches, sayingsOf, startPipeline } from "../../kit/run-pipeline.ts";

const ROOT = join(import.meta.dirname, "../../..");
const SCENARIOS = join(ROOT, "test/scenarios");

/** The streams that really were told, by name. */
const TOLD: ReadonlyMap<string, readonly SourceRecord[]> = new Map([
  ["sample", recordingOf(join(ROOT, "samples/bad-rollout.jsonl.gz"))],
  ...readdirSync(SCENARIOS, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? [[entry.name, recordingOf(join(SCENARIOS, entry.name, "signals.ndjson"))] as const] : [],
  ),
]);

/** The same streams on every run; look elsewhere by hand with another seed and more runs. */
const SEARCH = { seed: 20_260_302, numRuns: 25 };

const LENGTH_MAX = 40;

const told = fc.constantFrom(...TOLD.keys()).map((name) => TOLD.get(name) ?? []);
const anyStream = fc.oneof({ weight: 1, arbitrary: told }, { weight: 4, arbitrary: streams(LENGTH_MAX) });

/** Records cut at these shares of their number. */
function cutAt(records: readonly SourceRecord[], shares: readonly number[]): readonly SourceRecord[][] {
  const ends = [...new Set(shares.map((share) => Math.round(share * records.length)))].sort((a, b) => a - b);
  return [...ends, records.length].map((end, at) => records.slice(ends[at - 1] ?? 0, end));
}

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

async function inOneGo(records: readonly SourceRecord[]): Promise<readonly string[]> {
  return contentsOf((await runBatches([records])).store);
}

test("any split into batches gives the same store", async () => {
  const law = fc.asyncProperty(anyStream, shares, async (records, cuts) => {
    assert.deepEqual(await contentsOf((await runBatches(cutAt(records, cuts))).store), await inOneGo(records));
  });
  await fc.assert(law, SEARCH);
});

test("replayed twice is replayed once, also with a restart between", async () => {
  const law = fc.asyncProperty(anyStream, fc.boolean(), async (records, restarts) => {
    const first = await runBatches(inBatchesOf(20, records));
    const once = await contentsOf(first.store);
    if (restarts) await runBatches(inBatchesOf(7, records), { store: first.store });
    else for (const batch of inBatchesOf(7, records)) await first.pipeline.accept(batch);
    if (!restarts) await first.pipeline.finish();
    assert.deepEqual(await contentsOf(first.store), once);
  });
  await fc.assert(law, SEARCH);
});

test("a restart in the middle changes nothing, whether the source goes on from there or tells all again", async () => {
  const law = fc.asyncProperty(anyStream, fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), async (records, share, again) => {
    const cut = Math.round(share * records.length);
    const stopped = await startPipeline();
    for (const batch of inBatchesOf(5, records.slice(0, cut))) await stopped.pipeline.accept(batch);
    const rest = again ? records : records.slice(cut);
    const { store } = await runBatches(inBatchesOf(20, rest), { store: stopped.store });
    assert.deepEqual(await contentsOf(store), await inOneGo(records));
  });
  await fc.assert(law, SEARCH);
});

test("records told again, at once or later, change nothing", async () => {
  const again = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })), {
    maxLength: 30,
  });
  const law = fc.asyncProperty(anyStream, again, async (records, pairs) => {
    const at = (share: number) => Math.min(records.length - 1, Math.floor(share * records.length));
    const later = pairs.map(([a, b]) => [Math.min(at(a), at(b)), Math.max(at(a), at(b))] as const);
    const repeated = records.flatMap((record, index) => [
      record,
      ...later.flatMap(([what, when]) => (when === index ? [records[what] as SourceRecord] : [])),
    ]);
    assert.deepEqual(await contentsOf((await runBatches(inBatchesOf(9, repeated))).store), await inOneGo(records));
  });
  await fc.assert(law, SEARCH);
});

test("sources that lag by up to 30 s, each in its own order, give the same incidents with the same roots and members", async () => {
  const law = fc.asyncProperty(fc.constantFrom(...TOLD.keys()), fc.infiniteStream(fc.nat({ max: 30_000 })), async (name, lags) => {
    const records = TOLD.get(name) ?? [];
    const lagOf = new Map<string, number>();
    for (const record of records) {
      const source = sourceOf(record);
      if (!lagOf.has(source)) lagOf.set(source, lags.next().value);
    }
    const arrival = (record: SourceRecord) => record.atMs + (lagOf.get(sourceOf(record)) ?? 0);
    const late = [...records].sort((a, b) => arrival(a) - arrival(b));
    const inOrder = await runBatches(inBatchesOf(50, records));
    assert.deepEqual(await sayingsOf((await runBatches(inBatchesOf(50, late))).store), await sayingsOf(inOrder.store), name);
  });
  await fc.assert(law, { ...SEARCH, numRuns: 40 });
});

/** Each kind has a watch of its own; events, logs and alerts are sources by themselves. */
function sourceOf({ body }: SourceRecord): string {
  if (body.kind === "gap") return body.key.replace("complete:", "");
  if (body.kind !== "object") return body.kind;
  return String((body.value as { readonly kind?: unknown }).kind);
}
