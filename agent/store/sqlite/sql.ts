// One connection with its prepared statements kept: every statement of this folder goes through here.
import { DatabaseSync, type DatabaseSyncOptions, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";

/** A row as SQLite gives it: column name to value. */
export type Row = Record<string, SQLOutputValue>;

/** What may be bound to a statement; a missing value is NULL. */
export type Bound = SQLInputValue | undefined;

/** One connection. Statements are prepared on first use and kept by their text, so texts come from a closed set. */
export type Sql = {
  readonly db: DatabaseSync;
  get(text: string, ...values: Bound[]): Row | undefined;
  all(text: string, ...values: Bound[]): Row[];
  /** Rows touched. */
  run(text: string, ...values: Bound[]): number;
  /** The rowid of the row inserted. */
  insert(text: string, ...values: Bound[]): number;
  close(): void;
};

/** Opens a connection; errors are SQLite's own. */
export function openSql(path: string, options: DatabaseSyncOptions): Sql {
  const db = new DatabaseSync(path, options);
  const statements = new Map<string, StatementSync>();
  const prepared = (text: string): StatementSync => {
    const known = statements.get(text);
    if (known) return known;
    const made = db.prepare(text);
    statements.set(text, made);
    return made;
  };
  return {
    db,
    get: (text, ...values) => prepared(text).get(...bind(values)),
    all: (text, ...values) => prepared(text).all(...bind(values)),
    run: (text, ...values) => Number(prepared(text).run(...bind(values)).changes),
    insert: (text, ...values) => Number(prepared(text).run(...bind(values)).lastInsertRowid),
    close() {
      statements.clear();
      if (db.isOpen) db.close();
    },
  };
}

/** Runs `work` in one transaction: all of it, or nothing when it throws. */
export function transaction<T>(sql: Sql, work: () => T): T {
  sql.db.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    sql.db.exec("COMMIT");
    return result;
  } catch (error) {
    if (sql.db.isTransaction) sql.db.exec("ROLLBACK");
    throw error;
  }
}

/** Lets timers, sockets and the pipeline run before a long call goes on. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function bind(values: Bound[]): SQLInputValue[] {
  for (let index = 0; index < values.length; index++) if (values[index] === undefined) values[index] = null;
  return values as SQLInputValue[];
}
