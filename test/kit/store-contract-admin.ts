// The part of the store contract about housekeeping: retention, indexes, backup, health, the end.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { type GraphStore, StoreFault } from "../../agent/store/port.ts";
import {
  CLUSTER,
  candidate,
  changes,
  eid,
  episode,
  finding,
  iid,
  incident,
  link,
  minute,
  relation,
  resource,
  stub,
  verdict,
  withStatus,
} from "./graph-builders.ts";
import { everything, type StoreCase } from "./store-case.ts";

const web = resource();
const node = resource({ kind: "Node", name: "node-1", namespace: undefined });
const gone = resource({ name: "gone", endedAtMs: minute(-50), createdAtMs: minute(-500), updatedAtMs: minute(-500) });
const missed = resource({ name: "missed", endedAtMs: minute(-50), createdAtMs: minute(-500), updatedAtMs: minute(-500) });

/** Old and new of everything; retention is meant to cut at minute -10. */
async function seed(store: GraphStore): Promise<void> {
  await store.commit(
    changes({
      resources: [{ ...web, createdAtMs: minute(-500), updatedAtMs: minute(-500) }, node, gone, missed],
      relations: [
        relation(web.rid, "RUNS_ON", node.rid),
        relation(gone.rid, "RUNS_ON", node.rid, { validFromMs: minute(-500), validToMs: minute(-50) }),
      ],
      episodes: [
        ...Array.from({ length: 25 }, (_, index) =>
          episode(`old-${index}`, { firstMs: minute(-60 - index), aliases: [eid(`old-${index}-again`)] }),
        ),
        episode("recent"),
        episode("of missed", { rid: missed.rid, firstMs: minute(-60), lastMs: minute(-5) }),
        finding("still holds", { firstMs: minute(-60), lastMs: minute(-60) }),
        finding("held by the dead", { rid: gone.rid, firstMs: minute(-60), lastMs: minute(-60) }),
        finding("silent alert", { etype: "prom.alert", firstMs: minute(-60), lastMs: minute(-60) }),
      ],
      links: [{ cluster: CLUSTER, effect: eid("recent"), links: [link("old-1", "recent"), link("still holds", "recent")] }],
      incidents: [
        incident("empty soon", { episodes: [eid("old-1"), eid("old-2")], lastMs: minute(-60), aliases: [iid("merged")] }),
        incident("kept", { episodes: [eid("old-3"), eid("recent")] }),
      ],
    }),
  );
  await store.commit(changes({ resources: [withStatus({ ...web, createdAtMs: minute(-500) }, { phase: "Pending" }, minute(-400), "2")] }));
  await store.commit(changes({ resources: [withStatus({ ...web, createdAtMs: minute(-500) }, { phase: "Running" }, minute(-2), "3")] }));
}

const EXPECTED = { episodes: 27, incidents: 1, resources: 1, relations: 1, states: 1 };

/** Cases about housekeeping. */
export const ADMIN_CASES: readonly StoreCase[] = [
  {
    title: "a dry run of cleanup counts what a run deletes, and deletes nothing",
    async run(store) {
      await seed(store);
      const before = await everything(store);
      assert.deepEqual(await store.cleanup({ olderThanMs: minute(-10), batchSize: 10, dryRun: true }), EXPECTED);
      assert.deepEqual(await everything(store), before);
      const progress: number[] = [];
      assert.deepEqual(
        await store.cleanup({ olderThanMs: minute(-10), batchSize: 10, dryRun: false, progress: (done) => progress.push(done) }),
        EXPECTED,
      );
      assert.ok(progress.length >= 3, "progress after every batch");
      assert.deepEqual(await store.cleanup({ olderThanMs: minute(-10), batchSize: 10, dryRun: false }), {
        episodes: 0,
        incidents: 0,
        resources: 0,
        relations: 0,
        states: 0,
      });
    },
  },
  {
    title: "cleanup keeps what lives, what holds, and what something kept refers to",
    async run(store) {
      await seed(store);
      await store.cleanup({ olderThanMs: minute(-10), batchSize: 1_000, dryRun: false });
      assert.deepEqual(
        (await store.episodesAbout(CLUSTER, web.rid, 0, minute(9), 99)).map((one) => one.eid),
        ["recent", "still holds"],
      );
      assert.deepEqual([await store.findEpisodes("old-1"), await store.findEpisodes("old-1-again")], [[], []]);
      assert.deepEqual(
        (await store.linksOf(CLUSTER, [eid("recent")], "effect")).map(({ cause }) => cause),
        ["still holds"],
      );
      assert.deepEqual(
        [
          (await store.findIncidents("empty soon")).length,
          (await store.findIncidents("merged")).length,
          (await store.findIncidents("kept")).length,
        ],
        [0, 0, 1],
      );
      assert.deepEqual(
        [
          (await store.findResources({ rid: gone.rid, limit: 1 })).length,
          (await store.findResources({ rid: missed.rid, limit: 1 })).length,
        ],
        [0, 1],
      );
      const { episodes, links, relations, resources, oldestEpisodeMs, newestEpisodeId } = await store.stats();
      assert.deepEqual(
        { episodes, links, relations, resources, oldestEpisodeMs, newestEpisodeId },
        { episodes: 3, links: 1, relations: 1, resources: 2, oldestEpisodeMs: minute(-60), newestEpisodeId: "recent" },
      );
      assert.equal((await store.findResources({ rid: web.rid, atMs: minute(-100), limit: 1 }))[0]?.object?.status?.phase, "Pending");
    },
  },
  {
    title: "cleanup can be aborted between batches and leaves a whole store",
    needs: "abort at once",
    async run(store) {
      await seed(store);
      const abort = new AbortController();
      const run = store.cleanup({
        olderThanMs: minute(-10),
        batchSize: 5,
        dryRun: false,
        signal: abort.signal,
        progress: () => abort.abort(),
      });
      await assert.rejects(run, { name: "AbortError" });
      assert.equal((await store.stats()).episodes, 30 - 5);
      assert.equal((await store.cleanup({ olderThanMs: minute(-10), batchSize: 5, dryRun: false })).episodes, EXPECTED.episodes - 5);
    },
  },
  {
    title: "the named indexes are there, can be dropped and made again, and nothing depends on them",
    async run(store) {
      const stateOf = async (name: string): Promise<unknown> => (await store.indexes()).find((index) => index.name === name)?.state;
      for (const name of ["resource_uid", "resource_name", "episodic_time", "episodic_severity", "episodic_reason"])
        assert.equal(await stateOf(name), "online", name);
      assert.deepEqual(await store.ensureIndexes(), []);
      assert.deepEqual(await store.dropIndexes(["episodic_reason", "no such index"]), ["episodic_reason"]);
      assert.deepEqual(await store.dropIndexes(["episodic_reason"]), []);
      assert.equal(await stateOf("episodic_reason"), "missing");
      await store.dropIndexes();
      assert.ok(
        (await store.indexes()).some((index) => index.unique && index.state === "online"),
        "keys stay",
      );
      await seed(store);
      const without = await everything(store);
      assert.ok((await store.ensureIndexes()).includes("resource_uid"));
      assert.deepEqual(await everything(store), without);
    },
  },
  {
    title: "a backup holds everything, history too, and goes into an empty store only, unless asked to replace",
    async run(store) {
      await withFolder(async (folder) => {
        const file = join(folder, "backup.gz");
        await seed(store);
        const named = stub("ConfigMap", "shop", "settings");
        await store.commit(
          changes({
            resources: [named],
            relations: [relation(web.rid, "USES", named.rid, { validFromMs: minute(-9), validToMs: minute(-8) })],
            incidents: [
              incident("rooted", {
                state: "resolved",
                resolvedMs: minute(1),
                verdict: verdict({
                  rootCause: candidate(),
                  affected: [{ subject: candidate().subject, role: "symptom", sinceMs: minute(-1) }],
                }),
              }),
            ],
            checkpoints: [{ key: "k", value: "v" }],
          }),
        );
        await store.putMute({ id: "m", comment: "known", createdAtMs: minute(0), untilMs: minute(60) });
        await store.putFeedback({
          cluster: CLUSTER,
          incident: iid("rooted"),
          rid: web.rid,
          reason: "OOMKilled",
          verdict: "confirmed",
          confidence: 0.9,
          atMs: minute(3),
        });
        const before = await everything(store);
        const { rows, asOfMs } = await store.backup(file, {});
        assert.ok(asOfMs > 0 && rows > 30);
        const lines = gunzipSync(readFileSync(file)).toString("utf8").trimEnd().split("\n");
        assert.equal(lines.length, rows + 2, "a header, the rows, an end");
        await assert.rejects(store.restore(file, { replace: false }), StoreFault);
        await store.commit(changes({ episodes: [episode("after the backup")] }));
        assert.deepEqual(await store.restore(file, { replace: true }), { rows });
        assert.deepEqual(await everything(store), before);
        assert.equal((await store.findResources({ rid: web.rid, atMs: minute(-100), limit: 1 }))[0]?.object?.status?.phase, "Pending");
        await store.commit(changes({ episodes: [episode("after the restore")] }));
        assert.equal((await store.findEpisodes("after the restore")).length, 1);
      });
    },
  },
  {
    title: "a damaged, cut off or foreign backup is refused with its line, and an aborted restore changes nothing",
    async run(store) {
      await withFolder(async (folder) => {
        const file = join(folder, "backup.gz");
        await seed(store);
        await store.backup(file, {});
        const before = await everything(store);
        const lines = gunzipSync(readFileSync(file)).toString("utf8").trimEnd().split("\n");
        const refuses = async (content: Buffer, message: RegExp): Promise<void> => {
          writeFileSync(file, content);
          await assert.rejects(
            store.restore(file, { replace: true }),
            (error: unknown) => error instanceof StoreFault && error.kind === "corrupt" && message.test(error.message),
          );
          assert.deepEqual(await everything(store), before);
        };
        const pack = (changed: readonly string[]): Buffer => gzipSync(changed.join("\n"));
        await refuses(pack(lines.with(3, '{"t":"episode","row":{}}')), /line 4: .*cluster/);
        await refuses(pack(lines.with(2, "not json")), /line 3: is not JSON/);
        await refuses(pack(lines.slice(0, -1)), /cut off/);
        await refuses(pack(lines.toSpliced(3, 1)), /counts/);
        await refuses(pack(lines.slice(1)), /line 1: .*header/);
        await refuses(pack(['{"t":"header","format":"kgroot-backup","version":99}']), /newer/);
        await refuses(gzipSync(lines.join("\n")).subarray(0, 400), /unpacked/);
        await refuses(Buffer.from("plain text"), /unpacked/);
        writeFileSync(file, pack(lines));
        await assert.rejects(store.restore(file, { replace: true, signal: AbortSignal.abort() }), { name: "AbortError" });
        await assert.rejects(store.backup(join(folder, "other.gz"), { signal: AbortSignal.abort() }), { name: "AbortError" });
        assert.deepEqual(await everything(store), before);
      });
    },
  },
  {
    title: "the health check finds nothing wrong with a new store",
    async run(store) {
      const findings = await store.check();
      assert.ok(findings.length > 0);
      assert.deepEqual(
        findings.filter(({ status }) => status === "error"),
        [],
      );
    },
  },
  {
    title: "close may be called twice, and a closed store says so",
    async run(store) {
      await store.close();
      await store.close();
      for (const call of [() => store.commit(changes({})), () => store.stats(), () => store.check()]) {
        await assert.rejects(call, (error: unknown) => error instanceof StoreFault && error.kind === "closed");
      }
    },
  },
];

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-test-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
