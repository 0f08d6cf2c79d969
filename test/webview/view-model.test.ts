// Folding, time and what is lit in the causal graph; moving through it by keyboard; where scores are written.
import assert from "node:assert/strict";
import test from "node:test";
import { FOLD_ABOVE } from "../../webview/fold.ts";
import { curve, placeLabels } from "../../webview/labels.ts";
import { layOut } from "../../webview/layout.ts";
import { type GraphKey, moveFrom } from "../../webview/navigation.ts";
import {
  cardTitle,
  FIRST_SHOWING,
  happenedBy,
  moments,
  related,
  type Showing,
  type VisibleGraph,
  visibleGraph,
} from "../../webview/view-model.ts";
import { bigGraph, shopGraph } from "../kit/page-fixture.ts";
import { REPLICAS, replicaGraph } from "../kit/replica-fixture.ts";
import { link, node, subject } from "../kit/wire-builders.ts";

const BASE = Date.parse("2026-06-03T08:00:00.000Z");
const EACH: Showing = { unfolded: { all: true, ids: new Set() }, allLinks: true, counts: true };

/** `title · reason` of each card. */
function says({ nodes }: VisibleGraph): string[] {
  return nodes.map((card) => `${cardTitle(card, card.resources)} · ${card.reason}`);
}

/** `from > to score emphasis` of each link. */
function draws(graph: VisibleGraph): string[] {
  const name = new Map(graph.nodes.map((card) => [card.id, card.reason]));
  return graph.links.map((one) => `${name.get(one.cause)} > ${name.get(one.effect)} ${one.score} ${one.emphasis}`).sort();
}

test("replicas that say the same are one card, told twice or not; changes of one edit are one card; counts wait to be asked for", () => {
  const graph = visibleGraph(replicaGraph(BASE), FIRST_SHOWING);
  assert.deepEqual(says(graph), [
    "cart-config · MemorySettingChanged",
    "cart · ImageChanged, PodTemplateChanged",
    "cart · ReplicasUnavailable",
    "3 pods of cart · OOMKilled",
    "3 pods of cart · CrashLoopBackOff",
    "cart · NoReadyEndpoints",
  ]);
  const [root, edit, , oom, crash] = graph.nodes;
  assert.deepEqual([root?.role, edit?.rival, oom?.firstCritical], ["root_cause", true, true]);
  assert.deepEqual([crash?.severity, crash?.firstMs, crash?.members.length], ["FATAL", BASE + 10_000, 6]);
  assert.equal(crash?.count, 12, "the event tells the state's crashes again");
  assert.equal(graph.spareCounts, 3);
});

test("of 63 links those are drawn that nothing else says, and the verdict's path stands out", () => {
  const graph = visibleGraph(replicaGraph(BASE), FIRST_SHOWING);
  assert.deepEqual(draws(graph), [
    "CrashLoopBackOff > NoReadyEndpoints 0.81 chain",
    "CrashLoopBackOff > ReplicasUnavailable 0.74 plain",
    "ImageChanged, PodTemplateChanged > OOMKilled 0.74 aside",
    "ImageChanged, PodTemplateChanged > ReplicasUnavailable 0.9 aside",
    "MemorySettingChanged > OOMKilled 0.83 chain",
    "OOMKilled > CrashLoopBackOff 0.98 chain",
  ]);
  assert.equal(graph.spareLinks, 4);
  assert.deepEqual(
    graph.nodes.filter((card) => card.onChain).map((card) => card.reason),
    ["MemorySettingChanged", "OOMKilled", "CrashLoopBackOff", "NoReadyEndpoints"],
  );
  const all = visibleGraph(replicaGraph(BASE), { ...FIRST_SHOWING, allLinks: true });
  assert.equal(all.links.length, 10);
  const merged = all.links.find((one) => one.links.some(({ cause, effect }) => cause === "template" && effect === "oom-1"));
  assert.deepEqual([merged?.links.length, merged?.score], [6, 0.74], "a drawn link has the best score of those it stands for");
});

test("counts are drawn when asked for, as ends; a count that alone explains something is always drawn", () => {
  const wire = replicaGraph(BASE);
  const counted = visibleGraph(wire, { ...FIRST_SHOWING, counts: true });
  assert.ok(says(counted).includes("shop · cascading_failure") && says(counted).includes("cart · memory_leak"));
  assert.deepEqual(
    draws(counted).filter((one) => one.startsWith("memory_leak")),
    [],
  );
  const alone = { ...wire, links: [...wire.links.filter(({ effect }) => effect !== "missing"), link("leak", "missing")] };
  assert.ok(says(visibleGraph(alone, FIRST_SHOWING)).includes("cart · memory_leak"));
  const only = { ...wire, nodes: wire.nodes.filter((one) => one.etype === "anomaly"), links: [] };
  assert.equal(visibleGraph(only, FIRST_SHOWING).nodes.length, 2);
});

test("unfolded, each episode has its card; and with all links and counts nothing is missing", () => {
  const wire = replicaGraph(BASE);
  const graph = visibleGraph(wire, EACH);
  assert.equal(graph.nodes.length, wire.nodes.length);
  assert.equal(graph.links.length, wire.links.length);
  assert.equal(graph.folds, 0);
});

test("only what is truly alike is folded: not other workloads, namespaces, reasons, or edits at other times", () => {
  const wire = replicaGraph(BASE);
  const time = { first_time: wire.incident.first_seen, last_time: wire.incident.last_seen };
  const later = { ...time, first_time: new Date(BASE + 8000).toISOString() };
  const change = { etype: "k8s.change", severity: "INFO" } as const;
  const nodes = [
    node("a", subject("Pod", "shop/cart-6d5f4b7c9-x2kq7"), time),
    node("b", subject("Pod", "shop/cart-api-6d5f4b7c9-x2kq7"), time),
    node("c", subject("Pod", "test/cart-6d5f4b7c9-x2kq7"), time),
    node("d", subject("Pod", "shop/cart-6d5f4b7c9-x2kq7"), { ...time, reason: "Unhealthy" }),
    node("e", subject("Deployment", "shop/cart"), { ...change, ...time, reason: "ImageChanged" }),
    node("f", subject("Deployment", "shop/cart"), { ...change, ...later, reason: "ReplicasChanged" }),
  ];
  assert.equal(visibleGraph({ ...wire, nodes, links: [] }, FIRST_SHOWING).nodes.length, nodes.length);
});

test("a card keeps its name when more replicas join, and opens into its members", () => {
  const wire = replicaGraph(BASE);
  const few = visibleGraph({ ...wire, nodes: wire.nodes.filter((one) => !one.event_id.endsWith("-2")) }, FIRST_SHOWING);
  const graph = visibleGraph(wire, FIRST_SHOWING);
  const oom = graph.nodes.find((card) => card.reason === "OOMKilled");
  assert.equal(few.nodes.find((card) => card.reason === "OOMKilled")?.id, oom?.id);
  const open = visibleGraph(wire, { ...FIRST_SHOWING, unfolded: { all: false, ids: new Set([oom?.id ?? ""]) } });
  assert.equal(open.nodes.length, graph.nodes.length + 2);
  assert.deepEqual(
    open.nodes.filter((card) => card.reason === "OOMKilled").map((card) => card.title),
    REPLICAS.map((pod) => pod.name),
  );
});

test("500 episodes are folded to what a screen holds; root cause and first critical failure stay themselves", () => {
  const wire = bigGraph(BASE, 500);
  const graph = visibleGraph(wire, FIRST_SHOWING);
  assert.ok(graph.nodes.length <= FOLD_ABOVE);
  assert.equal(
    graph.nodes.reduce((sum, card) => sum + card.members.length, 0),
    500,
  );
  assert.ok(["node-lost", "pod-1"].every((id) => graph.nodes.some((card) => card.id === id && !card.folded)));
  const fold = graph.nodes.find((card) => card.folded && card.reason === "Evicted");
  assert.match(cardTitle(fold as never, fold?.resources ?? 0), /^\d+ pods$/);
  const drawn = graph.links.find((one) => one.effect === fold?.id);
  assert.equal(drawn?.score, Math.max(...(drawn?.links ?? []).map((one) => one.confidence)));
});

test("a broad fold opens into its members and leaves the other folds alone", () => {
  const wire = bigGraph(BASE, 500);
  const folded = visibleGraph(wire, FIRST_SHOWING);
  const fold = folded.nodes.find((card) => card.folded);
  const open = visibleGraph(wire, { ...FIRST_SHOWING, unfolded: { all: false, ids: new Set([fold?.id ?? ""]) } });
  assert.equal(open.nodes.length, folded.nodes.length - 1 + (fold?.members.length ?? 0));
});

test("the order in which the agent lists nodes and links changes nothing", () => {
  for (const wire of [bigGraph(BASE, 200), replicaGraph(BASE)]) {
    const turned = { ...wire, nodes: [...wire.nodes].reverse(), links: [...wire.links].reverse() };
    for (const showing of [FIRST_SHOWING, EACH]) assert.deepEqual(visibleGraph(turned, showing), visibleGraph(wire, showing));
  }
});

test("links to episodes that were cut off are left out", () => {
  const wire = shopGraph(BASE);
  const graph = visibleGraph({ ...wire, nodes: wire.nodes.filter((one) => one.event_id !== "no-endpoints") }, EACH);
  assert.ok(graph.links.every((one) => one.cause !== "no-endpoints" && one.effect !== "no-endpoints"));
});

test("at a moment only what had begun counts, and what had cleared is known", () => {
  const graph = visibleGraph(shopGraph(BASE), { ...FIRST_SHOWING, counts: true });
  const spike = graph.nodes.find((card) => card.id === "spike");
  assert.ok(spike);
  assert.deepEqual(happenedBy(spike, BASE + 129_000), { begun: 0, cleared: 0, resources: 0 });
  assert.deepEqual(happenedBy(spike, BASE + 130_000), { begun: 1, cleared: 0, resources: 1 });
  assert.deepEqual(happenedBy(spike, BASE + 430_000), { begun: 1, cleared: 1, resources: 1 });
  const stops = moments(graph);
  assert.deepEqual(
    stops,
    [...stops].sort((a, b) => a - b),
  );
  assert.equal(stops[0], BASE);
  const crash = visibleGraph(replicaGraph(BASE), FIRST_SHOWING).nodes.find((card) => card.reason === "CrashLoopBackOff");
  assert.ok(crash);
  const { begun, resources } = happenedBy(crash, BASE + 11_000);
  assert.deepEqual([begun, resources], [3, 2], "state and event of one pod, the state of another");
  assert.equal(cardTitle(crash, 1), "1 pod of cart");
  assert.equal(cardTitle(crash, 3, true), "3 pods of shop/cart");
});

test("choosing a card lights what led to it and what followed, and nothing beside", () => {
  const lit = related(visibleGraph(shopGraph(BASE), EACH), "crash-1");
  assert.deepEqual([...lit].sort(), ["alert", "cm-changed", "crash-1", "gateway-503", "no-endpoints", "refused-1"]);
});

function walk(
  graph: VisibleGraph,
  direction: "right" | "down",
  keys: readonly GraphKey[],
  shown = new Set(graph.nodes.map((card) => card.id)),
): string {
  const links = graph.links.map((one) => ({ id: one.id, source: one.cause, target: one.effect }));
  const layout = layOut({
    ids: graph.nodes.map((card) => card.id),
    links,
    direction,
    measures: { width: 200, height: 70, layerGap: 60, gap: 24 },
  });
  return keys.reduce((at, key) => moveFrom(at, key, graph, { layout, shown }), "cm-changed");
}

test("arrow keys follow the strongest link, and go along the column", () => {
  const graph = visibleGraph(shopGraph(BASE), EACH);
  assert.equal(walk(graph, "right", ["ArrowRight"]), "refused-0");
  assert.equal(walk(graph, "right", ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"]), "gateway-503");
  assert.equal(walk(graph, "right", ["ArrowRight", "ArrowDown"]), "refused-1");
  assert.equal(walk(graph, "right", ["ArrowRight", "ArrowLeft"]), "cm-changed");
  assert.equal(walk(graph, "down", ["ArrowDown", "ArrowDown"]), "crash-0");
  assert.equal(walk(graph, "right", ["ArrowLeft"]), "cm-changed");
  assert.equal(walk(graph, "right", ["End"]), "alert");
  assert.equal(walk(graph, "right", ["End", "Home"]), "cm-changed");
  const folded = visibleGraph(shopGraph(BASE), FIRST_SHOWING);
  assert.equal(walk(folded, "right", ["ArrowRight", "ArrowRight", "ArrowRight"]), "no-endpoints");
});

test("arrow keys skip what had not happened yet", () => {
  const graph = visibleGraph(shopGraph(BASE), EACH);
  assert.equal(walk(graph, "right", ["ArrowRight"], new Set(["cm-changed", "rollout"])), "rollout");
});

test("scores are written on their curve, the strongest first, and never over a card or another score", () => {
  const route = {
    points: [
      { x: 0, y: 0 },
      { x: 200, y: 0 },
    ],
    reversed: false,
  };
  assert.equal(curve(route, "right"), "M0,0C100,0 100,0 200,0");
  const size = { width: 30, height: 16 };
  const [first, second] = [
    ["strong", route],
    ["weak", route],
  ] as const;
  assert.deepEqual([...placeLabels([first], "right", size, [])], [["strong", { x: 100, y: 0 }]]);
  const both = placeLabels([first, second], "right", size, []);
  assert.ok(Math.abs((both.get("weak")?.x ?? 100) - 100) >= 30);
  assert.equal(placeLabels([first], "right", size, [{ x: -10, y: -20, width: 220, height: 40 }]).size, 0);
});
