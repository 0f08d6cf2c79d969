// Containers that run but do not become ready, or do not get past their start-up probe, for longer than their probes allow.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, durationText, fieldEvidence, finding, getFieldCommand, logsCommand, timeText } from "./finding.ts";
import { wasStopped } from "./read-exit.ts";
import { flagAt } from "./read-json.ts";
import { type ContainerView, containersOf, isDeleting, lastTerminatedOf, podPhase, readyOf, runningSinceMs } from "./read-pod.ts";
import { type Probe, probeOf, probeText } from "./read-probe.ts";
import { containerNoun, specPath, statePath, unreadySinceMs } from "./read-since.ts";

/** A container without probes is ready as soon as it runs; half a minute covers the kubelet's status updates. */
const WITHOUT_PROBE_MS = 30_000;

/** At most this much of a start-up probe's patience is granted to readiness too: the probe may be set to hours. */
const STARTUP_SHARE_MAX_MS = 5 * 60_000;

/** ContainerNotReady and ContainerNotStarted. Time out of readiness counts from the start of the present run, or from when readiness was lost. */
export const containerReadiness: StateDetector = {
  id: "container-readiness",
  kinds: ["Pod"],
  reasons: ["ContainerNotReady", "ContainerNotStarted"],
  source: "kubernetes.io: Configure Liveness, Readiness and Startup Probes",
  detect({ object }, _view, nowMs) {
    const phase = podPhase(object);
    if (isDeleting(object) || phase === "Succeeded" || phase === "Failed") return [];
    return containersOf(object).flatMap((container) => (container.role === "init" ? [] : unready(object, container, nowMs)));
  },
};

function unready(object: KubeObject, container: ContainerView, nowMs: number): readonly Finding[] {
  const runningMs = runningSinceMs(container);
  if (runningMs === undefined || readyOf(container) !== false) return [];
  const startup = probeOf(container, "startupProbe");
  if (startup !== undefined && flagAt(container.status, "started") === false) {
    const overdue = nowMs - runningMs > startup.allowanceMs || startupKilledLastRun(container, startup);
    return overdue ? [notStarted(object, container, startup)] : [];
  }
  const readiness = probeOf(container, "readinessProbe");
  const startupMs = Math.min(startup?.allowanceMs ?? 0, STARTUP_SHARE_MAX_MS);
  const allowedMs = (readiness?.allowanceMs ?? WITHOUT_PROBE_MS) + startupMs;
  return nowMs - runningMs > allowedMs ? [notReady(object, container, readiness)] : [];
}

/** The former run lasted as long as the start-up probe's patience and was then stopped. */
function startupKilledLastRun(container: ContainerView, startup: Probe): boolean {
  const last = lastTerminatedOf(container);
  if (last?.startedAtMs === undefined || last.finishedAtMs === undefined || !wasStopped(last) || last.reason === "OOMKilled") return false;
  return last.finishedAtMs - last.startedAtMs >= startup.allowanceMs;
}

function notStarted(object: KubeObject, container: ContainerView, startup: Probe): Finding {
  return finding("ContainerNotStarted", {
    discriminator: container.name,
    message: `${containerNoun(container)} runs, but its ${probeText(startup)} has not passed within the ${durationText(startup.allowanceMs)} it is given.`,
    sinceMs: runningSinceMs(container),
    evidence: [
      fieldEvidence(
        object,
        `${statePath(container)}.started`,
        "false",
        getFieldCommand(object, `.status.${container.statusField}[?(@.name=="${container.name}")]`),
      ),
      fieldEvidence(object, `${specPath(container)}.startupProbe`, probeText(startup), describeCommand(object)),
    ],
  });
}

function notReady(object: KubeObject, container: ContainerView, readiness: Probe | undefined): Finding {
  const sinceMs = unreadySinceMs(object, container);
  const long = sinceMs === undefined ? "" : ` since ${timeText(sinceMs)}`;
  const probe = readiness === undefined ? "it has no readiness probe" : `its ${probeText(readiness)} does not pass`;
  return finding("ContainerNotReady", {
    discriminator: container.name,
    message: `${containerNoun(container)} runs but has not been ready${long}: ${probe}.`,
    sinceMs,
    evidence: [
      fieldEvidence(
        object,
        `${statePath(container)}.ready`,
        "false",
        getFieldCommand(object, `.status.${container.statusField}[?(@.name=="${container.name}")].ready`),
      ),
      ...(readiness === undefined
        ? [fieldEvidence(object, `${statePath(container)}.state`, "running", logsCommand(object, container.name, false))]
        : [fieldEvidence(object, `${specPath(container)}.readinessProbe`, probeText(readiness), describeCommand(object))]),
    ],
  });
}
