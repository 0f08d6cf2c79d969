// Writes edges with the time in which they held: an edge that ended and came back has one row for each time.
import type { Relation } from "../../domain/relation.ts";
import { number, optionalNumber, optionalText, text } from "../stored-values.ts";
import type { Session } from "./session.ts";
import type { Row } from "./sql.ts";

/** One time in which an edge held, by node numbers. */
export type Edge = {
  readonly source: number;
  readonly type: string;
  readonly target: number;
  readonly fromMs: number;
  readonly toMs: number | undefined;
  readonly evidence: string | undefined;
};

/** Writes one edge unless it is stored just so. */
export function putRelation(session: Session, relation: Relation): void {
  const { names } = session;
  const cluster = names.makeCluster(relation.cluster);
  putEdge(session, cluster, {
    source: names.makeNode(cluster, relation.source),
    type: relation.type,
    target: names.makeNode(cluster, relation.target),
    fromMs: relation.validFromMs,
    toMs: relation.validToMs,
    evidence: relation.evidence,
  });
}

/** Gives all edges of one node to another. */
export function moveRelations(session: Session, cluster: number, from: number, to: number): void {
  const { sql } = session;
  const rows = sql.all("SELECT * FROM relation WHERE source = ?1 UNION SELECT * FROM relation WHERE target = ?1", from);
  for (const row of rows) dropEdge(session, cluster, edgeOf(row));
  for (const row of rows) {
    const edge = edgeOf(row);
    putEdge(session, cluster, {
      ...edge,
      source: edge.source === from ? to : edge.source,
      target: edge.target === from ? to : edge.target,
    });
  }
}

/** Removes one stored time of an edge. */
export function dropEdge(session: Session, cluster: number, edge: Pick<Edge, "source" | "type" | "target" | "fromMs" | "toMs">): void {
  session.sql.run(
    "DELETE FROM relation WHERE source = ? AND type = ? AND target = ? AND from_ms = ?",
    edge.source,
    edge.type,
    edge.target,
    edge.fromMs,
  );
  if (edge.toMs === undefined) session.tally.add(cluster, "relation", edge.type, -1);
}

/** The edge of a row of `relation`. */
export function edgeOf(row: Row): Edge {
  return {
    source: number(row.source),
    type: text(row.type),
    target: number(row.target),
    fromMs: number(row.from_ms),
    toMs: optionalNumber(row.to_ms),
    evidence: optionalText(row.evidence),
  };
}

function putEdge(session: Session, cluster: number, edge: Edge): void {
  const latest = session.sql.get(
    "SELECT * FROM relation WHERE source = ? AND type = ? AND target = ? ORDER BY from_ms DESC LIMIT 1",
    edge.source,
    edge.type,
    edge.target,
  );
  if (latest) {
    const stored = edgeOf(latest);
    if (stored.fromMs === edge.fromMs && stored.toMs === edge.toMs && stored.evidence === edge.evidence) return;
    if (!isApart(stored, edge)) dropEdge(session, cluster, stored);
  }
  const replaced = session.sql.get(
    "SELECT to_ms FROM relation WHERE source = ? AND type = ? AND target = ? AND from_ms = ?",
    edge.source,
    edge.type,
    edge.target,
    edge.fromMs,
  );
  if (replaced && replaced.to_ms === null) session.tally.add(cluster, "relation", edge.type, -1);
  session.sql.run(
    "INSERT OR REPLACE INTO relation VALUES (?, ?, ?, ?, ?, ?)",
    edge.source,
    edge.type,
    edge.target,
    edge.fromMs,
    edge.toMs,
    edge.evidence,
  );
  if (edge.toMs === undefined) session.tally.add(cluster, "relation", edge.type, 1);
}

/** Whether one held only after the other had ended: two times of the edge rather than two accounts of one. */
function isApart(a: Edge, b: Edge): boolean {
  const [first, second] = a.fromMs <= b.fromMs ? [a, b] : [b, a];
  return first.toMs !== undefined && first.toMs < second.fromMs;
}
