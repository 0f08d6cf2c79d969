// An agent that watches a cluster answers what it holds now: objects, logs, a recording of it, its metrics, and a support bundle that names nobody.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { startApp } from "../../agent/app.ts";
import { request } from "../../agent/client/http.ts";
import { loadConfig } from "../../agent/config/load.ts";
import { silentLogger } from "../../agent/platform/logger.ts";
import { startToyCluster } from "../kit/toy-cluster.ts";
import { until } from "../services/until.ts";

async function startWatching(t: TestContext, watching = true) {
  const toy = await startToyCluster();
  const folder = mkdtempSync(join(tmpdir(), "kgroot-live-"));
  const flags = {
    "store.path": join(folder, "store.db"),
    "http.port": 0,
    "metrics.enabled": false,
    ...(watching ? { "kubernetes.enabled": true, "kubernetes.contexts": ["toy"], "kubernetes.kubeconfig": toy.kubeconfig } : {}),
  };
  const config = loadConfig({ env: {}, flags });
  assert.ok(config.ok, config.ok ? "" : config.reason);
  const app = await startApp(config.value, { logger: silentLogger, listen: true });
  t.after(async () => {
    await app.stop();
    await toy.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const ask = async (path: string, body?: unknown) =>
    (await request(app.url ?? "", { method: body === undefined ? "GET" : "POST", path: `/api/v1/${path}`, body })) as Record<
      string,
      unknown
    >;
  return { toy, folder, ask };
}

test("an object is read as it is now, secrets masked; what is gone, unknown or not watched is told so", async (t) => {
  const { ask } = await startWatching(t);
  const { yaml, cluster } = await ask("live/object?kind=pod&namespace=shop&name=web-1");
  assert.equal(cluster, "toy");
  assert.match(String(yaml), /^apiVersion: v1\nkind: Pod\nmetadata:\n {2}name: web-1/);
  assert.match(String(yaml), /reason: CrashLoopBackOff/);
  assert.match(String(yaml), /name: DB_PASSWORD\n\s+value: "?\[redacted\]/);
  assert.doesNotMatch(String((await ask("live/object?kind=Secret&namespace=shop&name=db"))["yaml"]), /aHVudGVyMg/);
  await assert.rejects(ask("live/object?kind=Pod&namespace=shop&name=web-9"), /404.*it may be gone/s);
  await assert.rejects(ask("live/object?kind=Gizmo&namespace=shop&name=x"), /does not know where the API serves Gizmo/);
  await assert.rejects(ask("live/object?kind=Pod&namespace=shop&name=web-1&cluster=lab"), /does not watch lab; it watches toy/);
});

test("a log is that of the container in trouble unless another one is named, with secrets masked", async (t) => {
  const { ask, toy } = await startWatching(t);
  const { text, container } = await ask("live/log?namespace=shop&pod=web-1&lines=50");
  assert.equal(container, "web");
  assert.match(String(text), /panic: out of memory/);
  assert.doesNotMatch(String(text), /hunter2/);
  assert.equal((await ask("live/log?namespace=shop&pod=web-1&container=sidecar&previous=true"))["container"], "sidecar");
  assert.ok(toy.asked.some((path) => /web-1\/log\?container=web&tailLines=50/.test(path)));
  assert.ok(toy.asked.some((path) => /container=sidecar.*previous=true/.test(path)));
});

test("a recording is begun, told of, and ended whole; a second one at the same time is refused", async (t) => {
  const { ask, folder } = await startWatching(t);
  const file = join(folder, "toy.jsonl.gz");
  assert.equal((await ask("admin/record", { action: "start", file }))["state"], "recording");
  await assert.rejects(ask("admin/record", { action: "start", file }), /is being recorded/);
  await until("the objects are written", async () => Number((await ask("admin/record", { action: "status" }))["records"]) >= 4);
  const { records } = await ask("admin/record", { action: "stop" });
  const lines = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  assert.equal(lines.length, records);
  assert.match(lines.join("\n"), /"name":"web-1"/);
  assert.doesNotMatch(lines.join("\n"), /hunter2|aHVudGVyMg/);
  await assert.rejects(ask("admin/record", { action: "start", file: join(folder, "none/x.gz") }), /cannot record: .*ENOENT/);
});

test("an agent that watches nothing says so", async (t) => {
  const { ask } = await startWatching(t, false);
  await assert.rejects(ask("live/object?kind=Pod&namespace=shop&name=web-1"), /watches no cluster/);
  await assert.rejects(ask("admin/record", { action: "start", file: "/tmp/x.gz" }), /watches no cluster/);
});

test("metrics are told, and the support bundle holds no name, address or path of anybody", async (t) => {
  const { ask, toy, folder } = await startWatching(t);
  assert.match(String((await ask("metrics"))["text"]), /^kg_/m);
  await until("the cluster was read", async () => Number((await ask("graph/stats"))["resources"]) >= 4);
  const bundle = JSON.stringify((await ask("support"))["bundle"]);
  assert.match(bundle, /"resources_by_kind":\{[^}]*"Pod":1/);
  assert.match(bundle, /cluster=\\"\[name-1\]\\"/);
  for (const word of ["toy", "web-1", "store.db", folder, toy.kubeconfig, new URL(toy.url).host]) assert.ok(!bundle.includes(word), word);
});
