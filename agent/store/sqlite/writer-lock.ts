// One writer per store file: a lock that the operating system takes back when its holder dies, however it dies.
import { hostname } from "node:os";
import { StoreFault } from "../port.ts";
import { openSql, type Sql } from "./sql.ts";

/** A held lock; `release` may be called twice. */
export type WriterLock = { release(): void };

/**
 * Takes the writer's lock of a store, or throws StoreFault `locked` naming the holder. It is SQLite's own reserved lock on `<path>.lock`, a tiny
 * database that holds nothing but who took it: others may read that while it is held, and no stale file can ever block a start.
 */
export function takeWriterLock(path: string): WriterLock {
  const sql = openSql(`${path}.lock`, { timeout: 0 });
  try {
    sql.db.exec("PRAGMA synchronous = OFF");
    sql.db.exec("BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS owner (pid INTEGER, host TEXT); DELETE FROM owner");
    sql.run("INSERT INTO owner VALUES (?, ?)", process.pid, hostname());
    sql.db.exec("COMMIT; BEGIN IMMEDIATE");
    return { release: () => sql.close() };
  } catch (error) {
    const holder = holderOf(sql);
    sql.close();
    throw isBusy(error) ? inUse(path, holder, error) : error;
  }
}

function inUse(path: string, holder: string, cause: unknown): StoreFault {
  return new StoreFault(
    "locked",
    `store ${path} is in use by ${holder}; stop that program, talk to it instead (--url), or choose another path`,
    { cause },
  );
}

function holderOf(sql: Sql): string {
  try {
    const owner = sql.get("SELECT pid, host FROM owner");
    return owner ? `process ${owner.pid} on ${owner.host}` : "another process";
  } catch {
    return "another process";
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && Number(error.errcode) % 256 === 5;
}
