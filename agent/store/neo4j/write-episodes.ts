// Writes episodes under their present id, and takes in former nodes whose ids now are aliases.
import type { Episode } from "../../domain/episode.ts";
import type { Row, Tx } from "./connect.ts";
import type { EpisodeIds } from "./episode-ids.ts";
import { episodeProperties } from "./episode-node.ts";
import { keyOf } from "./session.ts";

const RENAME = "UNWIND $rows AS row MATCH (e:Episodic {client_id: row.c, eid: row.from}) SET e.eid = row.to";

export const CREATE_EPISODES = `
  UNWIND $rows AS row MERGE (r:Resource {client_id: row.c, rid: row.rid})
  CREATE (e:Episodic)-[:ABOUT]->(r)
  SET e = row.properties, e.event_time = datetime({epochMillis: row.properties.first_ms})`;

export const SET_EPISODES = `
  UNWIND $rows AS row MATCH (e:Episodic {client_id: row.c, eid: row.eid})
  SET e += row.properties, e.event_time = datetime({epochMillis: row.properties.first_ms})`;

const MOVE_EPISODES = `
  UNWIND $rows AS row MATCH (e:Episodic {client_id: row.c, eid: row.eid})
  OPTIONAL MATCH (e)-[a:ABOUT]->() DELETE a
  WITH DISTINCT row, e MERGE (r:Resource {client_id: row.c, rid: row.rid}) CREATE (e)-[:ABOUT]->(r)`;

export const PUT_ALIASES = `
  UNWIND $rows AS row MERGE (a:EpisodicAlias {client_id: row.c, alias: row.alias})
  WITH row, a MATCH (e:Episodic {client_id: row.c, eid: row.eid})
  OPTIONAL MATCH (a)-[o:ALIAS_OF]->() DELETE o
  WITH DISTINCT a, e CREATE (a)-[:ALIAS_OF]->(e)`;

const BOTH = "UNWIND $rows AS row MATCH (f:Episodic {client_id: row.c, eid: row.from}) MATCH (e:Episodic {client_id: row.c, eid: row.to})";

// What refers to the former node refers to the survivor; then it goes.
const ABSORB = [
  `${BOTH} MATCH (x:Episodic)-[l:POTENTIAL_CAUSE]->(f) WHERE x <> e AND NOT EXISTS { (x)-[:POTENTIAL_CAUSE]->(e) } CREATE (x)-[n:POTENTIAL_CAUSE]->(e) SET n = properties(l)`,
  `${BOTH} MATCH (f)-[l:POTENTIAL_CAUSE]->(x:Episodic) WHERE x <> e AND NOT EXISTS { (e)-[:POTENTIAL_CAUSE]->(x) } CREATE (e)-[n:POTENTIAL_CAUSE]->(x) SET n = properties(l)`,
  `${BOTH} MATCH (f)-[:PART_OF]->(i:Incident) WHERE NOT EXISTS { (e)-[:PART_OF]->() } CREATE (e)-[:PART_OF]->(i)`,
  `${BOTH} MATCH (a:EpisodicAlias)-[o:ALIAS_OF]->(f) DELETE o CREATE (a)-[:ALIAS_OF]->(e)`,
  "UNWIND $rows AS row MATCH (f:Episodic {client_id: row.c, eid: row.from}) DETACH DELETE f",
];

type Plan = {
  readonly renamed: Row[];
  readonly created: Map<string, Row>;
  readonly changed: Row[];
  readonly moved: Row[];
  readonly absorbed: Row[];
  readonly aliased: Row[];
};

/** Writes the episodes. One whose id is an alias of a stored episode that covers its time is that episode: nothing is written for it. */
export async function putEpisodes(tx: Tx, ids: EpisodeIds, episodes: readonly Episode[]): Promise<void> {
  if (episodes.length === 0) return;
  await ids.look(episodes.map(({ cluster, eid }) => ({ cluster, id: eid })));
  await ids.look(
    episodes.flatMap(({ cluster, eid, aliases }) => {
      const known = ids.own(cluster, eid)?.aliases;
      return aliases.filter((alias) => !known?.has(alias)).map((id) => ({ cluster, id }));
    }),
  );
  const plan: Plan = { renamed: [], created: new Map(), changed: [], moved: [], absorbed: [], aliased: [] };
  for (const episode of episodes) planEpisode(plan, ids, episode);
  await carryOut(tx, plan);
}

function planEpisode(plan: Plan, ids: EpisodeIds, episode: Episode): void {
  const { cluster, eid, rid, firstMs, lastMs, aliases } = episode;
  const stored = ids.own(cluster, eid) ?? aliases.map((alias) => ids.own(cluster, alias)).find((one) => one !== undefined);
  const covering = stored ? undefined : ids.former(cluster, eid);
  if (covering && covering.firstMs <= firstMs && covering.lastMs >= lastMs) return;
  const now = { eid, rid, firstMs, lastMs, aliases: new Set<string>(aliases) };
  const properties = episodeProperties(episode);
  const isNew = !stored || plan.created.delete(keyOf(cluster, stored.eid));
  if (isNew) plan.created.set(keyOf(cluster, eid), { c: cluster, rid, properties });
  else {
    if (stored.eid !== eid) plan.renamed.push({ c: cluster, from: stored.eid, to: eid });
    if (stored.rid !== rid) plan.moved.push({ c: cluster, eid, rid });
    plan.changed.push({ c: cluster, eid, properties });
  }
  if (stored && stored.eid !== eid) ids.moved(cluster, stored.eid, now);
  for (const alias of aliases) {
    if (alias === eid || stored?.aliases.has(alias)) continue;
    if (ids.own(cluster, alias)) plan.absorbed.push({ c: cluster, from: alias, to: eid });
    ids.moved(cluster, alias, now);
    plan.aliased.push({ c: cluster, alias, eid });
  }
  ids.put(cluster, now);
}

async function carryOut(tx: Tx, { renamed, created, changed, moved, absorbed, aliased }: Plan): Promise<void> {
  const run = async (statement: string, rows: readonly Row[]): Promise<void> => {
    if (rows.length > 0) await tx.run(statement, { rows });
  };
  // One by one: a chain of names would meet itself within one statement.
  for (const row of renamed) await run(RENAME, [row]);
  await run(CREATE_EPISODES, [...created.values()]);
  await run(SET_EPISODES, changed);
  await run(MOVE_EPISODES, moved);
  for (const row of absorbed) for (const statement of ABSORB) await run(statement, [row]);
  await run(PUT_ALIASES, aliased);
}
