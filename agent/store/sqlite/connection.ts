// Opens the store's file: the writer's lock, settings of the connection, a check that it is whole, its version.
import { closeSync, existsSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { StoreFault } from "../port.ts";
import { asFault } from "./fault.ts";
import { ensureIndexes } from "./indexes.ts";
import { assertReadable, migrate, storedVersion } from "./migrate.ts";
import { MIGRATIONS } from "./schema.ts";
import { openSql, type Sql } from "./sql.ts";
import { takeWriterLock, type WriterLock } from "./writer-lock.ts";

/** How to open an embedded store. */
export type SqliteOptions = {
  /** The file, or `:memory:`. Its folder is made if it does not exist. */
  readonly path: string;
  /** For reading beside a running agent; writes are refused. */
  readonly readOnly?: boolean | undefined;
  /** How long to wait for another connection's transaction. Default 5000. */
  readonly busyTimeoutMs?: number | undefined;
  /**
   * What a resolved commit has survived. `normal` (default): the end of the process, also `kill -9`; after a power cut the last moments may be missing, the store
   * itself stays whole. `full`: a power cut too, for one disk flush a batch.
   */
  readonly durability?: "normal" | "full" | undefined;
  /** Reading the whole file at start to see that it is not damaged: `auto` (default) up to 1 GB. */
  readonly verify?: "auto" | "always" | "never" | undefined;
  /** The file may not grow beyond this; a batch that needs more is refused as `transient`. Default: no limit but the disk. */
  readonly sizeBytesMax?: number | undefined;
  /** The time, for backups. Default: the machine's. */
  readonly nowMs?: (() => number) | undefined;
};

/** An open connection with its lock; `close` may be called twice. */
export type Connection = { readonly sql: Sql; close(): void };

/** Bytes of a database page. */
export const PAGE_SIZE = 4_096;

const VERIFY_BYTES_MAX = 1024 ** 3;

/** Opens the file, bringing it to this program's version, or throws StoreFault saying what to do. */
export function openConnection(options: SqliteOptions): Connection {
  const { path } = options;
  let lock: WriterLock | undefined;
  let sql: Sql | undefined;
  const close = (): void => {
    sql?.close();
    lock?.release();
  };
  try {
    lock = prepareFile(options);
    sql = openSql(path, { readOnly: options.readOnly ?? false, timeout: options.busyTimeoutMs ?? 5_000 });
    assertReadable(sql, path);
    configure(sql, options);
    if (shouldVerify(options)) assertWhole(sql, path);
    if (options.readOnly) assertCurrent(sql, path);
    else {
      migrate(sql);
      ensureIndexes(sql);
    }
    return { sql, close };
  } catch (error) {
    close();
    throw asFault(error, path);
  }
}

/** What is wrong with the file, or undefined when it is whole. Reads all of it. */
export function integrityError(sql: Sql): string | undefined {
  try {
    const found = String(sql.get("PRAGMA quick_check(1)")?.quick_check);
    // SQLite breaks the line after naming the database.
    return found === "ok" ? undefined : found.replaceAll("\n", " ");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function prepareFile({ path, readOnly }: SqliteOptions): WriterLock | undefined {
  if (path === ":memory:") return undefined;
  if (readOnly) {
    if (!existsSync(path))
      throw new StoreFault("corrupt", `there is no store at ${path}; check the path, or start an agent that makes one`);
    return undefined;
  }
  mkdirSync(dirname(path), { recursive: true });
  // What a cluster says is not for every user of the machine; SQLite gives its side files the same mode.
  closeSync(openSync(path, "a", 0o600));
  return takeWriterLock(path);
}

function configure(sql: Sql, options: SqliteOptions): void {
  // 16 MB: what is not in it mostly is in the system's own cache. 64 MB made commits 2 % faster.
  sql.db.exec("PRAGMA temp_store = MEMORY; PRAGMA cache_size = -16384");
  if (options.readOnly) return;
  sql.db.exec(
    `PRAGMA page_size = ${PAGE_SIZE}; PRAGMA journal_mode = WAL; PRAGMA synchronous = ${options.durability === "full" ? "FULL" : "NORMAL"}`,
  );
  // The checkpointer's thread writes the log back; a commit does it only when that cannot keep up. The log is cut to 64 MB after a burst.
  sql.db.exec("PRAGMA wal_autocheckpoint = 65536; PRAGMA journal_size_limit = 67108864");
  if (options.sizeBytesMax !== undefined)
    sql.db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(options.sizeBytesMax / PAGE_SIZE))}`);
}

function shouldVerify({ path, verify = "auto" }: SqliteOptions): boolean {
  if (path === ":memory:" || verify === "never") return false;
  return verify === "always" || statSync(path).size <= VERIFY_BYTES_MAX;
}

function assertWhole(sql: Sql, path: string): void {
  const damage = integrityError(sql);
  if (damage === undefined) return;
  throw new StoreFault(
    "corrupt",
    `store ${path} is damaged (${damage}); move the file away and restore a backup (kgroot restore FILE), or start with an empty store`,
  );
}

function assertCurrent(sql: Sql, path: string): void {
  if (storedVersion(sql) === (MIGRATIONS.at(-1)?.version ?? 0)) return;
  throw new StoreFault(
    "locked",
    `store ${path} is of an older version and was opened for reading only; start the agent once, which brings it up to date`,
  );
}
