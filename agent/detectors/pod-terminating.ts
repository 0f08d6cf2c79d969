// Pods whose deletion was asked for and which are still there long after their grace period.
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding, timeText } from "./finding.ts";
import { numberAt, parseTimeMs, textAt } from "./read-json.ts";
import { containersOf, isRunning } from "./read-pod.ts";

const GRACE_DEFAULT_S = 30;
const MARGIN_MS = 60_000;

/** PodStuckTerminating. `deletionTimestamp` already lies one grace period after the request; another one and a minute are granted before it counts as stuck. */
export const podTerminating: StateDetector = {
  id: "pod-terminating",
  kinds: ["Pod"],
  reasons: ["PodStuckTerminating"],
  source: "kubernetes.io: Pod Lifecycle, Termination of Pods",
  detect({ object }, _view, nowMs) {
    const deletedMs = parseTimeMs(object.metadata.deletionTimestamp);
    const graceMs = (numberAt(object.spec, "terminationGracePeriodSeconds") ?? GRACE_DEFAULT_S) * 1000;
    if (deletedMs === undefined || nowMs - deletedMs <= graceMs + MARGIN_MS) return [];
    const running = containersOf(object)
      .filter(isRunning)
      .map(({ name }) => name);
    const node = textAt(object.spec, "nodeName");
    const why =
      running.length > 0
        ? `its containers ${running.join(", ")} are reported as running`
        : "its containers have ended, so a finalizer or the kubelet holds it";
    return [
      finding("PodStuckTerminating", {
        message: `The pod should have been gone since ${timeText(deletedMs)}; ${why}${node === undefined ? "" : ` (node ${node})`}.`,
        sinceMs: deletedMs,
        evidence: [fieldEvidence(object, "metadata.deletionTimestamp", object.metadata.deletionTimestamp ?? "", describeCommand(object))],
      }),
    ];
  },
};
