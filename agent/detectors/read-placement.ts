// Reads whether a node would take a pod: labels asked for, taints, cordon and size; the scheduler's filters that rest on the two objects alone.
import type { JsonObject, KubeObject } from "../domain/kube-object.ts";
import { at, flagAt, objectAt, objectsAt, textAt, textMapAt } from "./read-json.ts";
import { parseQuantity } from "./read-quantity.ts";
import { podRequests, type Requests } from "./read-requests.ts";
import { type Labels, labelsFrom, matchesExpression, matchesMap, selectorText } from "./read-selector.ts";

/** A node taint. `text` is `key=value:effect`. */
export type Taint = { readonly key: string; readonly value: string; readonly effect: string; readonly text: string };

/** What speaks against a node for a pod. All empty: it would fit if there is room. */
export type Placement = {
  readonly node: string;
  readonly matchesLabels: boolean;
  readonly cordoned: boolean;
  readonly untolerated: readonly Taint[];
  readonly tooLittleCpu: boolean;
  readonly tooLittleMemory: boolean;
};

const CORDON_TAINT = "node.kubernetes.io/unschedulable";

const NOTHING_USED: Requests = { cpu: 0, memory: 0 };

/** The taints of a node. */
export function taintsOf(node: KubeObject): readonly Taint[] {
  return objectsAt(node.spec, "taints").flatMap((taint) => {
    const key = textAt(taint, "key");
    const effect = textAt(taint, "effect");
    if (key === undefined || effect === undefined) return [];
    const value = textAt(taint, "value") ?? "";
    return [{ key, value, effect, text: `${value === "" ? key : `${key}=${value}`}:${effect}` }];
  });
}

/** Whether a taint marks a node as one of the control plane. */
export function isControlPlaneTaint(taint: Taint): boolean {
  return /^node-role\.kubernetes\.io\/(?:control-plane|master|etcd)$/.test(taint.key);
}

/** Whether a node belongs to the control plane, by its labels or taints: it is not meant for ordinary pods. */
export function isControlPlaneNode(node: KubeObject): boolean {
  const labels = node.metadata.labels ?? {};
  const role = labels["kubernetes.io/role"];
  const labelled =
    Object.hasOwn(labels, "node-role.kubernetes.io/control-plane") || Object.hasOwn(labels, "node-role.kubernetes.io/master");
  return labelled || role === "master" || role === "control-plane" || taintsOf(node).some(isControlPlaneTaint);
}

/** Nodes without those of the control plane, unless there are no others. */
export function ordinaryNodes(nodes: readonly KubeObject[]): readonly KubeObject[] {
  const ordinary = nodes.filter((node) => !isControlPlaneNode(node));
  return ordinary.length > 0 ? ordinary : nodes;
}

/**
 * How the node stands to the pod. Sizes count only where the node tells its allocatable resources; `used` is what other pods on it request, and 0 asks
 * whether the pod would fit on it empty.
 */
export function placementOf(spec: JsonObject | undefined, node: KubeObject, used: Requests = NOTHING_USED): Placement {
  const requests = podRequests(spec);
  const cpu = parseQuantity(at(node.status, "allocatable", "cpu"));
  const memory = parseQuantity(at(node.status, "allocatable", "memory"));
  const keepsOut = taintsOf(node).filter(({ effect, key }) => (effect === "NoSchedule" || effect === "NoExecute") && key !== CORDON_TAINT);
  return {
    node: node.metadata.name,
    matchesLabels: matchesLabels(spec, node),
    cordoned:
      flagAt(node.spec, "unschedulable") === true &&
      !tolerates(spec, { key: CORDON_TAINT, value: "", effect: "NoSchedule", text: CORDON_TAINT }),
    untolerated: keepsOut.filter((taint) => !tolerates(spec, taint)),
    tooLittleCpu: cpu !== undefined && requests.cpu > cpu - used.cpu,
    tooLittleMemory: memory !== undefined && requests.memory > memory - used.memory,
  };
}

/** The labels a pod asks its node to have, in words: nodeSelector, then required node affinity. Empty when it asks for none. */
export function wantedNodeText(spec: JsonObject | undefined): string {
  const selector = selectorText(textMapAt(spec, "nodeSelector"));
  const terms = nodeTerms(spec).map((term) =>
    objectsAt(term, "matchExpressions")
      .map((it) => `${textAt(it, "key") ?? ""} ${textAt(it, "operator") ?? ""} ${JSON.stringify(it.values ?? [])}`)
      .join(" and "),
  );
  const affinity = terms.filter((text) => text !== "").join(" or ");
  return [selector === "" ? "" : `nodeSelector ${selector}`, affinity === "" ? "" : `node affinity ${affinity}`]
    .filter((text) => text !== "")
    .join("; ");
}

function matchesLabels(spec: JsonObject | undefined, node: KubeObject): boolean {
  const labels = labelsFrom(node.metadata.labels);
  if (!matchesMap(textMapAt(spec, "nodeSelector"), labels)) return false;
  if (objectAt(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution") === undefined) return true;
  return nodeTerms(spec).some((term) => matchesTerm(term, labels, node.metadata.name));
}

function nodeTerms(spec: JsonObject | undefined): readonly JsonObject[] {
  return objectsAt(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms");
}

/** Terms are alternatives, requirements within one all hold; an empty term matches nothing. */
function matchesTerm(term: JsonObject, labels: Labels, name: string): boolean {
  const expressions = objectsAt(term, "matchExpressions");
  const fields = objectsAt(term, "matchFields");
  if (expressions.length + fields.length === 0) return false;
  return (
    expressions.every((it) => matchesExpression(it, labels)) &&
    fields.every((it) => matchesExpression(it, new Map([["metadata.name", name]])))
  );
}

function tolerates(spec: JsonObject | undefined, taint: Taint): boolean {
  return objectsAt(spec, "tolerations").some((toleration) => {
    const effect = textAt(toleration, "effect");
    const key = textAt(toleration, "key");
    if (effect !== undefined && effect !== taint.effect) return false;
    if (key !== undefined && key !== taint.key) return false;
    if ((textAt(toleration, "operator") ?? "Equal") === "Exists") return true;
    return key !== undefined && (textAt(toleration, "value") ?? "") === taint.value;
  });
}
