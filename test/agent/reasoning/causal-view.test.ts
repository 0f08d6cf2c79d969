// Which edges count for which times.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_REASONING } from "../../../agent/domain/settings.ts";
import { ClusterGraph } from "../../../agent/graph/cluster-graph.ts";
import { EpisodeBook } from "../../../agent/graph/episode-book.ts";
import { causalView } from "../../../agent/reasoning/causal-view.ts";

const MINUTE_MS = 60_000;
const STARTED_MS = 100 * MINUTE_MS;

function countEdges(openedMs: number, span: { fromMs: number; toMs: number }): number {
  const graph = new ClusterGraph("test");
  const source = graph.resolve({ kind: "Service", namespace: "shop", name: "web" }, openedMs).resource.rid;
  const target = graph.resolve({ kind: "Pod", namespace: "shop", name: "web-1" }, openedMs).resource.rid;
  graph.edges.open({ type: "SELECTS", source, target, byName: false }, "test", openedMs);
  const view = causalView(graph, new EpisodeBook(DEFAULT_REASONING), () => STARTED_MS);
  return [...view.edges(source, "SELECTS", "out", span)].length;
}

test("an edge that was there when watching began counts for what happened before", () => {
  const before = { fromMs: STARTED_MS - 30 * MINUTE_MS, toMs: STARTED_MS - 20 * MINUTE_MS };
  assert.equal(countEdges(STARTED_MS + 5_000, before), 1);
});

test("an edge that was seen to come does not", () => {
  const earlier = { fromMs: STARTED_MS + 5 * MINUTE_MS, toMs: STARTED_MS + 6 * MINUTE_MS };
  assert.equal(countEdges(STARTED_MS + 10 * MINUTE_MS, earlier), 0);
});
