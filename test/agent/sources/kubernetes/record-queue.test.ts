// The queue in front of the pipeline: batches of at most a thousand in order, nothing lost when one is not taken, and a full queue that makes its readers wait.
import assert from "node:assert/strict";
import { test } from "node:test";
import { recordQueue } from "../../../../agent/sources/kubernetes/record-queue.ts";
import type { SourceRecord } from "../../../../agent/sources/port.ts";
import { turns } from "./fake-kube-api.ts";

const record = (index: number): SourceRecord => ({
  origin: { source: "test" },
  atMs: index,
  body: { kind: "gap", key: String(index), text: undefined },
});

function queueInto(accept: (batch: readonly SourceRecord[]) => Promise<void>) {
  const stop = new AbortController();
  const faults: unknown[] = [];
  const queue = recordQueue({
    signal: stop.signal,
    sleep: async (_ms, signal) => signal.throwIfAborted(),
    onFault: (error) => faults.push(error),
    sink: {
      async accept(batch) {
        await accept(batch);
        return { applied: batch.length, dropped: 0, refused: [] };
      },
    },
  });
  return { queue, faults, stop: () => stop.abort() };
}

test("records arrive in order, in batches of at most a thousand, and the same batch is offered again until it is taken", async () => {
  const taken: number[] = [];
  const sizes: number[] = [];
  let refusals = 2;
  const all = Promise.withResolvers<void>();
  const { queue, faults, stop } = queueInto(async (batch) => {
    if (refusals-- > 0) throw new Error("the store is away");
    sizes.push(batch.length);
    taken.push(...batch.map(({ atMs }) => atMs));
    if (taken.length === 1_500) all.resolve();
  });
  for (let index = 0; index < 1_500; index += 1) await queue.push(record(index));
  await all.promise;
  assert.deepEqual(
    taken,
    Array.from({ length: 1_500 }, (_, index) => index),
  );
  assert.ok(sizes.every((size) => size <= 1_000));
  assert.equal(faults.length, 2);
  stop();
});

test("while a batch is not durable the queue fills up to its bound, and whoever pushes then waits; the end wakes them", async () => {
  const durable = Promise.withResolvers<void>();
  const { queue, stop } = queueInto(() => durable.promise);
  let pushed = 0;
  while (queue.push(record(pushed)) === undefined) pushed += 1;
  assert.ok(pushed >= 2_000 && pushed <= 3_000, String(pushed));
  let woken = false;
  void queue.push(record(pushed))?.then(() => {
    woken = true;
  });
  await turns();
  assert.equal(woken, false);
  durable.resolve();
  await turns();
  assert.equal(woken, true);
  stop();
  const other = queueInto(() => new Promise(() => undefined));
  let waits: Promise<void> | undefined;
  for (let index = 0; waits === undefined; index += 1) waits = other.queue.push(record(index));
  other.stop();
  await waits;
});
