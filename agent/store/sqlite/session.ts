// One open connection with what its writer keeps in memory; a restore replaces the whole session.
import { type Checkpointer, openCheckpointer } from "./checkpointer.ts";
import { type Names, openNames } from "./names.ts";
import type { Sql } from "./sql.ts";
import { openTally, type Tally } from "./tally.ts";
import type { Written } from "./write-resources.ts";

/** A connection, its interned names and its counts. */
export type Session = {
  readonly sql: Sql;
  readonly names: Names;
  readonly tally: Tally;
  /** Live resources as they were last written, by node: those that change are those that changed lately. */
  readonly written: Written;
  /** Writes the log back beside the writer. */
  readonly checkpointer: Checkpointer;
};

/** The session of a connection to the file at `path`; `:memory:` also for a connection whose log nobody need write back. */
export function openSession(sql: Sql, path: string): Session {
  return { sql, names: openNames(sql), tally: openTally(sql), written: new Map(), checkpointer: openCheckpointer(sql, path) };
}
