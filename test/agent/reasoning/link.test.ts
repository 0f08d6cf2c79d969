// Which episodes are linked to which causes, and with exactly which score (contracts.md §6).
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Episode } from "../../../agent/domain/episode.ts";
import type { ResourceId } from "../../../agent/domain/identity.ts";
import type { RelationType } from "../../../agent/domain/relation.ts";
import { DEFAULT_REASONING } from "../../../agent/domain/settings.ts";
import { ClusterGraph } from "../../../agent/graph/cluster-graph.ts";
import { EpisodeBook } from "../../../agent/graph/episode-book.ts";
import { causalView } from "../../../agent/reasoning/causal-view.ts";
import { effectsOf, linksFor, names } from "../../../agent/reasoning/link.ts";
import { episode, finding, minute, resource } from "../../kit/graph-builders.ts";

type Edge = readonly [source: string, type: RelationType, target: string];

/** A graph of `Kind/name` and its edges, with episodes about them. */
function world(edges: readonly Edge[], episodes: readonly Episode[]) {
  const graph = new ClusterGraph("test");
  const book = new EpisodeBook(DEFAULT_REASONING);
  const names = new Set([...edges.flatMap(([source, , target]) => [source, target]), ...episodes.map(({ rid }) => nameOf(rid))]);
  for (const name of names) graph.restoreResource(resource({ ...placed(name), uid: name }));
  for (const [source, type, target] of edges)
    graph.edges.open({ type, source: rid(source), target: rid(target), byName: false }, "test", minute(0));
  for (const one of episodes) book.record(one);
  return { graph, book, view: causalView(graph, book) };
}

function rid(name: string): ResourceId {
  return `${name.split("/")[0]?.toLowerCase()}:${name}` as ResourceId;
}

function nameOf(id: ResourceId): string {
  return id.slice(id.indexOf(":") + 1);
}

function placed(name: string): { kind: string; name: string; namespace?: string } {
  const [kind = "", own = ""] = name.split("/");
  return kind === "Node" ? { kind, name: own, namespace: undefined as never } : { kind, name: own };
}

/** An episode `id` of a reason about a thing, so many minutes in. */
function at(minutes: number, about: string, reason: string, more: Partial<Episode> = {}): Episode {
  return episode(`${reason}@${about}`, { rid: rid(about), reason, firstMs: minute(minutes), severity: "ERROR", ...more });
}

/** The causes of the last episode: `reason@thing` and score, best first. */
function check(
  given: { readonly edges?: readonly Edge[]; readonly episodes: readonly Episode[]; readonly settings?: Partial<typeof DEFAULT_REASONING> },
  expected: readonly (readonly [string, number])[],
) {
  const { view } = world(given.edges ?? [], given.episodes);
  const effect = given.episodes.at(-1) as Episode;
  const links = linksFor(effect, view, { ...DEFAULT_REASONING, ...given.settings });
  assert.deepEqual(
    links.map(({ cause, score }) => [cause, Math.round(score * 1e6) / 1e6]),
    expected,
  );
}

test("a memory kill explains the crash loop of its pod: no hop, three minutes, domain 0.95", () => {
  const episodes = [at(0, "Pod/web", "OOMKilled"), at(3, "Pod/web", "CrashLoopBackOff")];
  // 0.3 × (1 − 3/15) + 0.3 × 1 + 0.4 × 0.95
  check({ episodes }, [["OOMKilled@Pod/web", 0.92]]);
});

test("a node that is not ready explains the eviction of a pod on it: one hop, at once, domain 0.90", () => {
  const edges: Edge[] = [["Pod/web", "RUNS_ON", "Node/n1"]];
  const down = finding("down", { rid: rid("Node/n1"), reason: "NodeNotReady", firstMs: minute(0) });
  // The condition still held: Δt = 0. 0.3 × 1 + 0.3 × 0.5 + 0.4 × 0.9
  check({ edges, episodes: [down, at(9, "Pod/web", "Evicted", { etype: "k8s.state" })] }, [["down", 0.81]]);
});

test("the fixed pairs have their fixed domain scores", () => {
  const log = { etype: "k8s.log" } as const;
  const state = { etype: "k8s.state" } as const;
  const sameNode: Edge[] = [["Pod/a", "RUNS_ON", "Node/n1"]];
  const sameOwner: Edge[] = [
    ["ReplicaSet/r", "CONTROLS", "Pod/a"],
    ["ReplicaSet/r", "CONTROLS", "Pod/b"],
  ];
  const pairs: readonly (readonly [cause: Episode, effect: Episode, domain: number, edges?: readonly Edge[]])[] = [
    [at(0, "Pod/a", "OOMKilled", state), at(1, "Pod/a", "CrashLoopBackOff", state), 0.95],
    [at(0, "Pod/a", "ImagePullBackOff", state), at(1, "Pod/a", "ContainerCreatingStuck", state), 0.9],
    [at(0, "Pod/a", "ErrImagePull", state), at(1, "Pod/b", "Unschedulable", state), 0.9, sameOwner],
    [at(0, "Node/n1", "NodeNotReady", state), at(1, "Pod/a", "Evicted", state), 0.9, sameNode],
    [at(0, "Pod/a", "ConnectionRefused", log), at(1, "Pod/a", "LogError", log), 0.7],
    [at(0, "Pod/a", "ConnectionTimeout", log), at(1, "Pod/a", "LogError", log), 0.7],
    [at(0, "Pod/a", "DatabaseDeadlock", log), at(1, "Pod/a", "HttpServerError", log), 0.65],
    [at(0, "Pod/a", "LogError", log), at(1, "Pod/a", "LogFatal", log), 0.5],
  ];
  for (const [cause, effect, domain, edges = []] of pairs) {
    const links = linksFor(effect, world(edges, [cause, effect]).view, DEFAULT_REASONING);
    assert.equal(links.find((link) => link.cause === cause.eid)?.domain, domain, `${cause.eid} to ${effect.eid}`);
  }
});

test("a cause lies at most 15 minutes before its effect, and is stamped at most 5 s after it", () => {
  const cause = (minutes: number) => [at(minutes, "Pod/web", "OOMKilled"), at(20, "Pod/web", "CrashLoopBackOff")];
  check({ episodes: cause(5) }, [["OOMKilled@Pod/web", 0.68]]);
  check({ episodes: cause(4.99) }, []);
  check({ episodes: cause(20 + 5 / 60) }, [["OOMKilled@Pod/web", 0.98]]);
  check({ episodes: cause(20 + 5.1 / 60) }, []);
});

test("the window counts from the cause's last occurrence before the effect; a condition that held then was at the same time", () => {
  const repeated = at(0, "Pod/web", "OOMKilled", { lastMs: minute(19), count: 5 });
  const effect = at(20, "Pod/web", "CrashLoopBackOff");
  check({ episodes: [repeated, effect] }, [["OOMKilled@Pod/web", 0.96]]);
  const holding = finding("f", { rid: rid("Pod/web"), reason: "OOMKilled", firstMs: minute(-90) });
  check({ episodes: [holding, effect] }, [["f", 0.98]]);
  check({ episodes: [{ ...holding, clearedMs: minute(-80) }, effect] }, []);
});

test("when a beginning is only known as `by then`, the window does not rule out", () => {
  const found = finding("f", { rid: rid("Pod/web"), reason: "OOMKilled", firstMs: minute(30), exact: false });
  check({ episodes: [found, at(20, "Pod/web", "CrashLoopBackOff", { holds: true, etype: "k8s.state" })] }, [["f", 0.83]]);
  check({ episodes: [{ ...found, exact: true }, at(20, "Pod/web", "CrashLoopBackOff", { holds: true, etype: "k8s.state" })] }, []);
});

test("no further than the hops allowed, and not below the score that is kept", () => {
  const edges: Edge[] = [["Pod/web", "RUNS_ON", "Node/n1"]];
  const episodes = [finding("down", { rid: rid("Node/n1"), reason: "NodeNotReady" }), at(1, "Pod/web", "Evicted", { etype: "k8s.state" })];
  check({ edges, episodes, settings: { hopsMax: 0 } }, []);
  check({ edges, episodes, settings: { scoreMin: 0.82 } }, []);
});

test("two pods on one node do not explain each other because they share it", () => {
  const edges: Edge[] = [
    ["Pod/a", "RUNS_ON", "Node/n1"],
    ["Pod/b", "RUNS_ON", "Node/n1"],
  ];
  check({ edges, episodes: [at(0, "Pod/a", "OOMKilled"), at(1, "Pod/b", "CrashLoopBackOff")] }, []);
});

test("edges count that held within the window before the effect, not those that came later", () => {
  const { graph, book, view } = world(
    [["Pod/web", "RUNS_ON", "Node/n1"]],
    [finding("down", { rid: rid("Node/n1"), reason: "NodeNotReady", firstMs: minute(0) })],
  );
  const effect = at(20, "Pod/web", "Evicted", { etype: "k8s.state" });
  book.record(effect);
  const linked = () => linksFor(effect, view, DEFAULT_REASONING).map(({ cause }) => cause);
  assert.deepEqual(linked(), ["down"]);
  graph.edges.retract(`${rid("Pod/web")}|RUNS_ON|${rid("Node/n1")}`, "test", minute(6));
  assert.deepEqual(linked(), ["down"]);
  const ended = world(
    [["Pod/web", "RUNS_ON", "Node/n1"]],
    [finding("down", { rid: rid("Node/n1"), reason: "NodeNotReady", firstMs: minute(0) }), effect],
  );
  ended.graph.edges.retract(`${rid("Pod/web")}|RUNS_ON|${rid("Node/n1")}`, "test", minute(4));
  assert.deepEqual(linksFor(effect, ended.view, DEFAULT_REASONING), []);
});

test("a link carries its rule and the way that was walked", () => {
  const edges: Edge[] = [["Pod/web", "RUNS_ON", "Node/n1"]];
  const effect = at(1, "Pod/web", "Evicted", { etype: "k8s.state" });
  const { view } = world(edges, [finding("down", { rid: rid("Node/n1"), reason: "NodeNotReady" }), effect]);
  const [link] = linksFor(effect, view, DEFAULT_REASONING);
  assert.equal(link?.ruleId, "node-down-to-evicted");
  assert.deepEqual(
    link?.path.map(({ from, to, type, direction }) => [from, type, direction, to]),
    [[rid("Pod/web"), "RUNS_ON", "out", rid("Node/n1")]],
  );
});

test("only the best few causes are kept, the same whatever came first", () => {
  const causes = Array.from({ length: 9 }, (_, index) =>
    finding(`f${index}`, { rid: rid("Pod/web"), reason: "OOMKilled", discriminator: `c${index}` }),
  );
  const effect = at(1, "Pod/web", "CrashLoopBackOff");
  const linked = (order: readonly Episode[]) =>
    linksFor(effect, world([], [...order, effect]).view, DEFAULT_REASONING).map(({ cause }) => cause);
  assert.equal(linked(causes).length, 5);
  assert.deepEqual(linked([...causes].reverse()), linked(causes));
});

test("what is expected, and what somebody did, has no causes", () => {
  const oom = at(0, "Pod/web", "OOMKilled");
  check({ episodes: [oom, at(1, "Pod/web", "CrashLoopBackOff", { severity: "INFO" })] }, []);
  check({ episodes: [oom, at(1, "Pod/web", "ImageChanged", { etype: "k8s.change" })] }, []);
});

test("a cause finds the effects that would find it", () => {
  const edges: Edge[] = [
    ["Pod/web", "RUNS_ON", "Node/n1"],
    ["Pod/api", "RUNS_ON", "Node/n1"],
    ["Pod/db", "RUNS_ON", "Node/n2"],
  ];
  const down = finding("down", { rid: rid("Node/n1"), reason: "NodeNotReady" });
  const evicted = ["web", "api", "db"].map((name) => at(1, `Pod/${name}`, "Evicted", { etype: "k8s.state" }));
  const { view } = world(edges, [down, ...evicted]);
  const found = [...new Set([...effectsOf(down, view, DEFAULT_REASONING)].map(({ eid }) => eid))].sort();
  assert.deepEqual(
    found,
    evicted
      .filter((one) => linksFor(one, view, DEFAULT_REASONING).length > 0)
      .map(({ eid }) => eid)
      .sort(),
  );
  assert.deepEqual(found, ["Evicted@Pod/api", "Evicted@Pod/web"]);
});

test("a host in a text names a Service by its name, with or without namespace, domain and port", () => {
  const db = resource({ kind: "Service", name: "db", namespace: "shop" });
  for (const host of ["db", "db:5432", "db.shop", "DB.shop.svc", "db.shop.svc.cluster.local:5432"])
    assert.equal(names(host, db), true, host);
  for (const host of [undefined, "", "database", "db.other", "db.other.svc:5432", "10.0.0.7:5432", "mydb.shop"])
    assert.equal(names(host, db), false, String(host));
});
