// Folding, time and what is lit in the causal graph; moving through it by keyboard; where scores are written.
import assert from "node:assert/strict";
import test from "node:test";
import { curve, placeLabels } from "../../webview/labels.ts";
import { layOut } from "../../webview/layout.ts";
import { type GraphKey, moveFrom } from "../../webview/navigation.ts";
import { cardTitle, FOLD_ABOVE, foldOf, happenedBy, moments, related, type VisibleGraph, visibleGraph } from "../../webview/view-model.ts";
import { bigGraph, shopGraph } from "../kit/page-fixture.ts";

const BASE = Date.parse("2026-06-03T08:00:00.000Z");
const NONE: ReadonlySet<string> = new Set();

test("a graph that fits is shown as it is, oldest card first", () => {
  const graph = visibleGraph(shopGraph(BASE), NONE);
  assert.equal(graph.nodes.length, 13);
  assert.equal(graph.folds, 0);
  assert.equal(graph.nodes[0]?.id, "cm-changed");
  assert.equal(graph.links.length, shopGraph(BASE).links.length);
});

test("500 episodes are folded to what a screen holds; root cause and first critical failure stay themselves", () => {
  const wire = bigGraph(BASE, 500);
  const graph = visibleGraph(wire, NONE);
  assert.ok(graph.nodes.length <= FOLD_ABOVE);
  assert.equal(
    graph.nodes.reduce((sum, node) => sum + node.members.length, 0),
    500,
  );
  assert.ok(["node-lost", "pod-1"].every((id) => graph.nodes.some((node) => node.id === id && !node.folded)));
  const fold = graph.nodes.find((node) => node.folded && node.reason === "Evicted");
  assert.match(cardTitle(fold as never, fold?.members.length ?? 0), /^\d+ Pods$/);
  const drawn = graph.links.find((link) => link.effect === fold?.id);
  assert.equal(drawn?.score, Math.max(...(drawn?.links ?? []).map((link) => link.confidence)));
});

test("a fold opens into its members and leaves the other folds alone", () => {
  const wire = bigGraph(BASE, 500);
  const folded = visibleGraph(wire, NONE);
  const fold = folded.nodes.find((node) => node.folded);
  const open = visibleGraph(wire, new Set([fold?.id ?? ""]));
  assert.equal(open.nodes.length, folded.nodes.length - 1 + (fold?.members.length ?? 0));
  assert.equal(foldOf(wire, fold?.members[0]?.event_id ?? ""), fold?.id);
  assert.equal(foldOf(wire, "node-lost"), undefined);
});

test("the order in which the agent lists nodes and links changes nothing", () => {
  const wire = bigGraph(BASE, 200);
  const turned = { ...wire, nodes: [...wire.nodes].reverse(), links: [...wire.links].reverse() };
  assert.deepEqual(visibleGraph(turned, NONE), visibleGraph(wire, NONE));
});

test("links to episodes that were cut off are left out", () => {
  const wire = shopGraph(BASE);
  const graph = visibleGraph({ ...wire, nodes: wire.nodes.filter((node) => node.event_id !== "no-endpoints") }, NONE);
  assert.ok(graph.links.every((link) => link.cause !== "no-endpoints" && link.effect !== "no-endpoints"));
});

test("at a moment only what had begun counts, and what had cleared is known", () => {
  const graph = visibleGraph(shopGraph(BASE), NONE);
  const spike = graph.nodes.find((node) => node.id === "spike");
  assert.ok(spike);
  assert.deepEqual(happenedBy(spike, BASE + 129_000), { begun: 0, cleared: 0 });
  assert.deepEqual(happenedBy(spike, BASE + 130_000), { begun: 1, cleared: 0 });
  assert.deepEqual(happenedBy(spike, BASE + 430_000), { begun: 1, cleared: 1 });
  const stops = moments(graph);
  assert.deepEqual(
    stops,
    [...stops].sort((a, b) => a - b),
  );
  assert.equal(stops[0], BASE);
});

test("choosing a card lights what led to it and what followed, and nothing beside", () => {
  const lit = related(visibleGraph(shopGraph(BASE), NONE), "crash-1");
  assert.deepEqual([...lit].sort(), ["alert", "cm-changed", "crash-1", "gateway-503", "no-endpoints", "refused-1"]);
});

function walk(
  graph: VisibleGraph,
  direction: "right" | "down",
  keys: readonly GraphKey[],
  shown = new Set(graph.nodes.map((node) => node.id)),
): string {
  const links = graph.links.map((link) => ({ id: link.id, source: link.cause, target: link.effect }));
  const layout = layOut({
    ids: graph.nodes.map((node) => node.id),
    links,
    direction,
    measures: { width: 200, height: 70, layerGap: 60, gap: 24 },
  });
  return keys.reduce((at, key) => moveFrom(at, key, graph, { layout, shown }), "cm-changed");
}

test("arrow keys follow the strongest link, and go along the column", () => {
  const graph = visibleGraph(shopGraph(BASE), NONE);
  assert.equal(walk(graph, "right", ["ArrowRight"]), "refused-0");
  assert.equal(walk(graph, "right", ["ArrowRight", "ArrowRight", "ArrowRight", "ArrowRight"]), "gateway-503");
  assert.equal(walk(graph, "right", ["ArrowRight", "ArrowDown"]), "refused-1");
  assert.equal(walk(graph, "right", ["ArrowRight", "ArrowLeft"]), "cm-changed");
  assert.equal(walk(graph, "down", ["ArrowDown", "ArrowDown"]), "crash-0");
  assert.equal(walk(graph, "right", ["ArrowLeft"]), "cm-changed");
  assert.equal(walk(graph, "right", ["End"]), "alert");
  assert.equal(walk(graph, "right", ["End", "Home"]), "cm-changed");
});

test("arrow keys skip what had not happened yet", () => {
  const graph = visibleGraph(shopGraph(BASE), NONE);
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
