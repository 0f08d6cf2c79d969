// What the objects of a dump say together: when it was taken, which kinds it holds completely, which pods it knows.
import { isClusterScoped } from "../../domain/identity.ts";
import type { Fields } from "../fields.ts";
import { fieldsAt, isFields, listAt, textAt } from "../fields.ts";
import { parseTime } from "../times.ts";
import type { DumpItem, ListSeen } from "./dump-item.ts";
import type { PodLookup } from "./log-names.ts";

/** Fields that say when something happened, as opposed to when it will (certificates, deadlines, grace periods). */
const PAST_TIMES = new Set([
  "creationTimestamp",
  "lastHeartbeatTime",
  "lastTransitionTime",
  "lastUpdateTime",
  "lastProbeTime",
  "startedAt",
  "finishedAt",
  "startTime",
  "completionTime",
  "time",
  "firstTimestamp",
  "lastTimestamp",
  "eventTime",
  "lastObservedTime",
  "renewTime",
  "lastScheduleTime",
  "lastSuccessfulTime",
  "lastScaleTime",
  "startsAt",
  "updatedAt",
  "activeAt",
]);
const DEPTH_MAX = 12;

/** The newest time that the value tells of, 0 when none. */
export function newestTime(value: unknown, depth = 0): number {
  let newest = 0;
  if (depth > DEPTH_MAX || typeof value !== "object" || value === null) return newest;
  for (const [key, child] of Object.entries(value)) {
    const ms =
      typeof child === "string"
        ? PAST_TIMES.has(key)
          ? (parseTime(child) ?? 0)
          : 0
        : key === "fieldsV1"
          ? 0
          : newestTime(child, depth + 1);
    if (ms > newest) newest = ms;
  }
  return newest;
}

/** Kinds without whose objects a diagnosis is blind in part, and what it cannot see then. */
const KINDS_THAT_MATTER: readonly (readonly [kind: string, blindTo: string])[] = [
  ["Pod", "the state of the containers"],
  ["Node", "conditions and capacity of the nodes"],
  ["Deployment", "what was rolled out"],
  ["ReplicaSet", "which rollout a pod belongs to"],
  ["Service", "which pods serve what"],
  ["EndpointSlice", "whether services have ready endpoints"],
  ["ConfigMap", "missing or edited configuration"],
  ["PersistentVolumeClaim", "whether storage is bound"],
  ["ResourceQuota", "whether a quota is used up"],
  ["NetworkPolicy", "whether traffic is cut off"],
];

/** A statement about one kind: its list is complete, or there is nothing of it. */
export type KindStatement = { readonly key: string; readonly text: string | undefined };

/**
 * Which kinds are known completely: a list of all namespaces, or lists that cover every namespace the dump speaks of. And a gap for each kind that matters
 * and is not there at all. Endpoints stand in for EndpointSlices.
 */
export function kindStatements(objects: readonly DumpItem[], lists: readonly ListSeen[], hasEvents: boolean): readonly KindStatement[] {
  const present = new Set(objects.map(({ value }) => textAt(value, "kind") ?? ""));
  const namespaces = new Set(
    objects.map(({ value }) => textAt(fieldsAt(value, "metadata"), "namespace")).filter((name) => name !== undefined),
  );
  const covered = new Map<string, Set<string> | "all">();
  for (const { kind, namespace } of lists) {
    const before = covered.get(kind);
    if (namespace === undefined || isClusterScoped(kind)) covered.set(kind, "all");
    else if (before !== "all") covered.set(kind, (before ?? new Set<string>()).add(namespace));
  }
  const isComplete = (of: Set<string> | "all"): boolean => of === "all" || [...namespaces].every((name) => of.has(name));
  const complete = [...covered]
    .filter(([kind, of]) => kind !== "Event" && isComplete(of))
    .map(([kind]): KindStatement => ({ key: `complete:${kind}`, text: undefined }));
  const seen = (kind: string): boolean =>
    present.has(kind) || covered.has(kind) || (kind === "EndpointSlice" && (present.has("Endpoints") || covered.has("Endpoints")));
  const gaps = KINDS_THAT_MATTER.filter(([kind]) => !seen(kind)).map(
    ([kind, blindTo]): KindStatement => ({ key: `kind:${kind}`, text: `the dump holds no ${kind} objects: ${blindTo} cannot be seen` }),
  );
  return [
    ...complete,
    ...gaps,
    ...(hasEvents ? [] : [{ key: "kind:Event", text: "the dump holds no Events: what the components reported cannot be seen" }]),
  ];
}

/** The pods of the dump, for whoever has only a file name; and when a container last ended, which dates the lines of its log that have no time. */
export type PodIndex = PodLookup & { lastEndMs(pod: string, container: string | undefined, previous: boolean): number | undefined };

/** Indexes the pods among the objects. */
export function podIndex(objects: readonly DumpItem[]): PodIndex {
  const pods = new Map<string, { readonly namespaces: Set<string>; readonly object: Fields }>();
  const namespaces = new Set<string>();
  for (const { value } of objects) {
    const metadata = fieldsAt(value, "metadata");
    const name = textAt(metadata, "name") ?? "";
    const namespace = value["kind"] === "Namespace" ? name : textAt(metadata, "namespace");
    if (namespace !== undefined) namespaces.add(namespace);
    if (value["kind"] !== "Pod") continue;
    const known = pods.get(name) ?? { namespaces: new Set<string>(), object: value };
    pods.set(name, known);
    if (namespace !== undefined) known.namespaces.add(namespace);
  }
  return {
    namespacesOf: (pod) => [...(pods.get(pod)?.namespaces ?? [])],
    isNamespace: (name) => namespaces.has(name),
    lastEndMs: (pod, container, previous) => lastEnd(fieldsAt(pods.get(pod)?.object, "status"), container, previous),
  };
}

/** A log of the previous run ended with it; one of a run that has ended, likewise. */
function lastEnd(status: Fields | undefined, container: string | undefined, previous: boolean): number | undefined {
  const statuses = [...listAt(status, "containerStatuses"), ...listAt(status, "initContainerStatuses")].filter(isFields);
  const found =
    statuses.find((entry) => container !== undefined && entry["name"] === container) ??
    (container === undefined && statuses.length === 1 ? statuses[0] : undefined);
  const ended =
    fieldsAt(fieldsAt(found, previous ? "lastState" : "state"), "terminated") ??
    (previous ? undefined : fieldsAt(fieldsAt(found, "lastState"), "terminated"));
  const running = fieldsAt(fieldsAt(found, "state"), "running");
  return running && !previous ? undefined : parseTime(ended?.["finishedAt"]);
}
