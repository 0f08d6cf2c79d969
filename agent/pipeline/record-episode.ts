// One episode into the book: folded, escalated, and counted towards the anomalies of its namespace.
import type { Episode } from "../domain/episode.ts";
import { severityRank } from "../domain/severity.ts";
import type { AnomalyType, Crossing } from "../graph/anomaly-counters.ts";
import type { GraphNode } from "../graph/graph-node.ts";
import { workloadOf } from "../graph/workload.ts";
import type { ClusterState } from "./cluster-state.ts";
import { ownId } from "./episodes.ts";

/** What happened while recording, for the metrics. */
export type RecordTally = { escalations: { from: string; to: string }[]; anomalies: AnomalyType[] };

/** Records an episode; repeats fold and escalate. Anomalies that it completes are recorded too. */
export function recordEpisode(state: ClusterState, one: Episode, tally: RecordTally): Episode {
  const { episode, repeats, former } = state.book.record(one);
  const from = former?.severity ?? one.baseSeverity;
  if (repeats > 0 && severityRank(episode.severity) > severityRank(from)) tally.escalations.push({ from, to: episode.severity });
  if (repeats > 0 && one.etype !== "anomaly") countAnomalies(state, { ...one, count: repeats }, tally);
  return episode;
}

function countAnomalies(state: ClusterState, one: Episode, tally: RecordTally): void {
  const node = state.graph.node(one.rid);
  if (!node || one.etype === "k8s.change" || severityRank(one.baseSeverity) < 1) return;
  const namespace = node.resource.namespace;
  const place = namespaceNode(state, namespace, one.lastMs);
  if (!place) return;
  if (severityRank(one.baseSeverity) >= 2)
    note(state, { place, about: one }, state.counters.count("error_spike", namespace ?? "", one.lastMs, one.count), tally);
  note(
    state,
    { place, about: one },
    state.counters.count("cascading_failure", `${namespace}\n${one.reason}`, one.lastMs, one.count),
    tally,
  );
  if (one.reason !== "OOMKilled" && one.reason !== "OOMKilling") return;
  const workload = workloadOf(state.graph, node.resource.rid);
  const owner = state.graph.node(workload) ?? node;
  note(state, { place: owner, about: one }, state.counters.count("memory_leak", workload, one.lastMs, one.count), tally);
}

/** Counts a create or delete of a kind in a namespace. */
export function countChurn(state: ClusterState, node: GraphNode, atMs: number, tally: RecordTally): void {
  const { kind, namespace } = node.resource;
  const place = namespaceNode(state, namespace, atMs);
  if (place)
    note(state, { place, about: { reason: kind } }, state.counters.count("resource_churn", `${namespace}\n${kind}`, atMs, 1), tally);
}

function namespaceNode(state: ClusterState, namespace: string | undefined, atMs: number): GraphNode | undefined {
  if (!namespace) return undefined;
  const known = state.graph.liveByName("Namespace", undefined, namespace);
  return known ?? state.graph.resolve({ kind: "Namespace", name: namespace }, atMs);
}

/** Where an anomaly is, and what was counted there. */
type Counted = { readonly place: GraphNode; readonly about: { readonly reason: string } };

function note(state: ClusterState, { place, about }: Counted, crossings: readonly Crossing[], tally: RecordTally): void {
  for (const crossing of crossings) {
    const { book } = state;
    const before = book.size;
    book.record(anomalyEpisode(place, crossing, about));
    if (book.size > before) tally.anomalies.push(crossing.type);
  }
}

function anomalyEpisode(place: GraphNode, { type, atMs, count, limit }: Crossing, about: { readonly reason: string }): Episode {
  const { resource } = place;
  const discriminator = type === "error_spike" || type === "memory_leak" ? "" : about.reason;
  return {
    cluster: resource.cluster,
    eid: ownId(resource, { etype: "anomaly", reason: type, discriminator }, atMs),
    rid: resource.rid,
    etype: "anomaly",
    severity: "WARNING",
    baseSeverity: "WARNING",
    reason: type,
    discriminator,
    message: sentence(type, count, limit, about.reason),
    category: type === "memory_leak" ? "resources" : "unknown",
    firstMs: atMs,
    lastMs: atMs,
    count: 1,
    holds: false,
    exact: true,
    evidence: [{ source: "kgroot's own count", text: sentence(type, count, limit, about.reason) }],
    aliases: [],
  };
}

function sentence(type: AnomalyType, count: number, limit: number, about: string): string {
  if (type === "error_spike") return `${count} errors within 5 minutes in this namespace (limit ${limit})`;
  if (type === "cascading_failure") return `${about} happened ${count} times within 5 minutes in this namespace (limit ${limit})`;
  if (type === "memory_leak") return `${count} out-of-memory kills within 5 minutes in this workload (limit ${limit})`;
  return `${count} creates and deletes of ${about} within 5 minutes in this namespace (limit ${limit})`;
}
