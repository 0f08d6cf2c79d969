// One version of an object into the graph: whose life it is, what it changes, which edges it opens and closes.
import { deepEqual } from "../domain/deep-equal.ts";
import type { JsonObject, KubeObject } from "../domain/kube-object.ts";
import type { Relation } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";
import type { ObjectSeen } from "../domain/signal.ts";
import { type ClusterGraph, isNameOnly } from "./cluster-graph.ts";
import type { GraphNode } from "./graph-node.ts";
import { endpointsOf } from "./topology/edges.ts";
import type { TopologyBinder } from "./topology-binder.ts";

/** What became of one version. `stale`: older than what is known, only its moments matter. `same`: nothing new in it. */
export type Applied = {
  readonly node: GraphNode;
  readonly outcome: "created" | "changed" | "same" | "stale" | "deleted";
  readonly before?: KubeObject | undefined;
  /** The spec, labels, owners or other declared parts differ; else only the status does. */
  readonly declaredChanged: boolean;
  /** Of the declared parts, those differ that edges and other resources' findings can rest on. */
  readonly tiesChanged: boolean;
  readonly relations: readonly Relation[];
  /** A former life of the same name that ended with this one's beginning. */
  readonly replaced?: GraphNode | undefined;
};

/** Applies one version of an object, or its deletion. */
export function applyObject(graph: ClusterGraph, binder: TopologyBinder, seen: ObjectSeen): Applied {
  return seen.op === "DELETE" ? applyDelete(graph, binder, seen) : applyUpsert(graph, binder, seen);
}

function applyDelete(graph: ClusterGraph, binder: TopologyBinder, seen: ObjectSeen): Applied {
  const { kind, metadata } = seen.object;
  const node = graph.resolve({ kind, uid: metadata.uid, namespace: metadata.namespace, name: metadata.name }, seen.atMs);
  const before = node.resource.object;
  if (node.resource.endedAtMs !== undefined)
    return { node, outcome: "same", before, declaredChanged: false, tiesChanged: false, relations: [] };
  // Told again after the thing was made anew under the same name.
  if (before && isOlder(seen, node.resource))
    return { node, outcome: "stale", before, declaredChanged: false, tiesChanged: false, relations: [] };
  if (!before && !seen.object.partial) graph.setResource(node, { ...node.resource, ...rowOf(seen, node.resource) });
  const relations = binder.unbind(node, seen.atMs);
  graph.endLife(node, seen.atMs);
  return { node, outcome: "deleted", before, declaredChanged: true, tiesChanged: true, relations };
}

function applyUpsert(graph: ClusterGraph, binder: TopologyBinder, seen: ObjectSeen): Applied {
  const { kind, metadata } = seen.object;
  const node = graph.resolve({ kind, uid: metadata.uid, namespace: metadata.namespace, name: metadata.name }, seen.atMs);
  const known = node.resource;
  const before = known.object;
  if (before && isOlder(seen, known)) return { node, outcome: "stale", before, declaredChanged: false, tiesChanged: false, relations: [] };
  // A record without uid about a name whose last life ended: the thing is there again.
  const { endedAtMs, ...alive } = known;
  const object = before ? share(before, seen.object) : seen.object;
  // The values of a Secret are not kept: that it was edited shows only in its version.
  const secretEdited = kind === "Secret" && before?.metadata.resourceVersion !== object.metadata.resourceVersion;
  const tiesChanged = !before || secretEdited || object.spec !== before.spec || object.rest !== before.rest || !sameTies(object, before);
  const declaredChanged = tiesChanged || !deepEqual(object.metadata.annotations, before.metadata.annotations);
  if (before && endedAtMs === undefined && !declaredChanged && object.status === before.status) {
    // Another version that says nothing else is kept too: what is stored must not depend on what else its batch brought.
    if (before.metadata.resourceVersion !== object.metadata.resourceVersion)
      graph.setResource(node, { ...known, object, updatedAtMs: Math.max(known.updatedAtMs, seen.atMs) });
    return { node, outcome: "same", before, declaredChanged: false, tiesChanged: false, relations: [] };
  }
  graph.setResource(node, { ...alive, ...rowOf({ ...seen, object }, known) });
  const isFirst = !before || endedAtMs !== undefined;
  const holder = isFirst ? graph.liveByName(kind, metadata.namespace, metadata.name) : undefined;
  const relations = isFirst
    ? firstSight(graph, binder, node, seen.atMs)
    : tiesChanged && !hasSamePods(before, object)
      ? binder.bind(node, seen.atMs)
      : [];
  const replaced = holder?.resource.endedAtMs === undefined ? undefined : holder;
  return { node, outcome: before ? "changed" : "created", before, declaredChanged, tiesChanged, relations, replaced };
}

/** A life seen for the first time takes its name over, unless a younger life already has it. */
function firstSight(graph: ClusterGraph, binder: TopologyBinder, node: GraphNode, atMs: number): readonly Relation[] {
  const { kind, namespace, name, createdAtMs, rid } = node.resource;
  const named = graph.liveByName(kind, namespace, name);
  if (named && named !== node && isNameOnly(named.resource)) graph.merge(named, node);
  const holder = graph.liveByName(kind, namespace, name);
  const younger =
    holder !== undefined &&
    holder.resource.rid !== rid &&
    holder.resource.object !== undefined &&
    holder.resource.createdAtMs > createdAtMs;
  if (younger) {
    graph.endLife(node, holder.resource.createdAtMs);
    return [];
  }
  const relations: Relation[] = [];
  if (holder && holder.resource.rid !== rid) relations.push(...binder.unbind(holder, Math.max(createdAtMs, holder.resource.createdAtMs)));
  graph.takeName(node, createdAtMs);
  return [...relations, ...binder.bind(node, atMs)];
}

function rowOf(seen: ObjectSeen, known: Resource): Resource {
  const { kind, metadata } = seen.object;
  const createdMs = metadata.creationTimestamp ? Date.parse(metadata.creationTimestamp) : Number.NaN;
  return {
    cluster: seen.cluster,
    rid: known.rid,
    kind,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
    name: metadata.name,
    ...((metadata.uid ?? known.uid) ? { uid: metadata.uid ?? known.uid } : {}),
    labels: metadata.labels ?? (seen.object.partial ? known.labels : {}),
    createdAtMs: Number.isNaN(createdMs) ? Math.min(known.createdAtMs, seen.atMs) : createdMs,
    updatedAtMs: known.object ? Math.max(known.updatedAtMs, seen.atMs) : seen.atMs,
    object: seen.object,
  };
}

/** Resource versions order versions where both are numbers (they are etcd revisions in practice); else the time of the record does. */
function isOlder(seen: ObjectSeen, known: Resource): boolean {
  const next = Number(seen.object.metadata.resourceVersion);
  const last = Number(known.object?.metadata.resourceVersion);
  if (Number.isSafeInteger(next) && Number.isSafeInteger(last) && next > 0 && last > 0)
    return next < last || (next === last && known.endedAtMs !== undefined);
  return seen.atMs < known.updatedAtMs || (known.endedAtMs !== undefined && seen.atMs <= known.endedAtMs);
}

/** The new version, with equal parts shared with the old one: less memory, and "did it change" is one comparison. A partial version keeps what it does not tell. */
function share(before: KubeObject, next: KubeObject): KubeObject {
  const spec = next.partial && next.spec === undefined ? before.spec : shareJson(before.spec, next.spec);
  const told = next.partial && next.status ? { ...before.status, ...next.status } : next.status;
  const status = next.partial && next.status === undefined ? before.status : shareJson(before.status, told);
  const rest = next.partial && next.rest === undefined ? before.rest : shareJson(before.rest, next.rest);
  const metadata = next.partial ? { ...before.metadata, ...definedOf(next.metadata) } : next.metadata;
  return { ...next, metadata, spec, status, rest, ...(next.partial && !before.partial ? { partial: undefined } : {}) };
}

function shareJson(before: JsonObject | undefined, next: JsonObject | undefined): JsonObject | undefined {
  return deepEqual(before, next) ? before : next;
}

/** Whether nothing about the endpoints of a Service differs but how they are: the commonest news of all, and none about edges. */
function hasSamePods(a: KubeObject, b: KubeObject): boolean {
  if ((a.kind !== "EndpointSlice" && a.kind !== "Endpoints") || a.spec !== b.spec || !sameTies(a, b)) return false;
  const [pods, others] = [endpointsOf(a), endpointsOf(b)];
  return (
    pods.length === others.length && pods.every(({ pod }, at) => pod?.uid === others[at]?.pod?.uid && pod?.name === others[at]?.pod?.name)
  );
}

/** Kinds whose annotations others go by: a claim names its class and its node in them, a class says that it is the default. */
const ANNOTATED_KINDS = new Set(["PersistentVolumeClaim", "StorageClass"]);

function sameTies(a: KubeObject, b: KubeObject): boolean {
  return (
    deepEqual(a.metadata.labels, b.metadata.labels) &&
    (!ANNOTATED_KINDS.has(a.kind) || deepEqual(a.metadata.annotations, b.metadata.annotations)) &&
    deepEqual(a.metadata.ownerReferences as never, b.metadata.ownerReferences as never) &&
    a.metadata.deletionTimestamp === b.metadata.deletionTimestamp
  );
}

function definedOf<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Partial<T>;
}
