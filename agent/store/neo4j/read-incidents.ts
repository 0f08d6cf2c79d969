// Finds incidents by id, by member, by what is asked of a list, and past ones that had a like root cause.
import type { EpisodeId } from "../../domain/identity.ts";
import type { Incident } from "../../domain/incident.ts";
import type { GraphReader, IncidentQuery, Page } from "../port.ts";
import { storedIncident } from "../stored-bodies.ts";
import { map, number, text } from "../stored-values.ts";
import type { Row, Tx } from "./connect.ts";
import { clusterNames } from "./read-resources.ts";

export const FIND_INCIDENTS = `
  UNWIND $clusters AS c
  OPTIONAL MATCH (d:Incident {client_id: c, id: $id})
  OPTIONAL MATCH (:IncidentAlias {client_id: c, alias: $id})-[:ALIAS_OF]->(x:Incident)
  WITH c, coalesce(d, x) AS i WHERE i IS NOT NULL
  RETURN properties(i) AS node ORDER BY c`;

export const INCIDENT_OF = `
  OPTIONAL MATCH (d:Episodic {client_id: $c, eid: $eid})
  OPTIONAL MATCH (:EpisodicAlias {client_id: $c, alias: $eid})-[:ALIAS_OF]->(x:Episodic)
  WITH coalesce(d, x) AS e WHERE e IS NOT NULL
  MATCH (e)-[:PART_OF]->(i:Incident) RETURN properties(i) AS node LIMIT 1`;

export const PAST_INCIDENTS = `
  MATCH (i:Incident) WHERE i.client_id = $c AND i.root_kind = $kind AND i.root_reason = $reason AND i.first_ms < $before AND (i.state = 'resolved' OR i.last_ms < $before)
  RETURN properties(i) AS node ORDER BY i.first_ms DESC, i.id DESC LIMIT toInteger($limit)`;

/** Incidents of an id or former id, in one cluster or in all. */
export async function findIncidents(tx: Tx, id: string, cluster?: string): Promise<Incident[]> {
  const clusters = cluster === undefined ? await clusterNames(tx) : [cluster];
  return readable(await tx.run(FIND_INCIDENTS, { clusters, id }));
}

/** The incident that an episode (or alias) is a member of. */
export async function incidentWith(tx: Tx, cluster: string, eid: EpisodeId): Promise<Incident | undefined> {
  return readable(await tx.run(INCIDENT_OF, { c: cluster, eid }))[0];
}

/** One page, last seen first. The cursor names the last row, so that incidents that come in meanwhile move nothing. A cursor that is none ends the list. */
export async function incidentPage(tx: Tx, query: IncidentQuery): Promise<Page<Incident>> {
  const after = query.cursor === undefined ? undefined : readCursor(query.cursor);
  if (query.cursor !== undefined && !after) return { rows: [] };
  const limit = Math.min(500, Math.max(1, Math.trunc(query.limit)));
  const { cluster, state, severity, namespace } = query;
  const given = Object.fromEntries(Object.entries({ cluster, state, severity, namespace }).filter(([, value]) => value !== undefined));
  const rows = await tx.run(pageStatement(query), {
    ...given,
    since: query.sinceMs ?? Number.MIN_SAFE_INTEGER,
    before: after?.lastMs ?? Number.MAX_SAFE_INTEGER,
    afterCluster: after?.cluster ?? "",
    afterId: after?.id ?? "",
    limit: limit + 1,
  });
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: readable(page), ...(rows.length > limit && last ? { cursor: writeCursor(map(last.node)) } : {}) };
}

/** The statement that a query for a page comes to. */
export function pageStatement(query: IncidentQuery): string {
  const conditions = [
    "i.last_ms >= $since AND i.last_ms <= $before",
    ...(query.cluster === undefined ? [] : ["i.client_id = $cluster"]),
    ...(query.state === undefined ? [] : ["i.state = $state"]),
    ...(query.severity === undefined ? [] : ["i.severity = $severity"]),
    ...(query.namespace === undefined ? [] : ["$namespace IN i.namespaces"]),
    ...(query.includeMuted ? [] : ["i.muted = false"]),
    ...(query.cursor === undefined
      ? []
      : ["(i.last_ms < $before OR i.client_id > $afterCluster OR (i.client_id = $afterCluster AND i.id < $afterId))"]),
  ];
  return `MATCH (i:Incident) WHERE ${conditions.join(" AND ")}
    RETURN properties(i) AS node ORDER BY i.last_ms DESC, i.client_id, i.id DESC LIMIT toInteger($limit)`;
}

/** Incidents that began before `beforeMs`, are over or were last seen before it, and had this root cause; newest first. */
export async function pastIncidents(tx: Tx, ...asked: Parameters<GraphReader["pastIncidents"]>): Promise<Incident[]> {
  const [c, kind, reason, before, limit] = asked;
  return readable(await tx.run(PAST_INCIDENTS, { c, kind, reason, before, limit: Math.max(0, limit) }));
}

/** The incidents of records that have `node`; damaged ones are left out. */
export function readable(rows: readonly Row[]): Incident[] {
  return rows.flatMap((row) => storedIncident(map(row.node).body_json) ?? []);
}

type Cursor = { readonly lastMs: number; readonly cluster: string; readonly id: string };

function writeCursor(node: Row): string {
  return Buffer.from(JSON.stringify([number(node.last_ms), text(node.client_id), text(node.id)])).toString("base64url");
}

function readCursor(cursor: string): Cursor | undefined {
  try {
    const [lastMs, cluster, id]: unknown[] = JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
    return typeof lastMs === "number" && typeof cluster === "string" && typeof id === "string" ? { lastMs, cluster, id } : undefined;
  } catch {
    return undefined;
  }
}
