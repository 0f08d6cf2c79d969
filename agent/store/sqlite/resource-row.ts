// A resource as its two rows and back: what was declared, and what changes all the time. The object is kept in parts, which are compared one by one.
import type { ResourceId } from "../../domain/identity.ts";
import type { FieldOwner, Json } from "../../domain/kube-object.ts";
import type { Resource } from "../../domain/resource.ts";
import { type Edition, type ResourceState, resourceWith, STATE_PARTS, type StatePart } from "../resource-state.ts";
import { json, number, optionalNumber, optionalText, text } from "../stored-values.ts";
import type { Row } from "./sql.ts";

/** Columns that {@link resourceOf} needs, from {@link RESOURCE_TABLES}. */
export const RESOURCE_COLUMNS =
  "n.rid, n.cluster, r.node, r.kind, r.ns, r.name, r.uid, r.created_ms, p.updated_ms, r.ended_ms, p.since_ms, p.former, r.labels, r.meta, r.owners, p.version, r.spec, p.status, r.rest";

/** The same without the object; its labels stand in for those that only repeat them. */
export const BARE_COLUMNS =
  "n.rid, n.cluster, r.node, r.kind, r.ns, r.name, r.uid, r.created_ms, p.updated_ms, r.ended_ms, p.since_ms, p.former, coalesce(r.labels, json_extract(r.meta, '$.metadata.labels')) AS labels";

/** Where the columns come from. */
export const RESOURCE_TABLES = "resource r JOIN present p ON p.node = r.node JOIN node n ON n.id = r.node";

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

function assemble(row: Row, cluster: string, state: ResourceState, edition: Edition): Resource {
  const namespace = optionalText(row.ns);
  const uid = optionalText(row.uid);
  const endedAtMs = optionalNumber(row.ended_ms);
  const identity = {
    cluster,
    rid: text(row.rid) as ResourceId,
    kind: text(row.kind),
    ...(namespace === undefined ? {} : { namespace }),
    name: text(row.name),
    ...(uid === undefined ? {} : { uid }),
    createdAtMs: number(row.created_ms),
    updatedAtMs: number(row.updated_ms),
    ...(endedAtMs === undefined ? {} : { endedAtMs }),
  };
  return resourceWith(identity, state, edition);
}
