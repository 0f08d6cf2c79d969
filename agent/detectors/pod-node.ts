// Pods whose node does not answer, or does not exist any more, so that their status is old.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getCommand, getFieldCommand } from "./finding.ts";
import { conditionOf, conditionText } from "./read-conditions.ts";
import { textAt } from "./read-json.ts";
import { isDeleting, podPhase } from "./read-pod.ts";

/** PodUnknown, by the pod's own phase or by the Ready condition of its node. */
export const podNode: StateDetector = {
  id: "pod-node",
  kinds: ["Pod"],
  reasons: ["PodUnknown"],
  source: "kubernetes.io: Nodes, Heartbeats; Pod Lifecycle, Pod phase Unknown",
  dependsOn: { relations: [{ type: "RUNS_ON", direction: "out" }] },
  detect({ object }, view) {
    if (isDeleting(object) || !lives(object)) return [];
    const node = nodeOf(object, view);
    const ready = node && conditionOf(node, "Ready");
    if (node !== undefined && ready?.status === "Unknown") {
      const evidence = fieldEvidence(
        node,
        "status.conditions[Ready]",
        conditionText(ready),
        getFieldCommand(node, '.status.conditions[?(@.type=="Ready")]'),
      );
      return [unknown(object, { why: `its node ${node.metadata.name} does not answer`, sinceMs: ready.sinceMs, evidence: [evidence] })];
    }
    if (podPhase(object) !== "Unknown") return [];
    return [unknown(object, { why: "its node does not report", sinceMs: conditionOf(object, "Ready")?.sinceMs, evidence: [] })];
  },
};

/** PodUnknown for a pod bound to a node that is not in the list of nodes. */
export const podNodeMissing: StateDetector = {
  id: "pod-node-missing",
  kinds: ["Pod"],
  reasons: ["PodUnknown"],
  source: "kubernetes.io: Pod Lifecycle, Pod garbage collection (orphaned pods)",
  dependsOn: { relations: [{ type: "RUNS_ON", direction: "out" }] },
  crossObject: true,
  detect({ object }, view) {
    const name = textAt(object.spec, "nodeName");
    if (isDeleting(object) || !lives(object) || podPhase(object) === "Unknown" || name === undefined) return [];
    if (!view.complete("Node") || view.byName("Node", undefined, name) !== undefined) return [];
    const evidence = fieldEvidence(object, "spec.nodeName", name, getCommand(object, `node/${name}`));
    return [unknown(object, { why: `its node ${name} does not exist any more`, sinceMs: undefined, evidence: [evidence] })];
  },
};

function lives(object: KubeObject): boolean {
  const phase = podPhase(object);
  return phase !== "Succeeded" && phase !== "Failed";
}

function nodeOf(object: KubeObject, view: NeighbourView): KubeObject | undefined {
  const name = textAt(object.spec, "nodeName");
  return name === undefined ? undefined : view.byName("Node", undefined, name)?.object;
}

function unknown(
  object: KubeObject,
  parts: Pick<Finding, "evidence"> & { readonly why: string; readonly sinceMs: number | undefined },
): Finding {
  const phase = fieldEvidence(object, "status.phase", podPhase(object) ?? "", getFieldCommand(object, ".status.phase"));
  return finding("PodUnknown", {
    message: `What the pod does is not known: ${parts.why}.`,
    sinceMs: parts.sinceMs,
    evidence: [...parts.evidence, phase],
  });
}
