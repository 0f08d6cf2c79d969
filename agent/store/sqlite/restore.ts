// Reads a backup into a new store beside the old one, checks it to its end, and only then puts it in the old one's place.
import { rmSync } from "node:fs";
import { backup } from "node:sqlite";
import type { BackupRow, BackupRows, StateRow } from "../backup-format.ts";
import { type Progress, StoreFault } from "../port.ts";
import { assertBackup, readBackup } from "../read-backup.ts";
import { optionalNumber } from "../stored-values.ts";
import { writing } from "./commit.ts";
import { ensureIndexes } from "./indexes.ts";
import { migrate } from "./migrate.ts";
import { openSession, type Session } from "./session.ts";
import { breathe, openSql } from "./sql.ts";
import { addLink, putEpisode } from "./write-episodes.ts";
import { putIncident } from "./write-incidents.ts";
import { putRelation } from "./write-relations.ts";
import { putResource } from "./write-resources.ts";
import { putCheckpoint, putFeedback, putMute } from "./write-words.ts";

/** As in the port, and where the store lies. */
export type RestoreOptions = {
  readonly path: string;
  readonly replace: boolean;
  readonly pageSize: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
};

const ROWS_PER_BATCH = 1_000;

/** The session to go on with (the same one, or a new one for a store in memory) and the number of rows read. The store is unchanged when it throws. */
export async function restoreBackup(session: Session, file: string, options: RestoreOptions): Promise<{ session: Session; rows: number }> {
  if (!options.replace && !isEmpty(session)) {
    throw new StoreFault(
      "locked",
      `store ${options.path} is not empty; restore with --replace to give up what it holds, or choose another path`,
    );
  }
  assertBackup(file);
  const inMemory = options.path === ":memory:";
  const besides = inMemory ? ":memory:" : `${options.path}.restoring`;
  removeStoreFile(besides);
  const fresh = openFresh(besides, options.pageSize);
  let isKept = false;
  try {
    const rows = await readInto(fresh, file, options);
    ensureIndexes(fresh.sql);
    options.signal?.throwIfAborted();
    isKept = inMemory;
    if (inMemory) {
      session.sql.close();
      return { session: fresh, rows };
    }
    // One transaction of SQLite's own: readers see the old store until it is done.
    await backup(fresh.sql.db, options.path, { rate: 2_000 });
    session.names.forget();
    session.checkpointer.committed();
    return { session, rows };
  } finally {
    if (!isKept) fresh.sql.close();
    removeStoreFile(besides);
  }
}

function openFresh(path: string, pageSize: number): Session {
  const sql = openSql(path, {});
  // Nothing is lost if this file is: it is thrown away unless it is read to its end.
  sql.db.exec(`PRAGMA page_size = ${pageSize}; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536`);
  migrate(sql);
  return openSession(sql, ":memory:");
}

function removeStoreFile(path: string): void {
  if (path !== ":memory:") for (const suffix of ["", "-wal", "-shm", "-journal"]) rmSync(path + suffix, { force: true });
}

function isEmpty({ sql }: Session): boolean {
  return ["resource", "episode", "relation", "incident"].every((table) => sql.get(`SELECT 1 AS one FROM ${table} LIMIT 1`) === undefined);
}

async function readInto(fresh: Session, file: string, options: RestoreOptions): Promise<number> {
  let batch: BackupRow[] = [];
  let rows = 0;
  const write = (): void => {
    writing(fresh, () => {
      for (const row of batch) putRow(fresh, row);
    });
    rows += batch.length;
    batch = [];
    options.progress?.(rows, 0, "rows");
  };
  for await (const row of readBackup(file)) {
    batch.push(row);
    if (batch.length < ROWS_PER_BATCH) continue;
    write();
    options.signal?.throwIfAborted();
    await breathe();
  }
  write();
  return rows;
}

const PUT: { readonly [T in keyof BackupRows]: (session: Session, row: BackupRows[T]) => void } = {
  resource: putResource,
  state: putState,
  relation: putRelation,
  episode: putEpisode,
  link: addLink,
  incident: putIncident,
  mute: putMute,
  feedback: putFeedback,
  checkpoint: putCheckpoint,
};

function putRow<T extends keyof BackupRows>(session: Session, line: { readonly t: T; readonly row: BackupRows[T] }): void {
  PUT[line.t](session, line.row);
}

function putState(session: Session, state: StateRow): void {
  const { sql, names } = session;
  const node = names.makeNode(names.makeCluster(state.cluster), state.rid);
  const former = optionalNumber(sql.get("SELECT former FROM present WHERE node = ?", node)?.former);
  const id = sql.insert(
    "INSERT INTO state (node, former, from_ms, to_ms, patch) VALUES (?, ?, ?, ?, ?)",
    node,
    former,
    state.fromMs,
    state.toMs,
    JSON.stringify(state.patch),
  );
  sql.run("UPDATE present SET former = ?, since_ms = ? WHERE node = ?", id, state.toMs, node);
  session.written.delete(node);
}
