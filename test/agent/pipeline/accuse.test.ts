// What clients' log lines say of the server they talk to.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../../agent/domain/kube-object.ts";
import type { SourceRecord } from "../../../agent/sources/port.ts";
import * as kit from "../../kit/kube-builders.ts";
import { runBatches } from "../../kit/run-pipeline.ts";

const READ_ONLY = "ERROR 1290 (HY000): The MySQL server is running with the --read-only option so it cannot execute this statement";

const database = (name: string, image: string): KubeObject =>
  kit.statefulSet({
    metadata: { name, namespace: "shop" },
    spec: { template: { spec: { containers: [kit.container({ image })] } } },
  });
const client = kit.pod({ metadata: { name: "orders-1", namespace: "shop" } });

function record(body: SourceRecord["body"], atMs = kit.NOW_MS): SourceRecord {
  return { origin: { source: "dump" }, atMs, body };
}

/** Reasons and subjects of all episodes about workloads after the client has logged `line`. */
async function accused(servers: readonly KubeObject[], line: string): Promise<readonly string[]> {
  const objects = [...servers, client].map((value) => record({ kind: "object", op: "UPSERT", value }));
  const log = { line, at: kit.ago(10), pod: "orders-1", namespace: "shop", container: "app" };
  const { store } = await runBatches([[...objects, record({ kind: "log", value: log })]]);
  const { rows } = await store.incidents({ limit: 10, includeMuted: true });
  const episodes = (await Promise.all(rows.map(({ cluster, episodes: ids }) => store.episodes(cluster, ids)))).flat();
  await store.close();
  return episodes.filter(({ reason }) => reason.startsWith("Server")).map(({ reason, rid }) => `${reason} ${rid}`);
}

test("the only server of its kind is accused, and is the root cause", async () => {
  assert.deepEqual(await accused([database("db", "docker.io/library/mysql:8")], READ_ONLY), [
    "ServerReadOnly statefulset:uid-statefulset-shop-db",
  ]);
});

test("a server of another kind is not", async () => {
  assert.deepEqual(await accused([database("db", "postgres:17")], READ_ONLY), []);
});

test("of several the one that is named like the client; in doubt none", async () => {
  const [one, other] = [database("ordersdb", "percona:8"), database("usersdb", "percona:8")];
  assert.deepEqual(await accused([one, other], READ_ONLY), ["ServerReadOnly statefulset:uid-statefulset-shop-ordersdb"]);
  assert.deepEqual(await accused([database("alpha", "mysql:8"), database("beta", "mysql:8")], READ_ONLY), []);
});

test("a line that blames nobody accuses nobody", async () => {
  assert.deepEqual(await accused([database("db", "mysql:8")], "ERROR: Duplicate entry '7' for key 'PRIMARY'"), []);
});
