// Brings a store file to this program's version, or refuses one that a newer kgroot wrote.
import { StoreFault } from "../port.ts";
import { APPLICATION_ID, MIGRATIONS, type Migration } from "./schema.ts";
import { type Sql, transaction } from "./sql.ts";

/** The version of the file's tables; 0 is an empty file. */
export function storedVersion(sql: Sql): number {
  return Number(sql.get("PRAGMA user_version")?.user_version ?? 0);
}

/** Refuses a file that is no kgroot store, or one of a newer kgroot. Reads only. */
export function assertReadable(sql: Sql, path: string, migrations: readonly Migration[] = MIGRATIONS): void {
  const id = Number(sql.get("PRAGMA application_id")?.application_id ?? 0);
  const tables = Number(sql.get("SELECT count(*) AS n FROM sqlite_schema")?.n ?? 0);
  if (id !== APPLICATION_ID && tables > 0) {
    throw new StoreFault("corrupt", `store ${path} is an SQLite database of another program; choose another path`);
  }
  const known = migrations.at(-1)?.version ?? 0;
  const found = storedVersion(sql);
  if (found <= known) return;
  const needs = sql.get("SELECT value FROM meta WHERE key = 'needs'")?.value;
  const which = typeof needs === "string" ? `kgroot ${needs} or later` : "a later kgroot";
  throw new StoreFault(
    "newer",
    `store ${path} was written by a newer kgroot (store version ${found}, this one knows ${known}); use ${which}, or choose another path`,
  );
}

/** Applies the missing migrations, each in one transaction with its version number. */
export function migrate(sql: Sql, migrations: readonly Migration[] = MIGRATIONS): void {
  for (const { version, needs, statements } of migrations) {
    if (version <= storedVersion(sql)) continue;
    transaction(sql, () => {
      sql.db.exec(statements);
      sql.run("INSERT INTO meta (key, value) VALUES ('needs', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", needs);
      sql.db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`);
    });
  }
}
