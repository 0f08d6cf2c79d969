// Writes incidents with their members and former ids, and takes merged ones away.
import type { Incident } from "../../domain/incident.ts";
import type { ChangeSet } from "../port.ts";
import { text, texts } from "../stored-values.ts";
import type { Row, Tx } from "./connect.ts";
import type { EpisodeIds } from "./episode-ids.ts";

export const PUT_INCIDENTS = `
  UNWIND $rows AS row MERGE (i:Incident {client_id: row.c, id: row.id})
  SET i += row.properties, i.window_start = datetime({epochMillis: row.properties.first_ms}), i.window_end = datetime({epochMillis: row.properties.last_ms})`;

export const READ_MEMBERS = `
  UNWIND $rows AS row MATCH (i:Incident {client_id: row.c, id: row.id})
  OPTIONAL MATCH (e:Episodic)-[:PART_OF]->(i)
  RETURN row.at AS at, collect(e.eid) AS members`;

const LEAVE = `
  UNWIND $rows AS row MATCH (e:Episodic {client_id: row.c, eid: row.eid})-[p:PART_OF]->(:Incident {client_id: row.c, id: row.id})
  DELETE p`;

export const JOIN = `
  UNWIND $rows AS row MATCH (i:Incident {client_id: row.c, id: row.id}) MATCH (e:Episodic {client_id: row.c, eid: row.eid})
  OPTIONAL MATCH (e)-[p:PART_OF]->() DELETE p
  WITH DISTINCT e, i CREATE (e)-[:PART_OF]->(i)`;

const REMOVE = `
  UNWIND $rows AS row MATCH (i:Incident {client_id: row.c, id: row.id})
  OPTIONAL MATCH (a:IncidentAlias)-[:ALIAS_OF]->(i) DETACH DELETE a, i`;

const PUT_ALIASES = `
  UNWIND $rows AS row MERGE (a:IncidentAlias {client_id: row.c, alias: row.alias})
  WITH row, a MATCH (i:Incident {client_id: row.c, id: row.id})
  OPTIONAL MATCH (a)-[o:ALIAS_OF]->() DELETE o
  WITH DISTINCT a, i CREATE (a)-[:ALIAS_OF]->(i)`;

/** Removes incidents; their episodes stay. */
export async function removeIncidents(tx: Tx, removed: ChangeSet["removedIncidents"]): Promise<void> {
  if (removed.length > 0) await tx.run(REMOVE, { rows: removed.map(({ cluster, id }) => ({ c: cluster, id })) });
}

/** Writes incidents; stored ones whose ids are among their aliases go, for they were merged into them. */
export async function putIncidents(tx: Tx, ids: EpisodeIds, incidents: readonly Incident[]): Promise<void> {
  if (incidents.length === 0) return;
  await tx.run(PUT_INCIDENTS, {
    rows: incidents.map((incident) => ({ c: incident.cluster, id: incident.id, properties: properties(incident) })),
  });
  const aliased = incidents.flatMap(({ cluster, id, aliases }) =>
    aliases.filter((alias) => alias !== id).map((alias) => ({ c: cluster, alias, id })),
  );
  if (aliased.length > 0) {
    await tx.run(REMOVE, { rows: aliased.map(({ c, alias }) => ({ c, id: alias })) });
    await tx.run(PUT_ALIASES, { rows: aliased });
  }
  await putMembers(tx, ids, incidents);
}

function properties(incident: Incident): Row {
  const root = incident.verdict.rootCause;
  return {
    resource_id: incident.rid,
    event_count: incident.episodes.length + incident.droppedCount,
    severity: incident.severity,
    state: incident.state,
    title: incident.verdict.title,
    first_ms: incident.firstMs,
    last_ms: incident.lastMs,
    muted: incident.mutedBy !== undefined,
    namespaces: incident.namespaces,
    root_kind: root?.subject.kind ?? null,
    root_reason: root?.reason ?? null,
    body_json: JSON.stringify(incident),
  };
}

/** Episodes join and leave: what is stored is compared, for a merge or a re-identified episode may have taken one away. */
async function putMembers(tx: Tx, ids: EpisodeIds, incidents: readonly Incident[]): Promise<void> {
  const rows = incidents.map(({ cluster, id }, at) => ({ at, c: cluster, id }));
  const stored = new Map((await tx.run(READ_MEMBERS, { rows })).map((row) => [row.at, new Set(texts(row.members))]));
  const isMember = (at: number, eid: string): boolean => stored.get(at)?.has(eid) ?? false;
  await ids.look(
    incidents.flatMap(({ cluster, episodes }, at) => episodes.filter((eid) => !isMember(at, eid)).map((id) => ({ cluster, id }))),
  );
  const left: Row[] = [];
  const joined: Row[] = [];
  for (const [at, { cluster, id, episodes }] of incidents.entries()) {
    const now = new Set<string>(episodes.flatMap((eid) => (isMember(at, eid) ? [eid] : (ids.resolve(cluster, eid) ?? []))));
    for (const eid of stored.get(at) ?? []) if (!now.has(eid)) left.push({ c: cluster, id, eid });
    for (const eid of now) if (!isMember(at, eid)) joined.push({ c: cluster, id: text(id), eid });
  }
  if (left.length > 0) await tx.run(LEAVE, { rows: left });
  if (joined.length > 0) await tx.run(JOIN, { rows: joined });
}
