// The embedded store keeps the store contract, on a file and in memory.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../../../../agent/store/sqlite/open.ts";
import type { StoreUnderTest } from "../../../kit/store-case.ts";
import { storeContract } from "../../../kit/store-contract.ts";

async function onFile(): Promise<StoreUnderTest> {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-test-"));
  const path = join(folder, "kgroot.db");
  let store = openSqliteStore({ path });
  return {
    store,
    async reopen() {
      await store.close();
      store = openSqliteStore({ path });
      return store;
    },
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function inMemory(): Promise<StoreUnderTest> {
  const store = openSqliteStore({ path: ":memory:" });
  return { store, reopen: async () => store, dispose: () => store.close() };
}

storeContract("sqlite", onFile, { cannot: [] });
storeContract("sqlite in memory", inMemory, { cannot: ["reopen"] });
