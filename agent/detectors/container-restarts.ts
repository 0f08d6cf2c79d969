// Containers that restart again and again without waiting in a crash loop at the moment.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand, timeText } from "./finding.ts";
import { exitText } from "./read-exit.ts";
import { type ContainerView, containersOf, isDeleting, lastTerminatedOf, podPhase, restartCountOf, waitingOf } from "./read-pod.ts";
import { containerNoun, statePath } from "./read-since.ts";

const RESTARTS_MIN = 3;
const RECENT_MS = 60 * 60_000;

/** ContainerRestarting: at least three restarts, the last within the hour, and not because the process had simply finished. */
export const containerRestarts: StateDetector = {
  id: "container-restarts",
  kinds: ["Pod"],
  reasons: ["ContainerRestarting"],
  source: "kubernetes.io: Pod Lifecycle, How Pods handle problems with containers",
  detect({ object }, _view, nowMs) {
    if (isDeleting(object) || podPhase(object) === "Succeeded" || podPhase(object) === "Failed") return [];
    return containersOf(object).flatMap((container) => restarting(object, container, nowMs));
  },
};

function restarting(object: KubeObject, container: ContainerView, nowMs: number): readonly Finding[] {
  const last = lastTerminatedOf(container);
  const restarts = restartCountOf(container);
  if (last?.finishedAtMs === undefined || restarts < RESTARTS_MIN || nowMs - last.finishedAtMs > RECENT_MS) return [];
  const completed = last.reason === "Completed" && (last.exitCode ?? 0) === 0;
  if (completed || waitingOf(container)?.reason === "CrashLoopBackOff") return [];
  const end = last.reason === "OOMKilled" ? "OOMKilled" : exitText(last);
  return [
    finding("ContainerRestarting", {
      discriminator: container.name,
      message: `${containerNoun(container)} has restarted ${restarts} times, the last time at ${timeText(last.finishedAtMs)} with ${end}.`,
      sinceMs: last.finishedAtMs,
      evidence: [
        fieldEvidence(
          object,
          `${statePath(container)}.restartCount`,
          String(restarts),
          getFieldCommand(object, `.status.${container.statusField}[?(@.name=="${container.name}")].restartCount`),
        ),
      ],
    }),
  ];
}
