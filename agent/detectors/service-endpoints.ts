// Services without ready endpoints, and Services some of whose endpoints are not ready.
import { displayName } from "../domain/identity.ts";
import type { Finding } from "../domain/signal.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getCommand } from "./finding.ts";
import { conditionOf } from "./read-conditions.ts";
import { flagAt, textAt } from "./read-json.ts";
import { containersOf, restartCountOf, terminatedOf, waitingOf } from "./read-pod.ts";
import { isAskedFor, type Readiness, readinessOf, type Seen, selectedPods } from "./service-readiness.ts";

/** A pod that has just been made, and of which nothing has failed yet, is allowed not to be ready. */
const STARTING_MS = 60_000;
const STARTING_REASONS = new Set(["ContainerCreating", "PodInitializing"]);
const NAMES_MAX = 3;

/** Tells NoReadyEndpoints and PartiallyReadyEndpoints of a Service. */
export const serviceEndpoints: StateDetector = {
  id: "service-endpoints",
  kinds: ["Service"],
  reasons: ["NoReadyEndpoints", "PartiallyReadyEndpoints"],
  source: "kubernetes.io: Services, EndpointSlices (conditions); Debug Services",
  dependsOn: {
    relations: [
      { type: "SELECTS", direction: "out" },
      { type: "CONTROLS", direction: "out" },
      { type: "OWNS", direction: "out" },
    ],
  },
  crossObject: true,
  detect(service, view, nowMs) {
    const { object } = service;
    if (object.partial || textAt(object.spec, "type") === "ExternalName") return [];
    const readiness = readinessOf(service, view);
    // Not-ready pods are published on purpose (peer discovery of stateful sets).
    if (!readiness || (readiness.from === "pods" && flagAt(object.spec, "publishNotReadyAddresses"))) return [];
    if (readiness.readyCount === 0) return noneReady(service, readiness, view, nowMs);
    return someNotReady(service, readiness, view, nowMs);
  },
};

function noneReady(service: Seen, readiness: Readiness, view: NeighbourView, nowMs: number): readonly Finding[] {
  const managedByHand = Object.keys(selectorOf(service)).length === 0;
  // Without a selector, and with no address, it may be there for its name only; a caller or a route says that it is meant to answer.
  if (managedByHand && readiness.notReady.length === 0 && !isAskedFor(service, view)) return [];
  const pods = selectedPods(service, view);
  if (pods.length > 0 && pods.every((pod) => isStarting(pod, nowMs))) return [];
  const since = pods.map(({ object }) => conditionOf(object, "Ready")).filter((ready) => ready?.status === "False");
  const times = since.flatMap((ready) => ready?.sinceMs ?? []);
  const count = readiness.notReady.length;
  const why =
    count === 0
      ? "nothing is behind it"
      : `${count} ${count === 1 ? "endpoint is" : "endpoints are"} not ready (${named(readiness.notReady)})`;
  return [
    finding("NoReadyEndpoints", {
      message: `${displayName(service)} has no ready endpoint: ${why}`,
      // It lost its last endpoint when the last pod became unready; that is known only while all those pods still live.
      sinceMs: times.length > 0 && times.length === pods.length ? Math.max(...times) : undefined,
      evidence: [endpointsEvidence(service, `0 ready, ${count} not ready`)],
      // A headless Service often only gives names to peers; its clients choose the pod themselves.
      // So is one without any pod that nobody calls: more likely a remainder than a failure.
      ...(textAt(service.object.spec, "clusterIP") === "None" || (count === 0 && !isAskedFor(service, view))
        ? { severity: "WARNING" }
        : {}),
    }),
  ];
}

function someNotReady(service: Seen, readiness: Readiness, view: NeighbourView, nowMs: number): readonly Finding[] {
  if (readiness.notReady.length === 0) return [];
  const starting = new Set(
    selectedPods(service, view)
      .filter((pod) => isStarting(pod, nowMs))
      .map(({ name }) => name),
  );
  const notReady = readiness.notReady.filter((name) => !starting.has(name));
  if (notReady.length === 0) return [];
  const total = readiness.readyCount + notReady.length;
  return [
    finding("PartiallyReadyEndpoints", {
      message: `${notReady.length} of ${total} endpoints of ${displayName(service)} are not ready: ${named(notReady)}`,
      evidence: [endpointsEvidence(service, `${readiness.readyCount} ready, ${notReady.length} not ready`)],
    }),
  ];
}

function isStarting({ createdAtMs, object }: Seen, nowMs: number): boolean {
  if (nowMs - createdAtMs >= STARTING_MS || conditionOf(object, "PodScheduled")?.status === "False") return false;
  return containersOf(object).every((container) => {
    const reason = waitingOf(container)?.reason;
    return (
      restartCountOf(container) === 0 &&
      (terminatedOf(container)?.exitCode ?? 0) === 0 &&
      (reason === undefined || STARTING_REASONS.has(reason))
    );
  });
}

function selectorOf(service: Seen): object {
  const selector = service.object.spec?.selector;
  return typeof selector === "object" && selector !== null ? selector : {};
}

function endpointsEvidence({ object, name }: Seen, text: string) {
  return fieldEvidence(object, "endpoints", text, getCommand(object, "endpointslices", "-l", `kubernetes.io/service-name=${name}`));
}

function named(names: readonly string[]): string {
  const more = names.length - NAMES_MAX;
  return names.slice(0, NAMES_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
