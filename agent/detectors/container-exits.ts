// Containers that ended badly: killed for memory, exited with an error, or could not be started; init containers that fail.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { FindingReason } from "../knowledge/findings.ts";
import { waitingFailure } from "./container-waiting.ts";
import type { StateDetector } from "./detector.ts";
import { bounded, describeCommand, fieldEvidence, finding, logsCommand } from "./finding.ts";
import { exitText, isFailure, neverStarted, ranOutOfMemory, wasStopped } from "./read-exit.ts";
import { textAt } from "./read-json.ts";
import { madeGood } from "./read-owner.ts";
import {
  type ContainerView,
  containersOf,
  isDeleting,
  isRunning,
  lastTerminatedOf,
  podPhase,
  readyOf,
  restartCountOf,
  type Termination,
  terminatedOf,
  waitingOf,
} from "./read-pod.ts";
import { probeOf, probeText } from "./read-probe.ts";
import { containerNoun, specPath, statePath } from "./read-since.ts";

/** How long the end of a former run is worth telling once the container runs and is ready again. */
const RECENT_MS = 15 * 60_000;

/** The same for runs killed for memory, which come back when the load does, and for containers that restarted often. */
const RECURRING_MS = 60 * 60_000;

const RESTARTS_MANY = 3;

/** OOMKilled, ContainerExitedWithError, InitContainerFailed, and RunContainerError where the runtime could not start the process. */
export const containerExits: StateDetector = {
  id: "container-exits",
  kinds: ["Pod"],
  reasons: ["OOMKilled", "ContainerExitedWithError", "InitContainerFailed", "RunContainerError"],
  source: "kubernetes.io: Pod Lifecycle, Container states; Determine the Reason for Pod Failure",
  dependsOn: { relations: [{ type: "CONTROLS", direction: "in" }] },
  detect(resource, view, nowMs) {
    const { object } = resource;
    if (isDeleting(object) || podPhase(object) === "Succeeded") return [];
    return containersOf(object).flatMap((container) => {
      const end = badEnd(object, container, nowMs);
      return end === undefined || madeGood(resource, end.finishedAtMs, view) ? [] : [exitFinding(object, container, end)];
    });
  },
};

/** The failed run that still matters: the present state, else the former one. */
function badEnd(
  object: KubeObject,
  container: ContainerView,
  nowMs: number,
): (Termination & { readonly field: "state" | "lastState" }) | undefined {
  const now = terminatedOf(container);
  if (now !== undefined) return isFailure(now) && !endedByPodFailure(object, container, now) ? { ...now, field: "state" } : undefined;
  const last = lastTerminatedOf(container);
  if (
    last === undefined ||
    !isFailure(last) ||
    (neverStarted(last) && waitingFailure(waitingOf(container)?.reason) === "RunContainerError")
  )
    return undefined;
  return stillMatters(container, last, nowMs) ? { ...last, field: "lastState" } : undefined;
}

/** The pod was evicted, preempted, or ran out of its deadline: its containers were stopped, they did not fail. So are sidecars, once the rest has ended. */
function endedByPodFailure(object: KubeObject, container: ContainerView, end: Termination): boolean {
  const ended = podPhase(object) === "Failed";
  if (end.reason === "ContainerStatusUnknown") return ended;
  return (
    wasStopped(end) &&
    end.reason !== "OOMKilled" &&
    ended &&
    (container.role === "sidecar" || textAt(object.status, "reason") !== undefined)
  );
}

function stillMatters(container: ContainerView, last: Termination, nowMs: number): boolean {
  if (!isRunning(container)) return true;
  if (last.finishedAtMs === undefined) return readyOf(container) === false;
  const recurring = ranOutOfMemory(last) || readyOf(container) === false || restartCountOf(container) >= RESTARTS_MANY;
  return nowMs - last.finishedAtMs <= (recurring ? RECURRING_MS : RECENT_MS);
}

function exitFinding(object: KubeObject, container: ContainerView, end: Termination & { readonly field: string }): Finding {
  const reason = reasonOf(container, end);
  const path = `${statePath(container)}.${end.field}.terminated`;
  const quoted = [`reason=${end.reason ?? ""} exitCode=${end.exitCode ?? ""}`, end.message].filter((part) => part !== undefined).join(" ");
  const command = neverStarted(end) ? describeCommand(object) : logsCommand(object, container.name, end.field === "lastState");
  const limit = textAt(container.spec, "resources", "limits", "memory");
  const limitEvidence = fieldEvidence(object, `${specPath(container)}.resources.limits.memory`, limit ?? "", describeCommand(object));
  return finding(reason, {
    discriminator: container.name,
    message: exitMessage(container, end, reason),
    sinceMs: end.finishedAtMs,
    // Memory runs out again when the load is back; a container that merely crashed and is ready again is over it.
    severity: reason !== "OOMKilled" && isRunning(container) && readyOf(container) === true ? "WARNING" : undefined,
    evidence: [fieldEvidence(object, path, quoted, command), ...(reason === "OOMKilled" && limit !== undefined ? [limitEvidence] : [])],
  });
}

function reasonOf(container: ContainerView, end: Termination): FindingReason {
  if (ranOutOfMemory(end)) return "OOMKilled";
  if (neverStarted(end)) return "RunContainerError";
  return container.role === "init" ? "InitContainerFailed" : "ContainerExitedWithError";
}

function exitMessage(container: ContainerView, end: Termination, reason: FindingReason): string {
  const noun = containerNoun(container);
  const limit = textAt(container.spec, "resources", "limits", "memory");
  if (reason === "OOMKilled") {
    return `${noun} was killed because it ran out of memory${limit === undefined ? "" : ` (its limit is ${limit})`}.`;
  }
  const said = end.message === undefined ? "" : `: ${tellingLine(end.message)}`;
  if (reason === "RunContainerError") return `${noun} could not be started, ${exitText(end)}${said}.`;
  const liveness = probeOf(container, "livenessProbe");
  const stopped = wasStopped(end) && liveness !== undefined ? `; it has a ${probeText(liveness)}, which may have ended it` : "";
  return `${noun} ended with ${exitText(end)}${stopped}${said}.`;
}

/** The line of a termination message (often the end of the log) that names a failure, the last such one; else its last line. */
function tellingLine(message: string): string {
  const lines = message.split("\n").filter((line) => line.trim() !== "");
  const telling = lines.findLast((line) => /error|fatal|panic|exception|fail|denied|refused|not found/i.test(line));
  return bounded(telling ?? lines.at(-1) ?? "", 250).replace(/\.$/, "");
}
