// Any other kind that reports failure in its status conditions, custom resources among them.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding } from "./finding.ts";
import { type Condition, conditionsOf, conditionText } from "./read-conditions.ts";
import { isDeleting } from "./read-pod.ts";

/** Kinds with detectors of their own, and kinds whose False is everyday. */
const COVERED: ReadonlySet<string> = new Set([
  "Pod",
  "Node",
  "Deployment",
  "ReplicaSet",
  "ReplicationController",
  "StatefulSet",
  "DaemonSet",
  "Job",
  "CronJob",
  "HorizontalPodAutoscaler",
  "Service",
  "PersistentVolumeClaim",
  "PersistentVolume",
  "Namespace",
  "PodDisruptionBudget",
  "CertificateSigningRequest",
  "Event",
  "Lease",
]);

// kstatus (sigs.k8s.io/cli-utils/pkg/kstatus) and the API conventions: Ready, Stalled; Available, Degraded of OpenShift and Argo; Synced of Crossplane; Established of CRDs.
const BAD_WHEN_FALSE: ReadonlySet<string> = new Set(["Ready", "Available", "Synced", "Healthy", "Established"]);
const BAD_WHEN_TRUE: ReadonlySet<string> = new Set(["Degraded", "Stalled", "InvalidSpec"]);

/** A controller at work reports Ready=False for a while. */
const SETTLE_MS = 2 * 60_000;

const CONTROL_PLANE_KINDS: ReadonlySet<string> = new Set(["APIService", "CustomResourceDefinition", "ClusterOperator"]);

/** ConditionFailed, one per condition type. */
export const workloadCondition: StateDetector = {
  id: "workload-condition",
  kinds: ["*"],
  reasons: ["ConditionFailed"],
  source: "Kubernetes API conventions, Typical status properties; kstatus",
  detect({ object }, _view, nowMs) {
    if (COVERED.has(object.kind) || isDeleting(object)) return [];
    return conditionsOf(object).flatMap((condition) => (hasFailed(object, condition, nowMs) ? [failed(object, condition)] : []));
  },
};

function hasFailed({ metadata }: KubeObject, { type, status, sinceMs, observedGeneration }: Condition, nowMs: number): boolean {
  const bad = (status === "False" && BAD_WHEN_FALSE.has(type)) || (status === "True" && BAD_WHEN_TRUE.has(type));
  const outdated = observedGeneration !== undefined && metadata.generation !== undefined && observedGeneration < metadata.generation;
  return bad && !outdated && (sinceMs === undefined || nowMs - sinceMs > SETTLE_MS);
}

function failed(object: KubeObject, condition: Condition): Finding {
  const why = condition.message ?? condition.reason ?? "it does not say why";
  return finding("ConditionFailed", {
    discriminator: condition.type,
    message: `${object.kind} reports ${condition.type}=${condition.status}: ${why.replace(/\.$/, "")}.`,
    sinceMs: condition.sinceMs,
    category: CONTROL_PLANE_KINDS.has(object.kind) ? "control-plane" : undefined,
    evidence: [fieldEvidence(object, `status.conditions[${condition.type}]`, conditionText(condition), describeCommand(object))],
  });
}
