// Streams what the agent's memory is rebuilt from: topology, episodes of the window, their links, incidents; in chunks, by index.
import type { WorkingSet } from "../port.ts";
import { number } from "../stored-values.ts";
import { readable } from "./read-incidents.ts";
import { RESOURCE_COLUMNS, RESOURCE_TABLES, resourceOf } from "./resource-row.ts";
import { EPISODE_COLUMNS, episodeOf, LINK_COLUMNS, linkOf, RELATION_COLUMNS, relationOf } from "./rows.ts";
import type { Session } from "./session.ts";
import { breathe, type Row } from "./sql.ts";

const CHUNK = 1_000;

const EMPTY: WorkingSet = { resources: [], relations: [], episodes: [], links: [], incidents: [], truncated: false };

const RESOURCES = `SELECT ${RESOURCE_COLUMNS} FROM ${RESOURCE_TABLES}`;
const EPISODES = `SELECT ${EPISODE_COLUMNS} FROM episode e JOIN node n ON n.id = e.node`;

type Loading = {
  readonly session: Session;
  readonly cluster: string;
  readonly id: number;
  readonly sinceMs: number;
  readonly nodes: Set<number>;
  readonly episodes: Set<number>;
};

/**
 * The working set of one cluster. Beyond live topology it holds what ended at or after `sinceMs` and what loaded episodes are about, each with the time of its
 * end: an agent that had not been stopped would know them too.
 */
export async function* loadWorkingSet(session: Session, cluster: string, sinceMs: number): AsyncGenerator<WorkingSet> {
  const id = session.names.findCluster(cluster);
  if (id === undefined) return;
  const loading: Loading = { session, cluster, id, sinceMs, nodes: new Set(), episodes: new Set() };
  for (const part of [topology, windowEpisodes, memberEpisodes, links]) {
    for (const chunk of part(loading)) {
      yield { ...EMPTY, ...chunk };
      await breathe();
    }
  }
  const incidents = session.sql.all(
    "SELECT body FROM incident WHERE cluster = ? AND (state = 'open' OR last_ms >= ?) ORDER BY id",
    id,
    sinceMs,
  );
  yield { ...EMPTY, incidents: readable(incidents) };
}

type Chunks = Generator<Partial<WorkingSet>>;

function* topology(loading: Loading): Chunks {
  const { session, cluster, id, sinceMs, nodes } = loading;
  // Two statements, so that the first runs over the index of live ones.
  for (const condition of ["r.ended_ms IS NULL AND ?3 = ?3", "r.ended_ms >= ?3"]) {
    const statement = `${RESOURCES} WHERE r.cluster = ?1 AND r.node > ?2 AND ${condition} ORDER BY r.node LIMIT ${CHUNK}`;
    for (
      let rows = session.sql.all(statement, id, 0, sinceMs);
      rows.length > 0;
      rows = session.sql.all(statement, id, lastOf(rows, "node"), sinceMs)
    ) {
      for (const row of rows) nodes.add(number(row.node));
      yield { resources: rows.map((row) => resourceOf(row, cluster)), relations: relationsFrom(loading, rows) };
    }
  }
}

function relationsFrom({ session, cluster, sinceMs }: Loading, rows: readonly Row[]): WorkingSet["relations"] {
  const found = session.sql.all(
    `SELECT ${RELATION_COLUMNS} FROM json_each(?) i CROSS JOIN relation r ON r.source = i.value JOIN node s ON s.id = r.source JOIN node t ON t.id = r.target
     WHERE r.to_ms IS NULL OR r.to_ms >= ?`,
    JSON.stringify(rows.map((row) => row.node)),
    sinceMs,
  );
  return found.map((row) => relationOf(row, cluster));
}

function* windowEpisodes(loading: Loading): Chunks {
  const { session, id, sinceMs } = loading;
  const statement = `${EPISODES} WHERE e.cluster = ?1 AND (e.end_ms, e.id) > (?2, ?3) ORDER BY e.end_ms, e.id LIMIT ${CHUNK}`;
  const first = session.sql.all(`${EPISODES} WHERE e.cluster = ?1 AND e.end_ms >= ?2 ORDER BY e.end_ms, e.id LIMIT ${CHUNK}`, id, sinceMs);
  for (let rows = first; rows.length > 0; rows = session.sql.all(statement, id, lastOf(rows, "end_ms"), lastOf(rows, "id")))
    yield takeEpisodes(loading, rows);
}

function* memberEpisodes(loading: Loading): Chunks {
  const { session, id, sinceMs } = loading;
  const rows = session.sql.all(
    `${EPISODES} WHERE e.end_ms < ?2 AND e.id IN (SELECT m.episode FROM incident i JOIN member m ON m.incident = i.id WHERE i.cluster = ?1 AND (i.state = 'open' OR i.last_ms >= ?2))
     ORDER BY e.end_ms, e.id`,
    id,
    sinceMs,
  );
  for (let start = 0; start < rows.length; start += CHUNK) yield takeEpisodes(loading, rows.slice(start, start + CHUNK));
}

function takeEpisodes({ cluster, episodes, session, nodes }: Loading, rows: readonly Row[]): Partial<WorkingSet> {
  for (const row of rows) episodes.add(number(row.id));
  // What they are about and was not loaded: lives that ended before the window.
  const about = session.sql.all(
    "SELECT DISTINCT e.node FROM json_each(?) i CROSS JOIN episode e ON e.id = i.value",
    JSON.stringify(rows.map((row) => row.id)),
  );
  const missing = about.filter((row) => !nodes.has(number(row.node)));
  for (const row of missing) nodes.add(number(row.node));
  const past = missing.flatMap((row) => session.sql.all(`${RESOURCES} WHERE r.node = ?`, row.node));
  return { episodes: rows.map((row) => episodeOf(row, cluster)), resources: past.map((row) => resourceOf(row, cluster)) };
}

function* links({ session, cluster, episodes }: Loading): Chunks {
  const ids = [...episodes];
  for (let start = 0; start < ids.length; start += CHUNK) {
    const rows = session.sql.all(
      `SELECT ${LINK_COLUMNS} FROM json_each(?) i CROSS JOIN link l ON l.effect = i.value JOIN episode c ON c.id = l.cause JOIN episode e ON e.id = l.effect`,
      JSON.stringify(ids.slice(start, start + CHUNK)),
    );
    yield { links: rows.filter((row) => episodes.has(number(row.cause))).map((row) => linkOf(row, cluster)) };
  }
}

function lastOf(rows: readonly Row[], column: string): number {
  return number(rows.at(-1)?.[column]);
}
