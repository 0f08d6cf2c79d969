// The store's file in trouble: damaged, foreign, of a newer kgroot, in use, full; and a writer that is killed.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { type TestContext, test } from "node:test";
import { StoreFault, type StoreFaultKind } from "../../../../agent/store/port.ts";
import { openSqliteStore } from "../../../../agent/store/sqlite/open.ts";
import { CLUSTER, changes, episode, minute, resource } from "../../../kit/graph-builders.ts";
import { everything } from "../../../kit/store-case.ts";

function storePath(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-test-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "data", "kgroot.db");
}

async function filled(path: string, episodes = 500): Promise<void> {
  const store = openSqliteStore({ path });
  await store.commit(
    changes({
      resources: [resource()],
      episodes: Array.from({ length: episodes }, (_, index) => episode(`e${index}`, { firstMs: minute(index) })),
    }),
  );
  await store.close();
}

function fault(kind: StoreFaultKind, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof StoreFault, String(error));
    assert.equal(error.kind, kind);
    assert.match(error.message, message);
    return true;
  };
}

// Another program: commits batch after batch, saying the number of each once it is confirmed, until it is killed.
const WRITER = `
  const [path, port, kit] = process.argv.slice(1);
  const { openSqliteStore } = await import(port);
  const { changes, episode, resource } = await import(kit);
  const store = openSqliteStore({ path });
  for (let batch = 1; ; batch++) {
    const episodes = [1, 2, 3].map((index) => episode("e" + batch + "-" + index));
    await store.commit(changes({ resources: [{ ...resource(), updatedAtMs: batch }], episodes, checkpoints: [{ key: "batch", value: String(batch) }] }));
    // Only what has left the process was told: a reader that is held up must not leave lines in here when it is killed.
    await new Promise((resolve) => process.stdout.write(batch + "\\n", resolve));
  }`;

// Another program: commits enough for the log to be written back, and ends, having closed the store or not.
const PASSER_BY = `
  const [path, port, kit, ending] = process.argv.slice(1);
  const { openSqliteStore } = await import(port);
  const { changes, episode } = await import(kit);
  const store = openSqliteStore({ path });
  await store.commit(changes({ episodes: Array.from({ length: 9000 }, (_, index) => episode("e" + index)) }));
  if (ending === "close") await store.close();`;

function run(program: string, path: string, ...more: string[]) {
  const urls = ["../../../../agent/store/sqlite/open.ts", "../../../kit/graph-builders.ts"].map(
    (file) => new URL(file, import.meta.url).href,
  );
  return spawn(process.execPath, ["--input-type=module", "--eval", program, path, ...urls, ...more], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

function startWriter(path: string) {
  const child = run(WRITER, path);
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

test("a file that is no database is refused and left alone", async (context) => {
  const path = `${storePath(context)}.txt`;
  await openSqliteStore({ path: path.replace(".txt", "") }).close();
  writeFileSync(path, "apiVersion: v1\n".repeat(100));
  assert.throws(() => openSqliteStore({ path }), fault("corrupt", /not an SQLite database; choose another path/));
  assert.equal(readFileSync(path, "utf8"), "apiVersion: v1\n".repeat(100));
});

test("another program's database is refused and left alone", async (context) => {
  const path = storePath(context);
  await filled(path, 1);
  const foreign = `${path}.foreign`;
  const other = new DatabaseSync(foreign);
  other.exec("CREATE TABLE bookmarks (url TEXT)");
  other.close();
  assert.throws(() => openSqliteStore({ path: foreign }), fault("corrupt", /another program/));
});

test("a damaged file is noticed at start, with what to do", async (context) => {
  const path = storePath(context);
  await filled(path);
  const bytes = readFileSync(path);
  bytes.fill(0x5a, 8 * 4096, 20 * 4096);
  writeFileSync(path, bytes);
  assert.throws(() => openSqliteStore({ path }), fault("corrupt", /damaged.*restore a backup/));
  const unchecked = openSqliteStore({ path, verify: "never" });
  assert.equal((await unchecked.check()).find(({ status }) => status === "error")?.action?.includes("restore"), true);
  await unchecked.close();
});

test("a store of a newer kgroot is refused, naming the one that is needed", async (context) => {
  const path = storePath(context);
  await filled(path, 1);
  const newer = new DatabaseSync(path);
  newer.exec("PRAGMA user_version = 7; UPDATE meta SET value = '3.1.0' WHERE key = 'needs'");
  newer.close();
  assert.throws(() => openSqliteStore({ path }), fault("newer", /version 7.*kgroot 3\.1\.0 or later/));
});

test("a store in use by another process is refused for writing, naming that process, and may be read meanwhile", async (context) => {
  const path = storePath(context);
  const { child, lines } = startWriter(path);
  await lines.next();
  assert.throws(() => openSqliteStore({ path }), fault("locked", new RegExp(`in use by process ${child.pid} `)));
  const reader = openSqliteStore({ path, readOnly: true });
  const confirmed = Number((await lines.next()).value);
  assert.ok((await reader.stats()).episodes >= confirmed * 3);
  await assert.rejects(reader.commit(changes({})), fault("locked", /reading only/));
  await reader.close();
  child.kill("SIGKILL");
  await once(child, "exit");
  await openSqliteStore({ path }).close();
});

test("killing the writer loses nothing that was confirmed, and leaves no half batch", async (context) => {
  const path = storePath(context);
  const { child, lines } = startWriter(path);
  let confirmed = 0;
  while (confirmed < 150) confirmed = Number((await lines.next()).value);
  child.kill("SIGKILL");
  await once(child, "exit");
  for (let line = await lines.next(); !line.done; line = await lines.next()) confirmed = Number(line.value);
  const store = openSqliteStore({ path });
  context.after(() => store.close());
  const batch = Number((await store.checkpoints()).get("batch"));
  assert.ok(batch === confirmed || batch === confirmed + 1, `${batch} in the store, ${confirmed} confirmed`);
  assert.equal((await store.stats()).episodes, batch * 3);
  assert.equal((await store.findEpisodes(`e${batch}-3`)).length, 1);
  assert.equal((await store.findResources({ rid: resource().rid, limit: 1 }))[0]?.updatedAtMs, batch);
});

test("a full disk is a passing fault: the batch is not written, the store stays whole, and goes on once there is room", async (context) => {
  const path = storePath(context);
  await filled(path, 10);
  const small = openSqliteStore({ path, sizeBytesMax: statSync(path).size + 8 * 4096 });
  const before = await everything(small);
  const batch = changes({
    resources: [resource({ name: "new" })],
    episodes: Array.from({ length: 500 }, (_, index) => episode(`more-${index}`)),
    checkpoints: [{ key: "k", value: "new" }],
  });
  await assert.rejects(small.commit(batch), fault("transient", /full.*kgroot cleanup/));
  assert.deepEqual(await everything(small), before);
  await small.commit(
    changes({ episodes: [episode("one more", { rid: resource({ name: "new" }).rid })], resources: [resource({ name: "new" })] }),
  );
  await small.close();
  const store = openSqliteStore({ path });
  await store.commit(batch);
  assert.equal((await store.stats()).episodes, 511);
  await store.close();
});

test("another connection's long transaction is a passing fault", async (context) => {
  const path = storePath(context);
  const store = openSqliteStore({ path, busyTimeoutMs: 0 });
  context.after(() => store.close());
  const other = new DatabaseSync(path);
  other.exec("BEGIN IMMEDIATE");
  await assert.rejects(store.commit(changes({ episodes: [episode("e1")] })), fault("transient", /busy/));
  other.exec("ROLLBACK");
  other.close();
  await store.commit(changes({ episodes: [episode("e1")] }));
  assert.equal((await store.stats()).episodes, 1);
});

test("the file is for its owner only, and reading one that does not exist makes none", async (context) => {
  const path = storePath(context);
  await filled(path, 1);
  assert.equal(statSync(path).mode & 0o077, 0);
  assert.throws(() => openSqliteStore({ path: `${path}-other`, readOnly: true }), fault("corrupt", /no store at/));
  assert.equal(existsSync(`${path}-other`), false);
  chmodSync(path, 0o400);
  const reader = openSqliteStore({ path, readOnly: true });
  assert.deepEqual(await reader.clusters(), [CLUSTER]);
  await reader.close();
});

test("a restore waits for nothing and is seen by another reader", async (context) => {
  const path = storePath(context);
  await filled(path, 3);
  const store = openSqliteStore({ path });
  context.after(() => store.close());
  const reader = openSqliteStore({ path, readOnly: true });
  context.after(() => reader.close());
  await store.backup(`${path}.backup`, {});
  await store.commit(changes({ episodes: [episode("later")] }));
  assert.equal((await reader.stats()).episodes, 4);
  await store.restore(`${path}.backup`, { replace: true });
  assert.equal((await reader.stats()).episodes, 3);
  assert.equal(existsSync(`${path}.restoring`), false);
});

test("a program that used the store ends by itself, with its log written back or not", async (context) => {
  for (const ending of ["close", "just end"]) {
    const path = `${storePath(context)}-${ending}`;
    const [code] = await once(run(PASSER_BY, path, ending), "exit");
    assert.equal(code, 0, ending);
    const store = openSqliteStore({ path });
    assert.equal((await store.stats()).episodes, 9_000);
    await store.close();
  }
});
