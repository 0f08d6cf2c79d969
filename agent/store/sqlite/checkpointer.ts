// Writes the write-ahead log back into the store file on a thread of its own: it waits for the disk, and the agent does not.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { breathe, type Sql } from "./sql.ts";

/** Runs checkpoints beside the writer. */
export type Checkpointer = {
  /** To be called after every transaction; starts a checkpoint when enough has changed. */
  committed(): void;
  /** Resolves when no checkpoint is under way: long work that is in no hurry waits for the disk here, so that the log does not outgrow it. */
  idle(): Promise<void>;
  /** Ends the thread; may be called twice. */
  close(): Promise<void>;
};

// About 20 MB of log: large enough that pages that change often are written back once.
const CHANGED_ROWS_PER_CHECKPOINT = 5_000;

// 64 MB of log: from here on it is to start over, for a log that grows makes every commit slower.
const RESTART_FRAMES = 16_384;

// More than this is left to the next checkpoint: writing it back here would keep the agent waiting.
const FINISH_FRAMES_MAX = 4_096;

// Given as text, so that a bundle needs no second file. The writer goes on meanwhile, so one pass follows another until hardly anything is left.
const THREAD = `
  const { parentPort, workerData } = require("node:worker_threads");
  const { DatabaseSync } = require("node:sqlite");
  const db = new DatabaseSync(workerData);
  parentPort.on("message", (end) => {
    if (end) { db.close(); parentPort.close(); return; }
    let frames = 0;
    let grown = Infinity;
    try {
      for (let pass = 0; pass < 8 && grown > 1000; pass++) {
        const { log } = db.prepare("PRAGMA wal_checkpoint(PASSIVE)").get();
        grown = log - frames;
        frames = log;
      }
    } catch {}
    parentPort.postMessage({ frames, grown });
  });`;

/**
 * A checkpointer for the file that `sql` writes to; its thread starts with the first checkpoint. If it fails, or cannot keep up, SQLite's own checkpoint within
 * a commit (connection.ts) still bounds the log.
 */
export function openCheckpointer(sql: Sql, path: string): Checkpointer {
  let thread: Worker | undefined;
  let isClosed = path === ":memory:";
  let doneAt = 0;
  let running: Promise<void> | undefined;
  let done = (): void => undefined;

  const ended = (): void => {
    running = undefined;
    done();
  };
  const start = (): Worker => {
    const started = new Worker(THREAD, { eval: true, workerData: path, execArgv: [] });
    started.on("message", ({ frames, grown }: { readonly frames: number; readonly grown: number }) => {
      // Whoever closes waits for the thread's end.
      if (!isClosed) started.unref();
      ended();
      // The log starts over with the next commit if all of it was written back: only the writer can do the last bit, for nothing is added meanwhile.
      if (!isClosed && frames > RESTART_FRAMES && grown <= FINISH_FRAMES_MAX) finish(sql);
    });
    started.on("error", () => {
      isClosed = true;
    });
    started.on("exit", () => {
      thread = undefined;
      ended();
    });
    return started;
  };

  return {
    committed() {
      if (isClosed || running !== undefined) return;
      const changed = Number(sql.get("SELECT total_changes() AS n")?.n);
      if (changed - doneAt < CHANGED_ROWS_PER_CHECKPOINT) return;
      doneAt = changed;
      running = new Promise((resolve) => {
        done = resolve;
      });
      thread ??= start();
      thread.ref();
      thread.postMessage(false);
    },
    idle: () => running ?? breathe(),
    async close() {
      isClosed = true;
      if (!thread) return;
      const exit = once(thread, "exit");
      thread.ref();
      thread.postMessage(true);
      await exit;
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
