// Workloads without replicas that somebody counts on.

import type { Evidence } from "../domain/episode.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Resource } from "../domain/resource.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getCommand, getFieldCommand } from "./finding.ts";
import { conditionOf } from "./read-conditions.ts";
import { numberAt, textAt } from "./read-json.ts";
import { editedAtMs } from "./read-owner.ts";
import { isDeleting, podLabelsOf } from "./read-pod.ts";
import { matchesMap, selectorText, serviceSelector } from "./read-selector.ts";

/**
 * ScaledToZero: told only where it matters, that is where a Service selects the pods and has no other ready one, or where an autoscaler (which zero switches
 * off), a route or a caller points at the workload. A KEDA ScaledObject scales to zero on purpose.
 */
export const workloadScaledToZero: StateDetector = {
  id: "workload-scaled-to-zero",
  kinds: ["Deployment", "StatefulSet", "Rollout"],
  reasons: ["ScaledToZero"],
  source: "kubernetes.io: Deployments, Scaling; Horizontal Pod Autoscaling, Implicit maintenance-mode deactivation",
  dependsOn: {
    relations: [
      { type: "SCALES", direction: "in" },
      { type: "ROUTES_TO", direction: "in" },
      { type: "CALLS", direction: "in" },
    ],
    kindsInNamespace: ["Service", "ScaledObject"],
    declaredOnly: true,
  },
  crossObject: true,
  detect(resource, view) {
    const { object } = resource;
    if (isDeleting(object) || numberAt(object.spec, "replicas") !== 0 || isScaledOnPurpose(resource, view)) return [];
    const need = serviceNeed(object, view) ?? pointerNeed(resource, view);
    if (need === undefined) return [];
    const replicas = fieldEvidence(object, "spec.replicas", "0", getFieldCommand(object, ".spec.replicas"));
    return [
      finding("ScaledToZero", {
        message: `The workload is scaled to zero, but ${need.why}.`,
        sinceMs: editedAtMs(object, "spec.replicas"),
        evidence: [replicas, ...need.evidence],
      }),
    ];
  },
};

type Need = { readonly why: string; readonly evidence: readonly Evidence[] };

function isScaledOnPurpose(resource: Resource, view: NeighbourView): boolean {
  return view
    .ofKind("ScaledObject", resource.namespace)
    .some(
      ({ object }) =>
        textAt(object?.spec, "scaleTargetRef", "name") === resource.name && (numberAt(object?.spec, "minReplicaCount") ?? 0) === 0,
    );
}

function serviceNeed(object: KubeObject, view: NeighbourView): Need | undefined {
  const labels = podLabelsOf(object);
  const service = view.ofKind("Service", object.metadata.namespace).find((it) => {
    const selector = serviceSelector(it.object?.spec);
    return selector.size > 0 && matchesMap(selector, labels) && !hasReadyPod(it, view);
  });
  if (service?.object === undefined) return undefined;
  const selector = selectorText(serviceSelector(service.object.spec));
  return {
    why: `Service ${service.name} selects its pods and has no other ready one`,
    evidence: [
      fieldEvidence(
        service.object,
        "spec.selector",
        selector,
        getCommand(object, "endpointslices", "-l", `kubernetes.io/service-name=${service.name}`),
      ),
    ],
  };
}

function hasReadyPod(service: Resource, view: NeighbourView): boolean {
  return view
    .neighbours(service, "SELECTS", "out")
    .some(({ object }) => object !== undefined && !isDeleting(object) && conditionOf(object, "Ready")?.status === "True");
}

function pointerNeed(resource: Resource, view: NeighbourView): Need | undefined {
  const scaler = view.neighbours(resource, "SCALES", "in").find(({ kind }) => kind !== "ScaledObject");
  if (scaler !== undefined) return { why: `${scaler.kind} ${scaler.name} scales it, and does nothing while replicas is 0`, evidence: [] };
  const caller = view.neighbours(resource, "ROUTES_TO", "in")[0] ?? view.neighbours(resource, "CALLS", "in")[0];
  return caller === undefined ? undefined : { why: `${caller.kind} ${caller.name} depends on it`, evidence: [] };
}
