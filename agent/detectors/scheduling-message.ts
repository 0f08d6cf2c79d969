// Pods that the scheduler cannot place, by its own words in the PodScheduled condition, checked against the nodes where these are known.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding, timeText } from "./finding.ts";
import { type Condition, conditionOf, conditionText } from "./read-conditions.ts";
import { listAt, parseTimeMs, textAt } from "./read-json.ts";
import { ordinaryNodes, placementOf } from "./read-placement.ts";
import { isDeleting, podPhase } from "./read-pod.ts";
import { parseRefusals, type Refusal } from "./read-scheduling.ts";
import { schedulingFinding } from "./scheduling-finding.ts";

/** A running scheduler looks at a new pod within moments. */
const NO_SCHEDULER_MS = 60_000;

/** Unschedulable, the exact reasons the scheduler names, and SchedulingGated. */
export const schedulingMessage: StateDetector = {
  id: "scheduling-message",
  kinds: ["Pod"],
  reasons: [
    "Unschedulable",
    "SchedulingGated",
    "NodesCordoned",
    "NoNodeToleratesTaints",
    "AntiAffinityUnsatisfiable",
    "NoNodeMatchesSelector",
    "NoNodeWithEnoughCpu",
    "NoNodeWithEnoughMemory",
  ],
  source: "kubernetes pkg/scheduler/framework/types.go (FitError) and plugins",
  detect({ object }, view, nowMs) {
    if (!isUnplaced(object)) return [];
    const scheduled = conditionOf(object, "PodScheduled");
    if (scheduled === undefined) return unseen(object, nowMs);
    if (scheduled.status !== "False") return [];
    if (scheduled.reason === "SchedulingGated") return [gated(object, scheduled)];
    return unschedulable(object, scheduled, nodesOf(view));
  },
};

/** Whether the pod waits for a node. */
export function isUnplaced(object: KubeObject): boolean {
  return (
    podPhase(object) === "Pending" &&
    !object.partial &&
    !isDeleting(object) &&
    object.spec !== undefined &&
    textAt(object.spec, "nodeName") === undefined
  );
}

/** All nodes when the list is complete, else none: a part of them proves nothing. */
export function nodesOf(view: NeighbourView): readonly KubeObject[] {
  return view.complete("Node") ? view.ofKind("Node").flatMap(({ object }) => (object === undefined || object.partial ? [] : object)) : [];
}

function unschedulable(object: KubeObject, scheduled: Condition, nodes: readonly KubeObject[]): readonly Finding[] {
  const refusals = parseRefusals(scheduled.message ?? "");
  const telling = withoutControlPlane(refusals);
  const evidence = [fieldEvidence(object, "status.conditions[PodScheduled]", conditionText(scheduled), describeCommand(object))];
  const storage = telling.length > 0 && telling.every((refusal) => refusal.storage === true);
  const why = telling
    .map(({ nodes: count, text }) => (count === 0 ? text : `${count} ${text.startsWith("node") ? "" : "node(s): "}${text}`))
    .join("; ");
  const general = finding("Unschedulable", {
    message: why === "" ? "The scheduler has found no node for the pod." : `No node can take the pod: ${why}.`,
    sinceMs: scheduled.sinceMs,
    category: storage ? "storage" : undefined,
    evidence,
  });
  const exact = checked(object, telling, nodes).flatMap(({ reason, taint, nodes: nodeCount }) =>
    reason === undefined ? [] : [schedulingFinding(object, reason, { taint, nodeCount, sinceMs: scheduled.sinceMs, evidence, nodes })],
  );
  return [general, ...unique(exact)];
}

/** Control-plane nodes are named in nearly every message; they count only when there is nothing else. */
function withoutControlPlane(refusals: readonly Refusal[]): readonly Refusal[] {
  const others = refusals.filter(({ controlPlane }) => !controlPlane);
  return others.length > 0 ? others : refusals;
}

/**
 * The scheduler tries cordon and taints before labels, so it calls a node cordoned even where the labels would not fit either. The nodes themselves decide:
 * when none has the labels, only that counts; when some have, only what stands against those.
 */
function checked(object: KubeObject, refusals: readonly Refusal[], nodes: readonly KubeObject[]): readonly Refusal[] {
  const matchedLater = refusals.some(
    ({ reason }) => reason === "NoNodeWithEnoughCpu" || reason === "NoNodeWithEnoughMemory" || reason === "AntiAffinityUnsatisfiable",
  );
  if (nodes.length === 0) return matchedLater ? refusals.filter(({ reason }) => reason !== "NoNodeMatchesSelector") : refusals;
  const fitting = ordinaryNodes(nodes.filter((node) => placementOf(object.spec, node).matchesLabels)).map((node) =>
    placementOf(object.spec, node),
  );
  const holds = ({ reason, taint }: Refusal): boolean => {
    if (reason === "NoNodeMatchesSelector") return fitting.length === 0;
    if (reason === "NodesCordoned")
      return fitting.some(({ cordoned, tooLittleCpu, tooLittleMemory }) => cordoned && !tooLittleCpu && !tooLittleMemory);
    if (reason !== "NoNodeToleratesTaints" || taint === undefined) return true;
    return fitting.some(({ untolerated }) => untolerated.some(({ key }) => key === taint.split("=", 1)[0]));
  };
  const confirmed = refusals.filter(holds);
  return confirmed.some(({ reason }) => reason !== undefined) ? confirmed : refusals;
}

function unique(findings: readonly Finding[]): readonly Finding[] {
  return [...new Map(findings.toReversed().map((found) => [`${found.reason}/${found.discriminator}`, found])).values()].toReversed();
}

function gated(object: KubeObject, scheduled: Condition): Finding {
  return finding("SchedulingGated", {
    message: `The pod is held by scheduling gates: ${scheduled.message ?? "they have not been removed"}.`,
    sinceMs: scheduled.sinceMs,
    evidence: [fieldEvidence(object, "status.conditions[PodScheduled]", conditionText(scheduled), describeCommand(object))],
  });
}

/** No condition at all: no scheduler has looked at the pod. */
function unseen(object: KubeObject, nowMs: number): readonly Finding[] {
  const createdMs = parseTimeMs(object.metadata.creationTimestamp);
  const isGated = listAt(object.spec, "schedulingGates").length > 0;
  if (createdMs === undefined || isGated || nowMs - createdMs <= NO_SCHEDULER_MS) return [];
  const scheduler = textAt(object.spec, "schedulerName") ?? "default-scheduler";
  return [
    finding("Unschedulable", {
      message: `No scheduler has looked at the pod since it was created at ${timeText(createdMs)}; it waits for "${scheduler}", which may be down.`,
      sinceMs: createdMs,
      category: "control-plane",
      evidence: [fieldEvidence(object, "status", "phase=Pending, no PodScheduled condition", describeCommand(object))],
    }),
  ];
}
