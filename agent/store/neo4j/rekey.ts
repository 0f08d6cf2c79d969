// A stub learnt its uid: its node takes the new rid, or, when that rid has a node already, everything about the stub moves there.
import type { ResourceId } from "../../domain/identity.ts";
import type { RelationType } from "../../domain/relation.ts";
import type { ChangeSet } from "../port.ts";
import { HOLDS_MS, map, number, optionalNumber, optionalText, text } from "../stored-values.ts";
import type { Row, Tx } from "./connect.ts";
import { isSeen } from "./resource-node.ts";
import { kindLabel } from "./schema.ts";
import { keyOf, type Writing } from "./session.ts";
import { ANY_RELATION, type Edge, putEdges } from "./write-relations.ts";
import { PUT_RESOURCES } from "./write-resources.ts";

type Change = ChangeSet["rekeyed"][number];

/** The stub and where it goes. */
type Ends = { readonly c: string; readonly from: string; readonly to: string };

const READ_ENDS = `
  UNWIND $rows AS row MATCH (s:Resource {client_id: row.c, rid: row.from})
  OPTIONAL MATCH (k:Resource {client_id: row.c, rid: row.to})
  RETURN row.c AS c, row.from AS from, row.to AS to, properties(s) AS stub, properties(k) AS known`;

const RENAME = `
  UNWIND $rows AS row MATCH (s:Resource {client_id: row.c, rid: row.from})
  SET s.rid = row.to, s.uid = CASE WHEN s.kind IS NULL THEN s.uid ELSE coalesce(s.uid, row.uid) END`;

const AT = "MATCH (s:Resource {client_id: $c, rid: $from}) MATCH (k:Resource {client_id: $c, rid: $to})";

const READ_EDGES = `
  MATCH (s:Resource {client_id: $c, rid: $from})-[l:${ANY_RELATION}]-()
  WITH DISTINCT l
  RETURN type(l) AS type, startNode(l).rid AS source, endNode(l).rid AS target, l.from_ms AS from, l.to_ms AS to, l.evidence AS evidence`;

const MOVE_EPISODES = `${AT} MATCH (e:Episodic)-[a:ABOUT]->(s) DELETE a CREATE (e)-[:ABOUT]->(k)`;
const MOVE_STATES = `${AT} MATCH (h:ResourceState)-[a:STATE_OF]->(s) DELETE a CREATE (h)-[:STATE_OF]->(k)`;
const DROP_STATES = "MATCH (h:ResourceState)-[:STATE_OF]->(:Resource {client_id: $c, rid: $from}) DETACH DELETE h";
const OLDER = `${AT} SET k.created_ms = CASE WHEN k.created_ms < s.created_ms THEN k.created_ms ELSE s.created_ms END`;
const DROP = "MATCH (s:Resource {client_id: $c, rid: $from}) DETACH DELETE s";

/** Moves every stub; one that is not stored (any more) changes nothing. */
export async function rekeyAll(writing: Writing, changes: readonly Change[]): Promise<void> {
  const rows = changes.filter(({ from, to }) => from !== to).map(({ cluster, from, to }) => ({ c: cluster, from, to }));
  if (rows.length === 0) return;
  const found = await writing.tx.run(READ_ENDS, { rows });
  const renamed: Row[] = [];
  const taken = new Set<string>();
  for (const row of found) {
    const [c, from, to] = [text(row.c), text(row.from), text(row.to)];
    for (const rid of [from, to]) writing.session.written.delete(keyOf(c, rid));
    if (row.known === null && !taken.has(keyOf(c, to))) {
      taken.add(keyOf(c, to));
      renamed.push({ c, from, to, uid: to.slice(to.indexOf(":") + 1) });
    }
  }
  if (renamed.length > 0) await writing.tx.run(RENAME, { rows: renamed });
  for (const row of found) if (!renamed.some(({ c, from }) => c === row.c && from === row.from)) await merge(writing, row);
}

/** Two nodes of one life become one: the one that is keyed by uid. */
async function merge({ tx }: Writing, row: Row): Promise<void> {
  const ends = { c: text(row.c), from: text(row.from), to: text(row.to) };
  const edges = (await tx.run(READ_EDGES, ends)).map((edge) => movedEdge(edge, ends));
  await tx.run(MOVE_EPISODES, ends);
  const stub = map(row.stub);
  if (isSeen(stub) && !isSeen(map(row.known))) {
    await tx.run(MOVE_STATES, ends);
    await tx.run(DROP, ends);
    await takeOver(tx, ends, stub);
  } else {
    // The stub was the same life seen by name only; it has no state to add, but it may have been seen earlier.
    await tx.run(DROP_STATES, ends);
    if (isSeen(stub)) await tx.run(OLDER, ends);
    await tx.run(DROP, ends);
  }
  await putEdges(tx, edges);
}

/** The stub's own properties go to a node that so far only stood at the end of something. */
async function takeOver(tx: Tx, ends: Ends, stub: Row): Promise<void> {
  const { client_id: _client, rid: _rid, updated_at: _updated, ended_at: _ended, ...properties } = stub;
  await tx.run(PUT_RESOURCES, { rows: [{ c: ends.c, rid: ends.to, label: kindLabel(text(stub.kind)), properties }], holds: HOLDS_MS });
}

function movedEdge(row: Row, { c, from, to }: Ends): Edge {
  const moved = (rid: unknown): ResourceId => (rid === from ? to : text(rid)) as ResourceId;
  return {
    cluster: c,
    type: text(row.type) as RelationType,
    source: moved(row.source),
    target: moved(row.target),
    fromMs: number(row.from),
    toMs: optionalNumber(row.to),
    evidence: optionalText(row.evidence),
  };
}
