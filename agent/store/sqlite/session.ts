// One open connection with what its writer keeps in memory; a restore replaces the whole session.
import { type Names, openNames } from "./names.ts";
import type { Sql } from "./sql.ts";
import { openTally, type Tally } from "./tally.ts";

/** A connection, its interned names and its counts. */
export type Session = {
  readonly sql: Sql;
  readonly names: Names;
  readonly tally: Tally;
  /** Called after every transaction. */
  committed(): void;
};

/** The session of a connection; `committed` is told of every transaction. */
export function openSession(sql: Sql, committed: () => void = () => undefined): Session {
  return { sql, names: openNames(sql), tally: openTally(sql), committed };
}
