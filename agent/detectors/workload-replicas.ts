// Deployments (and Argo Rollouts) with missing replicas, and stand-alone ReplicaSets likewise.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Severity } from "../domain/severity.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding, getFieldCommand, timeText } from "./finding.ts";
import { type Condition, conditionOf, conditionText } from "./read-conditions.ts";
import { numberAt, parseTimeMs } from "./read-json.ts";
import { controllerRef } from "./read-owner.ts";
import { isDeleting } from "./read-pod.ts";
import { isObserved, type Replicas, replicasOf } from "./read-replicas.ts";

/** A first start or a Recreate rollout leaves a Deployment without replicas for a while; told mildly once it takes this long, as an error after its deadline. */
const ROLLING_MS = 2 * 60_000;

/** Scaling up, a drained node or a replaced pod make a healthy Deployment unavailable for as long as a pod takes to start. */
const STARTING_MS = 30_000;

/** Workloads without conditions do not say since when; a new one gets this long. */
const START_UP_MS = 2 * 60_000;

/** ReplicasUnavailable: an error when the Deployment says it is not available, a warning when only some of its replicas are missing. */
export const workloadReplicas: StateDetector = {
  id: "workload-replicas",
  kinds: ["Deployment", "Rollout"],
  reasons: ["ReplicasUnavailable"],
  source: "kubernetes.io: Deployments, Deployment status; pkg/controller/deployment/util/deployment_util.go",
  detect({ object }, _view, nowMs) {
    const replicas = replicasOf(object);
    if (isDeleting(object) || replicas === undefined || replicas.wanted === 0 || !isObserved(object)) return [];
    const available = conditionOf(object, "Available");
    if (available?.status === "False") return unavailable(object, replicas, { available, nowMs });
    if (isRolling(object) || replicas.available >= replicas.wanted || isNew(object, nowMs)) return [];
    const severity = available === undefined && replicas.available === 0 ? undefined : "WARNING";
    return [missingReplicas(object, replicas, { severity })];
  },
};

/** ReplicasUnavailable of ReplicaSets and ReplicationControllers that no Deployment stands behind. */
export const workloadReplicaSet: StateDetector = {
  id: "workload-replica-set",
  kinds: ["ReplicaSet", "ReplicationController"],
  reasons: ["ReplicasUnavailable"],
  source: "kubernetes.io: ReplicaSet",
  detect({ object }, _view, nowMs) {
    const replicas = replicasOf(object);
    if (isDeleting(object) || controllerRef(object) !== undefined || replicas === undefined || replicas.wanted === 0) return [];
    if (replicas.available >= replicas.wanted || isNew(object, nowMs)) return [];
    return [missingReplicas(object, replicas, { severity: replicas.available === 0 ? undefined : "WARNING" })];
  },
};

/** Whether the object was created moments ago. */
export function isNew(object: KubeObject, nowMs: number): boolean {
  const createdMs = parseTimeMs(object.metadata.creationTimestamp);
  return createdMs !== undefined && nowMs - createdMs <= START_UP_MS;
}

/** A rollout is under way and within its deadline. */
function isRolling(object: KubeObject): boolean {
  const progressing = conditionOf(object, "Progressing");
  return progressing?.status === "True" && progressing.reason !== undefined && progressing.reason !== "NewReplicaSetAvailable";
}

function unavailable(
  object: KubeObject,
  replicas: Replicas,
  parts: { readonly available: Condition; readonly nowMs: number },
): readonly Finding[] {
  const { available, nowMs } = parts;
  const minReadyMs = (numberAt(object.spec, "minReadySeconds") ?? 0) * 1000;
  const heldMs = available.sinceMs === undefined ? Number.POSITIVE_INFINITY : nowMs - available.sinceMs;
  if (replicas.available >= replicas.wanted || heldMs < Math.max(STARTING_MS, minReadyMs)) return [];
  if (!isRolling(object)) return [missingReplicas(object, replicas, { available })];
  return heldMs > Math.max(ROLLING_MS, minReadyMs) ? [missingReplicas(object, replicas, { available, severity: "WARNING" })] : [];
}

function missingReplicas(
  object: KubeObject,
  { wanted, available: have }: Replicas,
  parts: { readonly available?: Condition; readonly nowMs?: number; readonly severity?: Severity | undefined },
): Finding {
  const { available, severity } = parts;
  const long = available?.sinceMs === undefined ? "" : ` since ${timeText(available.sinceMs)}`;
  const rolling = isRolling(object) ? " while a rollout is under way" : "";
  return finding("ReplicasUnavailable", {
    message: `Only ${have} of ${wanted} replicas ${have === 1 ? "is" : "are"} available${long}${rolling}.`,
    sinceMs: available?.sinceMs,
    severity,
    evidence: [
      ...(available === undefined
        ? []
        : [fieldEvidence(object, "status.conditions[Available]", conditionText(available), describeCommand(object))]),
      fieldEvidence(object, "status.availableReplicas", `${have} (spec.replicas ${wanted})`, getFieldCommand(object, ".status")),
    ],
  });
}
