// Finds resources by rid, uid or name, as they are now or as they were at a time.
import type { Resource } from "../../domain/resource.ts";
import type { GraphReader } from "../port.ts";
import { asState } from "../resource-state.ts";
import { applyPatch, parsePatch, type StatePatch } from "../state-diff.ts";
import { map, number, text } from "../stored-values.ts";
import type { Row, Tx } from "./connect.ts";
import { resourceInState, resourceOf, storedState } from "./resource-node.ts";

/** The port's query for resources. */
export type ResourceQuery = Parameters<GraphReader["findResources"]>[0];

/** The names of all clusters. */
export const READ_CLUSTERS = "MATCH (k:KgCluster) WHERE k.name IS NOT NULL RETURN k.name AS name ORDER BY name";

/** What a query without the object leaves out. */
const BARE = "r {.client_id, .rid, .kind, .ns, .name, .uid, .labels_json, .created_ms, .updated_ms, .end_ms, .since_ms, .states} AS node";

export const READ_STATES = `
  UNWIND $rows AS row MATCH (r:Resource {client_id: row.c, rid: row.rid})<-[:STATE_OF]-(h:ResourceState) WHERE h.to_ms > $at
  RETURN row.c AS c, row.rid AS rid, h.seq AS seq, h.from_ms AS from, h.to_ms AS to, h.patch_json AS patch ORDER BY h.seq DESC`;

/** The names of all clusters. */
export async function clusterNames(tx: Tx): Promise<string[]> {
  return (await tx.run(READ_CLUSTERS)).map((row) => text(row.name));
}

/**
 * Live ones first, then the most recently ended. With `atMs`: only the lives that held then, each in its state of then; `endedAtMs` still says when it ended.
 * A rid of name form whose resource has learnt its uid since is looked up by that name.
 */
export async function findResources(tx: Tx, query: ResourceQuery): Promise<Resource[]> {
  const { rid, uid, name, kind, namespace } = query;
  if ([rid, uid, name, kind, namespace].every((part) => part === undefined)) return [];
  const found = await selectNodes(tx, query);
  if (found.length > 0 || rid === undefined) return await resourcesAt(tx, found, query.atMs);
  const named = nameQuery(query);
  const renamed = named ? await selectNodes(tx, named) : [];
  const kindOf = rid.split(":")[0] ?? "";
  return await resourcesAt(
    tx,
    renamed.filter((node) => text(node.kind).toLowerCase() === kindOf),
    query.atMs,
  );
}

/** The resources of nodes as they were at a time; absent: as they are. */
export async function resourcesAt(tx: Tx, nodes: readonly Row[], atMs: number | undefined): Promise<Resource[]> {
  const past = atMs === undefined ? [] : nodes.filter((node) => atMs < number(node.since_ms) && number(node.states) > 0);
  if (past.length === 0) return nodes.map(resourceOf);
  const rows = past.map((node) => ({ c: node.client_id, rid: node.rid }));
  const states = Map.groupBy(await tx.run(READ_STATES, { rows, at: atMs }), (row) => `${row.c}\u0000${row.rid}`);
  return nodes.map((node) => {
    const former = (states.get(`${node.client_id}\u0000${node.rid}`) ?? []).map(formerOf);
    return past.includes(node) && former.length > 0 ? inFormerState(node, former) : resourceOf(node);
  });
}

/** One state that was followed by another: `patch` turns the one that followed into it. */
export type FormerState = { readonly fromMs: number; readonly toMs: number; readonly patch: StatePatch };

/** The former state of a record with `from`, `to` and `patch`. */
export function formerOf(row: Row): FormerState {
  return { fromMs: number(row.from), toMs: number(row.to), patch: parsePatch(text(row.patch)) ?? [] };
}

function inFormerState(node: Row, former: readonly FormerState[]): Resource {
  let state = storedState(node);
  for (const { patch } of former) state = asState(applyPatch(state, patch));
  return resourceInState(node, state, former.at(-1)?.fromMs ?? 0);
}

/** The statement that a query for resources comes to. */
export function resourceStatement(query: ResourceQuery): string {
  const isNone = query.namespace === "";
  const conditions = [
    "r.kind IS NOT NULL",
    ...(query.rid === undefined && query.cluster !== undefined ? ["r.client_id = $cluster"] : []),
    ...(query.uid === undefined ? [] : ["r.uid = $uid"]),
    ...(query.name === undefined ? [] : ["r.name = $name"]),
    ...(query.kind === undefined ? [] : ["r.kind = $kind"]),
    // An absent namespace matches any, an empty one only resources outside namespaces.
    ...(query.namespace === undefined ? [] : [isNone ? "r.ns = ''" : "r.ns = $namespace"]),
    ...(query.namespace !== undefined && query.name === undefined ? ["r.name IS NOT NULL"] : []),
    ...(query.atMs === undefined ? [] : ["r.created_ms <= $atMs AND r.end_ms > $atMs"]),
  ];
  // Every cluster is asked for its own rid, since that is the key.
  const from = query.rid === undefined ? "MATCH (r:Resource)" : "UNWIND $clusters AS c MATCH (r:Resource {client_id: c, rid: $rid})";
  return `${from} WHERE ${conditions.join(" AND ")}
    RETURN ${query.bare ? BARE : "properties(r) AS node"} ORDER BY r.end_ms DESC, r.created_ms DESC, r.client_id, r.rid LIMIT toInteger($limit)`;
}

async function selectNodes(tx: Tx, query: ResourceQuery): Promise<Row[]> {
  const { rid, cluster } = query;
  const clusters = rid === undefined ? [] : cluster === undefined ? await clusterNames(tx) : [cluster];
  const params = Object.fromEntries(
    Object.entries({ ...query, clusters, limit: Math.max(0, query.limit) }).filter(([, value]) => value !== undefined),
  );
  return (await tx.run(resourceStatement(query), params)).map((row) => map(row.node));
}

/** The query by name for a rid of name form: `kind:ns:name` or `kind:name`. */
function nameQuery(query: ResourceQuery): ResourceQuery | undefined {
  const parts = (query.rid ?? "").split(":");
  const { rid: _, ...rest } = query;
  if (parts.length >= 3) return { ...rest, namespace: parts[1], name: parts.slice(2).join(":") };
  return parts.length === 2 && parts[1] ? { ...rest, namespace: "", name: parts[1] } : undefined;
}
