// What differs between two pod specifications: container by container, then the fields of the pod.
import type { Json, JsonObject } from "../domain/kube-object.ts";
import type { ChangeReason } from "../knowledge/findings.ts";
import type { Edit } from "./change-found.ts";
import { leaves, namedElements } from "./change-leaves.ts";
import { isMemorySetting } from "./memory-setting.ts";
import { at, objectAt, textAt } from "./read-json.ts";

const CONTAINER_FIELDS: Readonly<Record<string, ChangeReason>> = {
  image: "ImageChanged",
  envFrom: "EnvironmentChanged",
  command: "CommandChanged",
  args: "CommandChanged",
  workingDir: "CommandChanged",
  resources: "ResourcesChanged",
  livenessProbe: "ProbeChanged",
  readinessProbe: "ProbeChanged",
  startupProbe: "ProbeChanged",
  ports: "PortsChanged",
  volumeMounts: "VolumesChanged",
  volumeDevices: "VolumesChanged",
  securityContext: "SecurityContextChanged",
};

const POD_FIELDS: Readonly<Record<string, ChangeReason>> = {
  volumes: "VolumesChanged",
  nodeSelector: "SchedulingChanged",
  nodeName: "SchedulingChanged",
  affinity: "SchedulingChanged",
  tolerations: "SchedulingChanged",
  topologySpreadConstraints: "SchedulingChanged",
  schedulerName: "SchedulingChanged",
  priorityClassName: "SchedulingChanged",
  runtimeClassName: "SchedulingChanged",
  securityContext: "SecurityContextChanged",
  serviceAccountName: "ServiceAccountChanged",
  automountServiceAccountToken: "ServiceAccountChanged",
};

/** Old spellings that the API server keeps equal to the new ones. */
const REPEATED = new Set(["serviceAccount", "priority"]);

const CONTAINER_LISTS = ["initContainers", "containers"] as const;

/** The edits between two pod specifications at `path` (`spec.template.spec`). */
export function podSpecEdits(before: JsonObject | undefined, after: JsonObject | undefined, path: string): readonly Edit[] {
  const podFields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].filter(
    (field) => !REPEATED.has(field) && !CONTAINER_LISTS.some((list) => list === field),
  );
  return [
    ...CONTAINER_LISTS.flatMap((list) => containerListEdits(at(before, list), at(after, list), `${path}.${list}`)),
    ...podFields.flatMap((field) =>
      fieldEdits(POD_FIELDS[field] ?? "PodTemplateChanged", at(before, field), at(after, field), {
        path: `${path}.${field}`,
        of: "the pod",
      }),
    ),
  ];
}

/** Only the images: all that an edit of a running pod may change by hand. */
export function imageEdits(before: JsonObject | undefined, after: JsonObject | undefined, path: string): readonly Edit[] {
  return podSpecEdits(before, after, path).filter(({ reason }) => reason === "ImageChanged");
}

function containerListEdits(before: Json | undefined, after: Json | undefined, path: string): readonly Edit[] {
  const [former, present] = [namedElements(before), namedElements(after)];
  if (!former || !present) return fieldEdits("PodTemplateChanged", before, after, { path, of: "the pod" });
  return [...new Set([...former.keys(), ...present.keys()])].flatMap((name) =>
    containerEdits(name, former.get(name), present.get(name), `${path}[${name}]`),
  );
}

function containerEdits(name: string, before: JsonObject | undefined, after: JsonObject | undefined, path: string): readonly Edit[] {
  if (!before || !after) {
    return [
      {
        reason: "PodTemplateChanged",
        path,
        what: `container ${name}`,
        before: textAt(before, "image"),
        after: textAt(after, "image"),
        note: before ? "container removed" : "container added",
      },
    ];
  }
  const of = `container ${name}`;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((field) =>
    field === "env"
      ? environmentEdits(before.env, after.env, { path: `${path}.env`, of })
      : fieldEdits(CONTAINER_FIELDS[field] ?? "PodTemplateChanged", before[field], after[field], { path: `${path}.${field}`, of }),
  );
}

type Place = { readonly path: string; readonly of: string };

function environmentEdits(before: Json | undefined, after: Json | undefined, { path, of }: Place): readonly Edit[] {
  const [former, present] = [namedElements(before), namedElements(after)];
  if (!former || !present) return fieldEdits("EnvironmentChanged", before, after, { path, of });
  return [...new Set([...former.keys(), ...present.keys()])].flatMap((name) => {
    const [old, now] = [variableValue(former.get(name)), variableValue(present.get(name))];
    return leaves(old, now, "").length === 0
      ? []
      : [
          {
            reason: isMemorySetting(name) ? "MemorySettingChanged" : "EnvironmentChanged",
            path: `${path}[${name}]`,
            what: `environment variable ${name} of ${of}`,
            before: old,
            after: now,
            quoted: true,
          } as const,
        ];
  });
}

/** The value of a variable, or where it comes from. A variable without either is the empty text. */
function variableValue(variable: JsonObject | undefined): Json | undefined {
  return variable && (objectAt(variable, "valueFrom") ?? textAt(variable, "value") ?? "");
}

function fieldEdits(reason: ChangeReason, before: Json | undefined, after: Json | undefined, { path, of }: Place): readonly Edit[] {
  const field = path.slice(path.lastIndexOf(".") + 1);
  return leaves(before, after, path).map((leaf) => ({
    reason,
    ...leaf,
    what: `${field}${leaf.path.slice(path.length)} of ${of}`,
    quoted: reason === "CommandChanged",
  }));
}
