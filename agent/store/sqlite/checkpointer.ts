// Writes the write-ahead log back into the store file on a thread of its own: it waits for the disk, and the agent does not.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Sql } from "./sql.ts";

/** Runs checkpoints beside the writer. `close` ends the thread; it may be called twice. */
export type Checkpointer = { committed(): void; close(): Promise<void> };

// About 20 MB of log: large enough that pages that change often are written back once.
const CHANGED_ROWS_PER_CHECKPOINT = 5_000;

// 64 MB of log: from here on it is to start over, for a log that grows makes every commit slower.
const RESTART_FRAMES = 16_384;

// Given as text, so that a bundle needs no second file. The writer goes on meanwhile, so one pass follows another until hardly anything is left.
const THREAD = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { DatabaseSync } = require("node:sqlite");
  const db = new DatabaseSync(workerData);
  parentPort.on("message", (end) => {
    if (end) { db.close(); parentPort.close(); return; }
    let frames = 0;
    try {
      for (let pass = 0, grown = Infinity; pass < 8 && grown > 1000; pass++) {
        const { log } = db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
        grown = log - frames;
        frames = log;
      }
    } catch {}
    parentPort.postMessage(frames);
  });`;

/**
 * A checkpointer for the file that `sql` writes to; its thread starts with the first checkpoint. If it fails, or cannot keep up, SQLite's own checkpoint within
 * a commit (connection.ts) still bounds the log.
 */
export function openCheckpointer(sql: Sql, path: string): Checkpointer {
  let thread: Worker | undefined;
  let isBusy = false;
  let isClosed = path === ":memory:";
  let doneAt = 0;

  const start = (): Worker => {
    const started = new Worker(THREAD, { eval: true, workerData: path, execArgv: [] });
    started.unref();
    started.on("message", (frames: number) => {
      isBusy = false;
      // The log starts over with the next commit if all of it was written back: only the writer can do the last bit, for nothing is added meanwhile.
      if (!isClosed && frames > RESTART_FRAMES) finish(sql);
    });
    started.on("error", () => {
      isClosed = true;
      thread = undefined;
    });
    return started;
  };

  return {
    committed() {
      if (isClosed || isBusy) return;
      const changed = Number(sql.get("SELECT total_changes() AS n")?.n);
      if (changed - doneAt < CHANGED_ROWS_PER_CHECKPOINT) return;
      doneAt = changed;
      isBusy = true;
      thread ??= start();
      thread.postMessage(false);
    },
    async close() {
      isClosed = true;
      const ending = thread;
      thread = undefined;
      if (!ending) return;
      ending.ref();
      ending.postMessage(true);
      await once(ending, "exit");
    },
  };
}

function finish(sql: Sql): void {
  try {
    sql.db.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch {
    // A disk that cannot be written to is reported by the next commit, to whom it matters.
  }
}
