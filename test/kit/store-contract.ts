// What every store must do, as tests: one call per adapter. Nothing here knows how a store keeps its rows.
import assert from "node:assert/strict";
import { suite, type TestContext, test } from "node:test";
import { inspect } from "node:util";
import type { GraphStore } from "../../agent/store/port.ts";
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
  stub,
  verdict,
  withStatus,
} from "./graph-builders.ts";
import { ADMIN_CASES } from "./store-contract-admin.ts";
import { TIME_CASES } from "./store-contract-time.ts";

/** A store under test. `reopen` closes it and opens what it kept; `dispose` closes it and removes its data. */
export type StoreUnderTest = { readonly store: GraphStore; reopen(): Promise<GraphStore>; dispose(): Promise<void> };

/** What an adapter may be excused from; none is the rule. */
export type Excuse = "reopen";

/** One case of the contract. */
export type StoreCase = { readonly title: string; readonly needs?: Excuse; run(store: GraphStore, under: StoreUnderTest): Promise<void> };

/** Registers the whole contract for one adapter; `cannot` lists what it is excused from. */
export function storeContract(
  name: string,
  makeStore: () => Promise<StoreUnderTest>,
  excuses: { readonly cannot: readonly Excuse[] },
): void {
  suite(`${name} keeps the store contract`, () => {
    for (const { title, needs, run } of [...WRITE_CASES, ...READ_CASES, ...TIME_CASES, ...ADMIN_CASES]) {
      const isExcused = needs !== undefined && excuses.cannot.includes(needs);
      test(title, { skip: isExcused ? `${name} is excused: ${needs}` : false }, async (context: TestContext) => {
        const under = await makeStore();
        context.after(() => under.dispose());
        await run(under.store, under);
      });
    }
  });
}

const web = resource();
const node = resource({ kind: "Node", name: "node-1", namespace: undefined });

const WRITE_CASES: readonly StoreCase[] = [
  {
    title: "what was written is read as it was given",
    async run(store) {
      const full = episode("e1", {
        clearedMs: minute(3),
        holds: true,
        etype: "prom.alert",
        target: "db",
        exact: false,
        change: { path: "spec.replicas", before: "3", after: "0", manager: "kubectl" },
        aliases: [eid("e1-again")],
        evidence: [{ source: "alert", text: 'it\'s "quoted" – ünïcode 🚨\u0000', command: "kubectl get pods" }],
      });
      const runsOn = relation(web.rid, "RUNS_ON", node.rid, { evidence: "spec.nodeName=node-1" });
      const explains = link("e1", "e2", {
        hops: 1,
        path: [{ from: web.rid, to: node.rid, type: "RUNS_ON", direction: "out", evidence: "spec.nodeName" }],
      });
      const whole = incident("i1", {
        episodes: [eid("e1"), eid("e2")],
        verdict: verdict({ rootCause: candidate(), affected: [{ subject: candidate().subject, role: "symptom", sinceMs: START_MS }] }),
      });
      await store.commit(
        changes({
          resources: [web, node],
          relations: [runsOn],
          episodes: [full, episode("e2")],
          links: [{ cluster: CLUSTER, effect: eid("e2"), links: [explains] }],
          incidents: [whole],
          checkpoints: [{ key: "replay:file", value: "42" }],
        }),
      );
      assert.deepEqual(await store.findResources({ rid: web.rid, limit: 9 }), [web]);
      assert.deepEqual(await store.findResources({ kind: "Node", name: "node-1", limit: 9 }), [node]);
      assert.deepEqual(await store.findEpisodes("e1"), [full]);
      assert.deepEqual(await store.linksOf(CLUSTER, [eid("e2")], "effect"), [explains]);
      assert.deepEqual(await store.linksOf(CLUSTER, [eid("e1")], "cause"), [explains]);
      assert.deepEqual(await store.findIncidents("i1"), [whole]);
      assert.deepEqual(await store.incidentOf(CLUSTER, eid("e2")), whole);
      assert.deepEqual((await store.neighbourhood({ cluster: CLUSTER, rid: web.rid, hops: 1, limit: 9 })).relations, [runsOn]);
      assert.deepEqual([...(await store.checkpoints())], [["replay:file", "42"]]);
      assert.deepEqual(await store.clusters(), [CLUSTER]);
    },
  },
  {
    title: "the same batch written twice is the same as once",
    async run(store) {
      const batch = changes({
        resources: [web, node],
        relations: [relation(web.rid, "RUNS_ON", node.rid)],
        episodes: [episode("e1"), episode("e2", { aliases: [eid("e2b")] })],
        links: [{ cluster: CLUSTER, effect: eid("e2"), links: [link("e1", "e2")] }],
        incidents: [incident("i1", { episodes: [eid("e2")] })],
        checkpoints: [{ key: "k", value: "1" }],
      });
      await store.commit(batch);
      const once = await everything(store);
      await store.commit(batch);
      assert.deepEqual(await everything(store), once);
      assert.deepEqual(
        [once.stats.resources, once.stats.relations, once.stats.episodes, once.stats.links, once.stats.incidents],
        [2, 1, 2, 1, 1],
      );
    },
  },
  {
    title: "a stub that learns its uid keeps its edges and episodes under the new rid",
    async run(store) {
      const named = stub("Pod", "shop", "web");
      await store.commit(
        changes({
          resources: [named, node],
          relations: [relation(named.rid, "RUNS_ON", node.rid)],
          episodes: [episode("e1", { rid: named.rid })],
        }),
      );
      await store.commit(changes({ rekeyed: [{ cluster: CLUSTER, from: named.rid, to: web.rid }], resources: [web] }));
      assert.deepEqual((await store.findEpisodes("e1"))[0]?.rid, web.rid);
      assert.deepEqual(
        (await store.neighbourhood({ cluster: CLUSTER, rid: web.rid, hops: 1, limit: 9 })).relations.map(({ id }) => id),
        [relation(web.rid, "RUNS_ON", node.rid).id],
      );
      assert.equal((await store.stats()).resources, 2);
      assert.deepEqual(
        (await store.findResources({ rid: named.rid, limit: 9 })).map(({ rid }) => rid),
        [web.rid],
        "its former name still finds it",
      );
    },
  },
  {
    title: "a stub whose uid is stored already is merged into that resource",
    async run(store) {
      const named = stub("Pod", "shop", "web", { createdAtMs: minute(-5) });
      const service = stub("Service", "shop", "web");
      await store.commit(
        changes({ resources: [web, node], relations: [relation(web.rid, "RUNS_ON", node.rid)], episodes: [episode("e1")] }),
      );
      await store.commit(
        changes({
          resources: [named, service],
          relations: [relation(service.rid, "SELECTS", named.rid)],
          episodes: [episode("e2", { rid: named.rid })],
        }),
      );
      await store.commit(changes({ rekeyed: [{ cluster: CLUSTER, from: named.rid, to: web.rid }] }));
      const around = await store.neighbourhood({ cluster: CLUSTER, rid: web.rid, hops: 1, fromMs: minute(-1), toMs: minute(1), limit: 9 });
      assert.deepEqual(sorted(around.resources.map(({ rid }) => rid)), sorted([web.rid, node.rid, service.rid]));
      assert.deepEqual(sorted(around.episodes.map((one) => one.eid)), ["e1", "e2"]);
      assert.equal(around.resources[0]?.createdAtMs, minute(-5));
      const { resources, relations } = await store.stats();
      assert.deepEqual({ resources, relations }, { resources: 3, relations: 2 });
      await store.commit(changes({ rekeyed: [{ cluster: CLUSTER, from: named.rid, to: web.rid }] }));
      assert.equal((await store.stats()).resources, 3, "a second time changes nothing");
    },
  },
  {
    title: "an episode that gets an earlier id keeps links and incident, and answers to all its ids",
    async run(store) {
      await store.commit(
        changes({
          resources: [web],
          episodes: [episode("late"), episode("later"), episode("symptom")],
          links: [{ cluster: CLUSTER, effect: eid("symptom"), links: [link("late", "symptom")] }],
          incidents: [incident("i1", { episodes: [eid("late"), eid("symptom")] })],
        }),
      );
      const folded = episode("early", { firstMs: minute(-1), lastMs: START_MS, count: 3, aliases: [eid("late"), eid("later")] });
      await store.commit(changes({ episodes: [folded] }));
      for (const id of ["early", "late", "later"]) assert.deepEqual(await store.findEpisodes(id, CLUSTER), [folded], id);
      assert.deepEqual(
        (await store.episodes(CLUSTER, [eid("late"), eid("early"), eid("symptom")])).map((one) => one.eid),
        ["early", "symptom"],
        "each once, in order",
      );
      assert.deepEqual(
        (await store.linksOf(CLUSTER, [eid("symptom")], "effect")).map(({ cause }) => cause),
        ["early"],
      );
      assert.equal((await store.incidentOf(CLUSTER, eid("late")))?.id, "i1");
      assert.equal((await store.stats()).episodes, 2);
    },
  },
  {
    title: "a late repeat of a folded occurrence does not come back as an episode of its own",
    async run(store) {
      await store.commit(
        changes({ resources: [web], episodes: [episode("early", { lastMs: minute(2), count: 2, aliases: [eid("second")] })] }),
      );
      await store.commit(changes({ episodes: [episode("second", { firstMs: minute(1) })] }));
      assert.deepEqual(
        (await store.episodesAbout(CLUSTER, web.rid, START_MS, minute(9), 9)).map((one) => one.eid),
        ["early"],
      );
    },
  },
  {
    title: "the links given for an effect replace its former ones, and no others",
    async run(store) {
      await store.commit(changes({ resources: [web], episodes: ["a", "b", "c", "d"].map((id) => episode(id)) }));
      await store.commit(
        changes({
          links: [
            { cluster: CLUSTER, effect: eid("c"), links: [link("a", "c"), link("b", "c", { score: 0.9 })] },
            { cluster: CLUSTER, effect: eid("d"), links: [link("a", "d")] },
          ],
        }),
      );
      assert.deepEqual(
        (await store.linksOf(CLUSTER, [eid("c")], "effect")).map(({ cause }) => cause),
        ["b", "a"],
        "best first",
      );
      await store.commit(changes({ links: [{ cluster: CLUSTER, effect: eid("c"), links: [link("a", "c", { score: 0.5 })] }] }));
      assert.deepEqual(
        (await store.linksOf(CLUSTER, [eid("c"), eid("d")], "effect")).map(({ cause, effect, score }) => [cause, effect, score]),
        [
          ["a", "c", 0.5],
          ["a", "d", 0.8],
        ],
      );
      assert.equal((await store.stats()).links, 2);
    },
  },
  {
    title: "merged incidents are found under the surviving id",
    async run(store) {
      await store.commit(
        changes({
          resources: [web],
          episodes: [episode("a"), episode("b")],
          incidents: [incident("old", { episodes: [eid("a")] }), incident("young", { episodes: [eid("b")] })],
        }),
      );
      const merged = incident("old", { episodes: [eid("a"), eid("b")], aliases: [iid("young")] });
      await store.commit(changes({ incidents: [merged] }));
      assert.deepEqual(await store.findIncidents("young"), [merged]);
      assert.equal((await store.incidentOf(CLUSTER, eid("b")))?.id, "old");
      assert.equal((await store.stats()).incidents, 1);
      await store.commit(
        changes({
          removedIncidents: [
            { cluster: CLUSTER, id: iid("old") },
            { cluster: CLUSTER, id: iid("never") },
          ],
        }),
      );
      assert.deepEqual(
        [await store.findIncidents("old"), await store.findIncidents("young"), await store.incidentOf(CLUSTER, eid("a"))],
        [[], [], undefined],
      );
    },
  },
  {
    title: "ten thousand rows in one batch are all there",
    async run(store) {
      const resources = Array.from({ length: 2_000 }, (_, index) => resource({ name: `web-${index}` }));
      const episodes = Array.from({ length: 8_000 }, (_, index) =>
        episode(`e${index}`, { rid: resources[index % 2_000]?.rid ?? web.rid, firstMs: START_MS + index }),
      );
      await store.commit(changes({ resources, episodes }));
      const { resourcesByKind, episodesBySeverity, newestEpisodeId, oldestEpisodeMs } = await store.stats(CLUSTER);
      assert.deepEqual(
        { resourcesByKind, episodesBySeverity, newestEpisodeId, oldestEpisodeMs },
        {
          resourcesByKind: { Pod: 2_000 },
          episodesBySeverity: { INFO: 0, WARNING: 8_000, ERROR: 0, FATAL: 0 },
          newestEpisodeId: "e7999",
          oldestEpisodeMs: START_MS,
        },
      );
    },
  },
];

const READ_CASES: readonly StoreCase[] = [
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

/** Everything a small store answers, to compare two stores or two moments. */
export async function everything(store: GraphStore) {
  const parts = {
    resources: [] as unknown[],
    relations: [] as unknown[],
    episodes: [] as unknown[],
    links: [] as unknown[],
    incidents: [] as unknown[],
  };
  for (const cluster of await store.clusters()) {
    for await (const chunk of store.loadWorkingSet(cluster, 0)) {
      for (const part of ["resources", "relations", "episodes", "links", "incidents"] as const) parts[part].push(...chunk[part]);
    }
  }
  const text = (rows: unknown[]): string[] =>
    sorted(rows.map((row) => inspect(row, { sorted: true, depth: null, breakLength: Number.POSITIVE_INFINITY })));
  return {
    stats: await store.stats(),
    resources: text(parts.resources),
    relations: text(parts.relations),
    episodes: text(parts.episodes),
    links: text(parts.links),
    incidents: text(parts.incidents),
    checkpoints: [...(await store.checkpoints())],
    mutes: await store.mutes(),
    feedback: await store.feedback(0),
  };
}

function sorted<T extends string>(texts: readonly T[]): T[] {
  return [...texts].sort();
}
