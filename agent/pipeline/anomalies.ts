// Counts episodes, creates and deletes towards the anomalies of contracts.md §6, and records an anomaly as an episode of its namespace or workload.
import type { Episode } from "../domain/episode.ts";
import type { ResourceId } from "../domain/identity.ts";
import type { Resource } from "../domain/resource.ts";
import { severityRank } from "../domain/severity.ts";
import type { AnomalyType, Counted, Crossing } from "../graph/anomaly-counters.ts";
import { occurrencesOf } from "../graph/fold.ts";
import type { GraphNode } from "../graph/graph-node.ts";
import { workloadOf } from "../graph/workload.ts";
import type { ClusterState } from "./cluster-state.ts";
import { ownId } from "./episodes.ts";

/** What happened while recording, for the metrics. */
export type RecordTally = { escalations: { from: string; to: string }[]; anomalies: AnomalyType[] };

const OOM_KILLS = new Set(["OOMKilled", "OOMKilling"]);

/** One counter that an episode counts in; `namespace` and `workload` say where its anomaly would be. */
type Counter = {
  readonly type: AnomalyType;
  readonly key: string;
  readonly about: string;
  readonly namespace: string;
  readonly workload?: ResourceId;
};

/** Counts an episode anew that `parts` have become: only what differs. */
export function countEpisode(state: ClusterState, episode: Episode, parts: readonly Episode[], tally: RecordTally): void {
  if (parts[0] === episode) return;
  for (const part of parts)
    for (const { type, key } of countersOf(state, part)) state.counters.uncount(type, key, missingFrom(episode, part));
  const [known, ...others] = parts;
  const come =
    known && others.length === 0 && known.baseSeverity === episode.baseSeverity ? missingFrom(known, episode) : occurrencesOf(episode);
  for (const counter of countersOf(state, episode)) count(state, counter, come, tally);
}

/** Counts a create or delete of a kind in a namespace. */
export function countChurn(state: ClusterState, resource: Resource, atMs: number, tally: RecordTally): void {
  const counter = churnOf(resource);
  if (counter) count(state, counter, [{ firstMs: atMs, lastMs: atMs, count: 1 }], tally);
}

/** The kills of a workload's pods are counted together also when whose pods they are is learnt later. */
export function gatherKills(state: ClusterState, tally: RecordTally): void {
  for (const [rid, former] of state.killsOf) {
    const workload = workloadOf(state.graph, rid);
    if (workload === former) continue;
    const kills = [...state.book.about(rid)].filter(({ reason }) => OOM_KILLS.has(reason));
    const leaks = (episode: Episode) => countersOf(state, episode).filter(({ type }) => type === "memory_leak");
    for (const kill of kills) for (const { type, key } of leaks(kill)) state.counters.uncount(type, key, occurrencesOf(kill));
    state.killsOf.set(rid, workload);
    for (const kill of kills) for (const counter of leaks(kill)) count(state, counter, occurrencesOf(kill), tally);
    if (state.graph.node(workload) && ![...state.killsOf.values()].includes(former)) moveLeaks(state, former, workload);
  }
}

/** An anomaly that was noted of a pod or ReplicaSet before its owner was known is the owner's. */
function moveLeaks(state: ClusterState, former: ResourceId, workload: ResourceId): void {
  for (const episode of [...state.book.about(former)])
    if (episode.etype === "anomaly" && episode.reason === "memory_leak") state.book.move(episode, workload);
}

/** After a restart: counts what is in memory. The anomalies that it makes are there already. */
export function countKnown(state: ClusterState): void {
  for (const episode of state.book.all())
    for (const { type, key } of countersOf(state, episode)) state.counters.count(type, key, occurrencesOf(episode));
  for (const { resource } of state.graph.nodes.values()) {
    const counter = churnOf(resource);
    const times = [resource.object ? resource.createdAtMs : undefined, resource.endedAtMs].filter((at) => at !== undefined);
    if (counter)
      state.counters.count(
        counter.type,
        counter.key,
        times.map((at) => ({ firstMs: at, lastMs: at, count: 1 })),
      );
  }
}

function countersOf(state: ClusterState, { rid, etype, reason, baseSeverity }: Episode): readonly Counter[] {
  const rank = severityRank(baseSeverity);
  if (etype === "anomaly" || etype === "k8s.change" || rank < 1) return [];
  const namespace = state.graph.node(rid)?.resource.namespace;
  if (!namespace) return [];
  const counters: Counter[] = [];
  if (rank >= 2) counters.push({ type: "error_spike", key: namespace, about: "", namespace });
  // One and the same failure is told by an event and by the state that we see: each way of telling is counted by itself.
  counters.push({ type: "cascading_failure", key: `${namespace}\n${reason}\n${etype}`, about: reason, namespace });
  if (OOM_KILLS.has(reason)) {
    const workload = state.killsOf.get(rid) ?? workloadOf(state.graph, rid);
    state.killsOf.set(rid, workload);
    counters.push({ type: "memory_leak", key: `${workload}\n${etype}`, about: "", namespace, workload });
  }
  return counters;
}

function churnOf({ kind, namespace }: Resource): Counter | undefined {
  return namespace ? { type: "resource_churn", key: `${namespace}\n${kind}`, about: kind, namespace } : undefined;
}

/** The occurrences of `of` that `known` does not have just so. */
function missingFrom(known: Episode, of: Episode): readonly Counted[] {
  const seen = new Map(occurrencesOf(known).map((one) => [one.id, one]));
  return occurrencesOf(of).filter((one) => {
    const same = seen.get(one.id);
    return same?.firstMs !== one.firstMs || same.lastMs !== one.lastMs || same.count !== one.count;
  });
}

function count(state: ClusterState, counter: Counter, counted: readonly Counted[], tally: RecordTally): void {
  if (counted.length === 0) return;
  for (const crossing of state.counters.count(counter.type, counter.key, counted)) {
    const before = state.book.size;
    state.book.record(anomalyEpisode(placeOf(state, counter, crossing.atMs), counter, crossing, state.settings.anomalies.windowMs));
    if (state.book.size > before) tally.anomalies.push(crossing.type);
  }
}

function placeOf(state: ClusterState, { namespace, workload }: Counter, atMs: number): GraphNode {
  const owner = workload === undefined ? undefined : state.graph.node(workload);
  return owner ?? state.graph.resolve({ kind: "Namespace", name: namespace }, atMs);
}

function anomalyEpisode({ resource }: GraphNode, { type, about }: Counter, { atMs, limit }: Crossing, windowMs: number): Episode {
  const message = sentence(type, limit, about, windowMs);
  return {
    cluster: resource.cluster,
    eid: ownId(resource, { etype: "anomaly", reason: type, discriminator: about }, atMs),
    rid: resource.rid,
    etype: "anomaly",
    severity: "WARNING",
    baseSeverity: "WARNING",
    reason: type,
    discriminator: about,
    message,
    category: type === "memory_leak" ? "resources" : "unknown",
    firstMs: atMs,
    lastMs: atMs,
    count: 1,
    holds: false,
    exact: true,
    evidence: [{ source: "kgroot's own count", text: message }],
    aliases: [],
  };
}

/** Says the limit and not the count, which would depend on when it was looked at. */
function sentence(type: AnomalyType, limit: number, about: string, windowMs: number): string {
  const within = `within ${Math.round(windowMs / 60_000)} minutes`;
  if (type === "error_spike") return `More than ${limit} errors ${within} in this namespace`;
  if (type === "cascading_failure") return `${about} happened more than ${limit} times ${within} in this namespace`;
  if (type === "memory_leak") return `More than ${limit} out-of-memory kills ${within} in this workload`;
  return `More than ${limit} creates and deletes of ${about} ${within} in this namespace`;
}
