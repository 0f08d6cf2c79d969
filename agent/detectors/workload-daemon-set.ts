// DaemonSets whose pods are missing on nodes, or run where they should not.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { at, numberAt } from "./read-json.ts";
import { isDeleting } from "./read-pod.ts";
import { isObserved } from "./read-replicas.ts";
import { isNew } from "./workload-replicas.ts";

/** ReplicasUnavailable and DaemonSetMisscheduled. As many as `maxUnavailable` may be missing while an update is under way. */
export const workloadDaemonSet: StateDetector = {
  id: "workload-daemon-set",
  kinds: ["DaemonSet"],
  reasons: ["ReplicasUnavailable", "DaemonSetMisscheduled"],
  source: "kubernetes API reference: DaemonSetStatus",
  detect({ object }, _view, nowMs) {
    if (isDeleting(object) || !isObserved(object) || isNew(object, nowMs)) return [];
    return [...missing(object), ...misscheduled(object)];
  },
};

function missing(object: KubeObject): readonly Finding[] {
  const wanted = numberAt(object.status, "desiredNumberScheduled") ?? 0;
  const ready = numberAt(object.status, "numberReady");
  const unavailable = numberAt(object.status, "numberUnavailable") ?? (ready === undefined ? 0 : wanted - ready);
  if (wanted === 0 || unavailable <= (isUpdating(object, wanted) ? maxUnavailable(object, wanted) : 0)) return [];
  return [
    finding("ReplicasUnavailable", {
      message: `Pods are unavailable on ${unavailable} of the ${wanted} nodes that should run one.`,
      severity: unavailable >= wanted ? undefined : "WARNING",
      evidence: [
        fieldEvidence(
          object,
          "status.numberUnavailable",
          `${unavailable} (desiredNumberScheduled ${wanted})`,
          getFieldCommand(object, ".status"),
        ),
      ],
    }),
  ];
}

function misscheduled(object: KubeObject): readonly Finding[] {
  const count = numberAt(object.status, "numberMisscheduled") ?? 0;
  if (count === 0) return [];
  return [
    finding("DaemonSetMisscheduled", {
      discriminator: "numberMisscheduled",
      message: `Pods run on ${count} node${count === 1 ? "" : "s"} that should run none, after labels or taints of the nodes changed.`,
      evidence: [fieldEvidence(object, "status.numberMisscheduled", String(count), describeCommand(object))],
    }),
  ];
}

function isUpdating(object: KubeObject, wanted: number): boolean {
  const updated = numberAt(object.status, "updatedNumberScheduled");
  return updated !== undefined && updated < wanted;
}

/** Default 1; a percentage is rounded up (API reference, RollingUpdateDaemonSet). */
function maxUnavailable(object: KubeObject, wanted: number): number {
  const value = at(object.spec, "updateStrategy", "rollingUpdate", "maxUnavailable");
  if (typeof value === "number") return value;
  const percent = typeof value === "string" ? /^(\d{1,3})%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? 1 : Math.ceil((Number(percent) / 100) * wanted);
}
