// The store in Neo4j: the port on one database, schema of contracts.md §2, no plug-in needed. Writers take turns, readers do not wait.
import type { GraphReader, GraphStore, GraphWriter, StoreAdmin } from "../port.ts";
import { writeBackup } from "./backup.ts";
import { checkStore } from "./check.ts";
import { cleanup } from "./cleanup.ts";
import { commitChanges } from "./commit.ts";
import { connect, type Database } from "./connect.ts";
import { dropIndexes, ensureIndexes, ensureSchema, listIndexes } from "./indexes.ts";
import { neighbourhood } from "./neighbourhood.ts";
import type { Neo4jOptions } from "./options.ts";
import { episodesAbout, episodesOf, findEpisodes, linksOf } from "./read-episodes.ts";
import { findIncidents, incidentPage, incidentWith, pastIncidents } from "./read-incidents.ts";
import { clusterNames, findResources } from "./read-resources.ts";
import { putFeedback, putMute, readCheckpoints, readFeedback, readMutes, removeMute } from "./read-words.ts";
import { restoreBackup } from "./restore.ts";
import { openSession, type Session, writing } from "./session.ts";
import { readStats } from "./stats.ts";
import { loadWorkingSet } from "./working-set.ts";

/** Opens the store and makes its schema, or throws StoreFault: `transient` when it cannot be reached, `locked`, `newer`, each with what to do. */
export async function openNeo4jStore(options: Neo4jOptions): Promise<GraphStore> {
  const database = await connect(options);
  try {
    await ensureSchema(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return storeOn(database, options);
}

function storeOn(database: Database, options: Neo4jOptions): GraphStore {
  const session = openSession(database);
  let isClosed = false;
  return {
    name: "neo4j",
    ...reader(session),
    ...writer(session),
    ...admin(session, options),
    async close() {
      if (isClosed) return;
      isClosed = true;
      // Whoever is in line writes to the end.
      await session.line;
      await database.close();
    },
  };
}

function reader(session: Session): GraphReader {
  const { read } = session.database;
  return {
    clusters: () => read(clusterNames),
    checkpoints: () => read(readCheckpoints),
    loadWorkingSet: (cluster, sinceMs) => loadWorkingSet(session, cluster, sinceMs),
    findResources: (query) => read((tx) => findResources(tx, query)),
    findEpisodes: (id, cluster) => read((tx) => findEpisodes(tx, id, cluster)),
    episodes: (cluster, ids) => read((tx) => episodesOf(tx, cluster, ids)),
    episodesAbout: (...asked) => read((tx) => episodesAbout(tx, ...asked)),
    linksOf: (cluster, ids, as) => read((tx) => linksOf(tx, cluster, ids, as)),
    neighbourhood: (query) => read((tx) => neighbourhood(tx, query)),
    findIncidents: (id, cluster) => read((tx) => findIncidents(tx, id, cluster)),
    incidentOf: (cluster, eid) => read((tx) => incidentWith(tx, cluster, eid)),
    incidents: (query) => read((tx) => incidentPage(tx, query)),
    pastIncidents: (...asked) => read((tx) => pastIncidents(tx, ...asked)),
    mutes: () => read(readMutes),
    feedback: (sinceMs) => read((tx) => readFeedback(tx, sinceMs)),
    stats: (cluster) => read((tx) => readStats(tx, cluster)),
  };
}

function writer(session: Session): GraphWriter {
  return {
    commit: (changes) => commitChanges(session, changes),
    putMute: (rule) => writing(session, ({ tx }) => putMute(tx, rule)),
    removeMute: (id) => writing(session, ({ tx }) => removeMute(tx, id)),
    putFeedback: (feedback) => writing(session, ({ tx }) => putFeedback(tx, feedback)),
  };
}

function admin(session: Session, options: Neo4jOptions): StoreAdmin {
  const { database } = session;
  return {
    indexes: () => listIndexes(database),
    ensureIndexes: () => ensureIndexes(database),
    dropIndexes: (names) => dropIndexes(database, names),
    cleanup: (wanted) => cleanup(session, wanted),
    backup: (file, wanted) => writeBackup(session, file, { ...wanted, asOfMs: (options.nowMs ?? Date.now)() }),
    restore: (file, wanted) => restoreBackup(session, file, wanted),
    check: () => checkStore(database),
  };
}
