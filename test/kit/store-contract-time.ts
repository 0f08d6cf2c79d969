// The part of the store contract about time: the graph as it was, history, and what is loaded at start.
import assert from "node:assert/strict";
import type { GraphStore, WorkingSet } from "../../agent/store/port.ts";
import { CLUSTER, changes, eid, episode, finding, incident, link, minute, relation, resource, stub, withStatus } from "./graph-builders.ts";
import type { StoreCase } from "./store-case.ts";

const web = resource();
const nodes = [1, 2].map((index) => resource({ kind: "Node", name: `node-${index}`, namespace: undefined }));
const [node1, node2] = nodes as [typeof web, typeof web];

/** Cases about time. */
export const TIME_CASES: readonly StoreCase[] = [
  {
    title: "a resource is shown in the state it had at a time",
    async run(store) {
      const versions = [
        web,
        withStatus(web, { phase: "Running", restartCount: 1 }, minute(10), "2"),
        withStatus(web, { phase: "Failed" }, minute(20), "3"),
      ];
      for (const version of versions) await store.commit(changes({ resources: [version] }));
      const at = async (minutes: number): Promise<unknown> =>
        (await store.findResources({ rid: web.rid, atMs: minute(minutes), limit: 1 }))[0]?.object?.status;
      assert.deepEqual(await at(5), { phase: "Running" });
      assert.deepEqual(await at(10), { phase: "Running", restartCount: 1 });
      assert.deepEqual(await at(19), { phase: "Running", restartCount: 1 });
      assert.deepEqual(await at(30), { phase: "Failed" });
      assert.deepEqual((await store.findResources({ rid: web.rid, atMs: minute(15), limit: 1 }))[0]?.updatedAtMs, minute(10));
      assert.deepEqual(await store.findResources({ rid: web.rid, atMs: minute(-1), limit: 1 }), [], "before its life there is none");
    },
  },
  {
    title: "a deleted resource is still shown at a time of its life, and each life by itself",
    async run(store) {
      const first = resource({ uid: "first", endedAtMs: minute(10) });
      const second = resource({ uid: "second", createdAtMs: minute(12), updatedAtMs: minute(12) });
      await store.commit(
        changes({ resources: [first, second, node1], relations: [relation(first.rid, "RUNS_ON", node1.rid, { validToMs: minute(10) })] }),
      );
      const uidAt = async (minutes: number): Promise<unknown> =>
        (await store.findResources({ kind: "Pod", namespace: "shop", name: "web", atMs: minute(minutes), limit: 9 })).map(({ uid }) => uid);
      assert.deepEqual([await uidAt(5), await uidAt(11), await uidAt(13)], [["first"], [], ["second"]]);
      const then = await store.neighbourhood({ cluster: CLUSTER, rid: node1.rid, hops: 1, atMs: minute(5), limit: 9 });
      assert.deepEqual(
        then.resources.map(({ uid }) => uid),
        [node1.uid, "first"],
      );
      assert.equal(then.relations.length, 1);
      const now = await store.neighbourhood({ cluster: CLUSTER, rid: node1.rid, hops: 1, limit: 9 });
      assert.deepEqual([now.resources.length, now.relations.length], [1, 0]);
      const lately = await store.neighbourhood({
        cluster: CLUSTER,
        rid: node1.rid,
        hops: 1,
        fromMs: minute(8),
        toMs: minute(15),
        limit: 9,
      });
      assert.deepEqual(
        lately.resources.map(({ uid }) => uid),
        [node1.uid, "first"],
        "what ended within the span is shown too",
      );
    },
  },
  {
    title: "an edge that ended and came back is known for each time it held",
    async run(store) {
      const held = (fromMs: number, validToMs?: number) =>
        relation(web.rid, "RUNS_ON", node1.rid, { validFromMs: fromMs, ...(validToMs === undefined ? {} : { validToMs }) });
      await store.commit(changes({ resources: [web, node1, node2], relations: [held(minute(0))] }));
      await store.commit(
        changes({
          relations: [
            held(minute(0), minute(10)),
            relation(web.rid, "RUNS_ON", node2.rid, { validFromMs: minute(10), validToMs: minute(20) }),
          ],
        }),
      );
      await store.commit(changes({ relations: [held(minute(20))] }));
      const on = async (atMs?: number): Promise<unknown> =>
        (
          await store.neighbourhood({ cluster: CLUSTER, rid: web.rid, hops: 1, limit: 9, ...(atMs === undefined ? {} : { atMs }) })
        ).relations.map(({ target }) => target);
      assert.deepEqual(
        [await on(minute(5)), await on(minute(15)), await on(minute(25)), await on()],
        [[node1.rid], [node2.rid], [node1.rid], [node1.rid]],
      );
      assert.equal((await store.stats()).relations, 1);
    },
  },
  {
    title: "heartbeats and new resource versions alone make no history",
    async run(store) {
      const beat = (lastHeartbeatTime: string, status: string, atMs: number, version: string) =>
        withStatus(
          node1,
          { conditions: [{ type: "Ready", status, lastHeartbeatTime, lastTransitionTime: "2026-03-01T00:00:00Z" }] },
          atMs,
          version,
        );
      await store.commit(changes({ resources: [beat("2026-03-01T12:00:00Z", "True", minute(0), "1")] }));
      await store.commit(changes({ resources: [beat("2026-03-01T12:05:00Z", "True", minute(5), "2")] }));
      const latest = beat("2026-03-01T12:10:00Z", "False", minute(10), "3");
      await store.commit(changes({ resources: [latest] }));
      assert.deepEqual(await store.findResources({ rid: node1.rid, limit: 1 }), [latest]);
      const { states } = await store.cleanup({ olderThanMs: minute(1_000), batchSize: 10, dryRun: true });
      assert.equal(states, 1, "one change of a condition, one former state");
      const [then] = await store.findResources({ rid: node1.rid, atMs: minute(3), limit: 1 });
      assert.match(JSON.stringify(then?.object?.status), /"status":"True"/);
    },
  },
  {
    title: "a stub that is seen at last was a stub before",
    async run(store) {
      const named = stub("Pod", "shop", "web");
      await store.commit(changes({ resources: [named] }));
      await store.commit(
        changes({ rekeyed: [{ cluster: CLUSTER, from: named.rid, to: web.rid }], resources: [{ ...web, updatedAtMs: minute(5) }] }),
      );
      const at = async (minutes: number): Promise<unknown> =>
        (await store.findResources({ rid: web.rid, atMs: minute(minutes), limit: 1 }))[0]?.object?.kind;
      assert.deepEqual([await at(2), await at(6)], [undefined, "Pod"]);
    },
  },
  {
    title: "the working set holds live topology, the window, what still holds, and members of open incidents",
    async run(store) {
      const gone = resource({ name: "gone", endedAtMs: minute(-90) });
      const forgotten = resource({ name: "forgotten", endedAtMs: minute(-90) });
      await store.commit(
        changes({
          resources: [web, node1, gone, forgotten],
          relations: [
            relation(web.rid, "RUNS_ON", node1.rid),
            relation(gone.rid, "RUNS_ON", node1.rid, { validFromMs: minute(-200), validToMs: minute(-90) }),
          ],
          episodes: [
            episode("recent"),
            episode("old", { firstMs: minute(-100) }),
            finding("holding", { firstMs: minute(-100), lastMs: minute(-100) }),
            episode("member", { firstMs: minute(-100), rid: gone.rid }),
            finding("cleared", { firstMs: minute(-100), lastMs: minute(-100), clearedMs: minute(-95) }),
          ],
          links: [{ cluster: CLUSTER, effect: eid("recent"), links: [link("holding", "recent"), link("old", "recent")] }],
          incidents: [
            incident("open", { episodes: [eid("member")], lastMs: minute(-99) }),
            incident("over", { state: "resolved", lastMs: minute(-99) }),
            incident("lately over", { state: "resolved" }),
          ],
        }),
      );
      const loaded = await load(store);
      assert.deepEqual(names(loaded.resources), ["gone", "node-1", "web"], "gone is what a member is about");
      assert.deepEqual(
        loaded.relations.map(({ source }) => source),
        [web.rid],
      );
      assert.deepEqual(loaded.episodes.map((one) => one.eid).sort(), ["holding", "member", "recent"]);
      assert.deepEqual(
        loaded.links.map(({ cause }) => cause),
        ["holding"],
      );
      assert.deepEqual(loaded.incidents.map(({ id }) => id).sort(), ["lately over", "open"]);
    },
  },
  {
    title: "what was committed is there after the store was closed and opened again",
    needs: "reopen",
    async run(store, under) {
      await store.commit(
        changes({
          resources: [web, node1],
          relations: [relation(web.rid, "RUNS_ON", node1.rid)],
          episodes: [episode("e1")],
          incidents: [incident("i1", { episodes: [eid("e1")] })],
          checkpoints: [{ key: "k", value: "v" }],
        }),
      );
      await store.commit(changes({ resources: [withStatus(web, { phase: "Failed" }, minute(1))] }));
      const before = await load(store);
      const again = await under.reopen();
      assert.deepEqual(await load(again), before);
      assert.deepEqual((await again.findResources({ rid: web.rid, atMs: minute(0), limit: 1 }))[0]?.object?.status, { phase: "Running" });
      assert.deepEqual([...(await again.checkpoints())], [["k", "v"]]);
    },
  },
];

async function load(store: GraphStore): Promise<WorkingSet> {
  const chunks: WorkingSet[] = [];
  for await (const chunk of store.loadWorkingSet(CLUSTER, minute(-15))) chunks.push(chunk);
  const all = <K extends "resources" | "relations" | "episodes" | "links" | "incidents">(part: K) =>
    chunks.flatMap((chunk) => chunk[part] as readonly WorkingSet[K][number][]);
  return {
    resources: all("resources"),
    relations: all("relations"),
    episodes: all("episodes"),
    links: all("links"),
    incidents: all("incidents"),
    truncated: false,
  };
}

function names(rows: readonly { readonly name: string }[]): string[] {
  return rows.map(({ name }) => name).sort();
}
