// The whole agent on a real Neo4j: the same answers as on the embedded store, metrics, plans, and nothing lost or doubled when the server is killed or falls silent.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { AgentServices } from "../../../agent/api/services.ts";
import { startApp } from "../../../agent/app.ts";
import { loadConfig } from "../../../agent/config/load.ts";
import { silentLogger } from "../../../agent/platform/logger.ts";
import { openNeo4jStore } from "../../../agent/store/neo4j/open.ts";
import { StoreFault } from "../../../agent/store/port.ts";
import { CLUSTER, changes, eid, episode, link, minute, resource } from "../../kit/graph-builders.ts";
import { until } from "../until.ts";
import { type Neo4jServer, startServer } from "./server.ts";

const SAMPLE = join(import.meta.dirname, "../../../samples/bad-rollout.jsonl.gz");

let server: Neo4jServer;
let folder: string;

before(async () => {
  server = await startServer();
  folder = mkdtempSync(join(tmpdir(), "kgroot-neo4j-agent-"));
  writeFileSync(join(folder, "password"), `${server.password}\n`, { mode: 0o600 });
});

after(async () => {
  await server.down();
  rmSync(folder, { recursive: true, force: true });
});

function settings(store: Readonly<Record<string, unknown>>) {
  const loaded = loadConfig({ env: {}, flags: { "http.port": 0, "metrics.port": 0, ...store } });
  if (!loaded.ok) throw new Error(loaded.reason);
  return loaded.value;
}

function inNeo4j() {
  return settings({ "store.kind": "neo4j", "store.neo4j.uri": server.uri, "store.neo4j.passwordFile": join(folder, "password") });
}

/** What a recording comes to: incidents with their ranked causes and members, and how much there is. */
async function replayed({ replay, store }: AgentServices) {
  await replay({ file: SAMPLE, speed: 0, signal: new AbortController().signal, progress: () => undefined });
  const { rows } = await store.incidents({ limit: 100, includeMuted: true });
  return { incidents: rows, stats: await store.stats() };
}

test("the recorded failure gives the same incidents, ranks and counts on both stores, and the calls are measured", async () => {
  await server.empty();
  const embedded = await startApp(settings({ "store.path": join(folder, "kgroot.db") }), { logger: silentLogger, listen: false });
  const large = await startApp(inNeo4j(), { logger: silentLogger, listen: true });
  try {
    const [expected, found] = [await replayed(embedded.services), await replayed(large.services)];
    assert.ok(expected.incidents.length > 0 && expected.incidents[0]?.verdict.rootCause !== undefined);
    assert.deepEqual(found.incidents, expected.incidents);
    const { newestEpisodeId: _one, ...counts } = expected.stats;
    const { newestEpisodeId: _other, ...foundCounts } = found.stats;
    assert.deepEqual(foundCounts, counts);
    const page = await (await fetch(large.metricsUrl ?? "")).text();
    assert.match(page, /kg_neo4j_operations_total\{operation="commit",status="ok"\} [1-9]/);
    assert.match(page, /kg_neo4j_query_duration_seconds_count\{operation="commit"\} [1-9]/);
    const findings = await large.services.doctor();
    assert.deepEqual(
      findings.filter(({ component, status }) => component === "store" && status !== "ok"),
      [],
    );
  } finally {
    await embedded.stop();
    await large.stop();
  }
});

test("a second agent finds what the first one left, and goes on", async () => {
  const again = await startApp(inNeo4j(), { logger: silentLogger, listen: false });
  try {
    const before = await again.services.store.stats();
    assert.deepEqual((await replayed(again.services)).stats, before, "replaying what is there changes nothing");
  } finally {
    await again.stop();
  }
});

test("whoever reads the graph by the names of the contract finds it", async () => {
  const count = async (pattern: string) => Number((await server.run(`MATCH ${pattern} RETURN count(*) AS n`))[0]?.["n"]);
  assert.ok((await count("(e:Episodic)-[:ABOUT]->(r:Resource:Pod) WHERE e.event_time < datetime() AND r.client_id = r.cluster")) > 0);
  assert.ok((await count("(:Episodic)-[c:POTENTIAL_CAUSE]->(:Episodic) WHERE c.confidence > 0 AND c.temporal_score >= 0")) > 0);
  assert.ok((await count("(:Episodic)-[:PART_OF]->(i:Incident) WHERE i.window_start <= i.window_end AND i.event_count > 0")) > 0);
  assert.ok((await count("(:Pod)-[o:RUNS_ON]->(:Node) WHERE o.valid_from <= datetime()")) > 0);
  assert.equal(await count("(e:Episodic) WHERE NOT (e)-[:ABOUT]->(:Resource)"), 0);
});

const ROUNDS = 120;
const PER_ROUND = 20;

test("kill -9 in the middle of writing loses nothing that was acknowledged, and doubles nothing that is written again", async () => {
  await server.empty();
  const store = await openNeo4jStore({ uri: server.uri, user: "neo4j", password: server.password, callMsMax: 20_000 });
  try {
    const pods = Array.from({ length: PER_ROUND }, (_, index) => resource({ name: `web-${index}` }));
    const killedAt: number[] = [];
    let current = 0;
    const killer = (async () => {
      for (let kills = 0; kills < 2; kills++) {
        const at = Number((await server.run("MATCH (e:Episodic) RETURN count(e) AS n"))[0]?.["n"]);
        await until(
          "more was written",
          async () => Number((await server.run("MATCH (e:Episodic) RETURN count(e) AS n"))[0]?.["n"]) > at + PER_ROUND,
        );
        killedAt.push(current);
        await server.kill();
        await server.start();
      }
    })();
    for (let round = 0; round < ROUNDS; round++) {
      current = round;
      const batch = changes({
        resources: pods.map((pod) => ({ ...pod, updatedAtMs: minute(round) })),
        episodes: pods.map(({ rid }, index) => episode(`e${round}-${index}`, { rid, firstMs: minute(round) })),
        links: round === 0 ? [] : [{ cluster: CLUSTER, effect: eid(`e${round}-0`), links: [link(`e${round - 1}-0`, `e${round}-0`)] }],
        checkpoints: [{ key: "round", value: String(round) }],
      });
      await until("the batch is acknowledged", async () => {
        try {
          await store.commit(batch);
          return true;
        } catch (error) {
          assert.ok(error instanceof StoreFault && error.kind === "transient", String(error));
          return false;
        }
      });
      assert.equal((await until("it can be read", () => read(() => store.findEpisodes(`e${round}-0`)))).length, 1);
    }
    await killer;
    assert.ok(
      killedAt.length === 2 && killedAt.every((round) => round < ROUNDS - 1),
      `killed while something was written, in rounds ${killedAt}`,
    );
    const stats = await store.stats();
    assert.deepEqual([stats.resources, stats.episodes, stats.links], [PER_ROUND, ROUNDS * PER_ROUND, ROUNDS - 1]);
    assert.equal((await store.checkpoints()).get("round"), String(ROUNDS - 1));
  } finally {
    await store.close();
  }
});

/** An answer, or undefined while the server is away. */
async function read<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof StoreFault && error.kind === "transient") return undefined;
    throw error;
  }
}

test("a server that keeps its connections and says nothing is a passing fault within the limit, and what was sent is there once", async () => {
  await server.empty();
  const store = await openNeo4jStore({ uri: server.uri, user: "neo4j", password: server.password, callMsMax: 3_000 });
  const batch = changes({ resources: [resource()], episodes: [episode("only")] });
  try {
    server.freeze();
    await assert.rejects(store.commit(batch), (error: unknown) => error instanceof StoreFault && error.kind === "transient");
  } finally {
    server.thaw();
  }
  await until("the batch is acknowledged", () => read(() => store.commit(batch).then(() => true)));
  assert.equal((await store.stats()).episodes, 1);
  await store.close();
});

test("a database that is read-only is said to be, keeps what it holds, and takes the batch afterwards", async () => {
  const store = await openNeo4jStore({ uri: server.uri, user: "neo4j", password: server.password });
  await store.close();
  await server.kill();
  await server.start({ "server.databases.default_to_read_only": "true" });
  const reading = await openNeo4jStore({ uri: server.uri, user: "neo4j", password: server.password });
  const batch = changes({ episodes: [episode("later")] });
  try {
    assert.equal((await reading.findEpisodes("only")).length, 1);
    await assert.rejects(
      reading.commit(batch),
      (error: unknown) => error instanceof StoreFault && error.kind === "transient" && /read-only/.test(error.message),
    );
    assert.ok((await reading.check()).some(({ status, text }) => status === "error" && /read-only/.test(text)));
    await server.kill();
    await server.start();
    await until("the batch is acknowledged", () => read(() => reading.commit(batch).then(() => true)));
    assert.equal((await reading.findEpisodes("later")).length, 1);
  } finally {
    await reading.close();
  }
});

test("a batch that the server's transaction memory cannot hold goes in parts, and is whole when it is acknowledged", async () => {
  await server.kill();
  await server.start({ "db.memory.transaction.max": "2m", "dbms.memory.transaction.total.max": "16m" });
  await server.empty();
  const store = await openNeo4jStore({ uri: server.uri, user: "neo4j", password: server.password });
  try {
    const pods = Array.from({ length: 300 }, (_, index) => resource({ name: `web-${index}` }));
    const episodes = Array.from({ length: 1_000 }, (_, index) => episode(`e${index}`, { rid: pods[index % 300]?.rid ?? resource().rid }));
    await store.commit(changes({ resources: pods, episodes, checkpoints: [{ key: "k", value: "1" }] }));
    const stats = await store.stats();
    assert.deepEqual([stats.resources, stats.episodes, (await store.checkpoints()).get("k")], [300, 1_000, "1"]);
  } finally {
    await store.close();
  }
});

test("a wrong password and an address where nobody answers are told with what to do", async () => {
  await assert.rejects(
    openNeo4jStore({ uri: server.uri, user: "neo4j", password: "wrong" }),
    /refused the login; check store\.neo4j\.user/,
  );
  await assert.rejects(
    openNeo4jStore({ uri: "bolt://localhost:1", user: "neo4j", password: "x" }),
    /cannot be reached; check that it runs/,
  );
});
