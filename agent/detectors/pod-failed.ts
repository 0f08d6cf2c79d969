// Pods that have failed as a whole: evicted, preempted, refused by the kubelet, stopped by a deadline or a node's shutdown, or out of containers.
import type { Category } from "../domain/episode.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Severity } from "../domain/severity.ts";
import type { FindingReason } from "../knowledge/findings.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding } from "./finding.ts";
import { conditionOf, conditionText } from "./read-conditions.ts";
import { exitText, isFailure } from "./read-exit.ts";
import { textAt } from "./read-json.ts";
import { isReplaced, madeGood } from "./read-owner.ts";
import { containersOf, isDeleting, podPhase, terminatedOf } from "./read-pod.ts";

/** A pod that its controller has replaced is history after this long. */
const REPLACED_MS = 60 * 60_000;

type Judgement = { readonly reason: FindingReason; readonly says: string; readonly category?: Category; readonly severity?: Severity };

// `status.reason` of failed pods: pkg/kubelet/eviction, pkg/kubelet/nodeshutdown, pkg/kubelet/lifecycle/predicate.go, pkg/kubelet/active_deadline.go.
const FAILED_REASONS: ReadonlyMap<string, Judgement> = new Map<string, Judgement>([
  ["Evicted", { reason: "Evicted", says: "The pod was evicted from its node" }],
  ["Preempting", { reason: "Preempted", says: "The pod was stopped by its node to make room for a critical pod" }],
  ["Shutdown", { reason: "PodFailed", says: "The pod was stopped because its node shut down", category: "node", severity: "WARNING" }],
  ["NodeShutdown", { reason: "PodFailed", says: "The pod was stopped because its node shut down", category: "node", severity: "WARNING" }],
  ["Terminated", { reason: "PodFailed", says: "The pod was stopped because its node shut down", category: "node", severity: "WARNING" }],
  ["NodeLost", { reason: "PodUnknown", says: "The pod's node was lost" }],
  ["DeadlineExceeded", { reason: "PodFailed", says: "The pod ran longer than its activeDeadlineSeconds allows" }],
  [
    "NodeAffinity",
    { reason: "PodFailed", says: "The kubelet refused the pod: the node's labels do not match what it asks for", category: "scheduling" },
  ],
  ["UnexpectedAdmissionError", { reason: "PodFailed", says: "The kubelet refused the pod", category: "node" }],
  ["OutOfcpu", { reason: "PodFailed", says: "The kubelet refused the pod: the node has too little CPU left", category: "scheduling" }],
  [
    "OutOfmemory",
    { reason: "PodFailed", says: "The kubelet refused the pod: the node has too little memory left", category: "scheduling" },
  ],
  ["OutOfpods", { reason: "PodFailed", says: "The kubelet refused the pod: the node has no pod slot left", category: "scheduling" }],
]);

// `reason` of the DisruptionTarget condition (kubernetes.io: Disruptions, Pod disruption conditions).
const DISRUPTIONS: ReadonlyMap<string, Judgement> = new Map<string, Judgement>([
  ["PreemptionByScheduler", { reason: "Preempted", says: "The scheduler removed the pod to make room for one of higher priority" }],
  ["DeletionByTaintManager", { reason: "Evicted", says: "The pod was removed because it does not tolerate a taint of its node" }],
  ["EvictionByEvictionAPI", { reason: "Evicted", says: "The pod was evicted by request, as a node drain does" }],
  ["TerminationByKubelet", { reason: "Evicted", says: "The kubelet ended the pod because of pressure on, or the shutdown of, its node" }],
]);

/** PodFailed, Evicted, Preempted, and PodUnknown for a lost node. */
export const podFailed: StateDetector = {
  id: "pod-failed",
  kinds: ["Pod"],
  reasons: ["PodFailed", "Evicted", "Preempted", "PodUnknown"],
  source: "kubernetes.io: Pod Lifecycle, Pod phase; Node-pressure Eviction; Disruptions",
  dependsOn: { relations: [{ type: "CONTROLS", direction: "in" }] },
  detect(resource, view, nowMs) {
    const { object } = resource;
    if (isDeleting(object) || podPhase(object) !== "Failed" || object.partial) return [];
    const sinceMs = failedSinceMs(object);
    const stale = sinceMs !== undefined && nowMs - sinceMs > REPLACED_MS;
    if (madeGood(resource, sinceMs, view) || (stale && isReplaced(resource, view))) return [];
    const { reason, says, category, severity } = judge(object);
    const message = textAt(object.status, "message");
    const statusText = [`phase=Failed`, textAt(object.status, "reason"), message].filter((part) => part !== undefined).join(" ");
    const disruption = conditionOf(object, "DisruptionTarget");
    return [
      finding(reason, {
        message: `${says}${message === undefined ? "" : `: ${message.replace(/\.\s*$/, "")}`}.`,
        sinceMs,
        category,
        severity,
        evidence: [
          fieldEvidence(object, "status", statusText, describeCommand(object)),
          ...(disruption === undefined
            ? []
            : [fieldEvidence(object, "status.conditions[DisruptionTarget]", conditionText(disruption), describeCommand(object))]),
        ],
      }),
    ];
  },
};

function judge(object: KubeObject): Judgement {
  const disruption = conditionOf(object, "DisruptionTarget");
  const known =
    FAILED_REASONS.get(textAt(object.status, "reason") ?? "") ??
    (disruption?.status === "True" ? DISRUPTIONS.get(disruption.reason ?? "") : undefined);
  if (known !== undefined) return known;
  const reason = textAt(object.status, "reason");
  if (reason !== undefined) return { reason: "PodFailed", says: `The pod failed with ${reason}` };
  const culprit = containersOf(object).find((container) => {
    const end = terminatedOf(container);
    return end !== undefined && isFailure(end);
  });
  const end = culprit && terminatedOf(culprit);
  if (culprit === undefined || end === undefined) return { reason: "PodFailed", says: "The pod failed" };
  const how = end.reason === "OOMKilled" ? "was killed for memory" : `ended with ${exitText(end)}`;
  return {
    reason: "PodFailed",
    says: `The pod failed because its container "${culprit.name}" ${how}`,
    ...(end.reason === "OOMKilled" ? { category: "resources" } : {}),
  };
}

/** The last end of a container, else when the pod was marked for disruption or stopped being ready. */
function failedSinceMs(object: KubeObject): number | undefined {
  const ends = containersOf(object).flatMap((container) => terminatedOf(container)?.finishedAtMs ?? []);
  if (ends.length > 0) return Math.max(...ends);
  return conditionOf(object, "DisruptionTarget")?.sinceMs ?? conditionOf(object, "Ready")?.sinceMs;
}
