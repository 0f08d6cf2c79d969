// Keeps memory bounded by live resources plus the window: what is older and takes part in nothing open is forgotten here; the store keeps it.
import type { Episode } from "../domain/episode.ts";
import { allEdges } from "../graph/cluster-graph.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Causes lie up to one window before effects that may still arrive one window late. */
export const WINDOWS_KEPT = 2;

/** Eviction is due after this much of the stream's time. */
const EVERY_MS = 60_000;

/** Forgets what is over. */
export function evict(state: ClusterState): void {
  if (state.evictedMs === 0) state.evictedMs = state.nowMs;
  if (state.nowMs - state.evictedMs < EVERY_MS) return;
  state.evictedMs = state.nowMs;
  const horizonMs = state.nowMs - WINDOWS_KEPT * state.settings.windowMs;
  state.horizonMs = horizonMs;
  evictIncidents(state, horizonMs);
  evictEpisodes(state, horizonMs);
  evictTopology(state, horizonMs);
}

function evictIncidents(state: ClusterState, horizonMs: number): void {
  for (const incident of [...state.incidents.all()])
    if (incident.state === "resolved" && incident.lastMs < horizonMs) state.incidents.forget(incident.id);
}

function evictEpisodes(state: ClusterState, horizonMs: number): void {
  for (const episode of [...state.book.all()]) {
    if (lastSeen(episode) >= horizonMs || state.incidents.of(episode.eid)) continue;
    state.book.forget(episode);
    state.links.forget(episode.eid);
    if (state.book.has(episode.rid)) continue;
    state.places.drop(episode.rid);
    state.killsOf.delete(episode.rid);
  }
}

function lastSeen(episode: Episode): number {
  return episode.holds ? (episode.clearedMs ?? Number.POSITIVE_INFINITY) : episode.lastMs;
}

function evictTopology(state: ClusterState, horizonMs: number): void {
  for (const node of [...state.graph.nodes.values()]) {
    for (const edge of [...allEdges(node)])
      if (edge.relation.validToMs !== undefined && edge.relation.validToMs < horizonMs) state.graph.edges.forget(edge);
    const { endedAtMs, rid } = node.resource;
    if (endedAtMs !== undefined && endedAtMs < horizonMs && !state.book.has(rid)) state.graph.forget(node);
  }
}
