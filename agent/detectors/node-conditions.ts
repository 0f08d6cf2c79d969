// Nodes that are not ready, under pressure, without network, or that report another problem.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { FindingReason } from "../knowledge/findings.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { type Condition, conditionOf, conditionsOf, conditionText } from "./read-conditions.ts";
import { parseTimeMs } from "./read-json.ts";
import { isDeleting } from "./read-pod.ts";

/** A new node waits for its network plug-in before it is ready. */
const START_UP_MS = 3 * 60_000;

const BAD_WHEN_TRUE: ReadonlyMap<string, { readonly reason: FindingReason; readonly says: string }> = new Map([
  ["MemoryPressure", { reason: "MemoryPressure", says: "The node is short of memory and evicts pods" }],
  ["DiskPressure", { reason: "DiskPressure", says: "The node is short of disk and evicts pods" }],
  ["PIDPressure", { reason: "PIDPressure", says: "The node is short of process ids and evicts pods" }],
  ["NetworkUnavailable", { reason: "NetworkUnavailable", says: "The node's network is not set up" }],
]);

// Names that node-problem-detector and the cloud providers' agents give to problems (github.com/kubernetes/node-problem-detector, config).
const PROBLEM =
  /Problem|Unhealthy|Deadlock|Frequent|Fail|Error|Corrupt|Read-?only|OutOf|Pressure|Unavailable|Degraded|Hung|Shutdown|Fatal/i;
// The EKS node monitoring agent reports KernelReady, NetworkingReady, … : False is the problem.
const HEALTH = /(?:Ready|Healthy)$/;

/** NodeNotReady, NodeUnknown, MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable, and NodeCondition for the problems of other reporters. */
export const nodeConditions: StateDetector = {
  id: "node-conditions",
  kinds: ["Node"],
  reasons: ["NodeNotReady", "NodeUnknown", "MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable", "NodeCondition"],
  source: "kubernetes.io: Node Status, Conditions; node-problem-detector",
  detect({ object }, _view, nowMs) {
    if (isDeleting(object)) return [];
    const ready = conditionOf(object, "Ready");
    // A node that does not answer makes all its conditions Unknown; the first one says it.
    const others = conditionsOf(object).flatMap((condition) => (isStarting(object, condition, nowMs) ? [] : other(object, condition)));
    if (ready === undefined || ready.status === "True" || isStarting(object, ready, nowMs)) return others;
    return [notReady(object, ready), ...others];
  },
};

/** The condition has been so since the node was created, moments ago. */
function isStarting(object: KubeObject, condition: Condition, nowMs: number): boolean {
  const createdMs = parseTimeMs(object.metadata.creationTimestamp);
  const fresh = createdMs !== undefined && nowMs - createdMs <= START_UP_MS;
  const network = condition.type === "NetworkUnavailable" && condition.status === "True";
  return fresh && ((condition.type === "Ready" && condition.status === "False") || network);
}

function notReady(object: KubeObject, ready: Condition): Finding {
  const gone = ready.status === "Unknown";
  const why = ready.message ?? ready.reason;
  const quoted = why === undefined ? "" : `: ${why.replace(/\.$/, "")}`;
  return finding(gone ? "NodeUnknown" : "NodeNotReady", {
    discriminator: "Ready",
    message: gone ? `The node does not answer${quoted}.` : `The node is not ready${quoted}.`,
    sinceMs: ready.sinceMs,
    evidence: [conditionEvidence(object, ready)],
  });
}

function other(object: KubeObject, condition: Condition): readonly Finding[] {
  const { type, status } = condition;
  if (type === "Ready") return [];
  const known = status === "True" ? BAD_WHEN_TRUE.get(type) : undefined;
  const problem = !BAD_WHEN_TRUE.has(type) && ((status === "True" && PROBLEM.test(type)) || (status === "False" && HEALTH.test(type)));
  if (known === undefined && !problem) return [];
  const says = known?.says ?? `The node reports ${type}=${status}`;
  const why = condition.message ?? condition.reason;
  return [
    finding(known?.reason ?? "NodeCondition", {
      discriminator: type,
      message: `${says}${why === undefined ? "" : `: ${why.replace(/\.$/, "")}`}.`,
      sinceMs: condition.sinceMs,
      evidence: [
        conditionEvidence(object, condition),
        ...(known === undefined ? [] : [fieldEvidence(object, "status.allocatable", type, describeCommand(object))]),
      ],
    }),
  ];
}

function conditionEvidence(object: KubeObject, condition: Condition): ReturnType<typeof fieldEvidence> {
  return fieldEvidence(
    object,
    `status.conditions[${condition.type}]`,
    conditionText(condition),
    getFieldCommand(object, `.status.conditions[?(@.type=="${condition.type}")]`),
  );
}
