// Writes the links of effects: those listed are all there are; only differences are written.
import type { CausalLink } from "../../domain/causal-link.ts";
import type { ChangeSet } from "../port.ts";
import { map, text } from "../stored-values.ts";
import type { Row, Tx } from "./connect.ts";
import type { EpisodeIds } from "./episode-ids.ts";
import { linkProperties } from "./episode-node.ts";
import { keyOf } from "./session.ts";

export const READ_LINKS = `
  UNWIND $rows AS row MATCH (e:Episodic {client_id: row.c, eid: row.effect})<-[l:POTENTIAL_CAUSE]-(x:Episodic)
  RETURN row.c AS c, row.effect AS effect, x.eid AS cause, elementId(l) AS id, properties(l) AS link`;

const DELETE_LINKS = "UNWIND $ids AS id MATCH ()-[l]->() WHERE elementId(l) = id DELETE l";

const SET_LINKS = "UNWIND $rows AS row MATCH ()-[l]->() WHERE elementId(l) = row.id SET l += row.properties";

export const CREATE_LINKS = `
  UNWIND $rows AS row MATCH (x:Episodic {client_id: row.c, eid: row.cause}) MATCH (e:Episodic {client_id: row.c, eid: row.effect})
  CREATE (x)-[l:POTENTIAL_CAUSE]->(e) SET l = row.properties`;

type Wanted = { readonly c: string; readonly effect: string; readonly links: Map<string, CausalLink> };

/** Replaces the links of each effect. A link whose cause or effect is not stored is not kept; of two between the same episodes the better one stays. */
export async function putLinks(tx: Tx, ids: EpisodeIds, entries: ChangeSet["links"]): Promise<void> {
  if (entries.length === 0) return;
  await ids.look(
    entries.flatMap(({ cluster, effect, links }) => [{ cluster, id: effect }, ...links.map(({ cause }) => ({ cluster, id: cause }))]),
  );
  const wanted = new Map<string, Wanted>();
  for (const { cluster, effect, links } of entries) {
    const known = ids.resolve(cluster, effect);
    if (known !== undefined) wanted.set(keyOf(cluster, known), { c: cluster, effect: known, links: byCause(ids, cluster, known, links) });
  }
  await replace(tx, [...wanted.values()]);
}

/** Adds links to those that their effects have, as a restore does. */
export async function addLinks(tx: Tx, ids: EpisodeIds, links: readonly CausalLink[]): Promise<void> {
  await ids.look(links.flatMap(({ cluster, cause, effect }) => [cause, effect].map((id) => ({ cluster, id }))));
  const rows = links.flatMap((link) => {
    const [cause, effect] = [ids.resolve(link.cluster, link.cause), ids.resolve(link.cluster, link.effect)];
    return cause === undefined || effect === undefined || cause === effect
      ? []
      : [{ c: link.cluster, cause, effect, properties: linkProperties(link) }];
  });
  if (rows.length > 0) await tx.run(CREATE_LINKS, { rows });
}

function byCause(ids: EpisodeIds, cluster: string, effect: string, links: readonly CausalLink[]): Map<string, CausalLink> {
  const best = new Map<string, CausalLink>();
  for (const link of links) {
    const cause = ids.resolve(cluster, link.cause);
    if (cause === undefined || cause === effect) continue;
    const known = best.get(cause);
    if (!known || known.score < link.score) best.set(cause, link);
  }
  return best;
}

async function replace(tx: Tx, wanted: readonly Wanted[]): Promise<void> {
  const stored = await tx.run(READ_LINKS, { rows: wanted.map(({ c, effect }) => ({ c, effect })) });
  const byEffect = Map.groupBy(stored, (row) => keyOf(text(row.c), text(row.effect)));
  const gone: string[] = [];
  const changed: Row[] = [];
  const created: Row[] = [];
  for (const { c, effect, links } of wanted) {
    for (const row of byEffect.get(keyOf(c, effect)) ?? []) {
      const link = links.get(text(row.cause));
      if (!link) gone.push(text(row.id));
      else if (links.delete(text(row.cause)) && !isStored(link, map(row.link)))
        changed.push({ id: text(row.id), properties: linkProperties(link) });
    }
    for (const [cause, link] of links) created.push({ c, cause, effect, properties: linkProperties(link) });
  }
  if (gone.length > 0) await tx.run(DELETE_LINKS, { ids: gone });
  if (changed.length > 0) await tx.run(SET_LINKS, { rows: changed });
  if (created.length > 0) await tx.run(CREATE_LINKS, { rows: created });
}

function isStored(link: CausalLink, stored: Row): boolean {
  return Object.entries(linkProperties(link)).every(([name, value]) => stored[name] === value);
}
