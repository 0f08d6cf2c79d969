// Containers that have been waiting to be created for long, or that wait for an init container that does not end.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding, getFieldCommand, logsCommand, timeText } from "./finding.ts";
import { conditionOf } from "./read-conditions.ts";
import { timeMsAt } from "./read-json.ts";
import { type ContainerView, containersOf, isDeleting, podPhase, runningSinceMs, terminatedOf, waitingOf } from "./read-pod.ts";
import { containerNoun, statePath } from "./read-since.ts";

/** Sandbox, volumes and image take seconds; two minutes is a large image or something that hangs. */
const CREATING_MS = 2 * 60_000;

/** Init containers may migrate data or wait for others; ten minutes is a deployment's own default deadline. */
const INIT_MS = 10 * 60_000;

/** ContainerCreatingStuck. */
export const containerCreating: StateDetector = {
  id: "container-creating",
  kinds: ["Pod"],
  reasons: ["ContainerCreatingStuck"],
  source: "kubernetes.io: Debug Pods, My pod stays waiting",
  detect({ object }, _view, nowMs) {
    if (isDeleting(object) || podPhase(object) !== "Pending") return [];
    const containers = containersOf(object);
    const init = containers.find((container) => container.role === "init" && runningSinceMs(container) !== undefined);
    if (init !== undefined) return longInit(object, init, nowMs);
    const sinceMs = creatingSinceMs(object, containers);
    if (sinceMs === undefined || nowMs - sinceMs <= CREATING_MS) return [];
    return containers.filter(isCreating).map((container) => stuck(object, container, sinceMs));
  },
};

function isCreating(container: ContainerView): boolean {
  const reason = waitingOf(container)?.reason;
  return reason === "ContainerCreating";
}

/** When the pod was given to its node, or when the last init container ended: from then on containers are created. */
function creatingSinceMs(object: KubeObject, containers: readonly ContainerView[]): number | undefined {
  const scheduled = conditionOf(object, "PodScheduled");
  const placedMs = timeMsAt(object.status, "startTime") ?? (scheduled?.status === "True" ? scheduled.sinceMs : undefined);
  const initEnds = containers.flatMap((container) => (container.role === "init" ? (terminatedOf(container)?.finishedAtMs ?? []) : []));
  const times = [placedMs, ...initEnds].filter((ms) => ms !== undefined);
  return times.length === 0 ? undefined : Math.max(...times);
}

function stuck(object: KubeObject, container: ContainerView, sinceMs: number): Finding {
  return finding("ContainerCreatingStuck", {
    discriminator: container.name,
    message: `${containerNoun(container)} has been waiting to be created since ${timeText(sinceMs)}; the pod's events say whether a volume, the network or the image holds it up.`,
    sinceMs,
    evidence: [fieldEvidence(object, `${statePath(container)}.state.waiting.reason`, "ContainerCreating", describeCommand(object))],
  });
}

function longInit(object: KubeObject, init: ContainerView, nowMs: number): readonly Finding[] {
  const sinceMs = runningSinceMs(init);
  if (sinceMs === undefined || nowMs - sinceMs <= INIT_MS) return [];
  return [
    finding("ContainerCreatingStuck", {
      discriminator: init.name,
      message: `${containerNoun(init)} has been running since ${timeText(sinceMs)} and the pod's other containers wait for it to end.`,
      sinceMs,
      evidence: [
        fieldEvidence(object, `${statePath(init)}.state.running`, new Date(sinceMs).toISOString(), logsCommand(object, init.name, false)),
        fieldEvidence(object, "status.phase", "Pending", getFieldCommand(object, ".status.phase")),
      ],
    }),
  ];
}
