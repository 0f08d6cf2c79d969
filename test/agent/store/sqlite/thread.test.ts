// The embedded store with a writing thread keeps the store contract, and tells faults, progress and aborts across.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { StoreFault } from "../../../../agent/store/port.ts";
import { openSqliteStore } from "../../../../agent/store/sqlite/open.ts";
import { openThreadedStore } from "../../../../agent/store/sqlite/thread/open.ts";
import { changes, episode, minute, resource } from "../../../kit/graph-builders.ts";
import type { StoreUnderTest } from "../../../kit/store-case.ts";
import { storeContract } from "../../../kit/store-contract.ts";

async function onThread(): Promise<StoreUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-test-"));
  const path = join(folder, "kgroot.db");
  let store = await openThreadedStore({ path });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openThreadedStore({ path });
      return store;
    },
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

storeContract("sqlite with a writing thread", onThread, { cannot: ["abort at once"] });

test("cleanup is aborted from the other thread, later than at once but long before its end", async (t) => {
  const { store, dispose } = await onThread();
  t.after(dispose);
  const episodes = Array.from({ length: 5_000 }, (_, at) => episode(`old-${at}`, { firstMs: minute(-60), lastMs: minute(-60) }));
  await store.commit(changes({ resources: [resource()], episodes }));
  const abort = new AbortController();
  const options = { olderThanMs: minute(-10), batchSize: 1, dryRun: false };
  await assert.rejects(store.cleanup({ ...options, signal: abort.signal, progress: () => abort.abort() }), { name: "AbortError" });
  const { episodes: left } = await store.stats();
  assert.ok(left > 0 && left < 5_000, `${left} left`);
  assert.equal((await store.cleanup({ ...options, batchSize: 5_000 })).episodes, left);
});

test("a store that another program writes to is refused with the fault that the file gives", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-test-"));
  const path = join(folder, "kgroot.db");
  const holder = openSqliteStore({ path });
  t.after(async () => {
    await holder.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await assert.rejects(openThreadedStore({ path }), (error) => error instanceof StoreFault && error.kind === "locked");
});
