// Which stored episode each id of a batch stands for, by its own id or by one that it had; kept up to date while the batch is planned.
import type { EpisodeId, ResourceId } from "../../domain/identity.ts";
import { number, optionalText, text, texts } from "../stored-values.ts";
import type { Tx } from "./connect.ts";
import { keyOf } from "./session.ts";

/** What the writer must know of a stored episode. */
export type KnownEpisode = {
  readonly eid: EpisodeId;
  readonly rid: ResourceId;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly aliases: ReadonlySet<string>;
};

/** The ids that were looked up. An id that was not looked up is unknown. */
export type EpisodeIds = {
  look(ids: readonly { readonly cluster: string; readonly id: string }[]): Promise<void>;
  /** Stored under this very id. */
  own(cluster: string, id: string): KnownEpisode | undefined;
  /** Stored under another id, which once had this one. */
  former(cluster: string, id: string): KnownEpisode | undefined;
  /** The id that it is stored under now. */
  resolve(cluster: string, id: string): EpisodeId | undefined;
  put(cluster: string, episode: KnownEpisode): void;
  /** The row of this id goes; `alias` of another from now on. */
  moved(cluster: string, id: string, to: KnownEpisode): void;
};

export const READ_EPISODE_IDS = `
  UNWIND $rows AS row
  OPTIONAL MATCH (d:Episodic {client_id: row.c, eid: row.id})
  OPTIONAL MATCH (:EpisodicAlias {client_id: row.c, alias: row.id})-[:ALIAS_OF]->(x:Episodic)
  WITH row, d IS NOT NULL AS own, coalesce(d, x) AS e WHERE e IS NOT NULL
  OPTIONAL MATCH (e)-[:ABOUT]->(r:Resource)
  RETURN row.c AS c, row.id AS id, own, e.eid AS eid, e.first_ms AS first, e.last_ms AS last, e.aliases AS aliases, r.rid AS rid`;

/** Nothing looked up yet. */
export function episodeIds(tx: Tx): EpisodeIds {
  const looked = new Set<string>();
  const own = new Map<string, KnownEpisode>();
  const former = new Map<string, KnownEpisode>();
  return {
    async look(ids) {
      const rows = ids.flatMap(({ cluster, id }) => {
        const key = keyOf(cluster, id);
        if (looked.has(key)) return [];
        looked.add(key);
        return [{ c: cluster, id }];
      });
      if (rows.length === 0) return;
      for (const row of await tx.run(READ_EPISODE_IDS, { rows })) {
        const known = {
          eid: text(row.eid) as EpisodeId,
          rid: (optionalText(row.rid) ?? "") as ResourceId,
          firstMs: number(row.first),
          lastMs: number(row.last),
          aliases: new Set(texts(row.aliases)),
        };
        (row.own === true ? own : former).set(keyOf(text(row.c), text(row.id)), known);
      }
    },
    own: (cluster, id) => own.get(keyOf(cluster, id)),
    former: (cluster, id) => former.get(keyOf(cluster, id)),
    resolve(cluster, id) {
      const key = keyOf(cluster, id);
      return (own.get(key) ?? former.get(key))?.eid;
    },
    put(cluster, episode) {
      const key = keyOf(cluster, episode.eid);
      looked.add(key);
      own.set(key, episode);
    },
    moved(cluster, id, to) {
      const key = keyOf(cluster, id);
      looked.add(key);
      own.delete(key);
      former.set(key, to);
    },
  };
}
