// Finds incidents by id, by member, by what is asked of a list, and past ones that had a like root cause.
import type { EpisodeId } from "../../domain/identity.ts";
import type { Incident } from "../../domain/incident.ts";
import { severityRank } from "../../domain/severity.ts";
import type { GraphReader, IncidentQuery, Page } from "../port.ts";
import { storedIncident } from "../stored-bodies.ts";
import { number, text } from "../stored-values.ts";
import type { Session } from "./session.ts";
import type { Bound, Row } from "./sql.ts";
import { episodeRow } from "./write-episodes.ts";

/** Incidents of an id or former id, in one cluster or in all. */
export function findIncidents(session: Session, id: string, cluster?: string): Incident[] {
  const clusters = cluster === undefined ? session.names.clusterNames() : [cluster];
  return clusters.flatMap((name) => {
    const known = session.names.findCluster(name);
    const row =
      session.sql.get("SELECT body FROM incident WHERE cluster = ? AND iid = ?", known, id) ??
      session.sql.get(
        "SELECT i.body FROM incident_alias a JOIN incident i ON i.id = a.incident WHERE a.cluster = ? AND a.alias = ?",
        known,
        id,
      );
    return row ? readable([row]) : [];
  });
}

/** The incident that an episode (or alias) is a member of. */
export function incidentWith(session: Session, cluster: string, eid: EpisodeId): Incident | undefined {
  const known = session.names.findCluster(cluster);
  const episode = known === undefined ? undefined : episodeRow(session, known, eid);
  if (episode === undefined) return undefined;
  const row = session.sql.get("SELECT i.body FROM member m JOIN incident i ON i.id = m.incident WHERE m.episode = ?", episode);
  return row ? storedIncident(row.body) : undefined;
}

/** One page, last seen first. The cursor names the last row, so that incidents that come in meanwhile move nothing. A cursor that is none ends the list. */
export function incidentPage(session: Session, query: IncidentQuery): Page<Incident> {
  const conditions = ["true"];
  const values: Bound[] = [];
  const require = (condition: string, value: Bound): void => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  require("cluster = ?", query.cluster === undefined ? undefined : (session.names.findCluster(query.cluster) ?? -1));
  require("state = ?", query.state);
  require("severity = ?", query.severity === undefined ? undefined : severityRank(query.severity));
  require("last_ms >= ?", query.sinceMs);
  require("EXISTS (SELECT 1 FROM json_each(body, '$.namespaces') WHERE value = ?)", query.namespace);
  if (!query.includeMuted) conditions.push("muted = 0");
  if (query.cursor !== undefined) {
    const after = readCursor(query.cursor);
    if (!after) return { rows: [] };
    conditions.push("last_ms <= ? AND (last_ms < ? OR id < ?)");
    values.push(after.lastMs, after.lastMs, after.id);
  }
  const limit = Math.min(500, Math.max(1, Math.trunc(query.limit)));
  const rows = session.sql.all(
    `SELECT id, last_ms, body FROM incident WHERE ${conditions.join(" AND ")} ORDER BY last_ms DESC, id DESC LIMIT ?`,
    ...values,
    limit + 1,
  );
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: readable(page), ...(rows.length > limit && last ? { cursor: writeCursor(last) } : {}) };
}

/** Incidents that began before `beforeMs`, are over or were last seen before it, and had this root cause; newest first. */
export function pastIncidents(session: Session, ...asked: Parameters<GraphReader["pastIncidents"]>): Incident[] {
  const [cluster, kind, reason, beforeMs, limit] = asked;
  const rows = session.sql.all(
    `SELECT body FROM incident WHERE cluster = ? AND root_kind = ? AND root_reason = ? AND first_ms < ?4 AND (state = 'resolved' OR last_ms < ?4)
     ORDER BY first_ms DESC, id DESC LIMIT ?5`,
    session.names.findCluster(cluster),
    kind,
    reason,
    beforeMs,
    Math.max(0, limit),
  );
  return readable(rows);
}

/** The incidents of rows that have `body`; damaged ones are left out. */
export function readable(rows: readonly Row[]): Incident[] {
  return rows.flatMap((row) => storedIncident(row.body) ?? []);
}

function writeCursor(row: Row): string {
  return Buffer.from(JSON.stringify([number(row.last_ms), number(row.id)])).toString("base64url");
}

function readCursor(cursor: string): { readonly lastMs: number; readonly id: number } | undefined {
  const match = /^\[(-?\d+(?:\.\d+)?),(\d+)\]$/.exec(text(Buffer.from(cursor, "base64url").toString("utf8")));
  return match ? { lastMs: Number(match[1]), id: Number(match[2]) } : undefined;
}
