// The part of the store contract about reading: look-ups, neighbourhood, lists, what is unknown.
import assert from "node:assert/strict";
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
  START_MS,
  verdict,
  withStatus,
} from "./graph-builders.ts";
import { type StoreCase, sorted } from "./store-case.ts";

const web = resource();

/** Cases about reading. */
export const READ_CASES: readonly StoreCase[] = [
  {
    title: "what is not known is empty, not an error",
    async run(store) {
      assert.deepEqual(await store.findResources({ uid: "no", limit: 9 }), []);
      assert.deepEqual(await store.findResources({ rid: web.rid, cluster: "no", limit: 9 }), []);
      assert.deepEqual(
        [await store.findEpisodes("no"), await store.episodes("no", [eid("no")]), await store.episodesAbout("no", web.rid, 0, START_MS, 9)],
        [[], [], []],
      );
      assert.deepEqual(
        [await store.linksOf("no", [eid("no")], "cause"), await store.findIncidents("no"), await store.incidentOf("no", eid("no"))],
        [[], [], undefined],
      );
      assert.deepEqual(await store.neighbourhood({ cluster: "no", rid: web.rid, hops: 3, limit: 9 }), {
        resources: [],
        relations: [],
        episodes: [],
        links: [],
        truncated: false,
      });
      assert.deepEqual(await store.incidents({ limit: 9 }), { rows: [] });
      assert.deepEqual(
        [await store.mutes(), await store.feedback(0), await store.clusters(), await store.pastIncidents("no", "Pod", "x", START_MS, 9)],
        [[], [], [], []],
      );
      assert.equal((await store.stats("no")).episodes, 0);
      assert.equal(await store.removeMute("no"), false);
    },
  },
  {
    title: "what a reader returned may be changed, and what was written too",
    async run(store) {
      const given = structuredClone(web) as { labels: Record<string, string> } & typeof web;
      await store.commit(changes({ resources: [given], episodes: [episode("e1")] }));
      given.labels.app = "changed";
      const [first] = await store.findResources({ rid: web.rid, limit: 1 });
      Object.assign(first?.labels ?? {}, { app: "changed too" });
      assert.equal((await store.findResources({ rid: web.rid, limit: 1 }))[0]?.labels.app, "web");
    },
  },
  {
    title: "two clusters with the same names stay apart",
    async run(store) {
      const other = { ...web, cluster: "other" };
      await store.commit(
        changes({ resources: [web, other], episodes: [episode("e1"), episode("e1", { cluster: "other", message: "elsewhere" })] }),
      );
      assert.deepEqual(sorted((await store.findResources({ uid: web.uid, limit: 9 })).map(({ cluster }) => cluster)), ["other", "test"]);
      assert.deepEqual(
        (await store.findResources({ uid: web.uid, cluster: "other", limit: 9 })).map(({ cluster }) => cluster),
        ["other"],
      );
      assert.deepEqual(
        (await store.findEpisodes("e1", "other")).map(({ message }) => message),
        ["elsewhere"],
      );
      assert.equal((await store.findEpisodes("e1")).length, 2);
      assert.deepEqual(await store.clusters(), ["other", "test"]);
      assert.deepEqual([(await store.stats()).episodes, (await store.stats("other")).episodes], [2, 1]);
    },
  },
  {
    title: "resources are found by name, live ones first, then the last ended",
    async run(store) {
      const lives = [1, 2, 3].map((life) =>
        resource({ uid: `life-${life}`, createdAtMs: minute(life * 10), ...(life < 3 ? { endedAtMs: minute(life * 10 + 5) } : {}) }),
      );
      await store.commit(changes({ resources: lives }));
      const found = await store.findResources({ kind: "Pod", namespace: "shop", name: "web", limit: 9 });
      assert.deepEqual(
        found.map(({ uid }) => uid),
        ["life-3", "life-2", "life-1"],
      );
      assert.equal((await store.findResources({ kind: "Pod", namespace: "shop", name: "web", limit: 1 })).length, 1);
      assert.deepEqual((await store.stats()).resourcesByKind, { Pod: 1 }, "statistics count what lives");
    },
  },
  {
    title: "episodes about a resource come last seen first, and those that still hold are never past",
    async run(store) {
      await store.commit(
        changes({
          resources: [web],
          episodes: [
            episode("one"),
            episode("two", { firstMs: minute(2) }),
            finding("holding", { firstMs: minute(-60), lastMs: minute(-60) }),
            episode("past", { firstMs: minute(-30) }),
          ],
        }),
      );
      assert.deepEqual(
        (await store.episodesAbout(CLUSTER, web.rid, START_MS, minute(5), 9)).map((one) => one.eid),
        ["two", "one", "holding"],
      );
      assert.deepEqual(
        (await store.episodesAbout(CLUSTER, web.rid, START_MS, minute(5), 1)).map((one) => one.eid),
        ["two"],
      );
    },
  },
  {
    title: "the neighbourhood goes as many hops as asked, nearest first, within its limit",
    async run(store) {
      const chain = [0, 1, 2, 3].map((index) => resource({ kind: "Service", name: `s${index}` }));
      const edges = [0, 1, 2].map((index) => relation(chain[index]?.rid ?? web.rid, "CALLS", chain[index + 1]?.rid ?? web.rid));
      await store.commit(
        changes({
          resources: chain,
          relations: edges,
          episodes: chain.map(({ rid }, index) => episode(`e${index}`, { rid })),
          links: [{ cluster: CLUSTER, effect: eid("e0"), links: [link("e1", "e0"), link("e3", "e0")] }],
        }),
      );
      const middle = chain[1]?.rid ?? web.rid;
      const names = async (hops: number, limit = 9): Promise<unknown> => {
        const found = await store.neighbourhood({ cluster: CLUSTER, rid: middle, hops, limit });
        return {
          names: [found.resources[0]?.name, ...sorted(found.resources.slice(1).map(({ name }) => name))],
          edges: found.relations.length,
          truncated: found.truncated,
        };
      };
      assert.deepEqual(await names(0), { names: ["s1"], edges: 0, truncated: false });
      assert.deepEqual(await names(1), { names: ["s1", "s0", "s2"], edges: 2, truncated: false });
      assert.deepEqual(await names(5), { names: ["s1", "s0", "s2", "s3"], edges: 3, truncated: false });
      assert.equal(((await names(5, 2)) as { truncated: boolean }).truncated, true);
      const around = await store.neighbourhood({ cluster: CLUSTER, rid: middle, hops: 1, limit: 9, fromMs: minute(-1), toMs: minute(1) });
      assert.deepEqual(sorted(around.episodes.map((one) => one.eid)), ["e0", "e1", "e2"]);
      assert.deepEqual(
        around.links.map(({ cause }) => cause),
        ["e1"],
        "links among the episodes shown",
      );
    },
  },
  {
    title: "incidents are listed last seen first, page by page, undisturbed by new ones",
    async run(store) {
      const all = Array.from({ length: 7 }, (_, index) => incident(`i${index}`, { lastMs: minute(Math.floor(index / 2)) }));
      await store.commit(changes({ resources: [web], incidents: all }));
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.incidents({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
        seen.push(...page.rows.map(({ id }) => id));
        cursor = page.cursor;
        await store.commit(changes({ incidents: [incident(`new-${seen.length}`, { lastMs: minute(99) })] }));
      } while (cursor !== undefined);
      assert.deepEqual(sorted(seen), sorted(all.map(({ id }) => id)));
      assert.equal(seen[0], "i6");
      assert.deepEqual(await store.incidents({ limit: 2, cursor: "not a cursor" }), { rows: [] });
    },
  },
  {
    title: "incidents are filtered by state, namespace, severity, time and mute",
    async run(store) {
      await store.commit(
        changes({
          incidents: [
            incident("open"),
            incident("resolved", { state: "resolved", resolvedMs: minute(1) }),
            incident("elsewhere", { namespaces: ["bank", "mail"] }),
            incident("fatal", { severity: "FATAL", lastMs: minute(5) }),
            incident("muted", { mutedBy: "rule-1" }),
            incident("far", { cluster: "other" }),
          ],
        }),
      );
      const ids = async (query: object): Promise<string[]> =>
        sorted((await store.incidents({ limit: 50, ...query })).rows.map(({ id }) => id));
      assert.deepEqual(await ids({ state: "resolved" }), ["resolved"]);
      assert.deepEqual(await ids({ namespace: "mail" }), ["elsewhere"]);
      assert.deepEqual(await ids({ severity: "FATAL" }), ["fatal"]);
      assert.deepEqual(await ids({ sinceMs: minute(5) }), ["fatal"]);
      assert.deepEqual(await ids({ cluster: "other" }), ["far"]);
      assert.equal((await ids({})).includes("muted"), false);
      assert.equal((await ids({ includeMuted: true })).includes("muted"), true);
    },
  },
  {
    title: "past incidents with a like root cause are found, newest first",
    async run(store) {
      const rooted = (id: string, at: number, more: object = {}) =>
        incident(id, {
          state: "resolved",
          firstMs: minute(at),
          lastMs: minute(at + 1),
          verdict: verdict({ rootCause: candidate() }),
          ...more,
        });
      await store.commit(
        changes({
          incidents: [
            rooted("first", -50),
            rooted("second", -30),
            rooted("now", 0),
            rooted("still open", -5, { state: "open", lastMs: minute(2) }),
            incident("no root", { firstMs: minute(-40) }),
          ],
        }),
      );
      assert.deepEqual(
        (await store.pastIncidents(CLUSTER, "Pod", "OOMKilled", START_MS, 9)).map(({ id }) => id),
        ["second", "first"],
      );
      assert.deepEqual(await store.pastIncidents(CLUSTER, "Pod", "Evicted", START_MS, 9), []);
    },
  },
  {
    title: "mutes and feedback are kept, the latest word wins",
    async run(store) {
      const rule = { id: "m1", kind: "Pod", comment: "known", createdAtMs: START_MS };
      await store.putMute(rule);
      await store.putMute({ ...rule, comment: "known for long" });
      assert.deepEqual(await store.mutes(), [{ ...rule, comment: "known for long" }]);
      assert.deepEqual([await store.removeMute("m1"), await store.mutes()], [true, []]);
      const word = {
        cluster: CLUSTER,
        incident: iid("i1"),
        rid: web.rid,
        reason: "OOMKilled",
        verdict: "rejected",
        confidence: 0.8,
        atMs: START_MS,
      } as const;
      await store.putFeedback(word);
      await store.putFeedback({ ...word, verdict: "confirmed", atMs: minute(1), comment: "it was" });
      assert.deepEqual(await store.feedback(START_MS), [{ ...word, verdict: "confirmed", atMs: minute(1), comment: "it was" }]);
      assert.deepEqual(await store.feedback(minute(2)), []);
    },
  },
  {
    title: "a new version of a resource replaces the old one",
    async run(store) {
      await store.commit(changes({ resources: [web] }));
      const failed = withStatus(web, { phase: "Failed" }, minute(5));
      await store.commit(changes({ resources: [{ ...failed, endedAtMs: minute(5) }] }));
      assert.deepEqual(await store.findResources({ uid: web.uid, limit: 9 }), [{ ...failed, endedAtMs: minute(5) }]);
      assert.equal((await store.stats()).resources, 0);
    },
  },
];
