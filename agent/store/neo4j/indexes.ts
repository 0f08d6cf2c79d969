// Constraints and indexes by name: made at start, listed, created and dropped; each call may be repeated.
import { type IndexInfo, StoreFault } from "../port.ts";
import type { Database, Row } from "./connect.ts";
import { codeOf, faultOf } from "./fault.ts";
import { INDEXES, KEYS, type KeyDefinition, SCHEMA_VERSION } from "./schema.ts";

// Building one over millions of nodes takes minutes; the agent may start meanwhile.
const AWAIT_SECONDS = 60;

/** Makes keys and indexes that are missing, and refuses a database that a newer kgroot wrote or whose restore was cut off. The names of what it made. */
export async function ensureSchema(database: Database): Promise<string[]> {
  const version = await assertReadable(database);
  const made = await ensureKeys(database);
  made.push(...(await ensureIndexes(database)));
  // A database that is only read is left alone.
  if (version !== SCHEMA_VERSION)
    await database.write((tx) => tx.run("MERGE (m:KgMeta {key: 'schema'}) SET m.value = $version", { version: SCHEMA_VERSION }));
  return made;
}

/** Creates the secondary indexes that are missing; the names of what it created. */
export async function ensureIndexes(database: Database): Promise<string[]> {
  const present = await presentStates(database);
  const missing = INDEXES.filter(({ name }) => !present.has(name));
  for (const index of missing)
    await database.alone(`CREATE INDEX ${index.name} IF NOT EXISTS FOR (n:${index.label}) ON (${columns(index)})`);
  if (missing.length > 0) await awaitIndexes(database);
  const now = missing.length > 0 ? await presentStates(database) : present;
  // One of another name over the same properties stands in for ours.
  return missing.flatMap(({ name }) => (now.has(name) ? [name] : []));
}

/** Drops the secondary indexes named (all when none are); the names of what it dropped. Unknown names and keys are left alone. */
export async function dropIndexes(database: Database, names?: readonly string[]): Promise<string[]> {
  const present = await presentStates(database);
  const wanted = INDEXES.filter(({ name }) => present.has(name) && (!names || names.includes(name)));
  for (const { name } of wanted) await database.alone(`DROP INDEX ${name} IF EXISTS`);
  return wanted.map(({ name }) => name);
}

/** The keys, then the secondary indexes, with whether they exist. */
export async function listIndexes(database: Database): Promise<IndexInfo[]> {
  const present = await presentStates(database);
  const info = (definition: KeyDefinition, unique: boolean): IndexInfo => ({
    name: definition.name,
    on: definition.label,
    columns: [...definition.properties],
    unique,
    state: stateOf(present.get(definition.name)),
  });
  return [...KEYS.map((key) => info(key, true)), ...INDEXES.map((index) => info(index, false))];
}

async function ensureKeys(database: Database): Promise<string[]> {
  const present = await presentStates(database);
  const missing = KEYS.filter(({ name }) => !present.has(name));
  for (const key of missing) {
    try {
      await database.alone(`CREATE CONSTRAINT ${key.name} IF NOT EXISTS FOR (n:${key.label}) REQUIRE (${columns(key)}) IS UNIQUE`);
    } catch (cause) {
      const origin = cause instanceof StoreFault ? cause.cause : cause;
      if (!(origin instanceof Error) || !/\.Schema\./.test(codeOf(origin) ?? "")) throw cause;
      throw faultOf(
        "locked",
        `Neo4j at ${database.where} holds a graph that is not kgroot's yet: ${key.name} cannot be made (${origin.message.split("\n")[0]}); name a database that is empty or kgroot's own (store.neo4j.database)`,
        cause,
      );
    }
  }
  return missing.map(({ name }) => name);
}

async function assertReadable(database: Database): Promise<number> {
  const rows = await database.read((tx) => tx.run("MATCH (m:KgMeta) RETURN m.key AS key, m.value AS value"));
  const value = (key: string): unknown => rows.find((row) => row.key === key)?.value;
  const version = Number(value("schema") ?? 0);
  if (version > SCHEMA_VERSION)
    throw new StoreFault(
      "newer",
      `Neo4j at ${database.where} was written by a newer kgroot (schema ${version}, this one knows ${SCHEMA_VERSION}); use that one, or name another database`,
    );
  return version;
}

async function awaitIndexes(database: Database): Promise<void> {
  await database.alone(`CALL db.awaitIndexes(${AWAIT_SECONDS})`);
}

async function presentStates(database: Database): Promise<Map<string, string>> {
  const rows = await database.read((tx) => tx.run("SHOW INDEXES YIELD name, state RETURN name, state"));
  return new Map(rows.map((row: Row) => [String(row.name), String(row.state)]));
}

function stateOf(state: string | undefined): IndexInfo["state"] {
  if (state === undefined) return "missing";
  return state === "FAILED" ? "failed" : "online";
}

function columns({ properties }: KeyDefinition): string {
  return properties.map((property) => `n.${property}`).join(", ");
}
