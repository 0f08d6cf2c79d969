// What a batch did, as metrics.

import type { CausalLink } from "../domain/causal-link.ts";
import type { GraphSizes, Metrics } from "../platform/metrics.ts";
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

/** Counts new links and notes how sure they are. */
export function countLinks(metrics: Metrics, newLinks: readonly CausalLink[]): void {
  metrics.rcaLinksCreated.inc(newLinks.length);
  for (const { temporal, distance, domain, score } of newLinks) {
    metrics.rcaConfidence.observe({ score_type: "temporal" }, temporal);
    metrics.rcaConfidence.observe({ score_type: "distance" }, distance);
    metrics.rcaConfidence.observe({ score_type: "domain" }, domain);
    metrics.rcaConfidence.observe({ score_type: "total" }, score);
  }
}

/** How many live resources of each kind and open edges of each type there are. */
export function graphSizes(states: Iterable<ClusterState>): GraphSizes {
  const nodes = new Map<string, number>();
  const edges = new Map<string, number>();
  for (const { graph } of states) {
    for (const node of graph.nodes.values()) {
      if (node.resource.endedAtMs === undefined) add(nodes, node.resource.kind);
      for (const [type, ofType] of node.out)
        for (const { relation } of ofType.values()) if (relation.validToMs === undefined) add(edges, type);
    }
  }
  return { nodes, edges };
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
