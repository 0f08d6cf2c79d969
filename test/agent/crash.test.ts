// What survives when the program or its disk does not: a killed replay goes on as if it had not been, and a store that cannot take a batch leaves nothing acknowledged.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { type GraphStore, StoreFault } from "../../agent/store/port.ts";
import { openSqliteStore } from "../../agent/store/sqlite/open.ts";
import { contentsOf, inBatchesOf, recordingOf, runBatches, startPipeline } from "../kit/run-pipeline.ts";

const SAMPLE = join(import.meta.dirname, "../../samples/bad-rollout.jsonl.gz");
const CHILD = join(import.meta.dirname, "../kit/replay-child.ts");
const RECORDS = recordingOf(SAMPLE);

function storePath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-crash-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "store.db");
}

/** Replays in a child process that is killed `afterMs` after it told of its `batches`th batch. Gives how many it told of. */
async function killedReplay(path: string, { batches, afterMs }: { readonly batches: number; readonly afterMs: number }): Promise<number> {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", CHILD, SAMPLE, path, "7"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  let told = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line === "done") break;
    told = Number(line);
    if (told >= batches) setTimeout(() => child.kill("SIGKILL"), afterMs);
  }
  await gone;
  return told;
}

test("a replay that is killed at any point and started again gives the graph of one that was left alone", async (context) => {
  const undisturbed = await contentsOf((await runBatches(inBatchesOf(50, RECORDS))).store);
  // Early while the lists come in, within the failure, and near the end; each time a moment after a batch, so that the next one may be half written.
  for (const point of [
    { batches: 2, afterMs: 0 },
    { batches: 11, afterMs: 1 },
    { batches: 23, afterMs: 2 },
    { batches: 37, afterMs: 0 },
  ]) {
    const path = storePath(context);
    const told = await killedReplay(path, point);
    const store = openSqliteStore({ path });
    const { pipeline } = await startPipeline({ store });
    for (const batch of inBatchesOf(20, RECORDS)) await pipeline.accept(batch);
    await pipeline.finish();
    assert.deepEqual(await contentsOf(store), undisturbed, `killed after batch ${told}`);
    await store.close();
  }
});

test("a replay that is killed twice gives the same graph too", async (context) => {
  const path = storePath(context);
  await killedReplay(path, { batches: 6, afterMs: 1 });
  await killedReplay(path, { batches: 19, afterMs: 0 });
  const { store } = await runBatches(inBatchesOf(20, RECORDS), { store: openSqliteStore({ path }) });
  assert.deepEqual(await contentsOf(store), await contentsOf((await runBatches([RECORDS])).store));
  await store.close();
});

/** The store, and when it has been asked to commit so many times. */
function watched(store: GraphStore): { readonly store: GraphStore; tried(times: number): Promise<void> } {
  const waiting: { readonly times: number; readonly resolve: () => void }[] = [];
  let count = 0;
  return {
    store: {
      ...store,
      commit(changes) {
        count += 1;
        for (const { times, resolve } of waiting) if (count >= times) setImmediate(resolve);
        return store.commit(changes);
      },
    },
    tried: (times) => new Promise((resolve) => waiting.push({ times, resolve })),
  };
}

test("a full disk: the batch waits and is not acknowledged; whoever gives up waiting is told, and it is stored once there is room", async (context) => {
  const path = storePath(context);
  await openSqliteStore({ path }).close();
  const full = openSqliteStore({ path, sizeBytesMax: statSync(path).size });
  const { store: asked, tried } = watched(full);
  const { pipeline } = await startPipeline({ store: asked });
  const giveUp = new AbortController();
  const accepted = pipeline.accept(RECORDS, giveUp.signal);
  const first = await Promise.race([accepted.then(() => "acknowledged"), tried(2).then(() => "tried again")]);
  assert.equal(first, "tried again");
  giveUp.abort(new Error("the source gave up"));
  await assert.rejects(accepted, /the source gave up/);
  assert.equal((await full.stats()).episodes, 0);
  await pipeline.stop();
  await full.close();
  const { store } = await runBatches([RECORDS], { store: openSqliteStore({ path }) });
  assert.deepEqual(await contentsOf(store), await contentsOf((await runBatches([RECORDS])).store));
  await store.close();
});

test("a batch that was given up leaves no trace in memory: the next one is applied to what is stored", async (context) => {
  const path = storePath(context);
  const store = openSqliteStore({ path, busyTimeoutMs: 0 });
  const { store: asked, tried } = watched(store);
  const { pipeline } = await startPipeline({ store: asked });
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  const giveUp = new AbortController();
  const given = pipeline.accept(RECORDS.slice(0, 100), giveUp.signal);
  await tried(1);
  giveUp.abort(new Error("given up"));
  await assert.rejects(given, /given up/);
  assert.match(pipeline.fault() ?? "", /given up/);
  other.exec("ROLLBACK");
  other.close();
  for (const batch of inBatchesOf(50, RECORDS)) await pipeline.accept(batch);
  await pipeline.finish();
  assert.equal(pipeline.fault(), undefined);
  assert.deepEqual(await contentsOf(store), await contentsOf((await runBatches([RECORDS])).store));
  await store.close();
});

test("a store that another process holds, or that is no store, says so before anything is accepted", async (context) => {
  const path = storePath(context);
  const holder = openSqliteStore({ path });
  assert.throws(
    () => openSqliteStore({ path }),
    (error) => error instanceof StoreFault && error.kind === "locked",
  );
  await holder.close();
  const broken = storePath(context);
  writeFileSync(broken, "this is no database, but it is long enough to be taken for one".repeat(100));
  assert.throws(
    () => openSqliteStore({ path: broken }),
    (error) => error instanceof StoreFault && error.kind === "corrupt",
  );
});

test("a store that turns out corrupt while it runs: the batch is refused with the reason, and so is every later one", async () => {
  const store = openSqliteStore({ path: ":memory:" });
  const corrupt = {
    ...store,
    commit: () => Promise.reject(new StoreFault("corrupt", "the store is damaged; restore a backup")),
    mutes: () => Promise.reject(new StoreFault("corrupt", "the store is damaged; restore a backup")),
  };
  const { pipeline } = await startPipeline({ store: { ...corrupt, mutes: store.mutes } });
  await assert.rejects(pipeline.accept(RECORDS.slice(0, 10)), /damaged; restore a backup/);
  assert.match(pipeline.fault() ?? "", /damaged; restore a backup/);
  await assert.rejects(pipeline.accept(RECORDS.slice(10, 20)), /damaged; restore a backup/);
  assert.equal((await store.stats()).resources, 0);
  await store.close();
});
