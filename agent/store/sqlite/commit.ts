// One batch, one transaction: everything of a change set in the order in which the parts build on one another.
import type { ChangeSet } from "../port.ts";
import type { Session } from "./session.ts";
import { transaction } from "./sql.ts";
import { putEpisode, putLinks } from "./write-episodes.ts";
import { putIncident, removeIncident } from "./write-incidents.ts";
import { putRelation } from "./write-relations.ts";
import { putResource, rekey } from "./write-resources.ts";
import { putCheckpoint } from "./write-words.ts";

/** Writes the whole change set durably, or throws and has written nothing. */
export function commitChanges(session: Session, changes: ChangeSet): void {
  writing(session, () => {
    for (const change of changes.rekeyed) rekey(session, change);
    for (const resource of changes.resources) putResource(session, resource);
    for (const relation of changes.relations) putRelation(session, relation);
    for (const episode of changes.episodes) putEpisode(session, episode);
    for (const entry of changes.links) putLinks(session, entry);
    for (const { cluster, id } of changes.removedIncidents) removeIncident(session, session.names.findCluster(cluster), id);
    for (const incident of changes.incidents) putIncident(session, incident);
    for (const checkpoint of changes.checkpoints) putCheckpoint(session, checkpoint);
  });
}

/** Runs a write in one transaction with its statistics; what was kept in memory is dropped if it fails. */
export function writing<T>(session: Session, work: () => T): T {
  try {
    const result = transaction(session.sql, () => {
      const done = work();
      session.tally.flush();
      return done;
    });
    session.checkpointer.committed();
    return result;
  } catch (error) {
    session.names.forget();
    session.tally.reset();
    session.written.clear();
    throw error;
  }
}
