// Turns what SQLite reports into the store's own faults: what happened, where, and what to do.
import { StoreFault, type StoreFaultKind } from "../port.ts";

type SqliteError = Error & { readonly code: "ERR_SQLITE_ERROR"; readonly errcode: number };

// Primary result codes, https://www.sqlite.org/rescode.html
const FAULTS: ReadonlyMap<number, readonly [StoreFaultKind, string]> = new Map([
  [5, ["transient", "is busy: another program is writing to it; the batch will be tried again"]],
  [6, ["transient", "is busy: a table is locked; the batch will be tried again"]],
  [7, ["transient", "could not be used for lack of memory; free some, the batch will be tried again"]],
  [8, ["locked", "was opened for reading only; open it for writing"]],
  [9, ["transient", "was interrupted; the batch will be tried again"]],
  [10, ["transient", "could not be read or written (input/output error); check the disk and its mount, the batch will be tried again"]],
  [
    11,
    ["corrupt", "is damaged; stop the agent, move the file away and restore a backup (kgroot restore FILE), or start with an empty store"],
  ],
  [
    13,
    ["transient", "could not grow: the disk or the allowed size is full; free space or run kgroot cleanup, the batch will be tried again"],
  ],
  [14, ["transient", "could not be opened; check that its folder exists and may be written to"]],
  [26, ["corrupt", "is not an SQLite database; choose another path, or move the file away"]],
] as const);

function isSqliteError(error: unknown): error is SqliteError {
  return (
    error instanceof Error &&
    "code" in error &&
    error.code === "ERR_SQLITE_ERROR" &&
    "errcode" in error &&
    typeof error.errcode === "number"
  );
}

/** The StoreFault that an error of SQLite stands for; anything else is returned as it is, for it is a bug. */
export function asFault(error: unknown, path: string): unknown {
  if (error instanceof StoreFault || !isSqliteError(error)) return error;
  const known = FAULTS.get(error.errcode & 0xff);
  if (!known) return error;
  return new StoreFault(known[0], `store ${path} ${known[1]} (SQLite: ${error.message})`, { cause: error });
}
