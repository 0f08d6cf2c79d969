// Reads what a pod requests in all, the way the scheduler sums it.
import type { JsonObject } from "../domain/kube-object.ts";
import { remembered } from "../domain/remember.ts";
import { at, objectsAt, textAt } from "./read-json.ts";
import { parseQuantity } from "./read-quantity.ts";

/** CPU in cores, memory in bytes. */
export type Requests = { readonly cpu: number; readonly memory: number };

/**
 * Requests of a pod spec: containers and sidecars together, or the largest init container if that is more, plus overhead; a limit stands in for a request
 * that is not given, as the API server sets it (kubernetes.io: Resource Management for Pods and Containers; Sidecar Containers). Pod-level resources win.
 */
export function podRequests(spec: JsonObject | undefined): Requests {
  return spec === undefined ? { cpu: 0, memory: 0 } : requestsIn(spec);
}

const requestsIn = remembered((spec: JsonObject): Requests => ({ cpu: requestOf(spec, "cpu"), memory: requestOf(spec, "memory") }));

function requestOf(spec: JsonObject | undefined, resource: "cpu" | "memory"): number {
  const init = objectsAt(spec, "initContainers");
  const sidecars = init.filter((container) => textAt(container, "restartPolicy") === "Always");
  const steady = sum([...objectsAt(spec, "containers"), ...sidecars], resource);
  const largest = Math.max(
    0,
    ...init.filter((container) => !sidecars.includes(container)).map((container) => own(container, resource) ?? 0),
  );
  const overhead = parseQuantity(at(spec, "overhead", resource)) ?? 0;
  return (own(spec, resource) ?? Math.max(steady, largest + sum(sidecars, resource))) + overhead;
}

function sum(containers: readonly JsonObject[], resource: string): number {
  return containers.reduce((total, container) => total + (own(container, resource) ?? 0), 0);
}

function own(container: JsonObject | undefined, resource: string): number | undefined {
  return parseQuantity(at(container, "resources", "requests", resource)) ?? parseQuantity(at(container, "resources", "limits", resource));
}
