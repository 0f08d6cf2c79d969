// Reads who controls an object, who edited it when, and whether its failure has been made good by a later run or a replacement.
import type { KubeObject, OwnerReference } from "../domain/kube-object.ts";
import type { Resource } from "../domain/resource.ts";
import type { NeighbourView } from "./detector.ts";
import { conditionOf } from "./read-conditions.ts";
import { numberAt, timeMsAt } from "./read-json.ts";

/** The controlling owner reference, undefined for a free-standing object. */
export function controllerRef(object: KubeObject): OwnerReference | undefined {
  return object.metadata.ownerReferences?.find((owner) => owner.controller === true);
}

/** The resource that controls this one, when it is known and was really seen. */
function controllerOf(resource: Resource, view: NeighbourView): (Resource & { readonly object: KubeObject }) | undefined {
  return view
    .neighbours(resource, "CONTROLS", "in")
    .find((owner): owner is Resource & { readonly object: KubeObject } => owner.object !== undefined);
}

/** When a field at or below this dotted path was last written, by the object's managedFields. */
export function editedAtMs(object: KubeObject, path: string): number | undefined {
  const times = (object.metadata.fieldOwners ?? [])
    .filter((owner) => owner.paths.some((owned) => owned === path || owned.startsWith(`${path}.`) || owned.startsWith(`${path}[`)))
    .map((owner) => owner.atMs);
  return times.length === 0 ? undefined : Math.max(...times);
}

/**
 * Whether a failed Pod or Job no longer matters: its Job has completed, or its CronJob has succeeded since `failedMs`.
 * False where the owners are not known.
 */
export function madeGood(resource: Resource, failedMs: number | undefined, view: NeighbourView): boolean {
  const owner = controllerOf(resource, view);
  if (owner === undefined) return false;
  if (owner.kind === "CronJob") {
    const successMs = timeMsAt(owner.object.status, "lastSuccessfulTime");
    return successMs !== undefined && failedMs !== undefined && successMs > failedMs;
  }
  if (owner.kind !== "Job") return false;
  return conditionOf(owner.object, "Complete")?.status === "True" || madeGood(owner, failedMs, view);
}

/** Whether the pod's controller has all the ready replicas it wants, so that a failed pod has been replaced. */
export function isReplaced(resource: Resource, view: NeighbourView): boolean {
  const owner = controllerOf(resource, view)?.object;
  if (owner === undefined) return false;
  const wanted = numberAt(owner.spec, "replicas") ?? numberAt(owner.status, "desiredNumberScheduled");
  const ready = numberAt(owner.status, "readyReplicas") ?? numberAt(owner.status, "numberReady");
  return wanted !== undefined && (ready ?? 0) >= wanted;
}
