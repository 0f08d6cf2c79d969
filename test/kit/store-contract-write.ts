// The part of the store contract about writing: idempotence, identity, folding, links, merging.
import assert from "node:assert/strict";
import {
  CLUSTER,
  candidate,
  changes,
  eid,
  episode,
  iid,
  incident,
  link,
  minute,
  relation,
  resource,
  START_MS,
  stub,
  verdict,
} from "./graph-builders.ts";
import { everything, type StoreCase, sorted } from "./store-case.ts";

const web = resource();
const node = resource({ kind: "Node", name: "node-1", namespace: undefined });

/** Cases about writing. */
export const WRITE_CASES: readonly StoreCase[] = [
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
    title: "an episode comes back with all its occurrences, so that a replay after a restart counts none of them twice",
    async run(store) {
      const occurrences = [1, 2, 3].map((at) => ({ id: eid(`repeat-${at}`), firstMs: minute(at), lastMs: minute(at), count: 1 }));
      const repeated = episode("repeat-1", {
        firstMs: minute(1),
        lastMs: minute(3),
        count: 3,
        aliases: [eid("repeat-2"), eid("repeat-3")],
        occurrences,
      });
      await store.commit(changes({ resources: [resource()], episodes: [repeated] }));
      assert.deepEqual((await store.findEpisodes("repeat-2"))[0]?.occurrences, occurrences);
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
