// Every Prometheus metric that kgroot writes, one typed property each, in a registry of its own (contracts.md §5).
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

// From a tenth of a millisecond (one batch in memory) to ten seconds (a store that struggles).
const DURATION_BUCKETS_S = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

// Latency counts from what the record itself states, so a replay or a lagging source is minutes away.
const LATENCY_BUCKETS_S = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900];

const SCORE_BUCKETS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];

/** The metrics of one agent. Label values come from closed sets: never a uid, a name or a message. */
export type Metrics = ReturnType<typeof createMetrics>;

/** Makes all metrics afresh. `processMetrics` adds those of the process (CPU, memory, event loop, garbage collection). */
export function createMetrics(options: { readonly processMetrics?: boolean } = {}) {
  const registry = new Registry();
  if (options.processMetrics) collectDefaultMetrics({ register: registry });
  return {
    registry,
    ...pipelineMetrics(registry),
    ...reasoningMetrics(registry),
    ...graphMetrics(registry),
    ...storeMetrics(registry),
    ...busMetrics(registry),
    ...watchMetrics(registry),
    ...clientMetrics(registry),
  };
}

function pipelineMetrics(registry: Registry) {
  return {
    /** `topic`: the topic, or the source where there is none; `status`: ok (applied, or fine but not kept), refused. */
    messagesProcessed: counter(registry, "kg_messages_processed_total", "Records processed.", ["topic", "status"]),
    messageDuration: durations(registry, "kg_message_processing_duration_seconds", "Time a record's batch took to be durable.", ["topic"]),
    endToEndLatency: new Histogram({
      name: "kg_end_to_end_latency_seconds",
      help: "From the time a record states to the time it was durable.",
      labelNames: ["topic"],
      buckets: LATENCY_BUCKETS_S,
      registers: [registry],
    }),
    recordsRefused: counter(registry, "kg_records_refused_total", "Records that could not be read, by reason.", ["source", "reason"]),
    recordsDropped: counter(registry, "kg_records_dropped_total", "Records that are fine but not kept, by reason.", ["source", "reason"]),
  };
}

function reasoningMetrics(registry: Registry) {
  return {
    rcaLinksCreated: counter(registry, "kg_rca_links_created_total", "Causal links created.", []),
    severityEscalations: counter(registry, "kg_severity_escalations_total", "Severities raised for repetition.", [
      "from_severity",
      "to_severity",
    ]),
    incidentsClustered: counter(registry, "kg_incidents_clustered_total", "Incidents formed.", []),
    anomaliesDetected: counter(registry, "kg_anomalies_detected_total", "Anomalies detected.", ["anomaly_type"]),
    /** `score_type`: temporal, distance, domain, total (a link's), root_cause (calibrated). */
    rcaConfidence: new Histogram({
      name: "kg_rca_confidence_score",
      help: "Scores of causal links and confidence of root causes.",
      labelNames: ["score_type"],
      buckets: SCORE_BUCKETS,
      registers: [registry],
    }),
    rcaComputeTime: durations(registry, "kg_rca_compute_time_seconds", "Time a root-cause question took to answer.", []),
  };
}

/** How large the graph is: live nodes by kind, open edges by type. */
export type GraphSizes = { readonly nodes: ReadonlyMap<string, number>; readonly edges: ReadonlyMap<string, number> };

/** The graph's size is counted when it is asked for, not with every record. */
function graphMetrics(registry: Registry) {
  let sizes = (): GraphSizes => ({ nodes: new Map(), edges: new Map() });
  const counted = <L extends string>(name: string, help: string, label: L, of: (size: GraphSizes) => ReadonlyMap<string, number>) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        this.reset();
        for (const [value, count] of of(sizes())) this.set({ [label]: value } as Record<L, string>, count);
      },
    });
  return {
    graphNodes: counted("kg_graph_nodes_total", "Nodes of the graph, by type.", "node_type", ({ nodes }) => nodes),
    graphEdges: counted("kg_graph_edges_total", "Edges of the graph, by type.", "edge_type", ({ edges }) => edges),
    /** Says what counts the graph. */
    sizeGraphBy(count: () => GraphSizes): void {
      sizes = count;
    },
  };
}

function storeMetrics(registry: Registry) {
  return {
    /** `store`: sqlite, memory; `status`: ok, error. */
    storeOperations: counter(registry, "kg_store_operations_total", "Calls to the store.", ["store", "operation", "status"]),
    storeQueryDuration: durations(registry, "kg_store_query_duration_seconds", "Time a call to the store took.", ["store", "operation"]),
    neo4jOperations: counter(registry, "kg_neo4j_operations_total", "Calls to Neo4j.", ["operation", "status"]),
    neo4jQueryDuration: durations(registry, "kg_neo4j_query_duration_seconds", "Time a call to Neo4j took.", ["operation"]),
    /** Values: BREAKER_STATE_VALUES. */
    circuitBreakerState: gauge(registry, "kg_circuit_breaker_state", "0 closed, 1 open, 2 half-open.", ["component"]),
  };
}

function watchMetrics(registry: Registry) {
  return {
    /** `type`: ADDED, MODIFIED, DELETED, BOOKMARK. */
    watchEvents: counter(registry, "kg_watch_events_total", "Events of the Kubernetes watches.", ["cluster", "kind", "type"]),
    /** `reason`: start, expired. */
    watchRelists: counter(registry, "kg_watch_relists_total", "Kinds listed whole, by reason.", ["cluster", "kind", "reason"]),
    /** `reason`: expired, forbidden, unauthorised, absent, throttled, server, network, idle, unreadable. */
    watchErrors: counter(registry, "kg_watch_errors_total", "Requests of the watches that gave nothing, by reason.", [
      "cluster",
      "kind",
      "reason",
    ]),
    /** A watch's age is now minus this. */
    watchHeard: gauge(registry, "kg_watch_heard_timestamp_seconds", "When a watch last heard anything, in seconds since 1970.", [
      "cluster",
      "kind",
    ]),
  };
}

function busMetrics(registry: Registry) {
  return {
    dlqMessages: counter(registry, "kg_dlq_messages_total", "Records put aside in a dead-letter queue.", ["topic", "reason"]),
    consumerLag: gauge(registry, "kg_kafka_consumer_lag", "Records behind the end of the partition.", ["topic", "partition"]),
  };
}

function clientMetrics(registry: Registry) {
  return {
    /** Seconds; `route` is the pattern, never the address. */
    httpDuration: durations(registry, "kg_http_request_duration_seconds", "Time an HTTP request took.", ["method", "route", "status"]),
    wsClients: gauge(registry, "kg_ws_clients", "WebSocket clients connected.", []),
    /** `direction`: in, out. */
    wsMessages: counter(registry, "kg_ws_messages_total", "WebSocket messages.", ["direction"]),
    wsDropped: counter(registry, "kg_ws_dropped_total", "WebSocket clients and messages dropped, by reason.", ["reason"]),
  };
}

function counter<L extends string>(registry: Registry, name: string, help: string, labelNames: readonly L[]): Counter<L> {
  return new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
}

function gauge<L extends string>(registry: Registry, name: string, help: string, labelNames: readonly L[]): Gauge<L> {
  return new Gauge({ name, help, labelNames: [...labelNames], registers: [registry] });
}

function durations<L extends string>(registry: Registry, name: string, help: string, labelNames: readonly L[]): Histogram<L> {
  return new Histogram({ name, help, labelNames: [...labelNames], buckets: DURATION_BUCKETS_S, registers: [registry] });
}
