// Pods without a node of which the scheduler has said nothing (yet): what the nodes themselves show against them.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, getCommand } from "./finding.ts";
import { conditionOf } from "./read-conditions.ts";
import { listAt, parseTimeMs } from "./read-json.ts";
import { isControlPlaneNode, ordinaryNodes, type Placement, placementOf } from "./read-placement.ts";
import { podPhase } from "./read-pod.ts";
import { podRequests, type Requests } from "./read-requests.ts";
import { type SchedulingReason, schedulingFinding } from "./scheduling-finding.ts";
import { isUnplaced, nodesOf } from "./scheduling-message.ts";

/** The exact scheduling reasons, told only when no node at all would take the pod. What the scheduler says itself is left to `scheduling-message`. */
export const schedulingNodes: StateDetector = {
  id: "scheduling-nodes",
  kinds: ["Pod"],
  reasons: ["NodesCordoned", "NoNodeToleratesTaints", "NoNodeMatchesSelector", "NoNodeWithEnoughCpu", "NoNodeWithEnoughMemory"],
  source: "kubernetes.io: Assigning Pods to Nodes; Taints and Tolerations; Scheduling Framework, Filter",
  crossObject: true,
  detect({ object }, view) {
    const spoken = conditionOf(object, "PodScheduled")?.message !== undefined;
    if (spoken || !isUnplaced(object) || listAt(object.spec, "schedulingGates").length > 0) return [];
    // Room is asked for last: it takes all pods of the node.
    const takes = (node: KubeObject) => fits(placementOf(object.spec, node)) && fits(placementOf(object.spec, node, usedOn(node, view)));
    const all = nodesOf(view);
    // Mostly the first node has room: then the others are not even sorted.
    if (all.some((node) => !isControlPlaneNode(node) && takes(node))) return [];
    const nodes = ordinaryNodes(all);
    if (nodes.length === 0 || nodes.some(takes)) return [];
    const placements = nodes.map((node) => placementOf(object.spec, node, usedOn(node, view)));
    return obstacles(placements).map(({ reason, taint, against }) => nodeFinding(object, reason, { taint, against, nodes }));
  },
};

/** What the pods bound to the node request in all; nothing where not all pods are known. */
function usedOn(node: KubeObject, view: NeighbourView): Requests | undefined {
  const resource = view.complete("Pod") ? view.byName("Node", undefined, node.metadata.name) : undefined;
  if (resource === undefined) return undefined;
  const pods = view
    .neighbours(resource, "RUNS_ON", "in")
    .flatMap(({ object }) => (object !== undefined && !isOver(object) ? podRequests(object.spec) : []));
  return { cpu: pods.reduce((sum, { cpu }) => sum + cpu, 0), memory: pods.reduce((sum, { memory }) => sum + memory, 0) };
}

function isOver(pod: KubeObject): boolean {
  return podPhase(pod) === "Succeeded" || podPhase(pod) === "Failed";
}

type Obstacle = { readonly reason: SchedulingReason; readonly taint?: string | undefined; readonly against: readonly Placement[] };

function fits({ matchesLabels, cordoned, untolerated, tooLittleCpu, tooLittleMemory }: Placement): boolean {
  return matchesLabels && !cordoned && untolerated.length === 0 && !tooLittleCpu && !tooLittleMemory;
}

/** Labels first: when no node has them nothing else counts. Then what stands against the nodes that have them, untainted ones before tainted ones. */
function obstacles(placements: readonly Placement[]): readonly Obstacle[] {
  const fitting = placements.filter(({ matchesLabels }) => matchesLabels);
  if (fitting.length === 0) return [{ reason: "NoNodeMatchesSelector", against: placements }];
  const untainted = fitting.filter(({ untolerated }) => untolerated.length === 0);
  if (untainted.length === 0) {
    const taint = fitting.flatMap(({ untolerated }) => untolerated)[0]?.text;
    return [{ reason: "NoNodeToleratesTaints", taint, against: fitting }];
  }
  const cordoned = untainted.filter((placement) => placement.cordoned);
  const cpu = untainted.filter(({ tooLittleCpu }) => tooLittleCpu);
  const memory = untainted.filter(({ tooLittleMemory }) => tooLittleMemory);
  const found: readonly Obstacle[] = [
    { reason: "NodesCordoned", against: cordoned },
    { reason: "NoNodeWithEnoughCpu", against: cpu },
    { reason: "NoNodeWithEnoughMemory", against: memory },
  ];
  return found.filter(({ against }) => against.length > 0);
}

function nodeFinding(
  object: KubeObject,
  reason: SchedulingReason,
  detail: Omit<Obstacle, "reason"> & { readonly nodes: readonly KubeObject[] },
): Finding {
  const names = detail.against
    .map(({ node }) => node)
    .slice(0, 10)
    .join(", ");
  return schedulingFinding(object, reason, {
    taint: detail.taint,
    nodeCount: detail.against.length,
    sinceMs: parseTimeMs(object.metadata.creationTimestamp),
    evidence: [
      fieldEvidence(
        object,
        "spec against nodes",
        names,
        reason === "NoNodeMatchesSelector" ? getCommand(object, "nodes", "--show-labels") : describeCommand(object),
      ),
    ],
    nodes: detail.nodes,
  });
}
