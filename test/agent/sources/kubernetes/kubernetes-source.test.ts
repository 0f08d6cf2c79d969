// One cluster watched, with an API server of the test's own: what is served is watched, what is seen becomes records, and what is not seen is said.
import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLogger } from "../../../../agent/platform/logger.ts";
import { kubernetesSource } from "../../../../agent/sources/kubernetes/kubernetes-source.ts";
import type { KubernetesSourceOptions } from "../../../../agent/sources/kubernetes/watch-options.ts";
import type { RecordBody, SourceRecord } from "../../../../agent/sources/port.ts";
import { fakeClock } from "../../../kit/fake-clock.ts";
import { type Answer, type Asked, fakeKubeApi, fakeWatch, turns } from "./fake-kube-api.ts";

const NOW = Date.UTC(2026, 0, 31, 9);
const ago = (minutes: number) => new Date(NOW - minutes * 60_000).toISOString();

const groups = (...names: readonly string[]) => ({
  groups: names.map((name) => ({ name, versions: [{ version: "v1" }], preferredVersion: { version: "v1" } })),
});
const resources = (...names: readonly string[]) => ({ resources: names.map((name) => ({ name, verbs: ["list", "watch"] })) });
const object = (name: string, more: object = {}) => ({
  metadata: { name, namespace: "shop", uid: `uid-${name}`, resourceVersion: "5" },
  ...more,
});
const list = (...items: readonly object[]) => ({ body: { metadata: { resourceVersion: "5" }, items } });

/** Watches with these answers by path; every watch stays silent. */
async function watching(answers: Readonly<Record<string, Answer>>, options: Partial<KubernetesSourceOptions> = {}) {
  const records: SourceRecord[] = [];
  const arrived = Promise.withResolvers<void>();
  const api = fakeKubeApi(
    ({ path, query }: Asked): Answer => (query["watch"] ? { watch: fakeWatch() } : (answers[path] ?? { status: 404 })),
  );
  const source = kubernetesSource({
    cluster: "c",
    connection: {},
    api,
    namespaces: [],
    exceptKinds: [],
    historyMs: 15 * 60_000,
    silenceMs: 60_000,
    forbiddenRetryMs: 60_000,
    discoverEveryMs: 60_000,
    knownBefore: async () => [],
    meter: { event: () => undefined, relist: () => undefined, error: () => undefined, heard: () => undefined },
    logger: silentLogger,
    clock: fakeClock(NOW),
    ...options,
  });
  const stop = new AbortController();
  const life = source.start(
    {
      async accept(batch) {
        records.push(...batch);
        arrived.resolve();
        return { applied: batch.length, dropped: 0, refused: [] };
      },
    },
    stop.signal,
  );
  await arrived.promise;
  await turns();
  return {
    api,
    source,
    bodies: () => records.map(({ body }) => body),
    async stop() {
      await source.stop();
      await life;
    },
  };
}

const inWords = (body: RecordBody) => {
  if (body.kind === "gap") return `${body.key}${body.text === undefined ? "" : `: ${body.text}`}`;
  const { kind, metadata } = body.value as { kind: string; metadata: { name: string } };
  return `${body.kind === "object" ? body.op : body.kind} ${kind} ${metadata.name}`;
};

test("kinds that are served are listed and complete; what the store knew and the list does not show is deleted", async () => {
  const { api, bodies, source, stop } = await watching(
    {
      "/apis": { body: groups("apps", "argoproj.io") },
      "/api/v1": { body: resources("configmaps") },
      "/apis/apps/v1": { body: resources("deployments") },
      "/apis/argoproj.io/v1": { body: resources("rollouts") },
      "/api/v1/configmaps": list(object("settings")),
      "/apis/apps/v1/deployments": list(object("web")),
      "/apis/argoproj.io/v1/rollouts": list(object("canary")),
    },
    { knownBefore: async (kind) => (kind === "Deployment" ? [{ uid: "uid-old", namespace: "shop", name: "old" }] : []) },
  );
  const said = bodies().map(inWords);
  for (const wanted of [
    "UPSERT ConfigMap settings",
    "complete:ConfigMap",
    "UPSERT Deployment web",
    "DELETE Deployment old",
    "UPSERT Rollout canary",
  ])
    assert.ok(said.includes(wanted), `${wanted} in ${said}`);
  assert.ok(said.indexOf("DELETE Deployment old") < said.indexOf("complete:Deployment"));
  const [deployment] = bodies().filter((body) => body.kind === "object" && inWords(body) === "UPSERT Deployment web");
  assert.equal((deployment as { value: { apiVersion: string } }).value.apiVersion, "apps/v1");
  assert.ok(!api.asked.some(({ path }) => path.includes("statefulsets")));
  assert.deepEqual([source.status().synced, source.status().cluster, source.status().server], [true, "c", "https://test"]);
  await stop();
});

test("Events of long ago are history, later ones are told; values of Secrets go nowhere", async () => {
  const event = (name: string, fields: object) => ({
    ...object(name),
    reason: "BackOff",
    regarding: { kind: "Pod", name: "p" },
    ...fields,
  });
  const { bodies, stop } = await watching({
    "/apis": { body: groups("events.k8s.io") },
    "/api/v1": { body: resources("secrets") },
    "/apis/events.k8s.io/v1": { body: resources("events") },
    "/api/v1/secrets": list(object("credentials", { type: "Opaque", data: { word: "c2VjcmV0" } })),
    "/apis/events.k8s.io/v1/events": list(
      event("old", { deprecatedLastTimestamp: ago(40) }),
      event("repeated", { eventTime: ago(50), series: { count: 9, lastObservedTime: ago(2) } }),
      event("new", { eventTime: ago(1) }),
    ),
  });
  assert.deepEqual(
    bodies()
      .filter(({ kind }) => kind === "event")
      .map(inWords),
    ["event Event repeated", "event Event new"],
  );
  assert.ok(!JSON.stringify(bodies()).includes("c2VjcmV0"));
  assert.ok(!bodies().map(inWords).includes("complete:Event"));
  await stop();
});

test("a kind that may not be read is a gap that says what to grant, and is not complete; a minor one is only in the status", async () => {
  const { bodies, source, stop } = await watching({
    "/apis": { body: groups("apps", "scheduling.k8s.io") },
    "/api/v1": { body: resources() },
    "/apis/apps/v1": { body: resources("deployments") },
    "/apis/scheduling.k8s.io/v1": { body: resources("priorityclasses") },
    "/apis/apps/v1/deployments": { status: 403, body: { message: "no" } },
    "/apis/scheduling.k8s.io/v1/priorityclasses": { status: 403, body: { message: "no" } },
  });
  assert.deepEqual(
    bodies()
      .map(inWords)
      .filter((line) => !line.startsWith("complete:")),
    ['kind:Deployment: Deployment objects cannot be read: grant the agent "list" and "watch" on deployments.apps'],
  );
  const states = source
    .status()
    .watches.filter(({ kind }) => kind !== "Event")
    .map(({ kind, state }) => `${kind} ${state}`);
  assert.deepEqual(states.sort(), ["Deployment forbidden", "PriorityClass forbidden"]);
  assert.match(source.status().watches.find(({ kind }) => kind === "PriorityClass")?.reason ?? "", /grant/);
  assert.equal(source.status().synced, true);
  await stop();
});

test("with namespaces named, each is watched by itself, and a kind is complete when all of them are", async () => {
  const { api, bodies, stop } = await watching(
    {
      "/apis": { body: groups() },
      "/api/v1": { body: resources("configmaps") },
      "/api/v1/namespaces/shop/configmaps": list(object("settings")),
      "/api/v1/namespaces/pay/configmaps": list(),
    },
    { namespaces: ["shop", "pay"] },
  );
  const said = bodies().map(inWords);
  assert.equal(said.filter((line) => line === "complete:ConfigMap").length, 1);
  assert.ok(!api.asked.some(({ path }) => path === "/api/v1/configmaps"));
  await stop();
});

test("where discovery is forbidden the built-in kinds are asked for all the same", async () => {
  const { bodies, stop } = await watching({ "/apis": { status: 403 }, "/api/v1/pods": list(object("web-1")) });
  assert.ok(bodies().map(inWords).includes("UPSERT Pod web-1"));
  await stop();
});
