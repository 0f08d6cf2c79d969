// Reads how many replicas a workload wants and has; absent counts are zero only where the controller is known to have written the status.
import type { KubeObject } from "../domain/kube-object.ts";
import { numberAt } from "./read-json.ts";

/** Wanted and present replicas of a workload. */
export type Replicas = { readonly wanted: number; readonly ready: number; readonly available: number; readonly updated: number };

/** The counts of a Deployment, ReplicaSet, StatefulSet or Rollout; undefined where the object does not tell enough to compare. */
export function replicasOf(object: KubeObject): Replicas | undefined {
  const wanted = numberAt(object.spec, "replicas") ?? (object.partial || object.spec === undefined ? undefined : 1);
  if (wanted === undefined || !isObserved(object)) return undefined;
  const count = (field: string): number | undefined => numberAt(object.status, field);
  const ready = count("readyReplicas");
  if (object.partial && ready === undefined) return undefined;
  return { wanted, ready: ready ?? 0, available: count("availableReplicas") ?? ready ?? 0, updated: count("updatedReplicas") ?? 0 };
}

/** Whether the controller has written the status for the present generation. */
export function isObserved(object: KubeObject): boolean {
  const observed = numberAt(object.status, "observedGeneration");
  const generation = object.metadata.generation;
  if (observed !== undefined) return generation === undefined || observed >= generation;
  return ["replicas", "readyReplicas", "availableReplicas", "unavailableReplicas", "numberReady"].some(
    (field) => numberAt(object.status, field) !== undefined,
  );
}
