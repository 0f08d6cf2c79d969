// Edits of workloads: the pod template, replicas, selector and how pods are replaced.

import { deepEqual } from "../domain/deep-equal.ts";
import type { Json, KubeObject } from "../domain/kube-object.ts";
import { changesFrom, type Edit } from "./change-found.ts";
import { leaves } from "./change-leaves.ts";
import { editorOf } from "./change-owners.ts";
import { imageEdits, podSpecEdits } from "./change-pod-spec.ts";
import type { ChangeDetector } from "./detector.ts";
import { at, numberAt, objectAt } from "./read-json.ts";
import { controllerRef } from "./read-owner.ts";
import { podSpecOf, podSpecPath } from "./read-pod.ts";

/** Those that set replicas on their own account: the autoscalers' scale requests come from the controller manager (kubernetes.io, Horizontal Pod Autoscaling). */
const SCALING_MANAGERS = /kube-controller-manager|autoscaler|keda|argo-?rollouts|rollouts-controller|vpa-/i;

/** Annotations of a template that say "start the pods anew". */
const RESTARTED_AT = "kubectl.kubernetes.io/restartedAt";

const TEMPLATE_REASONS = [
  "ImageChanged",
  "EnvironmentChanged",
  "MemorySettingChanged",
  "CommandChanged",
  "ResourcesChanged",
  "ProbeChanged",
  "PortsChanged",
  "VolumesChanged",
  "SchedulingChanged",
  "SecurityContextChanged",
  "ServiceAccountChanged",
  "PodTemplateChanged",
  "LabelsChanged",
] as const;

/** Tells edits of Deployments and the like. What a controller did to the objects it controls is no edit. */
export const changeWorkload: ChangeDetector = {
  id: "change-workload",
  kinds: ["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Rollout", "ReplicaSet", "ReplicationController", "Job"],
  reasons: [...TEMPLATE_REASONS, "ReplicasChanged", "SelectorChanged", "SpecChanged"],
  detect(before, after) {
    if (deepEqual(before.spec, after.spec) || controllerRef(after)) return [];
    const note = revisionNote(before, after);
    const template = templateEdits(before, after).map((edit) => ({
      ...edit,
      note: [edit.note, note].filter(Boolean).join(", ") || undefined,
    }));
    return changesFrom(before, after, [
      ...template,
      ...replicaEdits(before, after),
      ...selectorEdits(before, after),
      ...otherEdits(before, after),
    ]);
  },
};

/** Tells a new image of a running pod, set by hand: controllers never do that. */
export const changePodImage: ChangeDetector = {
  id: "change-pod-image",
  kinds: ["Pod"],
  reasons: ["ImageChanged"],
  detect: (before, after) =>
    deepEqual(before.spec, after.spec) ? [] : changesFrom(before, after, imageEdits(before.spec, after.spec, "spec")),
};

function templateEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  const specPath = podSpecPath(after.kind);
  const metaPath = `${specPath.slice(0, -".spec".length)}.metadata`;
  const meta = (object: KubeObject, field: string): Json | undefined => at(object.spec, ...metaPath.split(".").slice(1), field);
  const labels = leaves(meta(before, "labels") ?? {}, meta(after, "labels") ?? {}, `${metaPath}.labels`);
  const annotations = leaves(meta(before, "annotations") ?? {}, meta(after, "annotations") ?? {}, `${metaPath}.annotations`);
  return [
    ...podSpecEdits(podSpecOf(before), podSpecOf(after), specPath),
    ...labels.map(
      (leaf) => ({ reason: "LabelsChanged", ...leaf, what: `label ${keyOf(leaf.owned, metaPath, "labels")} of the pod template` }) as const,
    ),
    ...annotations.map((leaf) =>
      annotationEdit({ reason: "PodTemplateChanged", ...leaf, what: "" }, keyOf(leaf.owned, metaPath, "annotations")),
    ),
  ];
}

function annotationEdit(edit: Edit, key: string): Edit {
  if (key === RESTARTED_AT) return { ...edit, what: "pods started anew (kubectl rollout restart)" };
  return { ...edit, what: `annotation ${key} of the pod template`, quoted: true };
}

function keyOf(owned: string, metaPath: string, field: string): string {
  return owned.slice(`${metaPath}.${field}.`.length);
}

function replicaEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  const [former, present] = [numberAt(before.spec, "replicas"), numberAt(after.spec, "replicas")];
  if (former === present || former === undefined || present === undefined) return [];
  const editor = editorOf(before, after, "spec.replicas");
  if (editor && SCALING_MANAGERS.test(editor.manager)) return [];
  return [{ reason: "ReplicasChanged", path: "spec.replicas", what: "replicas", before: former, after: present }];
}

function selectorEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  return leaves(at(before.spec, "selector"), at(after.spec, "selector"), "spec.selector").map((leaf) => ({
    reason: "SelectorChanged",
    ...leaf,
    what: leaf.path.slice(5),
  }));
}

function otherEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  const rest = ({ spec }: KubeObject): Json => {
    const { template: _template, replicas: _replicas, selector: _selector, jobTemplate, ...others } = spec ?? {};
    const { template: _jobPods, ...jobSpec } = objectAt(jobTemplate, "spec") ?? {};
    return jobTemplate === undefined ? others : { ...others, jobTemplate: { spec: jobSpec } };
  };
  return leaves(rest(before), rest(after), "spec").map((leaf) => ({ reason: "SpecChanged", ...leaf, what: leaf.path.slice(5) }));
}

/** `revision 4` when the controller has counted it already, else which revision the edit replaces; and the cause that a person noted. */
function revisionNote(before: KubeObject, after: KubeObject): string {
  const of = ({ metadata }: KubeObject, key: string): string | undefined => metadata.annotations?.[key];
  const [former, present] = [of(before, "deployment.kubernetes.io/revision"), of(after, "deployment.kubernetes.io/revision")];
  const revision = present === undefined ? [] : [former === present ? `replaces revision ${present}` : `revision ${present}`];
  const cause = of(after, "kubernetes.io/change-cause");
  return [
    ...revision,
    ...(cause !== undefined && cause !== of(before, "kubernetes.io/change-cause") ? [`cause noted: ${cause.slice(0, 100)}`] : []),
  ].join(", ");
}
