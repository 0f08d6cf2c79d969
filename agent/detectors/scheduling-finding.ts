// Words for why a pod finds no node; used by what the scheduler says and by what the nodes themselves show.

import type { Evidence } from "../domain/episode.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { at } from "./read-json.ts";
import { placementOf, wantedNodeText } from "./read-placement.ts";
import { parseQuantity } from "./read-quantity.ts";
import { podRequests } from "./read-requests.ts";
import type { Refusal } from "./read-scheduling.ts";

/** The exact reasons, finer than Unschedulable. */
export type SchedulingReason = NonNullable<Refusal["reason"]>;

/** What is known beyond the reason: the taint, how many nodes, and the evidence the reason was read from. */
export type SchedulingDetail = {
  readonly taint?: string | undefined;
  readonly nodeCount: number;
  readonly sinceMs: number | undefined;
  readonly evidence: readonly Evidence[];
  /** Nodes that are known; empty when they are not. */
  readonly nodes: readonly KubeObject[];
};

// Taints that the node controller sets because of the node's own trouble (kubernetes.io: Taints and Tolerations).
const TROUBLE_TAINT =
  /^node\.kubernetes\.io\/(?:not-ready|unreachable|memory-pressure|disk-pressure|pid-pressure|network-unavailable|out-of-service)/;

/** The finding for one exact reason. */
export function schedulingFinding(object: KubeObject, reason: SchedulingReason, detail: SchedulingDetail): Finding {
  const trouble = detail.taint !== undefined && TROUBLE_TAINT.test(detail.taint);
  return finding(reason, {
    discriminator: detail.taint?.split(/[=:]/, 1)[0],
    message: sentence(object, reason, detail),
    sinceMs: detail.sinceMs,
    category: trouble ? "node" : undefined,
    evidence: [...detail.evidence, ...asked(object, reason)],
  });
}

function sentence(object: KubeObject, reason: SchedulingReason, detail: SchedulingDetail): string {
  const count = detail.nodeCount === 0 ? "The nodes" : detail.nodeCount === 1 ? "1 node" : `${detail.nodeCount} nodes`;
  switch (reason) {
    case "NodesCordoned":
      return `The pod cannot be placed because ${lower(count)} it could use ${detail.nodeCount === 1 ? "is" : "are"} cordoned.`;
    case "NoNodeToleratesTaints":
      return `${count} cannot take the pod because of the taint ${detail.taint ?? ""}, which the pod does not tolerate.`;
    case "AntiAffinityUnsatisfiable":
      return `${count} cannot take the pod because pod anti-affinity keeps it away from pods that run there.`;
    case "NoNodeMatchesSelector":
      return `No usable node has the labels the pod asks for (${wantedNodeText(object.spec) || "node selector or affinity"}).`;
    case "NoNodeWithEnoughCpu":
      return sizeSentence(object, "cpu", detail.nodes);
    case "NoNodeWithEnoughMemory":
      return sizeSentence(object, "memory", detail.nodes);
  }
}

function sizeSentence(object: KubeObject, resource: "cpu" | "memory", nodes: readonly KubeObject[]): string {
  const wanted = podRequests(object.spec)[resource];
  const wantedText = amount(resource, wanted);
  const fitting = nodes.filter((node) => placementOf(object.spec, node).matchesLabels);
  const sizes = fitting.map((node) => parseQuantity(at(node.status, "allocatable", resource)) ?? 0);
  const largest = sizes.length === 0 ? undefined : Math.max(...sizes);
  if (largest !== undefined && wanted > largest)
    return `The pod requests ${wantedText}, more than any node has: the largest one offers ${amount(resource, largest)}.`;
  return `The pod requests ${wantedText}, and no node that it may use has that much left.`;
}

function amount(resource: "cpu" | "memory", value: number): string {
  if (resource === "cpu") return `${Number(value.toFixed(3))} CPU`;
  const gibibytes = value / 2 ** 30;
  return gibibytes >= 1 ? `${Number(gibibytes.toFixed(2))} GiB of memory` : `${Math.round(value / 2 ** 20)} MiB of memory`;
}

/** The pod's own field that asks for what no node gives. */
function asked(object: KubeObject, reason: SchedulingReason): readonly Evidence[] {
  if (reason === "NoNodeMatchesSelector") {
    const wanted = wantedNodeText(object.spec);
    return wanted === ""
      ? []
      : [fieldEvidence(object, "spec.nodeSelector, spec.affinity", wanted, getFieldCommand(object, ".spec.nodeSelector"))];
  }
  if (reason !== "NoNodeWithEnoughCpu" && reason !== "NoNodeWithEnoughMemory") return [];
  const resource = reason === "NoNodeWithEnoughCpu" ? "cpu" : "memory";
  const wanted = amount(resource, podRequests(object.spec)[resource]);
  return [
    fieldEvidence(
      object,
      `spec.containers[*].resources.requests.${resource}`,
      wanted,
      getFieldCommand(object, `.spec.containers[*].resources.requests.${resource}`),
    ),
  ];
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
