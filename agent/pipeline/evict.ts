// Keeps memory bounded by live resources plus the window: what is older and takes part in nothing open is forgotten here; the store keeps it.
import type { Episode } from "../domain/episode.ts";
import { allEdges } from "../graph/cluster-graph.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Causes lie up to one window before effects that may still arrive one window late. */
export const WINDOWS_KEPT = 2;

/** Eviction is due at every multiple of this in the stream's time, so that it does not depend on where batches are cut. */
const EVERY_MS = 60_000;

/** Whether the stream, going on to `atMs`, passes a moment of eviction. */
export function isEvictionDue(state: ClusterState, atMs: number): boolean {
  return state.nowMs > 0 && Math.floor(atMs / EVERY_MS) > Math.floor(state.nowMs / EVERY_MS);
}

/** Forgets what is over when the stream goes on to `atMs`. Everything in memory must be linked, clustered and durable: what is forgotten is not looked at again. */
export function evict(state: ClusterState, atMs: number): void {
  const horizonMs = Math.floor(atMs / EVERY_MS) * EVERY_MS - WINDOWS_KEPT * state.settings.windowMs;
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
