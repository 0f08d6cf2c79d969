// Finds episodes and links by id, by alias, and by what they are about.
import type { CausalLink } from "../../domain/causal-link.ts";
import type { Episode } from "../../domain/episode.ts";
import type { EpisodeId } from "../../domain/identity.ts";
import type { GraphReader } from "../port.ts";
import { number } from "../stored-values.ts";
import type { Tx } from "./connect.ts";
import { EPISODE, episodeOf, LINK, linkOf } from "./episode-node.ts";
import { clusterNames } from "./read-resources.ts";

const BY_ID = `
  OPTIONAL MATCH (d:Episodic {client_id: row.c, eid: row.id})
  OPTIONAL MATCH (:EpisodicAlias {client_id: row.c, alias: row.id})-[:ALIAS_OF]->(x:Episodic)
  WITH row, coalesce(d, x) AS e WHERE e IS NOT NULL`;

export const FIND_EPISODES = `UNWIND $rows AS row ${BY_ID} MATCH (e)-[:ABOUT]->(r:Resource) RETURN row.at AS at, ${EPISODE}`;

export const EPISODES_ABOUT = `
  MATCH (r:Resource {client_id: $c, rid: $rid})<-[:ABOUT]-(e:Episodic) WHERE e.end_ms >= $from AND e.first_ms <= $to
  RETURN ${EPISODE} ORDER BY e.last_ms DESC, e.first_ms DESC, e.eid LIMIT toInteger($limit)`;

/** Links of episodes as their effect or as their cause. */
export const LINKS = {
  effect: `UNWIND $rows AS row ${BY_ID} WITH DISTINCT e, min(row.at) AS at MATCH (x:Episodic)-[l:POTENTIAL_CAUSE]->(e) RETURN at, ${LINK} ORDER BY at, l.confidence DESC, x.eid, e.eid`,
  cause: `UNWIND $rows AS row ${BY_ID} WITH DISTINCT e AS x, min(row.at) AS at MATCH (x)-[l:POTENTIAL_CAUSE]->(e:Episodic) RETURN at, ${LINK} ORDER BY at, l.confidence DESC, x.eid, e.eid`,
} as const;

export const LINKS_AMONG = `
  UNWIND $eids AS eid MATCH (e:Episodic {client_id: $c, eid: eid})<-[l:POTENTIAL_CAUSE]-(x:Episodic) WHERE x.eid IN $eids
  RETURN ${LINK} ORDER BY l.confidence DESC, x.eid, e.eid`;

/** Episodes of an id or alias, in one cluster or in all. */
export async function findEpisodes(tx: Tx, id: string, cluster?: string): Promise<Episode[]> {
  const clusters = cluster === undefined ? await clusterNames(tx) : [cluster];
  const rows = await tx.run(FIND_EPISODES, { rows: clusters.map((c, at) => ({ at, c, id })) });
  return rows.sort((a, b) => number(a.at) - number(b.at)).map(episodeOf);
}

/** Episodes by id or alias, in the order asked for, each once; unknown ids are left out. */
export async function episodesOf(tx: Tx, cluster: string, ids: readonly EpisodeId[]): Promise<Episode[]> {
  if (ids.length === 0) return [];
  const rows = await tx.run(FIND_EPISODES, { rows: ids.map((id, at) => ({ at, c: cluster, id })) });
  const found = new Map<EpisodeId, Episode>();
  for (const episode of rows.sort((a, b) => number(a.at) - number(b.at)).map(episodeOf))
    if (!found.has(episode.eid)) found.set(episode.eid, episode);
  return [...found.values()];
}

/** Episodes about a resource that held or were seen within [fromMs, toMs], last seen first. */
export async function episodesAbout(tx: Tx, ...asked: Parameters<GraphReader["episodesAbout"]>): Promise<Episode[]> {
  const [c, rid, from, to, limit] = asked;
  return (await tx.run(EPISODES_ABOUT, { c, rid, from, to, limit: Math.max(0, limit) })).map(episodeOf);
}

/** Links whose effect (or cause) is one of these, best first for each. */
export async function linksOf(tx: Tx, cluster: string, ids: readonly EpisodeId[], as: "effect" | "cause"): Promise<CausalLink[]> {
  if (ids.length === 0) return [];
  return (await tx.run(LINKS[as], { rows: ids.map((id, at) => ({ at, c: cluster, id })) })).map(linkOf);
}

/** Links both of whose ends are among these. */
export async function linksAmong(tx: Tx, cluster: string, eids: readonly EpisodeId[]): Promise<CausalLink[]> {
  return eids.length === 0 ? [] : (await tx.run(LINKS_AMONG, { c: cluster, eids })).map(linkOf);
}
