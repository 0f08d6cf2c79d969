// One batch, one transaction: everything of a change set in the order in which the parts build on one another.
import type { ChangeSet } from "../port.ts";
import type { Tx } from "./connect.ts";
import { episodeIds } from "./episode-ids.ts";
import { isTooLarge } from "./fault.ts";
import { rekeyAll } from "./rekey.ts";
import { type Session, type Writing, writing } from "./session.ts";
import { putEpisodes } from "./write-episodes.ts";
import { putIncidents, removeIncidents } from "./write-incidents.ts";
import { putLinks } from "./write-links.ts";
import { edgeOf, putEdges } from "./write-relations.ts";
import { putResources } from "./write-resources.ts";

export const PUT_CHECKPOINTS = "UNWIND $rows AS row MERGE (k:KgCheckpoint {key: row.key}) SET k.value = row.value";

/**
 * Writes the whole change set durably, or throws and has written nothing. A set that is too large for the server's transaction memory goes in parts, each a
 * transaction, the source's progress with the last: if a part fails the batch counts as not written, and writing it again makes it whole.
 */
export async function commitChanges(session: Session, changes: ChangeSet): Promise<void> {
  try {
    await writing(session, (now) => write(now, changes));
  } catch (error) {
    const parts = isTooLarge(error) ? halves(changes) : [];
    if (parts.length < 2) throw error;
    for (const part of parts) await commitChanges(session, part);
  }
}

/** Writes a change set within a transaction. */
export async function write(now: Writing, changes: ChangeSet): Promise<void> {
  const { tx } = now;
  await putClusters(now, changes);
  await rekeyAll(now, changes.rekeyed);
  await putResources(now, changes.resources);
  if (changes.relations.length > 0) await putEdges(tx, changes.relations.map(edgeOf));
  const ids = episodeIds(tx);
  await putEpisodes(tx, ids, changes.episodes);
  await putLinks(tx, ids, changes.links);
  await removeIncidents(tx, changes.removedIncidents);
  await putIncidents(tx, ids, changes.incidents);
  await putCheckpoints(tx, changes.checkpoints);
}

async function putCheckpoints(tx: Tx, checkpoints: ChangeSet["checkpoints"]): Promise<void> {
  if (checkpoints.length > 0) await tx.run(PUT_CHECKPOINTS, { rows: checkpoints });
}

async function putClusters({ tx, session, clusters }: Writing, changes: ChangeSet): Promise<void> {
  const rows = [...changes.resources, ...changes.relations, ...changes.episodes, ...changes.links, ...changes.incidents];
  const names = [...new Set(rows.map(({ cluster }) => cluster))].filter((name) => !session.clusters.has(name));
  if (names.length === 0) return;
  await tx.run("UNWIND $names AS name MERGE (:KgCluster {name: name})", { names });
  for (const name of names) clusters.add(name);
}

/** The change set as smaller ones, to be written in this order; one part when it cannot be cut. */
function halves(changes: ChangeSet): ChangeSet[] {
  const empty: ChangeSet = {
    resources: [],
    rekeyed: [],
    relations: [],
    episodes: [],
    links: [],
    incidents: [],
    removedIncidents: [],
    checkpoints: [],
  };
  const kinds = (
    ["rekeyed", "resources", "relations", "episodes", "links", "removedIncidents", "incidents", "checkpoints"] as const
  ).filter((kind) => changes[kind].length > 0);
  if (kinds.length > 1) return kinds.map((kind) => ({ ...empty, [kind]: changes[kind] }));
  const [kind] = kinds;
  const rows = kind === undefined ? [] : changes[kind];
  if (kind === undefined || rows.length < 2) return [changes];
  const middle = Math.ceil(rows.length / 2);
  return [rows.slice(0, middle), rows.slice(middle)].map((part) => ({ ...empty, [kind]: part }));
}
