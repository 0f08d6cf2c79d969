// StatefulSets with missing replicas, and those whose update waits for a pod that does not become ready.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding, getCommand, getFieldCommand, timeText } from "./finding.ts";
import { conditionOf } from "./read-conditions.ts";
import { textAt } from "./read-json.ts";
import { isDeleting } from "./read-pod.ts";
import { replicasOf } from "./read-replicas.ts";
import { isNew } from "./workload-replicas.ts";

/** Deployments call a rollout stuck after ten minutes by default; StatefulSets have no deadline of their own. */
const STUCK_MS = 10 * 60_000;

/** ReplicasUnavailable. One pod that is not ready is what an update under way looks like. */
export const workloadStatefulSet: StateDetector = {
  id: "workload-stateful-set",
  kinds: ["StatefulSet"],
  reasons: ["ReplicasUnavailable"],
  source: "kubernetes.io: StatefulSets, Update strategies",
  detect({ object }, _view, nowMs) {
    const replicas = replicasOf(object);
    if (isDeleting(object) || replicas === undefined || isNew(object, nowMs)) return [];
    const { wanted, ready } = replicas;
    if (wanted === 0 || ready >= wanted - (isUpdating(object) ? 1 : 0)) return [];
    return [
      finding("ReplicasUnavailable", {
        message: `Only ${ready} of ${wanted} replicas ${ready === 1 ? "is" : "are"} ready.`,
        severity: ready === 0 ? undefined : "WARNING",
        evidence: [fieldEvidence(object, "status.readyReplicas", `${ready} (spec.replicas ${wanted})`, getFieldCommand(object, ".status"))],
      }),
    ];
  },
};

/** RolloutStuck: a pod of the new revision has not been ready for ten minutes, so the update goes no further. */
export const workloadStatefulSetUpdate: StateDetector = {
  id: "workload-stateful-set-update",
  kinds: ["StatefulSet"],
  reasons: ["RolloutStuck"],
  source: "kubernetes.io: StatefulSets, Forced rollback",
  dependsOn: { relations: [{ type: "CONTROLS", direction: "out" }] },
  crossObject: true,
  detect(resource, view, nowMs) {
    const { object } = resource;
    const revision = textAt(object.status, "updateRevision");
    if (isDeleting(object) || revision === undefined || !isUpdating(object)) return [];
    for (const pod of view.neighbours(resource, "CONTROLS", "out")) {
      const sinceMs = pod.object && unreadySince(pod.object, revision);
      if (pod.object && sinceMs !== undefined && nowMs - sinceMs > STUCK_MS) return [stuck(object, pod.object, { revision, sinceMs })];
    }
    return [];
  },
};

function isUpdating(object: KubeObject): boolean {
  const current = textAt(object.status, "currentRevision");
  const update = textAt(object.status, "updateRevision");
  return current !== undefined && update !== undefined && current !== update;
}

function unreadySince(pod: KubeObject, revision: string): number | undefined {
  const ready = conditionOf(pod, "Ready");
  const isNewRevision = pod.metadata.labels?.["controller-revision-hash"] === revision;
  return isNewRevision && !isDeleting(pod) && ready?.status === "False" ? ready.sinceMs : undefined;
}

function stuck(object: KubeObject, pod: KubeObject, parts: { readonly revision: string; readonly sinceMs: number }): Finding {
  return finding("RolloutStuck", {
    message: `The update to revision ${parts.revision} waits for pod ${pod.metadata.name}, which has not been ready since ${timeText(parts.sinceMs)}.`,
    sinceMs: parts.sinceMs,
    evidence: [
      fieldEvidence(
        object,
        "status.updateRevision",
        `${parts.revision} (currentRevision ${textAt(object.status, "currentRevision") ?? ""})`,
        describeCommand(object),
      ),
      fieldEvidence(pod, "status.conditions[Ready]", "False", getCommand(pod, `pod/${pod.metadata.name}`, "-o", "wide")),
    ],
  });
}
