// The reflector on every way a server can go: what it tells is what the server has, it deletes nothing that is there, and it never asks in a tight loop.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createReflector, type KnownObject } from "../../../../agent/sources/kubernetes/reflector/reflector.ts";
import type { ServedKind } from "../../../../agent/sources/kubernetes/watched-kinds.ts";
import { type Answer, type Asked, changed, configMap, type FakeWatch, fakeKubeApi, fakeWatch, listOf, turns } from "./fake-kube-api.ts";

const KIND: ServedKind = { kind: "ConfigMap", group: "", version: "v1", resource: "configmaps", namespaced: true };

type Options = {
  readonly before?: readonly KnownObject[];
  readonly kinds?: readonly [ServedKind, ...ServedKind[]];
  readonly silenceMs?: number;
  readonly stepMs?: number;
};

/** Runs a reflector on these answers, one for each request; after the last one every watch stays open. */
async function reflecting(answers: readonly Answer[], options: Options = {}) {
  const left = [...answers];
  const api = fakeKubeApi((_asked: Asked) => left.shift() ?? { watch: fakeWatch() });
  const told: string[] = [];
  const pauses: number[] = [];
  const stop = new AbortController();
  const nameOf = (object: object) => (object as { metadata: { name: string } }).metadata.name;
  let nowMs = 0;
  const reflector = createReflector({
    api,
    kinds: options.kinds ?? [KIND],
    namespace: undefined,
    tracksObjects: true,
    knownBefore: async () => options.before ?? [],
    inTurn: (work) => work(),
    silenceMs: options.silenceMs ?? 60_000,
    forbiddenRetryMs: 60_000,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      pauses.push(ms);
    },
    random: () => 0.5,
    nowMs: () => {
      nowMs += options.stepMs ?? 5_000;
      return nowMs;
    },
    sink: {
      seen: (op, object, first) => void told.push(`${op === "DELETE" ? "-" : "+"}${nameOf(object)}${first ? " first" : ""}`),
      gone: (object) => void told.push(`gone ${object.name}`),
      listed: () => told.push("listed"),
      state: (state, fault) => told.push(fault ? `${state}: ${fault.is}` : state),
      heard: () => undefined,
      relisted: () => undefined,
    },
  });
  const life = reflector.run(stop.signal).catch(() => undefined);
  await turns();
  return {
    api,
    told,
    pauses,
    reflector,
    life,
    async stop() {
      stop.abort();
      await life;
    },
  };
}

const gone = { status: 410, body: { kind: "Status", code: 410, reason: "Expired", message: "too old resource version" } };

test("pages are read to the end, then changes from that version on; bookmarks move the place", async () => {
  const watch = fakeWatch();
  const { api, told, stop } = await reflecting([listOf("7", ["a"], { continue: "next" }), listOf("9", ["b"]), { watch }]);
  watch.send(changed("ADDED", "c", "10"), changed("DELETED", "a", "11"), {
    type: "BOOKMARK",
    object: { metadata: { resourceVersion: "15" } },
  });
  await turns();
  assert.deepEqual(told, ["listing", "+a first", "+b first", "listed", "synced", "+c", "-a"]);
  assert.deepEqual(
    api.asked.map(({ query }) => query["continue"]),
    [undefined, "next", undefined],
  );
  watch.end();
  await turns();
  assert.deepEqual(
    api.asked.slice(2).map(({ query }) => query["resourceVersion"]),
    ["9", "15"],
  );
  assert.equal(api.asked[2]?.query["allowWatchBookmarks"], "true");
  await stop();
});

test("what was known before and is not listed any more is gone; an expired place lists anew and tells only what differs as gone", async () => {
  const watch = fakeWatch();
  const before = [
    { uid: "uid-old", namespace: "shop", name: "old" },
    { uid: "uid-a", namespace: "shop", name: "a" },
  ];
  const { told, stop } = await reflecting([listOf("7", ["a", "b"]), { watch }, listOf("20", ["b", "c"])], { before });
  watch.send({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired" } });
  await turns();
  assert.deepEqual(told, [
    "listing",
    "+a first",
    "+b first",
    "gone old",
    "listed",
    "synced",
    "listing",
    "+b",
    "+c",
    "gone a",
    "listed",
    "synced",
  ]);
  await stop();
});

test("410 as a status is the same; a list that breaks off deletes nothing", async () => {
  const { told, stop } = await reflecting([
    listOf("7", ["a", "b"]),
    gone,
    listOf("8", ["a"], { continue: "next" }),
    { error: new Error("socket hang up") },
    listOf("9", ["a", "b"]),
  ]);
  assert.ok(!told.some((line) => line.startsWith("gone")), told.join());
  assert.deepEqual(told.slice(-5), ["backing-off: network", "+a", "+b", "listed", "synced"]);
  await stop();
});

test("a broken stream is taken up where it broke off, after a pause that grows and heeds Retry-After", async () => {
  const watch = fakeWatch();
  const { api, told, pauses, stop } = await reflecting([
    listOf("7", ["a"]),
    { watch },
    { error: new Error("refused") },
    { error: new Error("refused") },
    { status: 429, retryAfterMs: 9_000 },
    { status: 500 },
  ]);
  watch.send(changed("MODIFIED", "a", "8"));
  watch.break();
  await turns();
  assert.ok(pauses[0] && pauses[1] && pauses[2] && pauses[0] < pauses[1] && pauses[1] < pauses[2], pauses.join());
  assert.ok((pauses[3] ?? 0) >= 9_000);
  assert.ok(api.asked.slice(2).every(({ query }) => query["resourceVersion"] === "8"));
  assert.equal(told.at(-1), "synced");
  await stop();
});

test("a server that ends each watch at once is not asked in a tight loop", async () => {
  const ended = () => {
    const watch = fakeWatch();
    watch.end();
    return { watch };
  };
  const answers = () => [listOf("7", ["a"]), ...Array.from({ length: 6 }, ended)];
  const hasty = await reflecting(answers(), { stepMs: 0 });
  assert.equal(hasty.pauses.length, 6);
  assert.ok((hasty.pauses[5] ?? 0) > (hasty.pauses[0] ?? 0));
  await hasty.stop();
  // By this clock each lived for seconds: a quiet kind is asked again without a pause.
  const quiet = await reflecting(answers());
  assert.deepEqual(quiet.pauses, []);
  await quiet.stop();
});

test("what may not be read is told with its reason and asked for again; what is known stays", async () => {
  const forbidden = { status: 403, body: { message: "configmaps is forbidden" } };
  const { told, pauses, reflector, stop } = await reflecting([listOf("7", ["a"]), forbidden, forbidden]);
  assert.deepEqual(told.slice(-3), ["forbidden: forbidden", "forbidden: forbidden", "synced"]);
  assert.ok(pauses.every((ms) => ms > 50_000));
  assert.equal(reflector.objects(), 1);
  await stop();
});

test("refused credentials are read anew", async () => {
  const { api, told, stop } = await reflecting([{ status: 401 }, listOf("7", [])]);
  assert.equal(api.renewed(), 1);
  assert.deepEqual(told, ["listing", "backing-off: unauthorised", "listed", "synced"]);
  await stop();
});

test("where the first API group is refused the second is asked; a kind in neither ends the reflector", async () => {
  const kinds = [{ ...KIND, group: "new.example.com" }, KIND] as const;
  const { api, told, life } = await reflecting([{ status: 403 }, listOf("7", ["a"]), { status: 404 }], { kinds });
  await life;
  assert.deepEqual(
    api.asked.map(({ path }) => path),
    ["/apis/new.example.com/v1/configmaps", "/api/v1/configmaps", "/api/v1/configmaps"],
  );
  assert.deepEqual(told, ["listing", "listing", "+a first", "listed", "synced", "absent"]);
});

test("a connection that is silent for too long is made anew from the same place", async () => {
  const silent: FakeWatch = fakeWatch();
  const { api, told, stop } = await reflecting([listOf("7", ["a"]), { watch: silent }], { silenceMs: 1 });
  while (api.asked.length < 3) await turns();
  assert.equal(api.asked[2]?.query["resourceVersion"], "7");
  assert.ok(!told.some((line) => line.startsWith("backing-off")));
  await stop();
});

test("a full queue holds the stream back", async () => {
  const room = Promise.withResolvers<void>();
  const watch = fakeWatch();
  watch.send(...["b", "c"].map((name) => ({ type: "ADDED", object: configMap(name, "8") })));
  const seen: string[] = [];
  const left: Answer[] = [listOf("7", []), { watch }];
  const stop = new AbortController();
  const reflector = createReflector({
    api: fakeKubeApi(() => left.shift() ?? { watch: fakeWatch() }),
    kinds: [KIND],
    namespace: undefined,
    tracksObjects: true,
    knownBefore: async () => [],
    inTurn: (work) => work(),
    silenceMs: 60_000,
    forbiddenRetryMs: 1,
    sleep: async () => undefined,
    random: () => 0,
    nowMs: () => 0,
    sink: {
      seen(_op, object) {
        seen.push(JSON.stringify(object));
        return room.promise;
      },
      gone: () => undefined,
      listed: () => undefined,
      state: () => undefined,
      heard: () => undefined,
      relisted: () => undefined,
    },
  });
  const life = reflector.run(stop.signal).catch(() => undefined);
  await turns();
  assert.equal(seen.length, 1);
  room.resolve();
  await turns();
  assert.equal(seen.length, 2);
  stop.abort();
  await life;
});
