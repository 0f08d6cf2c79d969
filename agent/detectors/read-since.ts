// Says since when a container is not in order, by the pod's own conditions, and how sentences and evidence name a container.
import type { KubeObject } from "../domain/kube-object.ts";
import { conditionOf } from "./read-conditions.ts";
import { type ContainerView, runningSinceMs } from "./read-pod.ts";

/**
 * Since when the container has not been ready: the pod's ContainersReady (init containers: Initialized) condition is False since then,
 * or its present run began later. Undefined when the pod does not say.
 */
export function unreadySinceMs(object: KubeObject, container: ContainerView): number | undefined {
  const types = container.role === "container" ? ["ContainersReady", "Ready"] : ["Initialized", "ContainersReady", "Ready"];
  const condition = types.map((type) => conditionOf(object, type)).find((it) => it?.status === "False");
  const times = [condition?.sinceMs, runningSinceMs(container)].filter((ms) => ms !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

/** `Container "app"`, `Init container "migrate"`, `Sidecar container "proxy"`. */
export function containerNoun(container: ContainerView): string {
  const role = { container: "Container", init: "Init container", sidecar: "Sidecar container" }[container.role];
  return `${role} "${container.name}"`;
}

/** `status.containerStatuses[app]`. */
export function statePath(container: ContainerView): string {
  return `status.${container.statusField}[${container.name}]`;
}

/** `spec.containers[app]` or `spec.initContainers[app]`. */
export function specPath(container: ContainerView): string {
  return `spec.${container.role === "container" ? "containers" : "initContainers"}[${container.name}]`;
}
