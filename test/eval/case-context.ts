// What the lines of a Kubernetes case refer to: its live objects, its namespace, its time.
import { type Fields, fieldsAt, isFields, listAt, textAt } from "../../agent/sources/fields.ts";
import { parseTime } from "../../agent/sources/times.ts";
import type { EvalCase } from "./read-case.ts";

/** Names by which the case's other lines speak of the cluster's things. */
export type CaseContext = {
  readonly atMs: number;
  readonly namespace: string;
  readonly objects: readonly Fields[];
  /** Name of a live object of this kind in the case's namespace. */
  has(kind: string, name: string): boolean;
};

/** Reads what a case is about from its first line and its objects. */
export function contextOf(given: EvalCase): CaseContext {
  const objects = liveObjects(given);
  const names = new Set(objects.map((object) => `${textAt(object, "kind")}/${nameOf(object)}`));
  return {
    atMs: parseTime(given.head["collectedAt"]) ?? 0,
    namespace: textAt(given.head, "namespace") ?? "default",
    objects,
    has: (kind, name) => names.has(`${kind}/${name}`),
  };
}

/** Live objects, or the manifests that were applied. */
export function objectsIn(given: EvalCase, type: "object" | "manifest"): readonly Fields[] {
  return given.of(type).flatMap((line): readonly Fields[] => {
    const object = fieldsAt(line, "object");
    return object ? [object] : [];
  });
}

/** `metadata.name`. */
export function nameOf(object: Fields): string {
  return textAt(fieldsAt(object, "metadata"), "name") ?? "";
}

/**
 * The live objects. They were read back from `kubectl describe`, which prints no names of container ports: those come from the applied manifest of the same
 * workload, as other fields that describe does not print already do (`filledFromManifest`).
 */
function liveObjects(given: EvalCase): readonly Fields[] {
  const objects = objectsIn(given, "object");
  const portNames = new Map<string, string>();
  for (const manifest of objectsIn(given, "manifest")) {
    for (const { container, port } of portsOf(fieldsAt(fieldsAt(fieldsAt(manifest, "spec"), "template"), "spec"))) {
      const name = textAt(port, "name");
      if (name) portNames.set(portKey(nameOf(manifest), container, port), name);
    }
  }
  return portNames.size === 0 ? objects : objects.map((object) => withPortNames(object, portNames));
}

function withPortNames(object: Fields, portNames: ReadonlyMap<string, string>): Fields {
  const spec = fieldsAt(object, "spec");
  const template = fieldsAt(spec, "template");
  const podSpec = object["kind"] === "Pod" ? spec : fieldsAt(template, "spec");
  if (!spec || !podSpec || !Array.isArray(podSpec["containers"])) return object;
  const workload =
    object["kind"] === "Pod" ? nameOf(object).replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, "") : nameOf(object).replace(/-[a-z0-9]{6,10}$/, "");
  const containers = listAt(podSpec, "containers").map((container): unknown => {
    if (!isFields(container) || !Array.isArray(container["ports"])) return container;
    const named = (port: unknown): unknown => {
      if (!isFields(port) || port["name"] !== undefined) return port;
      const containerName = textAt(container, "name") ?? "";
      const name = portNames.get(portKey(workload, containerName, port)) ?? portNames.get(portKey(nameOf(object), containerName, port));
      return name ? { name, ...port } : port;
    };
    return { ...container, ports: listAt(container, "ports").map(named) };
  });
  const named = { ...podSpec, containers };
  return { ...object, spec: object["kind"] === "Pod" ? named : { ...spec, template: { ...template, spec: named } } };
}

function portKey(workload: string, container: string, port: Fields): string {
  return `${workload}/${container}/${String(port["containerPort"])}`;
}

function portsOf(podSpec: Fields | undefined): readonly { readonly container: string; readonly port: Fields }[] {
  return listAt(podSpec, "containers").flatMap((container) =>
    isFields(container)
      ? listAt(container, "ports").flatMap((port) => (isFields(port) ? [{ container: textAt(container, "name") ?? "", port }] : []))
      : [],
  );
}

/** Whether a pod's name is that of a workload's replica. */
export function isPodOf(pod: string, workload: string): boolean {
  return pod.startsWith(`${workload}-`) && /^(-[a-z0-9]{6,10})?-([a-z0-9]{5}|\d+)$/.test(pod.slice(workload.length));
}
