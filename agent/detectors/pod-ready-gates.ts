// Pods whose containers are ready and which are still not: a readiness gate is open, or the node controller marked them.
import type { KubeObject } from "../domain/kube-object.ts";
import type { StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand, timeText } from "./finding.ts";
import { conditionOf, conditionText } from "./read-conditions.ts";
import { objectsAt, textAt } from "./read-json.ts";
import { isDeleting, podPhase } from "./read-pod.ts";

/** Load balancers, which set most gates, take about a minute to take a target in. */
const GATE_MS = 2 * 60_000;

/** PodNotReady; where a container is not ready, the findings about it say so instead. */
export const podReadyGates: StateDetector = {
  id: "pod-ready-gates",
  kinds: ["Pod"],
  reasons: ["PodNotReady"],
  source: "kubernetes.io: Pod Lifecycle, Pod readiness",
  detect({ object }, _view, nowMs) {
    const ready = conditionOf(object, "Ready");
    if (isDeleting(object) || podPhase(object) !== "Running" || ready?.status !== "False") return [];
    if (conditionOf(object, "ContainersReady")?.status !== "True" || ready.sinceMs === undefined || nowMs - ready.sinceMs <= GATE_MS)
      return [];
    const open = openGates(object);
    const why =
      open.length > 0 ? `readiness gate ${open.join(", ")} is not True` : (ready.message ?? ready.reason ?? "its Ready condition is False");
    return [
      finding("PodNotReady", {
        message: `All containers are ready, but the pod has not been ready since ${timeText(ready.sinceMs)}: ${why}.`,
        sinceMs: ready.sinceMs,
        evidence: [
          fieldEvidence(
            object,
            "status.conditions[Ready]",
            conditionText(ready),
            getFieldCommand(object, '.status.conditions[?(@.type=="Ready")]'),
          ),
        ],
      }),
    ];
  },
};

function openGates(object: KubeObject): readonly string[] {
  return objectsAt(object.spec, "readinessGates").flatMap((gate) => {
    const type = textAt(gate, "conditionType");
    return type === undefined || conditionOf(object, type)?.status === "True" ? [] : [type];
  });
}
