// Edits of Nodes by people and tools: cordon, taints, labels. What the node's own lifecycle sets is no edit.
import type { Json, KubeObject } from "../domain/kube-object.ts";
import { changesFrom, type Edit } from "./change-found.ts";
import type { ChangeDetector } from "./detector.ts";
import { flagAt, objectsAt, textAt } from "./read-json.ts";

/** Set by the node controller, the cloud provider and the kubelet (kubernetes.io, Well-Known Labels, Annotations and Taints). */
const LIFECYCLE_TAINT = /^(?:node\.kubernetes\.io|node\.cloudprovider\.kubernetes\.io)\//;

/** Tells that a Node was cordoned or uncordoned, and taints that came or went. */
export const changeNode: ChangeDetector = {
  id: "change-node",
  kinds: ["Node"],
  reasons: ["CordonChanged", "TaintsChanged"],
  detect: (before, after) => changesFrom(before, after, [...cordonEdits(before, after), ...taintEdits(before, after)]),
};

function cordonEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  const [former, present] = [flagAt(before.spec, "unschedulable") === true, flagAt(after.spec, "unschedulable") === true];
  if (former === present || after.partial || before.partial) return [];
  const what = `node ${after.metadata.name} was ${present ? "cordoned" : "uncordoned"}`;
  return [{ reason: "CordonChanged", path: "spec.unschedulable", what, before: former, after: present }];
}

function taintEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  if (before.partial || after.partial) return [];
  const [former, present] = [taintsOf(before), taintsOf(after)];
  return [...new Set([...former.keys(), ...present.keys()])]
    .filter((taint) => former.get(taint) !== present.get(taint))
    .map((taint) => ({
      reason: "TaintsChanged",
      path: `spec.taints[${taint}]`,
      owned: "spec.taints",
      what: `taint ${taint} of node ${after.metadata.name}`,
      before: former.get(taint),
      after: present.get(taint),
    }));
}

/** `key:effect` to `key=value:effect`. */
function taintsOf({ spec }: KubeObject): ReadonlyMap<string, Json> {
  const entries = objectsAt(spec, "taints").flatMap((taint): readonly [string, Json][] => {
    const [key, effect, value] = [textAt(taint, "key"), textAt(taint, "effect"), textAt(taint, "value")];
    return key === undefined || LIFECYCLE_TAINT.test(key)
      ? []
      : [[`${key}:${effect}`, `${key}${value === undefined ? "" : `=${value}`}:${effect}`]];
  });
  return new Map(entries);
}
