// Versions of the tables: steps are applied once, in order, each whole or not at all.
import assert from "node:assert/strict";
import { test } from "node:test";
import { assertReadable, migrate, storedVersion } from "../../../../agent/store/sqlite/migrate.ts";
import { MIGRATIONS } from "../../../../agent/store/sqlite/schema.ts";
import { openSql } from "../../../../agent/store/sqlite/sql.ts";

const NEXT = { version: 2, needs: "0.2.0", statements: "CREATE TABLE added (id INTEGER PRIMARY KEY); INSERT INTO added VALUES (1)" };

test("an empty file goes through all migrations, and a second time changes nothing", () => {
  const sql = openSql(":memory:", {});
  assert.equal(storedVersion(sql), 0);
  migrate(sql);
  migrate(sql);
  assert.equal(storedVersion(sql), MIGRATIONS.length);
  assertReadable(sql, "it");
  sql.close();
});

test("a store of the version before gets only the step that is missing and keeps its rows", () => {
  const sql = openSql(":memory:", {});
  migrate(sql);
  sql.run("INSERT INTO cluster (name) VALUES ('kept')");
  migrate(sql, [...MIGRATIONS, NEXT]);
  assert.deepEqual([storedVersion(sql), sql.all("SELECT name FROM cluster").length, sql.all("SELECT id FROM added").length], [2, 1, 1]);
  assert.equal(sql.get("SELECT value FROM meta WHERE key = 'needs'")?.value, "0.2.0");
  assert.throws(() => assertReadable(sql, "it"), { name: "StoreFault", kind: "newer" });
  sql.close();
});

test("a migration that fails leaves the store at the version before", () => {
  const sql = openSql(":memory:", {});
  migrate(sql);
  assert.throws(() => migrate(sql, [...MIGRATIONS, { ...NEXT, statements: `${NEXT.statements}; INSERT INTO nowhere VALUES (1)` }]));
  assert.equal(storedVersion(sql), 1);
  assert.equal(sql.get("SELECT name FROM sqlite_schema WHERE name = 'added'"), undefined);
  sql.close();
});

test("migrations are numbered without gaps", () => {
  assert.deepEqual(
    MIGRATIONS.map(({ version }) => version),
    MIGRATIONS.map((_, index) => index + 1),
  );
});
