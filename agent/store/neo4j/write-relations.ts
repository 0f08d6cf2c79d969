// Writes edges as typed relationships with the time in which they held: an edge that ended and came back is one relationship for each time.
import type { ResourceId } from "../../domain/identity.ts";
import { RELATION_TYPES, type Relation, type RelationType } from "../../domain/relation.ts";
import { number, optionalNumber, optionalText, text } from "../stored-values.ts";
import type { Row, Tx } from "./connect.ts";

/** One time in which an edge held. */
export type Edge = {
  readonly cluster: string;
  readonly type: RelationType;
  readonly source: ResourceId;
  readonly target: ResourceId;
  readonly fromMs: number;
  readonly toMs: number | undefined;
  readonly evidence: string | undefined;
};

type StoredEdge = Pick<Edge, "fromMs" | "toMs" | "evidence"> & { readonly id: string };

/** All edge types, for a pattern. */
export const ANY_RELATION = RELATION_TYPES.join("|");

/** Reads the times of edges of one type between pairs of resources. */
export function readEdges(type: RelationType): string {
  return `
  UNWIND $rows AS row
  MATCH (s:Resource {client_id: row.c, rid: row.source}) MATCH (t:Resource {client_id: row.c, rid: row.target})
  MATCH (s)-[l:${type}]->(t)
  RETURN row.c AS c, row.source AS source, row.target AS target, elementId(l) AS id, l.from_ms AS from, l.to_ms AS to, l.evidence AS evidence`;
}

export const CREATE_EDGES = `
  UNWIND $rows AS row MERGE (s:Resource {client_id: row.c, rid: row.source}) MERGE (t:Resource {client_id: row.c, rid: row.target})
  CREATE (s)-[l:$(row.type)]->(t)
  SET l = row.properties, l.valid_from = datetime({epochMillis: row.properties.from_ms}), l.valid_to = CASE WHEN row.properties.to_ms IS NULL THEN null ELSE datetime({epochMillis: row.properties.to_ms}) END`;

const SET_EDGES = `
  UNWIND $rows AS row MATCH ()-[l]->() WHERE elementId(l) = row.id
  SET l += row.properties, l.valid_from = datetime({epochMillis: row.properties.from_ms}), l.valid_to = CASE WHEN row.properties.to_ms IS NULL THEN null ELSE datetime({epochMillis: row.properties.to_ms}) END`;

const DELETE_EDGES = "UNWIND $ids AS id MATCH ()-[l]->() WHERE elementId(l) = id DELETE l";

/** The edge of a relation. */
export function edgeOf({ cluster, type, source, target, validFromMs, validToMs, evidence }: Relation): Edge {
  return { cluster, type, source, target, fromMs: validFromMs, toMs: validToMs, evidence };
}

/** Writes every edge that is not stored just so. */
export async function putEdges(tx: Tx, edges: readonly Edge[]): Promise<void> {
  const byType = Map.groupBy(edges, ({ type }) => type);
  const stored = new Map<string, StoredEdge[]>();
  await Promise.all([...byType].map(([type, group]) => readStored(tx, type, group, stored)));
  const plan: Plan = { created: new Map(), changed: new Map(), deleted: new Set() };
  for (const edge of edges) planEdge(plan, edge, stored);
  if (plan.deleted.size > 0) await tx.run(DELETE_EDGES, { ids: [...plan.deleted] });
  if (plan.changed.size > 0)
    await tx.run(SET_EDGES, { rows: [...plan.changed].map(([id, edge]) => ({ id, properties: properties(edge) })) });
  if (plan.created.size > 0)
    await tx.run(CREATE_EDGES, {
      rows: [...plan.created.values()].map((edge) => ({
        c: edge.cluster,
        source: edge.source,
        target: edge.target,
        type: edge.type,
        properties: properties(edge),
      })),
    });
}

async function readStored(tx: Tx, type: RelationType, edges: readonly Edge[], stored: Map<string, StoredEdge[]>): Promise<void> {
  const pairs = new Map(
    edges.map(({ cluster, source, target }) => [pairKey(cluster, type, source, target), { c: cluster, source, target }]),
  );
  for (const row of await tx.run(readEdges(type), { rows: [...pairs.values()] })) {
    const key = pairKey(text(row.c), type, text(row.source), text(row.target));
    const times = stored.get(key) ?? [];
    times.push({ id: text(row.id), fromMs: number(row.from), toMs: optionalNumber(row.to), evidence: optionalText(row.evidence) });
    stored.set(key, times);
  }
}

/** What is to be written; new edges have a provisional id until then. */
type Plan = { readonly created: Map<string, Edge>; readonly changed: Map<string, Edge>; readonly deleted: Set<string> };

/** One edge against the latest time that is known of it: the same, an account of the same time, or another time. */
function planEdge(plan: Plan, edge: Edge, stored: Map<string, StoredEdge[]>): void {
  const key = pairKey(edge.cluster, edge.type, edge.source, edge.target);
  const times = stored.get(key) ?? [];
  stored.set(key, times);
  const latest = times.reduce<StoredEdge | undefined>(
    (best, one) => (best === undefined || one.fromMs > best.fromMs ? one : best),
    undefined,
  );
  if (latest && latest.fromMs === edge.fromMs && latest.toMs === edge.toMs && latest.evidence === edge.evidence) return;
  const replaced = times.find((one) => one.fromMs === edge.fromMs) ?? (latest && !isApart(latest, edge) ? latest : undefined);
  const id = replaced?.id ?? `new ${plan.created.size} ${key}`;
  if (latest && latest !== replaced && !isApart(latest, edge)) {
    times.splice(times.indexOf(latest), 1);
    if (!plan.created.delete(latest.id)) plan.deleted.add(latest.id);
    plan.changed.delete(latest.id);
  }
  if (replaced) times.splice(times.indexOf(replaced), 1);
  times.push({ id, fromMs: edge.fromMs, toMs: edge.toMs, evidence: edge.evidence });
  if (replaced && !plan.created.has(id)) plan.changed.set(id, edge);
  else plan.created.set(id, edge);
}

/** Whether one held only after the other had ended: two times of the edge rather than two accounts of one. */
function isApart(a: Pick<Edge, "fromMs" | "toMs">, b: Pick<Edge, "fromMs" | "toMs">): boolean {
  const [first, second] = a.fromMs <= b.fromMs ? [a, b] : [b, a];
  return first.toMs !== undefined && first.toMs < second.fromMs;
}

function properties({ fromMs, toMs, evidence }: Edge): Row {
  return { from_ms: fromMs, to_ms: toMs ?? null, evidence: evidence ?? null };
}

function pairKey(...parts: readonly [cluster: string, type: string, source: string, target: string]): string {
  return parts.join("\u0000");
}
