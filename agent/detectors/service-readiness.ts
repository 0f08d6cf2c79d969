// How many of a Service's endpoints are ready: from its EndpointSlices or Endpoints, else from the pods it selects.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Resource } from "../domain/resource.ts";
import { selectorMatches } from "../graph/selector.ts";
import { endpointsOf } from "../graph/topology/edges.ts";
import { selectsOf } from "../graph/topology/selects.ts";
import type { NeighbourView } from "./detector.ts";
import { conditionOf } from "./read-conditions.ts";
import { isDeleting, podPhase } from "./read-pod.ts";

/** A resource whose object was seen. */
export type Seen = Resource & { readonly object: KubeObject };

/** The endpoints of a Service, terminating ones left out. `from`: what it was read from. */
export type Readiness = {
  readonly from: "endpoints" | "pods";
  readonly readyCount: number;
  /** Names of pods, or addresses, that are not ready. */
  readonly notReady: readonly string[];
};

/** The readiness of a Service's endpoints; undefined when neither its endpoints nor all pods are known. */
export function readinessOf(service: Seen, view: NeighbourView): Readiness | undefined {
  const sources = endpointObjects(service, view);
  if (sources.length > 0) return summary(sources);
  return view.complete("Pod") && selectsOf(service.object) ? podReadiness(service, view) : undefined;
}

/** The EndpointSlices of a Service, else its Endpoints: these only mirror the slices where both are known. */
export function endpointObjects(service: Seen, view: NeighbourView): readonly Seen[] {
  const holders = [...view.neighbours(service, "CONTROLS", "out"), ...view.neighbours(service, "OWNS", "out")].filter(isEndpoints);
  const slices = holders.filter(({ kind }) => kind === "EndpointSlice");
  return slices.length > 0 ? slices : holders;
}

/** The live, not finished pods that a Service's own selector matches. */
export function selectedPods(service: Seen, view: NeighbourView): readonly Seen[] {
  const selects = selectsOf(service.object);
  if (!selects) return [];
  return view
    .neighbours(service, "SELECTS", "out")
    .filter(isSeen)
    .filter(({ kind, labels, object }) => kind === "Pod" && selectorMatches(selects.selector, labels) && !isOver(object));
}

/** Whether something is known to send requests to a Service: a caller or a route. */
export function isAskedFor(service: Seen, view: NeighbourView): boolean {
  return view.neighbours(service, "CALLS", "in").length > 0 || view.neighbours(service, "ROUTES_TO", "in").length > 0;
}

/** Whether a resource's object was seen. */
export function isSeen(resource: Resource): resource is Seen {
  return resource.object !== undefined;
}

/**
 * Whether a Service's absence from a namespace means that it does not exist: all Services are known, and the namespace is one that was looked into,
 * as a dump of some namespaces is complete for these only.
 */
export function knowsServicesOf(namespace: string, view: NeighbourView): boolean {
  if (!view.complete("Service")) return false;
  if (["Service", "Pod", "Deployment", "StatefulSet"].some((kind) => view.ofKind(kind, namespace).length > 0)) return true;
  return view.complete("Namespace") && view.byName("Namespace", undefined, namespace) === undefined;
}

function isEndpoints(resource: Resource): resource is Seen {
  return isSeen(resource) && (resource.kind === "EndpointSlice" || resource.kind === "Endpoints");
}

function summary(sources: readonly Seen[]): Readiness {
  // A pod of a dual-stack Service is in two slices: it counts once.
  const readyByName = new Map<string, boolean>();
  for (const { address, ready, terminating, pod } of sources.flatMap(({ object }) => endpointsOf(object))) {
    const name = pod?.name ?? address;
    if (!terminating) readyByName.set(name, ready || readyByName.get(name) === true);
  }
  const notReady = [...readyByName].flatMap(([name, ready]) => (ready ? [] : [name]));
  return { from: "endpoints", readyCount: readyByName.size - notReady.length, notReady };
}

function podReadiness(service: Seen, view: NeighbourView): Readiness {
  const pods = selectedPods(service, view);
  const notReady = pods.filter(({ object }) => conditionOf(object, "Ready")?.status !== "True").map(({ name }) => name);
  return { from: "pods", readyCount: pods.length - notReady.length, notReady };
}

function isOver(object: KubeObject): boolean {
  const phase = podPhase(object);
  return phase === "Succeeded" || phase === "Failed" || isDeleting(object);
}
