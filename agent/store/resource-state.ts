// A resource's state in parts: what the history of every store compares, keeps the differences of, and puts together again.
import { deepEqual } from "../domain/deep-equal.ts";
import { HEARTBEAT_FIELDS } from "../domain/heartbeat.ts";
import type { Json, JsonObject, KubeObject, ObjectMeta } from "../domain/kube-object.ts";
import type { Resource } from "../domain/resource.ts";
import { diffState, type StateEdit } from "./state-diff.ts";

/** The parts of a resource's state that history keeps; `meta` is the object without these other parts and without its edition. */
export const STATE_PARTS = ["labels", "meta", "spec", "status", "rest"] as const;

/** One part's name. */
export type StatePart = (typeof STATE_PARTS)[number];

/** The state of a resource at one time: what patches of its history apply to. */
export type ResourceState = { readonly [part in StatePart]?: Json | undefined };

/** What every write of an object changes; no part of its state. */
export type Edition = Pick<Partial<ObjectMeta>, "resourceVersion" | "fieldOwners">;

/** A resource without what its state says. */
export type Identity = Omit<Resource, "labels" | "object">;

/** The state of a resource. Labels that only repeat the object's own are not stored twice; what changes with every write (version, owners) is no part of it. */
export function stateOf({ object, labels }: Resource): ResourceState {
  if (!object) return { labels };
  const { resourceVersion: _version, fieldOwners: _owners, ...metadata } = object.metadata;
  return {
    labels: deepEqual(labels, metadata.labels ?? {}) ? undefined : labels,
    meta: { apiVersion: object.apiVersion, kind: object.kind, partial: object.partial, metadata: metadata as JsonObject },
    spec: object.spec,
    status: object.status,
    rest: object.rest,
  };
}

/** The resource of an identity in a state; `edition` belongs to the present state only. */
export function resourceWith(identity: Identity, state: ResourceState, edition: Edition): Resource {
  const object = objectOf(identity, state, edition);
  const labels = isMap(state.labels) ? state.labels : (object?.metadata.labels ?? {});
  return { ...identity, labels: { ...labels } as Record<string, string>, ...(object ? { object } : {}) };
}

/** What turns the new state into the former one. Versions share what did not change, so most parts are done by one comparison. */
export function editsBack(before: Resource, now: Resource): readonly StateEdit[] {
  const edits: StateEdit[] = [];
  if (!isDescribedAlike(before, now)) {
    const [formerState, state] = [stateOf(before), stateOf(now)];
    for (const part of ["labels", "meta"] as const) edits.push(...diffState(state[part], formerState[part], [part]));
  }
  for (const part of ["spec", "status", "rest"] as const)
    if (before.object?.[part] !== now.object?.[part]) edits.push(...diffState(now.object?.[part], before.object?.[part], [part]));
  return edits;
}

/** Whether nothing about two objects differs but their spec, status, rest, and what every write changes; false when it takes a closer look. */
function isDescribedAlike({ labels, object }: Resource, { labels: nextLabels, object: next }: Resource): boolean {
  if (!object || !next || object.apiVersion !== next.apiVersion || object.kind !== next.kind || object.partial !== next.partial)
    return false;
  if (labels !== nextLabels && !(labels === object.metadata.labels && nextLabels === next.metadata.labels)) return false;
  for (const metadata of [object.metadata, next.metadata])
    for (const key in metadata)
      if (!EDITION.has(key) && object.metadata[key as keyof ObjectMeta] !== next.metadata[key as keyof ObjectMeta]) return false;
  return true;
}

/** Fields of an object's metadata that are no part of its state. */
const EDITION: ReadonlySet<string> = new Set(["resourceVersion", "fieldOwners"]);

/** A patched value as a state; anything but a map of parts is an empty one. */
export function asState(value: Json | undefined): ResourceState {
  return isMap(value) ? value : {};
}

/** Whether a difference is worth a former state: heartbeats and bookkeeping are not. */
export function isSignificant([path]: StateEdit): boolean {
  const part = path[0] as StatePart;
  if (part === "meta") return path.length === 1 || (path[1] === "metadata" && KEPT_METADATA.has(path[2] ?? ""));
  const field = String(path.at(-1));
  return !HEARTBEAT_FIELDS.has(field) && field !== "observedGeneration";
}

function objectOf(named: Identity, { meta, spec, status, rest }: ResourceState, edition: Edition): KubeObject | undefined {
  if (!isMap(meta)) return undefined;
  const metadata = isMap(meta.metadata) ? meta.metadata : {};
  return {
    apiVersion: typeof meta.apiVersion === "string" ? meta.apiVersion : "",
    kind: typeof meta.kind === "string" ? meta.kind : named.kind,
    metadata: { name: named.name, ...(metadata as Partial<ObjectMeta>), ...edition },
    ...(isMap(spec) ? { spec } : {}),
    ...(isMap(status) ? { status } : {}),
    ...(isMap(rest) ? { rest } : {}),
    ...(typeof meta.partial === "boolean" ? { partial: meta.partial } : {}),
  };
}

const KEPT_METADATA: ReadonlySet<string | number> = new Set(["labels", "ownerReferences", "deletionTimestamp"]);

function isMap(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
