// A store that is away for a while: the batch waits, the breaker says so, and everything is stored once the store is back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { StoreFault } from "../../../agent/store/port.ts";
import { openSqliteStore } from "../../../agent/store/sqlite/open.ts";
import { contentsOf, recordingOf, runBatches, startPipeline } from "../../kit/run-pipeline.ts";

const RECORDS = recordingOf(join(import.meta.dirname, "../../../samples/bad-rollout.jsonl.gz"));

/** Lets time pass, a second at a time, until something is so. */
async function passUntil(t: TestContext, isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let seconds = 0; seconds < 600; seconds += 1) {
    if (await isSo()) return;
    t.mock.timers.tick(1_000);
    await turn();
  }
  assert.fail("it did not become so within ten minutes");
}

test("a store outage is not the records' fault: they wait, behind an open breaker, and are stored when it ends", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.UTC(2030, 0, 1) });
  const store = openSqliteStore({ path: ":memory:" });
  let isAway = true;
  let tries = 0;
  const { pipeline, metrics } = await startPipeline({
    store: {
      ...store,
      commit: (changes) => {
        tries += 1;
        return isAway ? Promise.reject(new StoreFault("transient", "the store does not answer")) : store.commit(changes);
      },
    },
  });
  const breaker = async () => (await metrics.circuitBreakerState.get()).values[0]?.value;
  assert.equal(await breaker(), 0);
  let accepted = false;
  const all = pipeline.accept(RECORDS).then(() => {
    accepted = true;
  });
  await passUntil(t, async () => (await breaker()) === 1);
  assert.deepEqual([tries, accepted, (await store.stats()).episodes], [5, false, 0]);
  isAway = false;
  await passUntil(t, () => accepted);
  await all;
  assert.equal(await breaker(), 0);
  await pipeline.finish();
  t.mock.timers.reset();
  assert.deepEqual(await contentsOf(store), await contentsOf((await runBatches([RECORDS])).store));
});
