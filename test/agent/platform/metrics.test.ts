// The page holds every name and label of contracts.md §5, and two agents in one process do not share counts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createMetrics } from "../../../agent/platform/metrics.ts";

// contracts.md §5, with the labels it gives; then ours.
const CONTRACT = `
kg_messages_processed_total{topic,status} kg_message_processing_duration_seconds{topic} kg_neo4j_operations_total{operation,status}
kg_neo4j_query_duration_seconds{operation} kg_rca_links_created_total kg_severity_escalations_total{from_severity,to_severity}
kg_incidents_clustered_total kg_anomalies_detected_total{anomaly_type} kg_circuit_breaker_state{component}
kg_dlq_messages_total{topic,reason} kg_kafka_consumer_lag{topic,partition} kg_graph_nodes_total{node_type} kg_graph_edges_total{edge_type}
kg_rca_confidence_score{score_type} kg_rca_compute_time_seconds kg_end_to_end_latency_seconds{topic}
kg_store_operations_total{store,operation,status} kg_store_query_duration_seconds{store,operation}
kg_http_request_duration_seconds{method,route,status}
kg_watch_events_total{cluster,kind,type} kg_watch_relists_total{cluster,kind,reason} kg_watch_errors_total{cluster,kind,reason}
kg_watch_heard_timestamp_seconds{cluster,kind}
kg_ws_clients kg_ws_messages_total{direction} kg_ws_dropped_total{reason} kg_records_refused_total{source,reason} kg_records_dropped_total{source,reason}
`;

test("names and labels are exactly the contract's and ours", async () => {
  const metrics = createMetrics();
  const written = Object.values(metrics).flatMap((metric) => ("name" in metric && "labelNames" in metric ? [signature(metric)] : []));
  assert.deepEqual(written.sort(), CONTRACT.trim().split(/\s+/).sort());
  const page = await metrics.registry.metrics();
  for (const name of CONTRACT.match(/kg_\w+/g) ?? []) assert.ok(page.includes(`# TYPE ${name} `), name);
});

test("each agent counts for itself; the process's own metrics are there when asked for", async () => {
  const [one, other] = [createMetrics({ processMetrics: true }), createMetrics()];
  one.rcaLinksCreated.inc(3);
  assert.match(await one.registry.metrics(), /kg_rca_links_created_total 3\n/);
  assert.match(await other.registry.metrics(), /kg_rca_links_created_total 0\n/);
  assert.match(await one.registry.metrics(), /process_cpu_seconds_total/);
  assert.doesNotMatch(await other.registry.metrics(), /process_cpu_seconds_total/);
});

function signature(metric: object): string {
  const { name, labelNames } = metric as { name: string; labelNames: string[] };
  return labelNames.length > 0 ? `${name}{${labelNames.join(",")}}` : name;
}
