// The embedded store: the port on one SQLite file (node:sqlite, write-ahead log). Calls run at once and block for about as long as they take.
import type { GraphReader, GraphStore, GraphWriter, StoreAdmin, WorkingSet } from "../port.ts";
import { StoreFault } from "../port.ts";
import { storedFeedback, storedMute } from "../stored-bodies.ts";
import { text } from "../stored-values.ts";
import { writeBackup } from "./backup.ts";
import { checkStore } from "./check.ts";
import { cleanup } from "./cleanup.ts";
import { commitChanges, writing } from "./commit.ts";
import { openConnection, PAGE_SIZE, type SqliteOptions } from "./connection.ts";
import { asFault } from "./fault.ts";
import { dropIndexes, ensureIndexes, listIndexes } from "./indexes.ts";
import { neighbourhood } from "./neighbourhood.ts";
import { episodesAbout, episodesOf, findEpisodes, linksOf } from "./read-episodes.ts";
import { findIncidents, incidentPage, incidentWith, pastIncidents } from "./read-incidents.ts";
import { findResources } from "./read-resources.ts";
import { restoreBackup } from "./restore.ts";
import { openSession, type Session } from "./session.ts";
import { readStats } from "./stats.ts";
import { loadWorkingSet } from "./working-set.ts";
import { putFeedback, putMute } from "./write-words.ts";

/** Runs work on the open session; SQLite's errors become StoreFaults, also `closed`. */
type Call = <T>(work: (session: Session) => T | Promise<T>) => Promise<T>;

/** The store's life: its session, which a restore may replace, until it is closed. */
type Life = { session: Session | undefined };

/** Opens the store, or throws StoreFault: `locked`, `newer`, `corrupt`, `transient`, each with what to do. */
export function openSqliteStore(options: SqliteOptions): GraphStore {
  const connection = openConnection(options);
  const life: Life = { session: openSession(connection.sql, options.path) };
  const call: Call = async (work) => {
    try {
      return await work(openSessionOf(life, options.path));
    } catch (error) {
      throw asFault(error, options.path);
    }
  };
  return {
    name: "sqlite",
    ...reader(call, life, options.path),
    ...writer(call, options),
    ...admin(call, life, options),
    async close() {
      const { session } = life;
      life.session = undefined;
      await session?.checkpointer.close();
      session?.sql.close();
      connection.close();
    },
  };
}

function reader(call: Call, life: Life, path: string): GraphReader {
  return {
    clusters: () => call(({ names }) => names.clusterNames()),
    checkpoints: () =>
      call(({ sql }) => new Map(sql.all("SELECT key, value FROM checkpoint").map((row) => [text(row.key), text(row.value)]))),
    loadWorkingSet: (cluster, sinceMs) => guarded(() => loadWorkingSet(openSessionOf(life, path), cluster, sinceMs), path),
    findResources: (query) => call((session) => findResources(session, query)),
    findEpisodes: (id, cluster) => call((session) => findEpisodes(session, id, cluster)),
    episodes: (cluster, ids) => call((session) => episodesOf(session, cluster, ids)),
    episodesAbout: (...asked) => call((session) => episodesAbout(session, ...asked)),
    linksOf: (cluster, ids, as) => call((session) => linksOf(session, cluster, ids, as)),
    neighbourhood: (query) => call((session) => neighbourhood(session, query)),
    findIncidents: (id, cluster) => call((session) => findIncidents(session, id, cluster)),
    incidentOf: (cluster, eid) => call((session) => incidentWith(session, cluster, eid)),
    incidents: (query) => call((session) => incidentPage(session, query)),
    pastIncidents: (...asked) => call((session) => pastIncidents(session, ...asked)),
    mutes: () => call(({ sql }) => sql.all("SELECT body FROM mute ORDER BY id").flatMap((row) => storedMute(row.body) ?? [])),
    feedback: (sinceMs) =>
      call(({ sql }) =>
        sql.all("SELECT body FROM feedback WHERE at_ms >= ? ORDER BY at_ms", sinceMs).flatMap((row) => storedFeedback(row.body) ?? []),
      ),
    stats: (cluster) => call((session) => readStats(session, cluster)),
  };
}

function writer(call: Call, options: SqliteOptions): GraphWriter {
  const write = <T>(work: (session: Session) => T): Promise<T> =>
    call((session) => {
      if (options.readOnly) throw readOnlyFault(options.path);
      return work(session);
    });
  return {
    commit: (changes) => write((session) => commitChanges(session, changes)),
    putMute: (rule) => write((session) => writing(session, () => putMute(session, rule))),
    removeMute: (id) => write((session) => session.sql.run("DELETE FROM mute WHERE id = ?", id) > 0),
    putFeedback: (feedback) => write((session) => writing(session, () => putFeedback(session, feedback))),
  };
}

function admin(call: Call, life: Life, options: SqliteOptions): StoreAdmin {
  const { path } = options;
  return {
    indexes: () => call(({ sql }) => listIndexes(sql)),
    ensureIndexes: () => call(({ sql }) => ensureIndexes(sql)),
    dropIndexes: (names) => call(({ sql }) => dropIndexes(sql, names)),
    cleanup: (wanted) => call((session) => cleanup(session, wanted)),
    backup: (file, wanted) => call((session) => writeBackup(session, file, { ...wanted, path, asOfMs: (options.nowMs ?? Date.now)() })),
    restore: (file, wanted) =>
      call(async (session) => {
        if (options.readOnly) throw readOnlyFault(path);
        const restored = await restoreBackup(session, file, { ...wanted, path, pageSize: PAGE_SIZE });
        life.session = restored.session;
        return { rows: restored.rows };
      }),
    check: () => call((session) => checkStore(session, path)),
  };
}

function openSessionOf(life: Life, path: string): Session {
  if (!life.session) throw new StoreFault("closed", `store ${path} is closed`);
  return life.session;
}

function readOnlyFault(path: string): StoreFault {
  return new StoreFault("locked", `store ${path} was opened for reading only; open it for writing, or ask the running agent`);
}

async function* guarded(open: () => AsyncGenerator<WorkingSet>, path: string): AsyncGenerator<WorkingSet> {
  try {
    yield* open();
  } catch (error) {
    throw asFault(error, path);
  }
}
