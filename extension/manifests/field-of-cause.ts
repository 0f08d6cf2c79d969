// Which field of a manifest matters to a cause: the one that its evidence names, else the one that its reason and category speak of.
import type { WireCause } from "../../agent/protocol/incident.ts";
import { type Place, placeOf, referenceTo, type Span } from "./field-position.ts";
import { IMAGE_SETTING } from "./image-settings.ts";
import type { PlacedResource } from "./manifest-text.ts";

/** What of a cause decides it. */
export type CauseFacts = Pick<WireCause, "reason" | "category" | "evidence">;

const WORKLOADS = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job"];

/** The field, or the resource's name where nothing more is known. */
export function fieldSpan(placed: PlacedResource, cause: CauseFacts): Span {
  const { kind } = placed.resource;
  if (kind === IMAGE_SETTING)
    return deepest(["newTag", "tag", "digest", "newName"].map((key) => placeOf(placed, key)))?.span ?? placeOf(placed, "").span;
  const told = evidencePaths(cause, kind);
  const best = deepest(told.map((path) => placeOf(placed, path)));
  // A path that ends early (`spec`) says less than the reason does.
  if (best && best.depth >= 2) return best.span;
  const named = cause.evidence.flatMap(({ text }) =>
    [...text.slice(0, 1_000).matchAll(/"([^"\s]{1,253})"/g)].map(([, name]) => name ?? ""),
  );
  const reference = named.map((name) => referenceTo(placed, name)).find((span) => span !== undefined);
  if (reference) return reference;
  const usual = deepest(usualPaths(cause, kind).map((path) => placeOf(placed, path)));
  return usual && usual.depth >= 2 ? usual.span : (best?.depth ? best : placeOf(placed, "metadata.name")).span;
}

/** Paths in the manifest that the evidence quotes: the resource's own fields, and those of its pods as they stand in its template. */
function evidencePaths({ evidence }: CauseFacts, kind: string): string[] {
  return evidence.flatMap(({ source }) => {
    const [, about = "", path = ""] = /^(\S+) \S+ (\S.*)$/.exec(source) ?? [];
    if (about === kind) return path.startsWith("status") ? [] : [path];
    return about === "Pod" && path.startsWith("spec.") ? [podPath(kind, path)] : [];
  });
}

/** A path of a pod as a path of what makes it. */
function podPath(kind: string, path: string): string {
  if (kind === "CronJob") return `spec.jobTemplate.spec.template.${path}`;
  return WORKLOADS.includes(kind) ? `spec.template.${path}` : path;
}

/** Most telling first. */
function usualPaths(cause: CauseFacts, kind: string): readonly string[] {
  const container = containerOf(cause);
  const inContainer = (field: string) => podPath(kind, `spec.containers[${container}].${field}`);
  const inPod = (field: string) => podPath(kind, `spec.${field}`);
  const own = OWN_FIELDS[cause.reason] ?? OWN_FIELDS[kind];
  const scheduling = ["nodeSelector", "affinity", "tolerations"].map(inPod);
  switch (cause.category) {
    case "image":
      return [inContainer("image")];
    case "resources":
      return [...(own ?? []), inContainer("resources.limits.memory"), inContainer("resources")];
    case "probe":
      return probesOf(cause.reason).map(inContainer);
    case "scheduling":
      return /Cpu|Memory/.test(cause.reason) ? [inContainer("resources.requests")] : [...(own ?? []), ...scheduling];
    case "storage":
      return own ?? [inPod("volumes")];
    case "config":
      return own ?? [inContainer("envFrom"), inContainer("env")];
    default:
      return own ?? [];
  }
}

const OWN_FIELDS: Readonly<Record<string, readonly string[]>> = {
  SelectorMatchesNothing: ["spec.selector"],
  SelectorChanged: ["spec.selector"],
  TargetPortMismatch: ["spec.ports[].targetPort"],
  ServicePortsChanged: ["spec.ports"],
  ServiceProtocolMismatch: ["spec.ports[].protocol"],
  StorageClassMissing: ["spec.storageClassName"],
  ScaledToZero: ["spec.replicas"],
  ReplicasChanged: ["spec.replicas"],
  RolloutPaused: ["spec.paused"],
  CronJobSuspended: ["spec.suspend"],
  NodeCordoned: ["spec.unschedulable"],
  MissingServiceAccount: ["spec.template.spec.serviceAccountName"],
  MissingPriorityClass: ["spec.template.spec.priorityClassName"],
  MissingImagePullSecret: ["spec.template.spec.imagePullSecrets"],
  ResourceQuota: ["spec.hard"],
  LimitRange: ["spec.limits"],
  NetworkPolicy: ["spec.ingress", "spec.egress", "spec.podSelector"],
  PodDisruptionBudget: ["spec.minAvailable", "spec.maxUnavailable"],
  HorizontalPodAutoscaler: ["spec.maxReplicas"],
  Ingress: ["spec.rules", "spec.defaultBackend"],
  Service: ["spec.selector"],
  PersistentVolumeClaim: ["spec.storageClassName", "spec.resources.requests"],
  ConfigMap: ["data"],
};

function probesOf(reason: string): string[] {
  const probes = ["readinessProbe", "livenessProbe", "startupProbe"];
  const named = /Liveness/.test(reason) ? 1 : /Start/.test(reason) ? 2 : 0;
  return [probes[named] ?? "", ...probes.filter((_, at) => at !== named)];
}

/** The container that the evidence speaks of; else the first. */
function containerOf({ evidence }: CauseFacts): string {
  const spoken = evidence.map(
    ({ source }) => /(?:containerStatuses|containers)\[([^\]*]+)\]/.exec(source)?.[1] ?? /container (\S+)$/.exec(source)?.[1],
  );
  return spoken.find((name) => name !== undefined) ?? "*";
}

/** The one that the manifest has most of; the first of equals. */
function deepest(places: readonly Place[]): Place | undefined {
  return places.reduce<Place | undefined>((best, place) => (best && best.depth >= place.depth ? best : place), undefined);
}
