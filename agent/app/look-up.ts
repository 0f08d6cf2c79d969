// Questions to a cluster itself, on demand: which API server belongs to a cluster's name, and what its refusals mean to a client.
import { ApiFault } from "../api/fault.ts";
import type { ClusterLook } from "../api/services.ts";
import { LookUpError, readLiveObject, readPodLog } from "../sources/kubernetes/live-object.ts";
import type { ClusterWatch } from "./watch-clusters.ts";

/** Answers for the clusters that are watched; every other one, and an agent that watches none, is told so. */
export function clusterLook(watch: ClusterWatch): ClusterLook {
  return {
    clusters: () => watch.status().map(({ cluster }) => cluster),
    object: async (cluster, wanted, signal) => readLiveObject(await watch.apiOf(cluster), wanted, signal).catch(refused),
    log: async (cluster, wanted, signal) => readPodLog(await watch.apiOf(cluster), wanted, signal).catch(refused),
  };
}

/** Why the cluster gave nothing, as a fault of the API. */
function refused(error: unknown): never {
  if (!(error instanceof LookUpError)) throw error;
  throw new ApiFault(error.is === "absent" || error.is === "unknown-kind" ? "notFound" : "unavailable", error.message);
}
