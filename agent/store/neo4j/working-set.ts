// Streams what the agent's memory is rebuilt from: topology, episodes of the window, their links, incidents; in chunks, each a short transaction, by index.
import type { WorkingSet } from "../port.ts";
import { map, text } from "../stored-values.ts";
import type { Row } from "./connect.ts";
import { EPISODE, episodeOf, LINK, linkOf, RELATION, relationOf } from "./episode-node.ts";
import { RESOURCES } from "./neighbourhood.ts";
import { readable } from "./read-incidents.ts";
import { isSeen, resourceOf } from "./resource-node.ts";
import { forget, type Session } from "./session.ts";
import { ANY_RELATION } from "./write-relations.ts";

const CHUNK = 1_000;

const EMPTY: WorkingSet = { resources: [], relations: [], episodes: [], links: [], incidents: [], truncated: false };

export const LIVE_RESOURCES = `
  MATCH (r:Resource) WHERE r.client_id = $c AND r.rid > $after AND r.end_ms >= $since
  RETURN properties(r) AS node ORDER BY r.rid LIMIT ${CHUNK}`;

export const RELATIONS_FROM = `
  UNWIND $rids AS rid MATCH (s:Resource {client_id: $c, rid: rid})-[l:${ANY_RELATION}]->(t:Resource) WHERE l.to_ms IS NULL OR l.to_ms >= $since
  RETURN ${RELATION}`;

export const WINDOW_EPISODES = `
  MATCH (e:Episodic) WHERE e.client_id = $c AND e.end_ms >= $end AND (e.end_ms > $end OR e.eid > $eid)
  WITH e ORDER BY e.end_ms, e.eid LIMIT ${CHUNK}
  MATCH (e)-[:ABOUT]->(r:Resource) RETURN ${EPISODE} ORDER BY e.end_ms, e.eid`;

export const RECENT_INCIDENTS = `
  MATCH (i:Incident) WHERE i.client_id = $c AND i.id IS NOT NULL AND (i.state = 'open' OR i.last_ms >= $since)`;

export const MEMBER_EPISODES = `${RECENT_INCIDENTS}
  MATCH (e:Episodic)-[:PART_OF]->(i) WHERE e.end_ms < $since AND e.eid > $after
  WITH DISTINCT e ORDER BY e.eid LIMIT ${CHUNK}
  MATCH (e)-[:ABOUT]->(r:Resource) RETURN ${EPISODE} ORDER BY e.eid`;

export const LINKS_OF = `
  UNWIND $eids AS eid MATCH (e:Episodic {client_id: $c, eid: eid})<-[l:POTENTIAL_CAUSE]-(x:Episodic) RETURN ${LINK}`;

type Loading = {
  readonly session: Session;
  readonly c: string;
  readonly since: number;
  readonly rids: Set<string>;
  readonly eids: Set<string>;
};

type Chunks = AsyncGenerator<Partial<WorkingSet>>;

/**
 * The working set of one cluster. Beyond live topology it holds what ended at or after `sinceMs` and what loaded episodes are about, each with the time of its
 * end: an agent that had not been stopped would know them too. Whoever loads takes a cluster over: what the writer remembers may be out of date.
 */
export async function* loadWorkingSet(session: Session, cluster: string, sinceMs: number): AsyncGenerator<WorkingSet> {
  forget(session);
  const loading: Loading = { session, c: cluster, since: sinceMs, rids: new Set(), eids: new Set() };
  for (const part of [topology, windowEpisodes, memberEpisodes, links])
    for await (const chunk of part(loading)) yield { ...EMPTY, ...chunk };
  const rows = await ask(loading, `${RECENT_INCIDENTS} RETURN properties(i) AS node ORDER BY i.id`, {});
  yield { ...EMPTY, incidents: readable(rows) };
}

function ask({ session, c, since }: Loading, statement: string, params: Row): Promise<Row[]> {
  return session.database.read((tx) => tx.run(statement, { c, since, ...params }));
}

async function* topology(loading: Loading): Chunks {
  for (let after = ""; ; ) {
    const nodes = (await ask(loading, LIVE_RESOURCES, { after })).map((row) => map(row.node));
    const last = nodes.at(-1);
    if (!last) return;
    after = text(last.rid);
    const rids = nodes.map((node) => text(node.rid));
    for (const rid of rids) loading.rids.add(rid);
    yield { resources: nodes.map(resourceOf), relations: (await ask(loading, RELATIONS_FROM, { rids })).map(relationOf) };
  }
}

async function* windowEpisodes(loading: Loading): Chunks {
  for (let [end, eid] = [loading.since, ""]; ; ) {
    const rows = await ask(loading, WINDOW_EPISODES, { end, eid });
    const last = map(rows.at(-1)?.episode);
    if (rows.length === 0) return;
    [end, eid] = [Number(last.end_ms), text(last.eid)];
    yield await takeEpisodes(loading, rows);
  }
}

async function* memberEpisodes(loading: Loading): Chunks {
  for (let after = ""; ; ) {
    const rows = await ask(loading, MEMBER_EPISODES, { after });
    if (rows.length === 0) return;
    after = text(map(rows.at(-1)?.episode).eid);
    yield await takeEpisodes(loading, rows);
  }
}

async function takeEpisodes(loading: Loading, rows: readonly Row[]): Promise<Partial<WorkingSet>> {
  const episodes = rows.map(episodeOf);
  for (const { eid } of episodes) loading.eids.add(eid);
  // What they are about and was not loaded: lives that ended before the window.
  const missing = [...new Set(episodes.map(({ rid }) => rid))].filter((rid) => !loading.rids.has(rid));
  for (const rid of missing) loading.rids.add(rid);
  const past = missing.length === 0 ? [] : (await ask(loading, RESOURCES, { rids: missing })).map((row) => map(row.node));
  return { episodes, resources: past.filter(isSeen).map(resourceOf) };
}

async function* links(loading: Loading): Chunks {
  const eids = [...loading.eids];
  for (let start = 0; start < eids.length; start += CHUNK) {
    const rows = await ask(loading, LINKS_OF, { eids: eids.slice(start, start + CHUNK) });
    yield { links: rows.filter((row) => loading.eids.has(text(row.cause))).map(linkOf) };
  }
}
