// The part of the graph around a resource: breadth first over edges that held, nearest first, with the episodes about it.
import type { Relation } from "../../domain/relation.ts";
import type { NeighbourhoodQuery, Subgraph } from "../port.ts";
import { number } from "../stored-values.ts";
import { linksAmong } from "./read-episodes.ts";
import { resourceAt } from "./read-resources.ts";
import { BARE_COLUMNS, RESOURCE_COLUMNS, RESOURCE_TABLES } from "./resource-row.ts";
import { EPISODE_COLUMNS, episodeOf, RELATION_COLUMNS, relationOf } from "./rows.ts";
import type { Session } from "./session.ts";

/** Episodes that one answer holds at most, latest first: about 1 kB each. */
export const NEIGHBOURHOOD_EPISODES_MAX = 2_000;

/** When an edge or a life counts: at a time (now: those that have not ended), or ended within a span. */
type When = { readonly atMs: number; readonly now: 0 | 1; readonly fromMs: number; readonly toMs: number };

const EMPTY: Subgraph = { resources: [], relations: [], episodes: [], links: [], truncated: false };

// Named parameters are numbered, since the same four appear in every statement: 1 the nodes, 2 now, 3 at, 4 from, 5 to.
const EDGE_HELD =
  "((?2 = 1 AND r.to_ms IS NULL) OR (?2 = 0 AND r.from_ms <= ?3 AND (r.to_ms IS NULL OR r.to_ms > ?3)) OR (r.to_ms >= ?4 AND r.to_ms <= ?5))";
const LIFE_HELD =
  "((?2 = 1 AND x.ended_ms IS NULL) OR (?2 = 0 AND x.created_ms <= ?3 AND (x.ended_ms IS NULL OR x.ended_ms > ?3)) OR (x.ended_ms >= ?4 AND x.ended_ms <= ?5))";

const NEXT = `
  SELECT DISTINCT other FROM (
    SELECT r.target AS other FROM json_each(?1) i CROSS JOIN relation r ON r.source = i.value WHERE ${EDGE_HELD} AND (?7 IS NULL OR r.type IN (SELECT value FROM json_each(?7)))
    UNION ALL
    SELECT r.source AS other FROM json_each(?1) i CROSS JOIN relation r ON r.target = i.value WHERE ${EDGE_HELD} AND (?8 IS NULL OR r.type IN (SELECT value FROM json_each(?8))))
  JOIN resource x ON x.node = other WHERE ${LIFE_HELD} LIMIT ?6`;

const AMONG = `
  SELECT ${RELATION_COLUMNS} FROM json_each(?1) i CROSS JOIN relation r ON r.source = i.value JOIN node s ON s.id = r.source JOIN node t ON t.id = r.target
  WHERE r.target IN (SELECT value FROM json_each(?1)) AND ${EDGE_HELD} ORDER BY r.source, r.type, r.target, r.from_ms`;

const ABOUT = `
  SELECT ${EPISODE_COLUMNS} FROM json_each(?1) i CROSS JOIN episode e ON e.node = i.value JOIN node n ON n.id = e.node
  WHERE e.end_ms >= ?2 AND e.first_ms <= ?3 ORDER BY e.last_ms DESC, e.eid LIMIT ?4`;

/** The neighbourhood a query asks for. The resource asked for is part of it if it exists (with `atMs`: if it held then), also when it has ended. */
export function neighbourhood(session: Session, query: NeighbourhoodQuery): Subgraph {
  const cluster = session.names.findCluster(query.cluster);
  const root = cluster === undefined ? undefined : session.names.findNode(cluster, query.rid);
  if (root === undefined) return EMPTY;
  const when: When = {
    now: query.atMs === undefined ? 1 : 0,
    atMs: query.atMs ?? 0,
    fromMs: query.fromMs ?? 1,
    toMs: query.toMs ?? (query.fromMs === undefined ? 0 : Number.MAX_SAFE_INTEGER),
  };
  const isThere = session.sql.get(`SELECT ?1 AS root FROM resource x WHERE x.node = ?1 AND (?2 = 1 OR ${LIFE_HELD})`, root, ...span(when));
  if (!isThere) return EMPTY;
  const { nodes, truncated } = walk(session, root, query, when);
  const ids = JSON.stringify(nodes);
  const episodes =
    query.fromMs === undefined && query.toMs === undefined
      ? []
      : session.sql.all(ABOUT, ids, query.fromMs ?? 0, when.toMs, NEIGHBOURHOOD_EPISODES_MAX + 1);
  const kept = episodes.slice(0, NEIGHBOURHOOD_EPISODES_MAX);
  return {
    resources: resourcesOf(session, nodes, query),
    relations: session.sql.all(AMONG, ids, ...span(when)).map((row): Relation => relationOf(row, query.cluster)),
    episodes: kept.map((row) => episodeOf(row, query.cluster)),
    links: kept.length === 0 ? [] : linksAmong(session, query.cluster, JSON.stringify(kept.map((row) => row.id))),
    truncated: truncated || episodes.length > kept.length,
  };
}

function walk(session: Session, root: number, query: NeighbourhoodQuery, when: When): { nodes: number[]; truncated: boolean } {
  const limit = Math.max(1, query.limit);
  const seen = new Set([root]);
  let frontier = [root];
  const over = (["out", "in"] as const).map(
    (way) => query.over && JSON.stringify(query.over.filter(({ direction }) => direction === way).map(({ type }) => type)),
  );
  for (let hop = 0; hop < Math.min(5, query.hops) && frontier.length > 0; hop++) {
    // What is known already may be found again, so one more than that shows whether something was cut off.
    const found = session.sql
      .all(NEXT, JSON.stringify(frontier), ...span(when), limit + seen.size + 1, ...over)
      .map((row) => number(row.other));
    frontier = found.filter((node) => !seen.has(node));
    for (const node of frontier.slice(0, limit - seen.size)) seen.add(node);
    if (frontier.some((node) => !seen.has(node))) return { nodes: [...seen], truncated: true };
  }
  return { nodes: [...seen], truncated: false };
}

function resourcesOf(session: Session, nodes: readonly number[], { atMs, bare }: NeighbourhoodQuery): Subgraph["resources"] {
  const statement = `SELECT ${bare ? BARE_COLUMNS : RESOURCE_COLUMNS} FROM ${RESOURCE_TABLES} WHERE r.node = ?`;
  return nodes.flatMap((node) => session.sql.all(statement, node)).map((row) => resourceAt(session, row, atMs));
}

function span(when: When): [now: number, atMs: number, fromMs: number, toMs: number] {
  return [when.now, when.atMs, when.fromMs, when.toMs];
}
