// Rebuilds the working set of a cluster from the store at start: topology, episodes of the window, links, open incidents.

import type { CausalLink } from "../domain/causal-link.ts";
import type { EpisodeId } from "../domain/identity.ts";
import type { Incident } from "../domain/incident.ts";
import type { Relation } from "../domain/relation.ts";
import { workloadOf } from "../graph/workload.ts";
import type { GraphReader } from "../store/port.ts";
import { countKnown } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";
import { WINDOWS_KEPT } from "./evict.ts";
import { hearAgain } from "./heard-calls.ts";
import { standAt } from "./tick.ts";

/** Fills a working set that holds nothing but its checkpoints. Episodes that memory would have forgotten by then are left in the store. */
export async function loadCluster(state: ClusterState, store: GraphReader, clockMs: number): Promise<void> {
  const incidents: Incident[] = [];
  const relations: Relation[] = [];
  for await (const part of store.loadWorkingSet(state.cluster, neededSince(state, clockMs))) {
    for (const resource of part.resources) state.graph.restoreResource(resource);
    relations.push(...part.relations);
    for (const episode of part.episodes) state.book.restore(episode);
    for (const [effect, links] of byEffect(part.links)) state.links.restore(effect, links);
    incidents.push(...part.incidents);
  }
  // An edge may lead to a resource of a later part.
  for (const relation of relations) state.graph.edges.restore(relation);
  for (const incident of incidents) state.incidents.restore(incident, new Set(incident.episodes));
  adopt(state);
}

/** What memory held since; a store that was written without saying so is taken as live until now. */
function neededSince(state: ClusterState, clockMs: number): number {
  if (state.nowMs > 0) return state.horizonMs;
  return clockMs - WINDOWS_KEPT * state.settings.windowMs;
}

/** Edges belong to their objects again, selectors, places and counters are filled, and what time decides is looked at soon. */
function adopt(state: ClusterState): void {
  let latestMs = 0;
  for (const node of [...state.graph.nodes.values()]) {
    const { updatedAtMs, endedAtMs, object } = node.resource;
    latestMs = Math.max(latestMs, updatedAtMs);
    if (!object || endedAtMs !== undefined) continue;
    state.binder.bind(node, updatedAtMs);
    state.dueDetection.add(node.resource.rid);
  }
  for (const episode of state.book.all()) {
    latestMs = Math.max(latestMs, episode.lastMs, episode.clearedMs ?? 0);
    if (episode.holds && episode.clearedMs === undefined) state.dueDetection.add(episode.rid);
    state.places.set(episode.rid, workloadOf(state.graph, episode.rid));
  }
  state.graph.edges.adopt();
  countKnown(state);
  hearAgain(state);
  state.relationsChanged = [];
  if (state.nowMs === 0) standAt(state, latestMs);
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
