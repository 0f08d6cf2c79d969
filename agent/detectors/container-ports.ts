// Ports of a pod's containers: two containers that want the same one, and probes that ask one that nobody declares.
import type { JsonObject, KubeObject } from "../domain/kube-object.ts";
import { remembered } from "../domain/remember.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand, logsCommand } from "./finding.ts";
import { isFailure } from "./read-exit.ts";
import { numberAt, objectsAt, textAt } from "./read-json.ts";
import {
  type ContainerView,
  containersOf,
  isDeleting,
  lastTerminatedOf,
  podPhase,
  readyOf,
  restartCountOf,
  runningSinceMs,
  terminatedOf,
  waitingOf,
} from "./read-pod.ts";
import { type Probe, probesOf, probeText } from "./read-probe.ts";
import { containerNoun, specPath, statePath, unreadySinceMs } from "./read-since.ts";

type DeclaredPort = { readonly name: string | undefined; readonly port: number; readonly protocol: string };

/** A container gets this long to come up before a port is suspected. */
const START_UP_MS = 30_000;

/** A failure older than this is not held against a container that runs and is ready. */
const RECENT_MS = 60 * 60_000;

// The Istio sidecar rewrites probes to its agent, which listens on these without declaring them (istio.io, Health Checking of Istio Services).
const MESH_AGENT_PORTS: ReadonlySet<number> = new Set([15020, 15021]);

/** ContainerPortConflict: the containers of a pod share one network, so one port and protocol can be listened on once. Told only of a container that fails. */
export const containerPortConflict: StateDetector = {
  id: "container-port-conflict",
  kinds: ["Pod"],
  reasons: ["ContainerPortConflict"],
  source: "kubernetes.io: Pods, Pod networking",
  detect({ object }, _view, nowMs) {
    if (isDeleting(object) || isOver(object)) return [];
    const containers = containersOf(object).filter((container) => container.role !== "init");
    return containers.flatMap((container) => (isFailing(container, nowMs) ? conflictOf(object, container, containers) : []));
  },
};

/** ProbePortMismatch: told only of a container that the probe would explain, since a port need not be declared to be listened on. */
export const containerProbePort: StateDetector = {
  id: "container-probe-port",
  kinds: ["Pod"],
  reasons: ["ProbePortMismatch"],
  source: "kubernetes.io: Configure Liveness, Readiness and Startup Probes, Named ports; pkg/kubelet/prober/prober.go",
  detect({ object }, _view, nowMs) {
    if (isDeleting(object) || isOver(object)) return [];
    const containers = containersOf(object);
    return containers.flatMap((container) => {
      if (container.role === "init" || portsOf(container).length === 0 || !isFailing(container, nowMs)) return [];
      const declared = new Set(containers.flatMap((any) => portsOf(any).map(({ port }) => port)));
      const wrong = probesOf(container).find((probe) => explains(probe, container) && asksUndeclared(probe, container, declared));
      return wrong === undefined ? [] : [probeFinding(object, container, wrong)];
    });
  },
};

function isOver(object: KubeObject): boolean {
  return podPhase(object) === "Succeeded" || podPhase(object) === "Failed";
}

function portsOf({ spec }: ContainerView): readonly DeclaredPort[] {
  return spec === undefined ? [] : portsIn(spec);
}

const portsIn = remembered((container: JsonObject): readonly DeclaredPort[] =>
  objectsAt(container, "ports").flatMap((entry) => {
    const port = numberAt(entry, "containerPort");
    return port === undefined ? [] : [{ name: textAt(entry, "name"), port, protocol: textAt(entry, "protocol") ?? "TCP" }];
  }),
);

/** Crash loop, a failed end now or within the hour, or running without being ready for longer than a start-up takes. */
function isFailing(container: ContainerView, nowMs: number): boolean {
  if (waitingOf(container)?.reason === "CrashLoopBackOff") return true;
  const now = terminatedOf(container);
  if (now !== undefined) return isFailure(now);
  const last = lastTerminatedOf(container);
  const failedLately = last !== undefined && isFailure(last) && last.finishedAtMs !== undefined && nowMs - last.finishedAtMs <= RECENT_MS;
  const runningMs = runningSinceMs(container);
  return failedLately || (readyOf(container) === false && runningMs !== undefined && nowMs - runningMs > START_UP_MS);
}

function conflictOf(object: KubeObject, container: ContainerView, all: readonly ContainerView[]): readonly Finding[] {
  // The process that lost the port ends by itself: a container killed for memory has another trouble.
  if (lastTerminatedOf(container)?.reason === "OOMKilled" || terminatedOf(container)?.reason === "OOMKilled") return [];
  const wanted = portsOf(container);
  const rival = all.find((other) => other !== container && portsOf(other).some((theirs) => wanted.some((ours) => samePort(ours, theirs))));
  const port = rival && wanted.find((ours) => portsOf(rival).some((theirs) => samePort(ours, theirs)));
  if (rival === undefined || port === undefined) return [];
  return [
    finding("ContainerPortConflict", {
      discriminator: container.name,
      message: `${containerNoun(container)} fails and declares ${port.protocol} port ${port.port}, which container "${rival.name}" of the same pod declares too; only one of them can listen on it.`,
      sinceMs: lastTerminatedOf(container)?.finishedAtMs ?? unreadySinceMs(object, container),
      evidence: [
        fieldEvidence(
          object,
          `${specPath(container)}.ports`,
          `${port.protocol} ${port.port}`,
          getFieldCommand(object, ".spec.containers[*].ports"),
        ),
        fieldEvidence(
          object,
          `${specPath(rival)}.ports`,
          `${port.protocol} ${port.port}`,
          logsCommand(object, container.name, restartCountOf(container) > 0),
        ),
      ],
    }),
  ];
}

function samePort(a: DeclaredPort, b: DeclaredPort): boolean {
  return a.port === b.port && a.protocol === b.protocol;
}

/** A readiness probe explains a container that is not ready; the two others explain restarts. */
function explains(probe: Probe, container: ContainerView): boolean {
  return probe.kind === "readinessProbe" ? readyOf(container) === false : restartCountOf(container) > 0;
}

function asksUndeclared(probe: Probe, container: ContainerView, declared: ReadonlySet<number>): boolean {
  const { port } = probe;
  if (port === undefined || probe.host !== undefined || probe.path?.startsWith("/app-health/")) return false;
  // The kubelet looks a name up among the ports of this container only.
  if (typeof port === "string") return !portsOf(container).some(({ name }) => name === port);
  return !declared.has(port) && !MESH_AGENT_PORTS.has(port);
}

function probeFinding(object: KubeObject, container: ContainerView, probe: Probe): Finding {
  const ports = portsOf(container)
    .map(({ name, port }) => (name === undefined ? String(port) : `${name}=${port}`))
    .join(", ");
  return finding("ProbePortMismatch", {
    discriminator: container.name,
    message: `${containerNoun(container)} fails, and its ${probeText(probe)} asks a port that no container of the pod declares; declared are ${ports}.`,
    sinceMs:
      probe.kind === "readinessProbe"
        ? unreadySinceMs(object, container)
        : (lastTerminatedOf(container)?.finishedAtMs ?? unreadySinceMs(object, container)),
    evidence: [
      fieldEvidence(
        object,
        `${specPath(container)}.${probe.kind}.${probe.handler}.port`,
        String(probe.port),
        getFieldCommand(object, `.spec.containers[?(@.name=="${container.name}")].${probe.kind}`),
      ),
      fieldEvidence(
        object,
        `${statePath(container)}.ready`,
        String(readyOf(container) ?? ""),
        logsCommand(object, container.name, restartCountOf(container) > 0),
      ),
    ],
  });
}
