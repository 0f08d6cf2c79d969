// `kubectl describe` text: the Events section, and as much of the object as the text says (a partial object).
import type { Fields } from "../fields.ts";
import { knownKind } from "../kinds.ts";
import { latest } from "../times.ts";
import { describedContainers } from "./describe-containers.ts";
import type { Heading } from "./describe-text.ts";
import { beside, describedObjects, describedTime, heading, pairsOf } from "./describe-text.ts";
import type { DumpItem, FileContent } from "./dump-item.ts";
import type { Row } from "./text-table.ts";
import { eventAges, tableRows } from "./text-table.ts";

/** Everything in the text. `kindHint` comes from the recorded call (`kubectl describe pod x`), where there is one. */
export function describeContent(text: string, kindHint: string | undefined): FileContent {
  const objects = describedObjects(text);
  const contents = objects.map((outline, at) => describedObject(outline, kindHint, `[${at}]`));
  const items = contents.flatMap((content) => content.items);
  const takenAtMs = latest(contents.map((content) => content.takenAtMs));
  const fault = contents.find((content) => content.fault)?.fault;
  return { items, lists: [], ...(takenAtMs === undefined ? {} : { takenAtMs }), ...(fault ? { fault } : {}) };
}

type Described = { readonly items: readonly DumpItem[]; readonly takenAtMs: number | undefined; readonly fault?: string };

function describedObject(outline: readonly Heading[], kindHint: string | undefined, path: string): Described {
  const name = beside(outline, "Name");
  const kind = (kindHint && knownKind(kindHint)) ?? kindOf(outline);
  if (!name || !kind) return { items: [], takenAtMs: undefined, fault: "describes a kind that cannot be told from the text" };
  const namespace = beside(outline, "Namespace");
  const events = describedEvents(outline, { kind, name, ...(namespace ? { namespace } : {}) }, path);
  const object: DumpItem = { is: "object", path, value: objectOf(outline, kind, { name, ...(namespace ? { namespace } : {}) }) };
  return { items: [object, ...events], takenAtMs: takenAt(outline, events) };
}

/** Headings that only one kind has. */
const TELL_TALES: readonly (readonly [string, readonly string[]])[] = [
  ["Node", ["Roles", "Capacity"]],
  ["Deployment", ["StrategyType"]],
  ["DaemonSet", ["Desired Number of Nodes Scheduled"]],
  ["Job", ["Parallelism"]],
  ["CronJob", ["Concurrency Policy"]],
  ["StatefulSet", ["Update Strategy", "Pods Status"]],
  ["ReplicaSet", ["Pods Status", "Controlled By"]],
  ["PersistentVolumeClaim", ["StorageClass", "Volume", "Access Modes"]],
  ["PersistentVolume", ["StorageClass", "Reclaim Policy"]],
  ["Service", ["Selector", "Endpoints"]],
  ["HorizontalPodAutoscaler", ["Min replicas", "Max replicas"]],
  ["Pod", ["Containers", "Node"]],
  ["Pod", ["Containers", "QoS Class"]],
  ["Ingress", ["Rules", "Default backend"]],
  ["NetworkPolicy", ["Spec", "Created on"]],
  ["ResourceQuota", ["Resource"]],
];

function kindOf(outline: readonly Heading[]): string | undefined {
  return beside(outline, "Kind") ?? TELL_TALES.find(([, keys]) => keys.every((key) => heading(outline, key)))?.[0];
}

function objectOf(outline: readonly Heading[], kind: string, name: Fields): Fields {
  const controller = /^([^/]+)\/(.+)$/.exec(beside(outline, "Controlled By") ?? "");
  const created = describedTime(beside(outline, "CreationTimestamp"));
  const metadata = {
    ...name,
    labels: pairsOf(outline, "Labels"),
    ...(created === undefined ? {} : { creationTimestamp: new Date(created).toISOString() }),
    ...(controller ? { ownerReferences: [{ kind: controller[1], name: controller[2], controller: true }] } : {}),
  };
  const parts = kind === "Pod" ? podParts(outline) : kind === "Node" ? nodeParts(outline) : workloadParts(outline);
  return { apiVersion: beside(outline, "API Version") ?? "v1", kind, partial: true, metadata, ...parts };
}

function podParts(outline: readonly Heading[]): Fields {
  const node = beside(outline, "Node")?.split("/")[0];
  const started = describedTime(beside(outline, "Start Time"));
  const containers = describedContainers(heading(outline, "Containers")?.below ?? []);
  const init = describedContainers(heading(outline, "Init Containers")?.below ?? []);
  const reason = beside(outline, "Reason");
  const phase = beside(outline, "Status")?.split(" ")[0];
  return {
    spec: {
      ...(node ? { nodeName: node } : {}),
      containers: containers.specs,
      ...(init.specs.length > 0 ? { initContainers: init.specs } : {}),
    },
    status: {
      ...(phase ? { phase } : {}),
      ...(reason ? { reason, message: beside(outline, "Message") ?? "" } : {}),
      ...(started === undefined ? {} : { startTime: new Date(started).toISOString() }),
      containerStatuses: containers.statuses,
      ...(init.statuses.length > 0 ? { initContainerStatuses: init.statuses } : {}),
      conditions: conditions(outline),
    },
  };
}

function nodeParts(outline: readonly Heading[]): Fields {
  const taints = [heading(outline, "Taints")?.value ?? "", ...(heading(outline, "Taints")?.lines ?? [])].flatMap((line) => {
    const match = /^([^=:\s<]+)(?:=([^:]*))?:(\w+)$/.exec(line.trim());
    return match ? [{ key: match[1], ...(match[2] ? { value: match[2] } : {}), effect: match[3] }] : [];
  });
  const amounts = (key: string): Fields =>
    Object.fromEntries((heading(outline, key)?.below ?? []).map((entry) => [entry.key, entry.value]));
  return {
    spec: { ...(beside(outline, "Unschedulable") === "true" ? { unschedulable: true } : {}), taints },
    status: { conditions: conditions(outline), capacity: amounts("Capacity"), allocatable: amounts("Allocatable") },
  };
}

/** `Replicas: 3 desired | 1 updated | …`, `Replicas: 1 current / 3 desired`, `Pods Statuses: 0 Active (0 Ready) / 0 Succeeded / 5 Failed`. */
function workloadParts(outline: readonly Heading[]): Fields {
  const counts = new Map<string, number>();
  for (const key of ["Replicas", "Pods Statuses"]) {
    for (const [, count, word] of (beside(outline, key) ?? "").matchAll(/(\d+) (\w+)/g))
      counts.set((word ?? "").toLowerCase(), Number(count));
  }
  const field = (word: string, name: string): Fields => (counts.has(word) ? { [name]: counts.get(word) } : {});
  const selector = pairsOf(outline, "Selector");
  const completions = Number(beside(outline, "Completions"));
  return {
    spec: {
      ...field("desired", "replicas"),
      ...(Object.keys(selector).length > 0 && beside(outline, "Endpoints") !== undefined ? { selector } : {}),
      ...(Number.isFinite(completions) ? { completions } : {}),
    },
    status: {
      ...field("updated", "updatedReplicas"),
      ...field("total", "replicas"),
      ...field("current", "replicas"),
      ...field("available", "availableReplicas"),
      ...field("unavailable", "unavailableReplicas"),
      ...field("active", "active"),
      ...field("succeeded", "succeeded"),
      ...field("failed", "failed"),
      conditions: conditions(outline),
    },
  };
}

function conditions(outline: readonly Heading[]): readonly Fields[] {
  return sectionRows(outline, "Conditions").flatMap((row) => {
    const since = describedTime(row.get("LastTransitionTime"));
    const heartbeat = describedTime(row.get("LastHeartbeatTime"));
    const type = row.get("Type");
    return type === undefined
      ? []
      : [
          {
            type,
            status: row.get("Status") ?? "Unknown",
            reason: row.get("Reason") ?? "",
            message: row.get("Message") ?? "",
            ...(since === undefined ? {} : { lastTransitionTime: new Date(since).toISOString() }),
            ...(heartbeat === undefined ? {} : { lastHeartbeatTime: new Date(heartbeat).toISOString() }),
          },
        ];
  });
}

function sectionRows(outline: readonly Heading[], key: string): readonly Row[] {
  return tableRows(heading(outline, key)?.lines ?? []);
}

function describedEvents(outline: readonly Heading[], involvedObject: Fields, path: string): readonly DumpItem[] {
  return sectionRows(outline, "Events").flatMap((row, at): DumpItem[] => {
    const ages = eventAges(row.get("Age"));
    const reason = row.get("Reason");
    if (!ages || !reason) return [];
    const value = {
      apiVersion: "v1",
      kind: "Event",
      metadata: { namespace: involvedObject["namespace"] ?? "default" },
      involvedObject,
      type: row.get("Type") ?? "Normal",
      reason,
      message: row.get("Message") ?? "",
      count: ages.count,
      source: { component: row.get("From") ?? "" },
    };
    return [{ is: "event", value, path: `${path}.Events[${at}]`, ages: ages.ages }];
  });
}

/** When the text was printed: a pod's start time plus the age of its Scheduled event, else the newest time in it. */
function takenAt(outline: readonly Heading[], events: readonly DumpItem[]): number | undefined {
  const started = describedTime(beside(outline, "Start Time"));
  const scheduled = events.find((event) => event.value["reason"] === "Scheduled")?.ages;
  if (started !== undefined && scheduled) return started + scheduled.lastMs;
  const times = conditions(outline).flatMap((condition) => [condition["lastHeartbeatTime"], condition["lastTransitionTime"]]);
  return latest([
    started,
    describedTime(beside(outline, "CreationTimestamp")),
    ...containerTimes(outline),
    ...times.map((time) => describedTime(typeof time === "string" ? time : undefined)),
  ]);
}

function containerTimes(outline: readonly Heading[]): readonly (number | undefined)[] {
  const states = ["Containers", "Init Containers"]
    .flatMap((key) => heading(outline, key)?.below ?? [])
    .flatMap((container) => [...container.below]);
  return states.flatMap((state) =>
    state.below.map((entry) => describedTime(/^(Started|Finished)$/.test(entry.key) ? entry.value : undefined)),
  );
}
