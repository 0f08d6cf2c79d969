// The secondary indexes by name (contracts.md §2 and ours): listed, created and dropped; each call may be repeated.
import type { IndexInfo } from "../port.ts";
import type { Sql } from "./sql.ts";

type IndexDefinition = { readonly name: string; readonly on: string; readonly columns: readonly string[]; readonly where?: string };

const SECONDARY: readonly IndexDefinition[] = [
  { name: "resource_uid", on: "resource", columns: ["uid"] },
  { name: "resource_name", on: "resource", columns: ["ns", "name"] },
  { name: "resource_live", on: "resource", columns: ["cluster", "node"], where: "ended_ms IS NULL" },
  { name: "relation_target", on: "relation", columns: ["target", "to_ms"] },
  { name: "episodic_time", on: "episode", columns: ["cluster", "end_ms"] },
  { name: "episodic_severity", on: "episode", columns: ["severity"] },
  { name: "episodic_reason", on: "episode", columns: ["reason"] },
  { name: "episodic_resource", on: "episode", columns: ["node", "end_ms"] },
  { name: "link_cause", on: "link", columns: ["cause"] },
  { name: "incident_last", on: "incident", columns: ["last_ms"] },
  { name: "incident_cause", on: "incident", columns: ["cluster", "root_kind", "root_reason", "first_ms"] },
  { name: "member_incident", on: "member", columns: ["incident"] },
];

// Unique keys are part of the tables and cannot be dropped.
const KEYS: readonly IndexInfo[] = [
  { name: "resource_rid", on: "resource", columns: ["cluster", "rid"], unique: true, state: "online" },
  { name: "episodic_eid", on: "episode", columns: ["cluster", "eid"], unique: true, state: "online" },
  { name: "incident_id", on: "incident", columns: ["cluster", "iid"], unique: true, state: "online" },
];

/** The keys, then the secondary indexes with whether they exist. */
export function listIndexes(sql: Sql): IndexInfo[] {
  const present = presentNames(sql);
  const secondary = SECONDARY.map(
    ({ name, on, columns }): IndexInfo => ({
      name,
      on,
      columns: [...columns],
      unique: false,
      state: present.has(name) ? "online" : "missing",
    }),
  );
  return [...KEYS.map((key) => ({ ...key, columns: [...key.columns] })), ...secondary];
}

/** Creates what is missing; the names of what it created. */
export function ensureIndexes(sql: Sql): string[] {
  const present = presentNames(sql);
  const missing = SECONDARY.filter(({ name }) => !present.has(name));
  for (const index of missing)
    sql.db.exec(
      `CREATE INDEX IF NOT EXISTS ${index.name} ON ${index.on} (${index.columns.join(", ")})${index.where ? ` WHERE ${index.where}` : ""}`,
    );
  return missing.map(({ name }) => name);
}

/** Drops the secondary indexes named (all when none are); the names of what it dropped. Unknown names and keys are left alone. */
export function dropIndexes(sql: Sql, names?: readonly string[]): string[] {
  const present = presentNames(sql);
  const wanted = SECONDARY.filter(({ name }) => present.has(name) && (!names || names.includes(name)));
  for (const { name } of wanted) sql.db.exec(`DROP INDEX IF EXISTS ${name}`);
  return wanted.map(({ name }) => name);
}

function presentNames(sql: Sql): Set<string> {
  return new Set(sql.all("SELECT name FROM sqlite_schema WHERE type = 'index'").map((row) => String(row.name)));
}
