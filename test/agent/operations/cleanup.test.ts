// Retention: what is asked of the store, and when.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type Cleanable,
  type CleanupSchedule,
  cleanupStore,
  DEFAULT_RETENTION,
  scheduleCleanup,
  type Timer,
} from "../../../agent/operations/cleanup.ts";
import { StoreFault } from "../../../agent/store/port.ts";
import { fakeClock } from "../../kit/fake-clock.ts";

const DAY_MS = 86_400_000;
const NOTHING = { episodes: 0, incidents: 0, resources: 0, relations: 0, states: 0 };

/** A timer that runs what is due only when told to. */
function fakeTimer() {
  const clock = fakeClock();
  const waiting = new Set<{ readonly atMs: number; readonly work: () => void }>();
  const timer: Timer = {
    nowMs: clock.nowMs,
    after(delayMs, work) {
      const entry = { atMs: clock.nowMs() + delayMs, work };
      waiting.add(entry);
      return () => waiting.delete(entry);
    },
  };
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms);
    for (const entry of [...waiting].filter(({ atMs }) => atMs <= clock.nowMs())) {
      waiting.delete(entry);
      entry.work();
    }
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { timer, pass, waiting };
}

function schedule(timer: Timer, heard: unknown[]): CleanupSchedule {
  return {
    retention: DEFAULT_RETENTION,
    everyMs: DAY_MS,
    timer,
    onDone: ({ olderThanMs }) => heard.push(olderThanMs),
    onFault: (error) => heard.push(String(error)),
  };
}

test("what was last seen more than so many days before now is what goes", async () => {
  const asked: unknown[] = [];
  const store: Cleanable = {
    async cleanup(options) {
      asked.push(options);
      return { ...NOTHING, episodes: 3 };
    },
  };
  const nowMs = Date.UTC(2026, 2, 8);
  assert.deepEqual(await cleanupStore(store, { days: 7, batchSize: 1_000, dryRun: true, nowMs }), {
    ...NOTHING,
    episodes: 3,
    olderThanMs: Date.UTC(2026, 2, 1),
  });
  assert.deepEqual(asked, [{ olderThanMs: Date.UTC(2026, 2, 1), batchSize: 1_000, dryRun: true }]);
});

test("impossible numbers are refused before the store is asked", async () => {
  const store: Cleanable = { cleanup: () => assert.fail("asked") };
  for (const wrong of [{ days: -1 }, { days: Number.NaN }, { batchSize: 0 }, { batchSize: 1.5 }]) {
    await assert.rejects(cleanupStore(store, { ...DEFAULT_RETENTION, dryRun: false, nowMs: 0, ...wrong }), RangeError);
  }
});

test("the schedule runs once an interval, and goes on after a run that failed", async () => {
  const { timer, pass } = fakeTimer();
  const heard: unknown[] = [];
  let runs = 0;
  const store: Cleanable = {
    async cleanup() {
      if (++runs === 2) throw new StoreFault("transient", "busy");
      return NOTHING;
    },
  };
  const { stop } = scheduleCleanup(store, schedule(timer, heard));
  await pass(DAY_MS - 1);
  assert.equal(runs, 0);
  await pass(1);
  await pass(DAY_MS);
  await pass(DAY_MS);
  assert.deepEqual(heard, [timer.nowMs() - 9 * DAY_MS, "StoreFault: busy", timer.nowMs() - 7 * DAY_MS]);
  await stop();
});

test("stopping ends a run under way, waits for it, and nothing runs afterwards", async () => {
  const { timer, pass, waiting } = fakeTimer();
  const heard: unknown[] = [];
  const store: Cleanable = {
    cleanup: ({ signal }) => new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
  };
  const { stop } = scheduleCleanup(store, schedule(timer, heard));
  await pass(DAY_MS);
  await stop();
  await stop();
  assert.deepEqual([heard, waiting.size], [[], 0]);
});
