// What a batch did, as metrics.
import type { Metrics } from "../platform/metrics.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { Batch } from "./stage.ts";

/** Counts one batch: its records by topic and outcome, and what its episodes did. */
export function countBatch(metrics: Metrics, batch: Batch, took: { readonly seconds: number; readonly nowMs: number }): void {
  const refused = new Set(batch.refused.map(({ index }) => index));
  const topics = new Map<string, { records: number; refused: number; oldestMs: number }>();
  for (const [index, { origin, atMs }] of batch.records.entries()) {
    const topic = origin.topic ?? origin.source;
    const known = topics.get(topic) ?? { records: 0, refused: 0, oldestMs: atMs };
    topics.set(topic, {
      records: known.records + 1,
      refused: known.refused + (refused.has(index) ? 1 : 0),
      oldestMs: Math.min(known.oldestMs, atMs),
    });
  }
  for (const [topic, { records, refused: refusedCount, oldestMs }] of topics) {
    metrics.messagesProcessed.inc({ topic, status: "ok" }, records - refusedCount);
    if (refusedCount > 0) {
      metrics.messagesProcessed.inc({ topic, status: "refused" }, refusedCount);
      metrics.recordsRefused.inc({ source: topic, reason: "unreadable" }, refusedCount);
    }
    metrics.messageDuration.observe({ topic }, took.seconds);
    metrics.endToEndLatency.observe({ topic }, Math.max(0, (took.nowMs - oldestMs) / 1000));
  }
  if (batch.droppedCount > 0)
    metrics.recordsDropped.inc({ source: batch.records[0]?.origin.source ?? "unknown", reason: "not kept" }, batch.droppedCount);
  for (const { from, to } of batch.tally.escalations) metrics.severityEscalations.inc({ from_severity: from, to_severity: to });
  for (const type of batch.tally.anomalies) metrics.anomaliesDetected.inc({ anomaly_type: type });
}

/** Sets the gauges of the graph's size. */
export function countGraph(metrics: Metrics, states: Iterable<ClusterState>): void {
  const nodes = new Map<string, number>();
  const edges = new Map<string, number>();
  for (const { graph } of states) {
    for (const node of graph.nodes.values()) {
      if (node.resource.endedAtMs === undefined) add(nodes, node.resource.kind, 1);
      for (const [type, ofType] of node.out)
        add(edges, type, [...ofType.values()].filter(({ relation }) => relation.validToMs === undefined).length);
    }
  }
  for (const [kind, count] of nodes) metrics.graphNodes.set({ node_type: kind }, count);
  for (const [type, count] of edges) metrics.graphEdges.set({ edge_type: type }, count);
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}
