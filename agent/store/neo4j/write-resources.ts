// Writes resources: properties that differ, and the former state into the history when the object itself differs.
import { deepEqual } from "../../domain/deep-equal.ts";
import type { Json } from "../../domain/kube-object.ts";
import type { Resource } from "../../domain/resource.ts";
import { editsBack, isSignificant, type StatePart } from "../resource-state.ts";
import { HOLDS_MS, map, text } from "../stored-values.ts";
import type { Row } from "./connect.ts";
import { ALL_PARTS, identityProperties, isSeen, stateProperties, storedOf } from "./resource-node.ts";
import { kindLabel } from "./schema.ts";
import { keyOf, type Stored, type Writing } from "./session.ts";

export const READ_RESOURCES = `
  UNWIND $rows AS row MATCH (r:Resource {client_id: row.c, rid: row.rid})
  RETURN row.c AS c, row.rid AS rid, properties(r) AS node`;

export const PUT_RESOURCES = `
  UNWIND $rows AS row MERGE (r:Resource {client_id: row.c, rid: row.rid})
  SET r += row.properties, r:$(row.label), r.updated_at = datetime({epochMillis: row.properties.updated_ms}),
      r.ended_at = CASE WHEN row.properties.end_ms = $holds THEN null ELSE datetime({epochMillis: row.properties.end_ms}) END`;

export const KEEP_STATES = `
  UNWIND $rows AS row MATCH (r:Resource {client_id: row.c, rid: row.rid})
  CREATE (:ResourceState {client_id: row.c, seq: row.seq, from_ms: row.from, to_ms: row.to, patch_json: row.patch})-[:STATE_OF]->(r)`;

/** Writes every resource that is not stored just so. */
export async function putResources(writing: Writing, resources: readonly Resource[]): Promise<void> {
  await readStored(writing, resources);
  const nodes: Row[] = [];
  const states: Row[] = [];
  for (const resource of resources) {
    const key = keyOf(resource.cluster, resource.rid);
    const before = storedFor(writing, key);
    if (before?.resource === resource) continue;
    const { now, properties, state } = before ? change(before, resource) : insert(resource);
    writing.stored.set(key, now);
    const place = { c: resource.cluster, rid: resource.rid };
    if (properties) nodes.push({ ...place, label: kindLabel(resource.kind), properties });
    if (state) states.push({ ...place, ...state });
  }
  if (nodes.length > 0) await writing.tx.run(PUT_RESOURCES, { rows: nodes, holds: HOLDS_MS });
  if (states.length > 0) await writing.tx.run(KEEP_STATES, { rows: states });
}

/** What is known of a resource within this transaction, or from those before. */
function storedFor({ stored, session }: Writing, key: string): Stored | undefined {
  return stored.has(key) ? stored.get(key) : session.written.get(key);
}

async function readStored(writing: Writing, resources: readonly Resource[]): Promise<void> {
  const unknown = resources.filter(({ cluster, rid }) => {
    const key = keyOf(cluster, rid);
    return !writing.stored.has(key) && !writing.session.written.has(key);
  });
  if (unknown.length === 0) return;
  const rows = await writing.tx.run(READ_RESOURCES, { rows: unknown.map(({ cluster, rid }) => ({ c: cluster, rid })) });
  for (const row of rows) if (isSeen(map(row.node))) writing.stored.set(keyOf(text(row.c), text(row.rid)), storedOf(map(row.node)));
}

type Planned = { readonly now: Stored; readonly properties?: Row; readonly state?: Row };

function insert(resource: Resource): Planned {
  const now = { resource, sinceMs: resource.updatedAtMs, states: 0 };
  const properties = { ...identityProperties(resource), ...stateProperties(resource, ALL_PARTS, true), since_ms: now.sinceMs, states: 0 };
  return { now, properties };
}

function change(stored: Stored, resource: Resource): Planned {
  const before = stored.resource;
  const edits = editsBack(before, resource);
  const owners = !deepEqual(
    before.object?.metadata.fieldOwners as Json | undefined,
    resource.object?.metadata.fieldOwners as Json | undefined,
  );
  if (edits.length === 0 && !owners && sameIdentity(before, resource)) return { now: { ...stored, resource } };
  const kept = edits.some(isSignificant);
  // A late version is dated no earlier than the state it replaces, so that intervals never overlap.
  const sinceMs = kept ? Math.max(stored.sinceMs, resource.updatedAtMs) : stored.sinceMs;
  const states = stored.states + (kept ? 1 : 0);
  const parts = new Set(edits.map(([path]) => path[0] as StatePart));
  const properties = { ...identityProperties(resource), ...stateProperties(resource, parts, owners), since_ms: sinceMs, states };
  const state = { seq: states, from: stored.sinceMs, to: sinceMs, patch: JSON.stringify(edits) };
  return { now: { resource, sinceMs, states }, properties, ...(kept ? { state } : {}) };
}

function sameIdentity(a: Resource, b: Resource): boolean {
  return deepEqual(identityProperties(a) as Json, identityProperties(b) as Json);
}
