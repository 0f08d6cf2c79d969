// Where an object keeps the pod it makes, or is: one place that knows the path per kind.
import type { JsonObject, KubeObject } from "../../domain/kube-object.ts";
import { objectAt, objectsAt } from "./fields.ts";

/** A pod specification within an object. `path` is the dotted path of `spec`, the way evidence quotes it. */
export type PodTemplate = { readonly path: string; readonly metadata: JsonObject; readonly spec: JsonObject };

/** A container within a pod specification. `path` is `<spec path>.containers[app]`. */
export type TemplateContainer = { readonly name: string; readonly path: string; readonly container: JsonObject; readonly init: boolean };

const TEMPLATE_KINDS = new Set(["Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "ReplicationController", "Rollout"]);

/** The pod specification of a Pod, workload, Job or CronJob; undefined for other kinds and for objects that do not tell it. */
export function podTemplateOf(object: KubeObject): PodTemplate | undefined {
  const spec = object.spec;
  if (!spec) return undefined;
  if (object.kind === "Pod") {
    return { path: "spec", metadata: { labels: object.metadata.labels, annotations: object.metadata.annotations }, spec };
  }
  if (object.kind === "CronJob") return template(objectAt(spec, "jobTemplate", "spec", "template"), "spec.jobTemplate.spec.template");
  return TEMPLATE_KINDS.has(object.kind) ? template(objectAt(spec, "template"), "spec.template") : undefined;
}

/** All containers of a pod specification: ordinary, init and ephemeral ones. */
export function containersOf(template: PodTemplate): readonly TemplateContainer[] {
  return (["initContainers", "containers", "ephemeralContainers"] as const).flatMap((field) =>
    objectsAt(template.spec, field).map((container, index) => {
      const name = typeof container.name === "string" && container.name !== "" ? container.name : String(index);
      return { name, path: `${template.path}.${field}[${name}]`, container, init: field === "initContainers" };
    }),
  );
}

function template(json: JsonObject, path: string): PodTemplate | undefined {
  const spec = objectAt(json, "spec");
  return Object.keys(spec).length === 0 ? undefined : { path: `${path}.spec`, metadata: objectAt(json, "metadata"), spec };
}
