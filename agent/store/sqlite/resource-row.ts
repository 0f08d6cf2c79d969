// A resource as a row and back. The object is kept in parts, so that versions are compared part by part, as text.
import type { ResourceId } from "../../domain/identity.ts";
import type { FieldOwner, Json, JsonObject, KubeObject, ObjectMeta } from "../../domain/kube-object.ts";
import type { Resource } from "../../domain/resource.ts";
import { json, jsonText, number, optionalNumber, optionalText, text } from "./columns.ts";
import type { Row } from "./sql.ts";

/** The parts of a resource's state that history keeps; `meta` is the object without these other parts and without its edition. */
export const STATE_PARTS = ["labels", "meta", "spec", "status", "rest"] as const;

/** One part's name. */
export type StatePart = (typeof STATE_PARTS)[number];

/** The state of a resource at one time: what patches of its history apply to. */
export type ResourceState = { readonly [part in StatePart]?: Json | undefined };

/** The texts of the parts; null is absent. `edition` is what every write changes: resourceVersion and field owners. */
export type ResourceParts = { readonly [part in StatePart | "edition"]: string | null };

/** Columns that {@link resourceOf} needs, from `resource r JOIN node n`. */
export const RESOURCE_COLUMNS =
  "n.rid, n.cluster, r.node, r.kind, r.ns, r.name, r.uid, r.created_ms, r.updated_ms, r.ended_ms, r.since_ms, r.former, r.labels, r.meta, r.edition, r.spec, r.status, r.rest";

/** The texts to store for a resource. Labels that only repeat the object's own are not stored twice. */
export function partsOf(resource: Resource): ResourceParts {
  const { object, labels } = resource;
  if (!object) return { labels: JSON.stringify(labels), meta: null, edition: null, spec: null, status: null, rest: null };
  const { resourceVersion, fieldOwners, ...metadata } = object.metadata;
  const same = labels === metadata.labels || JSON.stringify(labels) === JSON.stringify(metadata.labels ?? {});
  return {
    labels: same ? null : JSON.stringify(labels),
    meta: JSON.stringify({ apiVersion: object.apiVersion, kind: object.kind, partial: object.partial, metadata }),
    edition: JSON.stringify([resourceVersion ?? null, fieldOwners ?? null]),
    spec: jsonText(object.spec),
    status: jsonText(object.status),
    rest: jsonText(object.rest),
  };
}

/** The state that the texts stand for. */
export function stateOf(parts: { readonly [part in StatePart]?: Row[string] }): ResourceState {
  const state: { [part in StatePart]?: Json } = {};
  for (const part of STATE_PARTS) {
    const value = json(parts[part]);
    if (value !== undefined) state[part] = value as Json;
  }
  return state;
}

/** The resource a row stands for. */
export function resourceOf(row: Row, cluster: string): Resource {
  const edition = json(row.edition);
  const [resourceVersion, fieldOwners] = Array.isArray(edition) ? edition : [];
  return assemble(row, cluster, stateOf(row), {
    ...(typeof resourceVersion === "string" ? { resourceVersion } : {}),
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
