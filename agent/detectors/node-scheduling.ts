// Nodes that take no new pods: cordoned, or tainted.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { flagAt, objectsAt, textAt, timeMsAt } from "./read-json.ts";
import { editedAtMs } from "./read-owner.ts";
import { isControlPlaneTaint, type Taint, taintsOf } from "./read-placement.ts";
import { isDeleting } from "./read-pod.ts";

const CORDON_TAINT = "node.kubernetes.io/unschedulable";

/** NodeCordoned and NodeTainted. Control-plane taints and mere preferences are no finding. */
export const nodeScheduling: StateDetector = {
  id: "node-scheduling",
  kinds: ["Node"],
  reasons: ["NodeCordoned", "NodeTainted"],
  source: "kubernetes.io: Nodes, Manual Node administration; Taints and Tolerations",
  detect({ object }) {
    if (isDeleting(object)) return [];
    const taints = taintsOf(object).filter(
      (taint) => taint.key !== CORDON_TAINT && taint.effect !== "PreferNoSchedule" && !isControlPlaneTaint(taint),
    );
    return [...(flagAt(object.spec, "unschedulable") === true ? [cordoned(object)] : []), ...taints.map((taint) => tainted(object, taint))];
  },
};

function cordoned(object: KubeObject): Finding {
  return finding("NodeCordoned", {
    message: "The node is cordoned: it takes no new pods.",
    sinceMs: taintedSinceMs(object, CORDON_TAINT) ?? editedAtMs(object, "spec.unschedulable"),
    evidence: [fieldEvidence(object, "spec.unschedulable", "true", getFieldCommand(object, ".spec.unschedulable"))],
  });
}

function tainted(object: KubeObject, taint: Taint): Finding {
  const effect = taint.effect === "NoExecute" ? "pods that do not tolerate it are removed" : "it takes only pods that tolerate it";
  return finding("NodeTainted", {
    discriminator: taint.key,
    message: `The node has the taint ${taint.text}: ${effect}.`,
    sinceMs: taintedSinceMs(object, taint.key),
    evidence: [fieldEvidence(object, `spec.taints[${taint.key}]`, taint.text, getFieldCommand(object, ".spec.taints"))],
  });
}

function taintedSinceMs(object: KubeObject, key: string): number | undefined {
  const taint = objectsAt(object.spec, "taints").find((it) => textAt(it, "key") === key);
  return timeMsAt(taint, "timeAdded") ?? (taint === undefined ? undefined : editedAtMs(object, "spec.taints"));
}
