// Liveness probes that leave a container no time to start: every run ends as soon as the probe may end it.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand, logsCommand } from "./finding.ts";
import { numberAt } from "./read-json.ts";
import { type ContainerView, containersOf, isDeleting, lastTerminatedOf, readyOf, restartCountOf, type Termination } from "./read-pod.ts";
import { type Probe, probeOf, probeText } from "./read-probe.ts";
import { containerNoun, specPath, statePath } from "./read-since.ts";

/** A probe that waits longer than this has given most programs their time: then it is the program that hangs. */
const PATIENT_MS = 30_000;
/** Between the failed probe and the end of the process: the probe's own time-out and the kubelet's next turn. */
const SLACK_MS = 5_000;
const RESTARTS_MIN = 2;
/** SIGKILL and SIGTERM: how the kubelet ends a container. */
const KILLED = [137, 143];

/** Tells LivenessProbeTooEarly of a Pod, once per container. */
export const containerProbeTiming: StateDetector = {
  id: "container-probe-timing",
  kinds: ["Pod"],
  reasons: ["LivenessProbeTooEarly"],
  source: "kubernetes.io: Configure Liveness, Readiness and Startup Probes, Protect slow starting containers with startup probes",
  detect({ object }) {
    return isDeleting(object) ? [] : containersOf(object).flatMap((container) => tooEarly(object, container));
  },
};

function tooEarly(object: KubeObject, container: ContainerView): readonly Finding[] {
  const probe = probeOf(container, "livenessProbe");
  const last = lastTerminatedOf(container);
  if (!probe || probeOf(container, "startupProbe") || !last || readyOf(container) === true) return [];
  const ranMs = endedByProbe(object, container, { probe, last });
  if (ranMs === undefined) return [];
  return [
    finding("LivenessProbeTooEarly", {
      discriminator: container.name,
      message: `${containerNoun(container)} is ended by its ${probeText(probe)} before it is up: the probe gives it ${probe.allowanceMs / 1000} s, its last run was ended after ${Math.round(ranMs / 1000)} s, and it has restarted ${restartCountOf(container)} times.`,
      sinceMs: last.finishedAtMs,
      evidence: [
        fieldEvidence(
          object,
          `${specPath(container)}.livenessProbe`,
          `fails for good after ${probe.allowanceMs / 1000} s`,
          getFieldCommand(object, `.spec.containers[?(@.name=="${container.name}")].livenessProbe`),
        ),
        fieldEvidence(
          object,
          `${statePath(container)}.lastState.terminated`,
          `exit code ${last.exitCode} after ${Math.round(ranMs / 1000)} s`,
          logsCommand(object, container.name, true),
        ),
      ],
    }),
  ];
}

/** How long the last run lasted when it ended just when the probe could end it; undefined when something else did. */
function endedByProbe(
  object: KubeObject,
  container: ContainerView,
  { probe, last }: { probe: Probe; last: Termination },
): number | undefined {
  const { startedAtMs, finishedAtMs, exitCode, reason } = last;
  if (startedAtMs === undefined || finishedAtMs === undefined || reason === "OOMKilled" || !KILLED.includes(exitCode ?? 0))
    return undefined;
  if (probe.allowanceMs > PATIENT_MS || restartCountOf(container) < RESTARTS_MIN) return undefined;
  const graceMs =
    (numberAt(container.spec, "livenessProbe", "terminationGracePeriodSeconds") ??
      numberAt(object.spec, "terminationGracePeriodSeconds") ??
      30) * 1000;
  const ranMs = finishedAtMs - startedAtMs;
  return ranMs <= probe.allowanceMs + (exitCode === 137 ? graceMs : 0) + SLACK_MS ? ranMs : undefined;
}
