// The part of the graph around a resource: breadth first over edges that held, nearest first, with the episodes about it.
import type { EpisodeId } from "../../domain/identity.ts";
import { RELATION_TYPES } from "../../domain/relation.ts";
import type { NeighbourhoodQuery, Subgraph } from "../port.ts";
import { map, text } from "../stored-values.ts";
import type { Row, Tx } from "./connect.ts";
import { EPISODE, episodeOf, RELATION, relationOf } from "./episode-node.ts";
import { linksAmong } from "./read-episodes.ts";
import { resourcesAt } from "./read-resources.ts";
import { ANY_RELATION } from "./write-relations.ts";

/** Episodes that one answer holds at most, latest first: about 1 kB each. */
export const NEIGHBOURHOOD_EPISODES_MAX = 2_000;

const EMPTY: Subgraph = { resources: [], relations: [], episodes: [], links: [], truncated: false };

// An edge or a life counts when it held at a time (now: when it has not ended), or ended within a span.
const EDGE_HELD =
  "(($now AND l.to_ms IS NULL) OR (NOT $now AND l.from_ms <= $at AND (l.to_ms IS NULL OR l.to_ms > $at)) OR (l.to_ms >= $from AND l.to_ms <= $to))";
const lifeHeld = (name: string): string =>
  `${name}.kind IS NOT NULL AND (($now AND ${name}.end_ms = $holds) OR (NOT $now AND ${name}.created_ms <= $at AND ${name}.end_ms > $at) OR (${name}.end_ms >= $from AND ${name}.end_ms <= $to))`;

export const IS_THERE = `MATCH (r:Resource {client_id: $c, rid: $rid}) WHERE r.kind IS NOT NULL AND ($now OR ${lifeHeld("r")}) RETURN r.rid AS rid`;

export const NEXT = `
  CALL {
    UNWIND $rids AS rid MATCH (:Resource {client_id: $c, rid: rid})-[l:${ANY_RELATION}]->(m:Resource) WHERE type(l) IN $out AND ${EDGE_HELD} RETURN m
    UNION
    UNWIND $rids AS rid MATCH (:Resource {client_id: $c, rid: rid})<-[l:${ANY_RELATION}]-(m:Resource) WHERE type(l) IN $in AND ${EDGE_HELD} RETURN m
  }
  WITH DISTINCT m WHERE ${lifeHeld("m")} RETURN m.rid AS rid LIMIT toInteger($limit)`;

export const RESOURCES = "UNWIND $rids AS rid MATCH (r:Resource {client_id: $c, rid: rid}) RETURN properties(r) AS node";

export const AMONG = `
  UNWIND $rids AS rid MATCH (s:Resource {client_id: $c, rid: rid})-[l:${ANY_RELATION}]->(t:Resource) WHERE t.rid IN $rids AND ${EDGE_HELD}
  RETURN ${RELATION} ORDER BY source, type, target, from`;

export const ABOUT = `
  UNWIND $rids AS rid MATCH (r:Resource {client_id: $c, rid: rid})<-[:ABOUT]-(e:Episodic) WHERE e.end_ms >= $from AND e.first_ms <= $to
  RETURN ${EPISODE} ORDER BY e.last_ms DESC, e.eid LIMIT toInteger($limit)`;

/** The neighbourhood a query asks for. The resource asked for is part of it if it exists (with `atMs`: if it held then), also when it has ended. */
export async function neighbourhood(tx: Tx, query: NeighbourhoodQuery): Promise<Subgraph> {
  const when = {
    c: query.cluster,
    now: query.atMs === undefined,
    at: query.atMs ?? 0,
    from: query.fromMs ?? 1,
    to: query.toMs ?? (query.fromMs === undefined ? 0 : Number.MAX_SAFE_INTEGER - 1),
    holds: Number.MAX_SAFE_INTEGER,
  };
  if ((await tx.run(IS_THERE, { ...when, rid: query.rid })).length === 0) return EMPTY;
  const { rids, truncated } = await walk(tx, query, when);
  const asksEpisodes = query.fromMs !== undefined || query.toMs !== undefined;
  const span = {
    c: query.cluster,
    rids,
    from: query.fromMs ?? 0,
    to: query.toMs ?? Number.MAX_SAFE_INTEGER,
    limit: NEIGHBOURHOOD_EPISODES_MAX + 1,
  };
  const episodes = asksEpisodes ? (await tx.run(ABOUT, span)).map(episodeOf) : [];
  const kept = episodes.slice(0, NEIGHBOURHOOD_EPISODES_MAX);
  const nodes = new Map<string, Row>(
    (await tx.run(RESOURCES, { c: query.cluster, rids })).map(({ node }) => [text(map(node).rid), map(node)] as const),
  );
  return {
    resources: await resourcesAt(
      tx,
      rids.flatMap((rid): Row[] => {
        const node = nodes.get(rid);
        return node ? [node] : [];
      }),
      query.atMs,
    ),
    relations: (await tx.run(AMONG, { ...when, rids })).map(relationOf),
    episodes: kept,
    links: await linksAmong(
      tx,
      query.cluster,
      kept.map(({ eid }): EpisodeId => eid),
    ),
    truncated: truncated || episodes.length > kept.length,
  };
}

async function walk(tx: Tx, query: NeighbourhoodQuery, when: Row): Promise<{ rids: string[]; truncated: boolean }> {
  const limit = Math.max(1, query.limit);
  const seen = new Set<string>([query.rid]);
  let frontier: string[] = [query.rid];
  const over = (way: "out" | "in"): readonly string[] =>
    query.over?.filter(({ direction }) => direction === way).map(({ type }) => type) ?? RELATION_TYPES;
  for (let hop = 0; hop < Math.min(5, query.hops) && frontier.length > 0; hop++) {
    // What is known already may be found again, so one more than that shows whether something was cut off.
    const rows = await tx.run(NEXT, { ...when, rids: frontier, out: over("out"), in: over("in"), limit: limit + seen.size + 1 });
    frontier = rows.map((row) => text(row.rid)).filter((rid) => !seen.has(rid));
    for (const rid of frontier.slice(0, limit - seen.size)) seen.add(rid);
    if (frontier.some((rid) => !seen.has(rid))) return { rids: [...seen], truncated: true };
  }
  return { rids: [...seen], truncated: false };
}
