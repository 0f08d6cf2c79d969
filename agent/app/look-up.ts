// Questions to a cluster itself, on demand: which API server belongs to a cluster's name, and what its answers mean to a client.
import type { ClusterLook } from "../api/services.ts";
import { readLiveObject, readPodLog } from "../sources/kubernetes/live-object.ts";
import type { ClusterWatch } from "./watch-clusters.ts";

/** Answers for the clusters that are watched; every other one, and an agent that watches none, is told so. */
export function clusterLook(watch: ClusterWatch): ClusterLook {
  return {
    clusters: () => watch.status().map(({ cluster }) => cluster),
    object: async (cluster, wanted, signal) => readLiveObject(await watch.apiOf(cluster), wanted, signal),
    log: async (cluster, wanted, signal) => readPodLog(await watch.apiOf(cluster), wanted, signal),
  };
}
