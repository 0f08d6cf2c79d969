// Any store with its calls counted and timed: the operations of contracts.md §5.
import type { Metrics } from "../platform/metrics.ts";
import type { GraphStore } from "./port.ts";

/** Calls that are timed; streams and `close` are not one call. */
const TIMED = [
  "commit",
  "clusters",
  "checkpoints",
  "findResources",
  "findEpisodes",
  "episodes",
  "episodesAbout",
  "linksOf",
  "neighbourhood",
  "findIncidents",
  "incidentOf",
  "incidents",
  "pastIncidents",
  "mutes",
  "feedback",
  "stats",
  "cleanup",
  "backup",
  "restore",
  "putMute",
  "removeMute",
  "putFeedback",
] as const satisfies readonly (keyof GraphStore)[];

/** The same store, measured. */
export function measuredStore(store: GraphStore, metrics: Metrics): GraphStore {
  const measured: Record<string, unknown> = { ...store };
  for (const operation of TIMED) measured[operation] = timed(store, operation, metrics);
  return measured as GraphStore;
}

function timed(store: GraphStore, operation: (typeof TIMED)[number], metrics: Metrics) {
  const call = store[operation] as (...given: unknown[]) => Promise<unknown>;
  return async (...given: unknown[]): Promise<unknown> => {
    const startedMs = performance.now();
    let status = "ok";
    try {
      return await call(...given);
    } catch (error) {
      status = "error";
      throw error;
    } finally {
      const seconds = (performance.now() - startedMs) / 1000;
      if (store.name === "neo4j") {
        metrics.neo4jOperations.inc({ operation, status });
        metrics.neo4jQueryDuration.observe({ operation }, seconds);
      } else {
        metrics.storeOperations.inc({ store: store.name, operation, status });
        metrics.storeQueryDuration.observe({ store: store.name, operation }, seconds);
      }
    }
  };
}
