// Reads what a pod (or the pod template of a workload) says about its containers: the spec and the status of each, side by side.
import type { Json, JsonObject, KubeObject } from "../domain/kube-object.ts";
import { remembered } from "../domain/remember.ts";
import { at, flagAt, numberAt, objectAt, objectsAt, textAt, textMapAt, timeMsAt } from "./read-json.ts";

/** `sidecar`: an init container with `restartPolicy: Always`, which runs beside the others. */
export type ContainerRole = "container" | "init" | "sidecar";

/** One container: what was asked for and what became of it. Either may be absent. */
export type ContainerView = {
  readonly name: string;
  readonly role: ContainerRole;
  readonly spec?: JsonObject | undefined;
  readonly status?: JsonObject | undefined;
  /** Where the status is read: `containerStatuses` or `initContainerStatuses`. */
  readonly statusField: "containerStatuses" | "initContainerStatuses";
};

/** `state.terminated` or `lastState.terminated` of a container. */
export type Termination = {
  readonly exitCode?: number | undefined;
  readonly signal?: number | undefined;
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
  readonly startedAtMs?: number | undefined;
  readonly finishedAtMs?: number | undefined;
};

const TEMPLATE_PATH: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  CronJob: ["jobTemplate", "spec", "template"],
  PodTemplate: ["template"],
};

/** The pod spec of a Pod or of a workload's pod template (Argo Rollouts included); undefined when there is none. */
export function podSpecOf(object: KubeObject): JsonObject | undefined {
  if (object.kind === "Pod") return object.spec;
  return objectAt(object.spec, ...(TEMPLATE_PATH[object.kind] ?? ["template"]), "spec");
}

/** Where {@link podSpecOf} lies in the object, dotted: `spec` or `spec.template.spec`. */
export function podSpecPath(kind: string): string {
  if (kind === "Pod") return "spec";
  return ["spec", ...(TEMPLATE_PATH[kind] ?? ["template"]), "spec"].join(".");
}

/** The labels that the pods of this Pod or workload carry. */
export function podLabelsOf(object: KubeObject): ReadonlyMap<string, string> {
  if (object.kind === "Pod") return new Map(Object.entries(object.metadata.labels ?? {}));
  return textMapAt(object.spec, ...(TEMPLATE_PATH[object.kind] ?? ["template"]), "metadata", "labels");
}

/** Containers, then init containers; ephemeral ones are left out: they are people debugging. */
export const containersOf = remembered(readContainers);

/** `state.waiting` of a container. */
export function waitingOf(
  container: ContainerView,
): { readonly reason?: string | undefined; readonly message?: string | undefined } | undefined {
  const waiting = objectAt(container.status, "state", "waiting");
  return waiting && { reason: textAt(waiting, "reason"), message: textAt(waiting, "message") };
}

/** `state.terminated` of a container. */
export function terminatedOf(container: ContainerView): Termination | undefined {
  return parseTermination(at(container.status, "state", "terminated"));
}

/** `lastState.terminated` of a container: how its previous run ended. */
export function lastTerminatedOf(container: ContainerView): Termination | undefined {
  return parseTermination(at(container.status, "lastState", "terminated"));
}

/** Whether `state.running` is there, whatever it says. */
export function isRunning(container: ContainerView): boolean {
  return objectAt(container.status, "state", "running") !== undefined;
}

/** `state.running.startedAt` of a container. */
export function runningSinceMs(container: ContainerView): number | undefined {
  return timeMsAt(container.status, "state", "running", "startedAt");
}

/** `restartCount`, 0 when not told. */
export function restartCountOf(container: ContainerView): number {
  return numberAt(container.status, "restartCount") ?? 0;
}

/** `ready`, undefined when not told. */
export function readyOf(container: ContainerView): boolean | undefined {
  return flagAt(container.status, "ready");
}

/** `status.phase` of a pod. */
export function podPhase(object: KubeObject): string | undefined {
  return textAt(object.status, "phase");
}

/** Whether the object is being deleted. */
export function isDeleting(object: KubeObject): boolean {
  return object.metadata.deletionTimestamp !== undefined;
}

function readContainers(object: KubeObject): readonly ContainerView[] {
  const spec = podSpecOf(object);
  return [
    ...pair(objectsAt(spec, "containers"), object, "containerStatuses"),
    ...pair(objectsAt(spec, "initContainers"), object, "initContainerStatuses"),
  ];
}

function pair(specs: readonly JsonObject[], object: KubeObject, statusField: ContainerView["statusField"]): readonly ContainerView[] {
  const statuses = object.kind === "Pod" ? objectsAt(object.status, statusField) : [];
  const byName = new Map(statuses.map((status) => [textAt(status, "name"), status]));
  const views = specs.flatMap((spec): readonly ContainerView[] => {
    const name = textAt(spec, "name");
    if (name === undefined) return [];
    const status = byName.get(name);
    byName.delete(name);
    return [{ name, role: roleOf(spec, statusField), spec, status, statusField }];
  });
  const unspecified = [...byName].flatMap(([name, status]): readonly ContainerView[] =>
    name === undefined ? [] : [{ name, role: statusField === "containerStatuses" ? "container" : "init", status, statusField }],
  );
  return [...views, ...unspecified];
}

function roleOf(spec: JsonObject, statusField: ContainerView["statusField"]): ContainerRole {
  if (statusField === "containerStatuses") return "container";
  return textAt(spec, "restartPolicy") === "Always" ? "sidecar" : "init";
}

function parseTermination(value: Json | undefined): Termination | undefined {
  if (objectAt(value) === undefined) return undefined;
  return {
    exitCode: numberAt(value, "exitCode"),
    signal: numberAt(value, "signal"),
    reason: textAt(value, "reason"),
    message: textAt(value, "message"),
    startedAtMs: timeMsAt(value, "startedAt"),
    finishedAtMs: timeMsAt(value, "finishedAt"),
  };
}
