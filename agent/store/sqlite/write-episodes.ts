// Writes episodes under their present id, takes in former rows that now are aliases, and replaces the links of an effect.
import type { CausalLink } from "../../domain/causal-link.ts";
import type { Episode } from "../../domain/episode.ts";
import type { EpisodeId } from "../../domain/identity.ts";
import { severityRank } from "../../domain/severity.ts";
import type { ChangeSet } from "../port.ts";
import { endMs } from "../stored-episode.ts";
import { json, number, texts } from "../stored-values.ts";
import { detailText, linkDetail } from "./rows.ts";
import type { Session } from "./session.ts";
import type { Row } from "./sql.ts";

const STORED = "id, eid, node, etype, reason, severity, aliases";

type EpisodeRow = { readonly cluster: number; readonly node: number; readonly severity: number; readonly aliases: string | null };

/** Writes one episode. One whose id is an alias of a stored episode that covers its time is that episode: nothing is written. */
export function putEpisode(session: Session, episode: Episode): void {
  const { sql, names, tally } = session;
  const cluster = names.makeCluster(episode.cluster);
  const stored =
    sql.get(`SELECT ${STORED} FROM episode WHERE cluster = ? AND eid = ?`, cluster, episode.eid) ?? formerRow(session, cluster, episode);
  if (!stored && isCovered(session, cluster, episode)) return;
  const row: EpisodeRow = {
    cluster,
    node: names.makeNode(cluster, episode.rid),
    severity: severityRank(episode.severity),
    aliases: episode.aliases.length > 0 ? JSON.stringify(episode.aliases) : null,
  };
  const id = stored ? number(stored.id) : insertRow(session, row, episode);
  if (stored) updateRow(session, { stored, id }, row, episode);
  tally.add(cluster, "episode", row.severity, 1);
  tally.seen(cluster, episode.firstMs, episode.lastMs, episode.eid);
  if (row.aliases !== null && row.aliases !== stored?.aliases) putAliases(session, { cluster, id }, episode.aliases, stored);
}

/** Replaces the links of one effect. A link whose cause or effect is not stored is not kept. */
export function putLinks(session: Session, entry: ChangeSet["links"][number]): void {
  const { sql, names, tally } = session;
  const cluster = names.makeCluster(entry.cluster);
  const effect = episodeRow(session, cluster, entry.effect);
  if (effect === undefined) return;
  tally.add(cluster, "link", "", -sql.run("DELETE FROM link WHERE effect = ?", effect));
  for (const link of entry.links) putLink(session, { cluster, effect }, link);
}

/** Adds one link to those of its effect, if both its ends are stored. */
export function addLink(session: Session, link: CausalLink): void {
  const cluster = session.names.makeCluster(link.cluster);
  const effect = episodeRow(session, cluster, link.effect);
  if (effect !== undefined) putLink(session, { cluster, effect }, link);
}

/** Removes the episode of a row that has `id`, `severity` and `aliases`, with its links and its membership. */
export function removeEpisode(session: Session, cluster: number, row: Row): void {
  const { sql, tally } = session;
  tally.add(
    cluster,
    "link",
    "",
    -sql.run("DELETE FROM link WHERE effect = ?", row.id) - sql.run("DELETE FROM link WHERE cause = ?", row.id),
  );
  sql.run("DELETE FROM member WHERE episode = ?", row.id);
  for (const alias of texts(json(row.aliases)))
    sql.run("DELETE FROM episode_alias WHERE cluster = ? AND alias = ? AND episode = ?", cluster, alias, row.id);
  sql.run("DELETE FROM episode WHERE id = ?", row.id);
  tally.add(cluster, "episode", number(row.severity), -1);
}

/** The row of an episode, by id or alias. */
export function episodeRow(session: Session, cluster: number, eid: EpisodeId): number | undefined {
  const { sql } = session;
  const row =
    sql.get("SELECT id FROM episode WHERE cluster = ? AND eid = ?", cluster, eid) ??
    sql.get("SELECT episode AS id FROM episode_alias WHERE cluster = ? AND alias = ?", cluster, eid);
  return row ? number(row.id) : undefined;
}

function insertRow(session: Session, row: EpisodeRow, episode: Episode): number {
  return session.sql.insert(
    "INSERT INTO episode (cluster, eid, node, etype, reason, severity, first_ms, last_ms, end_ms, detail, aliases) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    row.cluster,
    episode.eid,
    row.node,
    episode.etype,
    episode.reason,
    row.severity,
    episode.firstMs,
    episode.lastMs,
    endMs(episode),
    detailText(episode),
    row.aliases,
  );
}

function updateRow(session: Session, at: { readonly stored: Row; readonly id: number }, row: EpisodeRow, episode: Episode): void {
  const { stored, id } = at;
  session.tally.add(row.cluster, "episode", number(stored.severity), -1);
  session.sql.run(
    "UPDATE episode SET first_ms = ?, last_ms = ?, end_ms = ?, detail = ?, aliases = ? WHERE id = ?",
    episode.firstMs,
    episode.lastMs,
    endMs(episode),
    detailText(episode),
    row.aliases,
    id,
  );
  // A repeat mostly changes none of these, and each is in an index.
  if (
    stored.eid === episode.eid &&
    stored.node === row.node &&
    stored.severity === row.severity &&
    stored.reason === episode.reason &&
    stored.etype === episode.etype
  )
    return;
  session.sql.run(
    "UPDATE episode SET eid = ?, node = ?, etype = ?, reason = ?, severity = ? WHERE id = ?",
    episode.eid,
    row.node,
    episode.etype,
    episode.reason,
    row.severity,
    id,
  );
}

function putLink(session: Session, at: { readonly cluster: number; readonly effect: number }, link: CausalLink): void {
  const cause = episodeRow(session, at.cluster, link.cause);
  if (cause === undefined || cause === at.effect) return;
  const stored = session.sql.get("SELECT score FROM link WHERE effect = ? AND cause = ?", at.effect, cause);
  // Two links between the same two episodes: the better one stays, whatever their order.
  if (stored && number(stored.score) >= link.score) return;
  session.sql.run("INSERT OR REPLACE INTO link VALUES (?, ?, ?, ?)", at.effect, cause, link.score, linkDetail(link));
  if (!stored) session.tally.add(at.cluster, "link", "", 1);
}

/** The first stored episode whose id has become an alias: its row goes on under the new id, with its links and its incident. */
function formerRow(session: Session, cluster: number, episode: Episode): Row | undefined {
  for (const alias of episode.aliases) {
    const row = session.sql.get(`SELECT ${STORED} FROM episode WHERE cluster = ? AND eid = ?`, cluster, alias);
    if (row) return row;
  }
  return undefined;
}

function isCovered(session: Session, cluster: number, episode: Episode): boolean {
  const row = session.sql.get(
    "SELECT e.first_ms, e.last_ms FROM episode_alias a JOIN episode e ON e.id = a.episode WHERE a.cluster = ? AND a.alias = ?",
    cluster,
    episode.eid,
  );
  return row !== undefined && number(row.first_ms) <= episode.firstMs && number(row.last_ms) >= episode.lastMs;
}

function putAliases(
  session: Session,
  at: { readonly cluster: number; readonly id: number },
  aliases: readonly EpisodeId[],
  stored: Row | undefined,
): void {
  const { sql } = session;
  const known = new Set(texts(json(stored?.aliases)));
  for (const alias of aliases) {
    if (known.has(alias)) continue;
    const former = sql.get("SELECT id, severity, aliases FROM episode WHERE cluster = ? AND eid = ?", at.cluster, alias);
    if (former && number(former.id) !== at.id) absorb(session, at, former);
    sql.run("INSERT OR REPLACE INTO episode_alias VALUES (?, ?, ?)", at.cluster, alias, at.id);
  }
}

/** One more former row: what refers to it refers to the survivor, then it goes. */
function absorb(session: Session, at: { readonly cluster: number; readonly id: number }, former: Row): void {
  const { sql, tally } = session;
  const id = number(former.id);
  sql.run("UPDATE OR IGNORE link SET effect = ? WHERE effect = ?", at.id, id);
  sql.run("UPDATE OR IGNORE link SET cause = ? WHERE cause = ?", at.id, id);
  tally.add(
    at.cluster,
    "link",
    "",
    -sql.run("DELETE FROM link WHERE effect = ?1 OR cause = ?1 OR (effect = ?2 AND cause = ?2)", id, at.id),
  );
  sql.run("UPDATE OR IGNORE member SET episode = ? WHERE episode = ?", at.id, id);
  sql.run("DELETE FROM member WHERE episode = ?", id);
  for (const alias of texts(json(former.aliases)))
    sql.run("UPDATE episode_alias SET episode = ? WHERE cluster = ? AND alias = ? AND episode = ?", at.id, at.cluster, alias, id);
  sql.run("DELETE FROM episode WHERE id = ?", id);
  tally.add(at.cluster, "episode", number(former.severity), -1);
}
