// Pods of which only hints are known (phase, restart count, readiness; contracts.md §1), and pods whose phase is a status word of kubectl.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import { waitingFailure } from "./container-waiting.ts";
import type { StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { flagAt, numberAt } from "./read-json.ts";
import { containersOf, isDeleting, podPhase, waitingOf } from "./read-pod.ts";

const RESTARTS_MIN = 3;

/** A pod younger than this may just be starting. */
const START_UP_MS = 2 * 60_000;

/** Nothing is concluded from what a hint does not say. */
export const podHints: StateDetector = {
  id: "pod-hints",
  kinds: ["Pod"],
  reasons: [
    "PodFailed",
    "PodNotReady",
    "ContainerRestarting",
    "CrashLoopBackOff",
    "ErrImagePull",
    "ImagePullBackOff",
    "InvalidImageName",
    "ErrImageNeverPull",
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "Evicted",
    "OOMKilled",
  ],
  source: "contracts.md §1 ResourceRecord; kubectl get pods, column STATUS (pkg/printers/internalversion/printers.go)",
  detect(resource, _view, nowMs) {
    const { object } = resource;
    if (isDeleting(object)) return [];
    const word = fromStatusWord(object);
    if (word !== undefined || !object.partial) return word === undefined ? [] : [word];
    const restarts = numberAt(object.status, "restartCount") ?? 0;
    const unready = flagAt(object.status, "containerReady") === false && podPhase(object) === "Running";
    if (!unready) return [];
    if (restarts >= RESTARTS_MIN)
      return [hint(object, "ContainerRestarting", `A container has restarted ${restarts} times and is not ready.`)];
    return nowMs - resource.createdAtMs > START_UP_MS
      ? [hint(object, "PodNotReady", "The pod runs, but a container of it is not ready.")]
      : [];
  },
};

/** `Failed` of a hint; `CrashLoopBackOff`, `OOMKilled`, `Evicted`, … where a status word stands in place of a phase and no container says the same. */
function fromStatusWord(object: KubeObject): Finding | undefined {
  const phase = podPhase(object);
  if (phase === undefined) return undefined;
  if (object.partial && phase === "Failed") return hint(object, "PodFailed", "The pod failed.");
  const reason = waitingFailure(phase) ?? (phase === "Evicted" || phase === "OOMKilled" ? phase : undefined);
  if (reason === undefined || containersOf(object).some((container) => waitingOf(container)?.reason === phase)) return undefined;
  return hint(object, reason, `The pod's status is ${phase}.`);
}

function hint(object: KubeObject, reason: Parameters<typeof finding>[0], message: string): Finding {
  const status = ["phase", "restartCount", "containerReady"].flatMap((field) => {
    const value = object.status?.[field];
    return value === undefined ? [] : [`${field}=${JSON.stringify(value)}`];
  });
  return finding(reason, {
    message,
    evidence: [fieldEvidence(object, "status", status.join(" "), getFieldCommand(object, ".status"))],
  });
}
