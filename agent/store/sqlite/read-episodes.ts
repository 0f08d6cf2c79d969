// Finds episodes and links by id, by alias, and by what they are about.
import type { CausalLink } from "../../domain/causal-link.ts";
import type { Episode } from "../../domain/episode.ts";
import type { EpisodeId } from "../../domain/identity.ts";
import type { GraphReader } from "../port.ts";
import { number, text } from "../stored-values.ts";
import { EPISODE_COLUMNS, episodeOf, LINK_COLUMNS, linkOf } from "./rows.ts";
import type { Session } from "./session.ts";
import type { Row } from "./sql.ts";
import { episodeRow } from "./write-episodes.ts";

const BY_ID = `SELECT ${EPISODE_COLUMNS} FROM episode e JOIN node n ON n.id = e.node WHERE e.id = ?`;

const BY_EIDS = `SELECT ${EPISODE_COLUMNS} FROM json_each(?2) i CROSS JOIN episode e ON e.cluster = ?1 AND e.eid = i.value JOIN node n ON n.id = e.node`;

/** Episodes of an id or alias, in one cluster or in all. */
export function findEpisodes(session: Session, id: string, cluster?: string): Episode[] {
  const clusters = cluster === undefined ? session.names.clusterNames() : [cluster];
  return clusters.flatMap((name) => episodesOf(session, name, [id as EpisodeId]));
}

/** Episodes by id or alias, in the order asked for, each once; unknown ids are left out. */
export function episodesOf(session: Session, cluster: string, ids: readonly EpisodeId[]): Episode[] {
  const known = session.names.findCluster(cluster);
  if (known === undefined) return [];
  const direct = new Map(session.sql.all(BY_EIDS, known, JSON.stringify(ids)).map((row) => [text(row.eid), row]));
  const found = new Map<number, Row>();
  for (const id of ids) {
    const rows = direct.has(id) ? [direct.get(id) as Row] : rowIds(session, known, [id]).flatMap((rowId) => session.sql.all(BY_ID, rowId));
    for (const row of rows) found.set(number(row.id), row);
  }
  return [...found.values()].map((row) => episodeOf(row, cluster));
}

/** Episodes about a resource that held or were seen within [fromMs, toMs], last seen first. */
export function episodesAbout(session: Session, ...asked: Parameters<GraphReader["episodesAbout"]>): Episode[] {
  const [name, rid, fromMs, toMs, limit] = asked;
  const cluster = session.names.findCluster(name);
  const node = cluster === undefined ? undefined : session.names.findNode(cluster, rid);
  if (node === undefined) return [];
  const rows = session.sql.all(
    `SELECT ${EPISODE_COLUMNS} FROM episode e JOIN node n ON n.id = e.node WHERE e.node = ? AND e.end_ms >= ? AND e.first_ms <= ?
     ORDER BY e.last_ms DESC, e.first_ms DESC, e.eid LIMIT ?`,
    node,
    fromMs,
    toMs,
    Math.max(0, limit),
  );
  return rows.map((row) => episodeOf(row, name));
}

/** Links whose effect (or cause) is one of these, best first for each. */
export function linksOf(session: Session, cluster: string, ids: readonly EpisodeId[], as: "effect" | "cause"): CausalLink[] {
  const known = session.names.findCluster(cluster);
  if (known === undefined) return [];
  const end = as === "effect" ? "effect" : "cause";
  const statement = `SELECT ${LINK_COLUMNS} FROM link l JOIN episode c ON c.id = l.cause JOIN episode e ON e.id = l.effect WHERE l.${end} = ? ORDER BY l.score DESC, c.eid, e.eid`;
  return rowIds(session, known, ids)
    .flatMap((id) => session.sql.all(statement, id))
    .map((row) => linkOf(row, cluster));
}

/** Links both of whose ends are among these rows, which are given as a JSON list. */
export function linksAmong(session: Session, cluster: string, rowIdsJson: string): CausalLink[] {
  const rows = session.sql.all(
    `SELECT ${LINK_COLUMNS} FROM json_each(?1) i CROSS JOIN link l ON l.effect = i.value JOIN episode c ON c.id = l.cause JOIN episode e ON e.id = l.effect
     WHERE l.cause IN (SELECT value FROM json_each(?1)) ORDER BY l.score DESC, c.eid, e.eid`,
    rowIdsJson,
  );
  return rows.map((row) => linkOf(row, cluster));
}

function rowIds(session: Session, cluster: number, ids: readonly EpisodeId[]): number[] {
  const found = new Set<number>();
  for (const id of ids) {
    const row = episodeRow(session, cluster, id);
    if (row !== undefined) found.add(number(row));
  }
  return [...found];
}
