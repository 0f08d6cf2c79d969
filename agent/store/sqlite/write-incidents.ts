// Writes incidents with their members and former ids, and takes merged ones away.
import type { EpisodeId, IncidentId } from "../../domain/identity.ts";
import type { Incident } from "../../domain/incident.ts";
import { json, number, text, texts } from "../stored-values.ts";
import { incidentColumns } from "./rows.ts";
import type { Session } from "./session.ts";
import type { Row } from "./sql.ts";
import { episodeRow } from "./write-episodes.ts";

/** Writes one incident; stored incidents whose ids are among its aliases go, for they were merged into it. */
export function putIncident(session: Session, incident: Incident): void {
  const { sql, names, tally } = session;
  const cluster = names.makeCluster(incident.cluster);
  const stored = sql.get("SELECT id, members, body FROM incident WHERE cluster = ? AND iid = ?", cluster, incident.id);
  const members = JSON.stringify(incident.episodes);
  const body = JSON.stringify(incident);
  if (stored?.body !== body) {
    const { severity, muted, rootKind, rootReason } = incidentColumns(incident);
    sql.run(
      `INSERT INTO incident (cluster, iid, state, severity, first_ms, last_ms, muted, root_kind, root_reason, members, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (cluster, iid) DO UPDATE SET state = excluded.state, severity = excluded.severity, first_ms = excluded.first_ms, last_ms = excluded.last_ms,
         muted = excluded.muted, root_kind = excluded.root_kind, root_reason = excluded.root_reason, members = excluded.members, body = excluded.body`,
      cluster,
      incident.id,
      incident.state,
      severity,
      incident.firstMs,
      incident.lastMs,
      muted,
      rootKind,
      rootReason,
      members,
      body,
    );
  }
  if (!stored) tally.add(cluster, "incident", "", 1);
  const id = number(sql.get("SELECT id FROM incident WHERE cluster = ? AND iid = ?", cluster, incident.id)?.id);
  for (const alias of incident.aliases) putAlias(session, { cluster, id }, alias, incident.id);
  putMembers(
    session,
    { cluster, id },
    incident.episodes,
    stored?.members === members ? incident.episodes : (texts(json(stored?.members)) as EpisodeId[]),
  );
}

/** Removes one incident; its episodes stay. False when there is none of this id. */
export function removeIncident(session: Session, cluster: number | undefined, iid: IncidentId): boolean {
  const row = session.sql.get("SELECT id, body FROM incident WHERE cluster = ? AND iid = ?", cluster, iid);
  if (row === undefined || cluster === undefined) return false;
  removeIncidentRow(session, cluster, row);
  return true;
}

/** Removes the incident of a row that has `id` and `body`. */
export function removeIncidentRow(session: Session, cluster: number, row: Row): void {
  const { sql, tally } = session;
  const id = number(row.id);
  sql.run("DELETE FROM member WHERE incident = ?", id);
  for (const { alias } of sql.all("SELECT value AS alias FROM json_each(?, '$.aliases')", text(row.body, "{}"))) {
    sql.run("DELETE FROM incident_alias WHERE cluster = ? AND alias = ? AND incident = ?", cluster, alias, id);
  }
  sql.run("DELETE FROM incident WHERE id = ?", id);
  tally.add(cluster, "incident", "", -1);
}

function putAlias(session: Session, at: { readonly cluster: number; readonly id: number }, alias: IncidentId, own: IncidentId): void {
  if (alias === own) return;
  removeIncident(session, at.cluster, alias);
  session.sql.run(
    "INSERT INTO incident_alias VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET incident = excluded.incident WHERE incident <> excluded.incident",
    at.cluster,
    alias,
    at.id,
  );
}

/** Episodes join and leave. All are written again, for a merge or a re-identified episode may have taken one away; an unchanged row costs a look-up. */
function putMembers(
  session: Session,
  at: { readonly cluster: number; readonly id: number },
  episodes: readonly EpisodeId[],
  former: readonly EpisodeId[],
): void {
  const { sql } = session;
  const now = new Set(episodes);
  for (const eid of former) {
    if (now.has(eid)) continue;
    const episode = episodeRow(session, at.cluster, eid);
    if (episode !== undefined) sql.run("DELETE FROM member WHERE episode = ? AND incident = ?", episode, at.id);
  }
  for (const eid of now) {
    const episode = episodeRow(session, at.cluster, eid);
    if (episode === undefined) continue;
    sql.run(
      "INSERT INTO member VALUES (?, ?) ON CONFLICT DO UPDATE SET incident = excluded.incident WHERE incident <> excluded.incident",
      episode,
      at.id,
    );
  }
}
