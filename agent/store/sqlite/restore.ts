// Reads a backup into a new store beside the old one, checks it to its end, and only then puts it in the old one's place.
import { createReadStream, existsSync, rmSync } from "node:fs";
import { backup } from "node:sqlite";
import { createGunzip } from "node:zlib";
import { BACKUP_LINE_MAX, type BackupLine, type BackupRow, type BackupRows, parseLine, type StateRow } from "../backup-format.ts";
import { type Progress, StoreFault } from "../port.ts";
import { optionalNumber } from "./columns.ts";
import { writing } from "./commit.ts";
import { ensureIndexes } from "./indexes.ts";
import { migrate } from "./migrate.ts";
import { openSession, type Session } from "./session.ts";
import { breathe, openSql } from "./sql.ts";
import { isPatch } from "./state-diff.ts";
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
  if (!existsSync(file)) throw new StoreFault("corrupt", `there is no backup ${file}; check the path`);
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
  let ended: number | undefined;
  let place = 0;
  const write = (): void => {
    writing(fresh, () => {
      for (const row of batch) putRow(fresh, row);
    });
    rows += batch.length;
    batch = [];
    options.progress?.(rows, 0, "rows");
  };
  for await (const line of linesOf(file)) {
    place++;
    const parsed = read(line, place, file);
    if (place === 1 || parsed.t === "header") {
      if (parsed.t !== "header" || place !== 1) throw damaged(file, place, "is not the header of a kgroot backup, or not in its place");
    } else if (ended !== undefined) throw damaged(file, place, "comes after the end");
    else if (parsed.t === "end") ended = parsed.rows;
    else batch.push(parsed);
    if (batch.length < ROWS_PER_BATCH) continue;
    write();
    options.signal?.throwIfAborted();
    await breathe();
  }
  write();
  if (ended !== rows)
    throw damaged(
      file,
      place,
      ended === undefined ? "is the last, but the backup goes on: the file is cut off" : `counts ${ended} rows, but ${rows} came before it`,
    );
  return rows;
}

function read(line: string, place: number, file: string): BackupLine {
  const parsed = parseLine(line);
  if (!parsed.ok) throw damaged(file, place, parsed.reason);
  if (parsed.value.t === "state" && !isPatch(parsed.value.row.patch)) throw damaged(file, place, "is a state whose patch is none");
  return parsed.value;
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

/** Lines of a gzip file; damage and overlong lines are faults that name the line. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const stream = createReadStream(file)
    .on("error", (error) => unzipped.destroy(error))
    .pipe(createGunzip());
  const unzipped = stream;
  const decoder = new TextDecoder();
  let rest = "";
  let place = 0;
  try {
    for await (const chunk of unzipped) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > BACKUP_LINE_MAX) throw damaged(file, place + lines.length + 1, "is too long for a backup");
      for (const line of lines) {
        place++;
        yield line;
      }
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && /^Z_|^ERR_/.test(String(error.code)))
      throw damaged(file, place + 1, `cannot be unpacked (${error.message})`, error);
    throw error;
  }
  if (rest !== "") yield rest;
}

function damaged(file: string, place: number, what: string, cause?: unknown): StoreFault {
  return new StoreFault("corrupt", `backup ${file}, line ${place}: ${what}; nothing was restored, use another backup`, { cause });
}
