// A resource as its two rows and back: what was declared, and what changes all the time. The object is kept in parts, which are compared one by one.
import { deepEqual } from "../../domain/deep-equal.ts";
import type { ResourceId } from "../../domain/identity.ts";
import type { FieldOwner, Json, JsonObject, KubeObject, ObjectMeta } from "../../domain/kube-object.ts";
import type { Resource } from "../../domain/resource.ts";
import { json, number, optionalNumber, optionalText, text } from "./columns.ts";
import type { Row } from "./sql.ts";

/** The parts of a resource's state that history keeps; `meta` is the object without these other parts and without its edition. */
export const STATE_PARTS = ["labels", "meta", "spec", "status", "rest"] as const;

/** One part's name. */
export type StatePart = (typeof STATE_PARTS)[number];

/** The state of a resource at one time: what patches of its history apply to. */
export type ResourceState = { readonly [part in StatePart]?: Json | undefined };

/** Columns that {@link resourceOf} needs, from {@link RESOURCE_TABLES}. */
export const RESOURCE_COLUMNS =
  "n.rid, n.cluster, r.node, r.kind, r.ns, r.name, r.uid, r.created_ms, p.updated_ms, r.ended_ms, p.since_ms, p.former, r.labels, r.meta, r.owners, p.version, r.spec, p.status, r.rest";

/** The same without the object; its labels stand in for those that only repeat them. */
export const BARE_COLUMNS =
  "n.rid, n.cluster, r.node, r.kind, r.ns, r.name, r.uid, r.created_ms, p.updated_ms, r.ended_ms, p.since_ms, p.former, coalesce(r.labels, json_extract(r.meta, '$.metadata.labels')) AS labels";

/** Where the columns come from. */
export const RESOURCE_TABLES = "resource r JOIN present p ON p.node = r.node JOIN node n ON n.id = r.node";

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

/** The state that the texts stand for. */
export function storedState(parts: { readonly [part in StatePart]?: Row[string] }): ResourceState {
  const state: { [part in StatePart]?: Json } = {};
  for (const part of STATE_PARTS) {
    const value = json(parts[part]);
    if (value !== undefined) state[part] = value as Json;
  }
  return state;
}

/** The resource a row stands for. */
export function resourceOf(row: Row, cluster: string): Resource {
  const resourceVersion = optionalText(row.version);
  const fieldOwners = json(row.owners);
  return assemble(row, cluster, storedState(row), {
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
    ...(Array.isArray(fieldOwners) ? { fieldOwners: fieldOwners as FieldOwner[] } : {}),
  });
}

/** The resource of a row in a former state; who owned which field then is not kept. */
export function resourceInState(row: Row, cluster: string, state: ResourceState, sinceMs: number): Resource {
  return { ...assemble(row, cluster, state, {}), updatedAtMs: sinceMs };
}

function assemble(row: Row, cluster: string, state: ResourceState, edition: Partial<ObjectMeta>): Resource {
  const object = objectOf(row, state, edition);
  const labels = isMap(state.labels) ? state.labels : (object?.metadata.labels ?? {});
  const namespace = optionalText(row.ns);
  const uid = optionalText(row.uid);
  const endedAtMs = optionalNumber(row.ended_ms);
  return {
    cluster,
    rid: text(row.rid) as ResourceId,
    kind: text(row.kind),
    ...(namespace === undefined ? {} : { namespace }),
    name: text(row.name),
    ...(uid === undefined ? {} : { uid }),
    labels: { ...labels } as Record<string, string>,
    createdAtMs: number(row.created_ms),
    updatedAtMs: number(row.updated_ms),
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
    ...(object ? { object } : {}),
  };
}

function objectOf(row: Row, state: ResourceState, edition: Partial<ObjectMeta>): KubeObject | undefined {
  const { meta, spec, status, rest } = state;
  if (!isMap(meta)) return undefined;
  const metadata = isMap(meta.metadata) ? meta.metadata : {};
  return {
    apiVersion: typeof meta.apiVersion === "string" ? meta.apiVersion : "",
    kind: typeof meta.kind === "string" ? meta.kind : text(row.kind),
    metadata: { name: text(row.name), ...(metadata as Partial<ObjectMeta>), ...edition },
    ...(isMap(spec) ? { spec } : {}),
    ...(isMap(status) ? { status } : {}),
    ...(isMap(rest) ? { rest } : {}),
    ...(typeof meta.partial === "boolean" ? { partial: meta.partial } : {}),
  };
}

function isMap(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
