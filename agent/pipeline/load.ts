// Rebuilds the working set of a cluster from the store at start: topology, episodes of the window, links, open incidents.

import type { CausalLink } from "../domain/causal-link.ts";
import type { EpisodeId } from "../domain/identity.ts";
import type { Incident } from "../domain/incident.ts";
import { edgesIn } from "../graph/graph-node.ts";
import { workloadOf } from "../graph/workload.ts";
import type { GraphReader } from "../store/port.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Fills an empty working set. `sinceMs`: episodes last seen before it are left in the store unless they still hold or belong to an open incident. */
export async function loadCluster(state: ClusterState, store: GraphReader, sinceMs: number): Promise<void> {
  const incidents: Incident[] = [];
  for await (const part of store.loadWorkingSet(state.cluster, sinceMs)) {
    for (const resource of part.resources) state.graph.restoreResource(resource);
    for (const relation of part.relations) state.graph.edges.restore(relation);
    for (const episode of part.episodes) state.book.restore(episode);
    for (const [effect, links] of byEffect(part.links)) state.links.restore(effect, links);
    incidents.push(...part.incidents);
  }
  if (state.graph.nodes.size > 0) state.horizonMs = sinceMs;
  for (const incident of incidents) state.incidents.restore(incident, new Set(incident.episodes));
  adopt(state);
}

/** Edges belong to their objects again, selectors and places are indexed, and what time decides is looked at soon. */
function adopt(state: ClusterState): void {
  let latestMs = 0;
  for (const node of [...state.graph.nodes.values()]) {
    const { updatedAtMs, endedAtMs, object } = node.resource;
    latestMs = Math.max(latestMs, updatedAtMs);
    if (object && endedAtMs === undefined) state.binder.bind(node, updatedAtMs);
    if (object && endedAtMs === undefined) state.dueDetection.add(node.resource.rid);
  }
  for (const episode of state.book.all()) {
    latestMs = Math.max(latestMs, episode.lastMs, episode.clearedMs ?? 0);
    state.places.set(episode.rid, workloadOf(state.graph, episode.rid));
  }
  for (const node of state.graph.nodes.values())
    for (const edge of edgesIn(node.out)) if (edge.declarers.size > 1) edge.declarers.delete("stored");
  state.relationsChanged = [];
  state.nowMs = latestMs;
}

function byEffect(links: readonly CausalLink[]): ReadonlyMap<EpisodeId, readonly CausalLink[]> {
  const grouped = new Map<EpisodeId, CausalLink[]>();
  for (const link of links) {
    const known = grouped.get(link.effect);
    if (known) known.push(link);
    else grouped.set(link.effect, [link]);
  }
  for (const group of grouped.values()) group.sort((a, b) => b.score - a.score || a.hops - b.hops || (a.cause < b.cause ? -1 : 1));
  return grouped;
}
