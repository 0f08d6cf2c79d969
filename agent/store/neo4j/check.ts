// The health of the database: which server answers, whether it may be written to, how much it holds, whether all indexes are there.
import type { HealthFinding } from "../port.ts";
import { text, texts } from "../stored-values.ts";
import type { Database } from "./connect.ts";
import { asFault } from "./fault.ts";
import { listIndexes } from "./indexes.ts";
import { isUnfinished } from "./restore.ts";
import { readStats } from "./stats.ts";

/** Every finding with what to do. A server that does not answer is one finding, not a fault. */
export async function checkStore(database: Database): Promise<HealthFinding[]> {
  try {
    return [await server(database), await writable(database), await restored(database), await contents(database), await indexes(database)];
  } catch (error) {
    const fault = asFault(error, database.where);
    if (!(fault instanceof Error) || !("kind" in fault) || fault.kind === "closed") throw fault;
    return [finding("error", fault.message, "see docs/neo4j.md; kgroot config shows the settings in force")];
  }
}

function finding(status: HealthFinding["status"], words: string, action?: string): HealthFinding {
  return { component: "store", status, text: words, ...(action ? { action } : {}) };
}

async function server(database: Database): Promise<HealthFinding> {
  const [row] = await database.read((tx) => tx.run("CALL dbms.components() YIELD versions, edition RETURN versions, edition"));
  const version = texts(row?.versions)[0] ?? "of unknown version";
  const told = `Neo4j ${version} ${text(row?.edition)} at ${database.where}`;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  // Labels and types that are parameters came with 5.26; the versions after it count by years.
  if (major > 5 || (major === 5 && minor >= 26)) return finding("ok", told);
  return finding("error", `${told} is too old`, "use Neo4j 5.26 or later");
}

async function writable(database: Database): Promise<HealthFinding> {
  try {
    await database.write((tx) => tx.run("MERGE (m:KgMeta {key: 'checked'}) SET m.value = timestamp()"));
    return finding("ok", "the database takes writes");
  } catch (error) {
    return finding(
      "error",
      error instanceof Error ? error.message : String(error),
      "nothing is kept until it does: make the database writable",
    );
  }
}

async function restored(database: Database): Promise<HealthFinding> {
  if (!(await isUnfinished(database))) return finding("ok", "no restore was cut off");
  return finding("error", "a restore was cut off: the graph is not whole", "kgroot restore FILE --replace");
}

async function contents(database: Database): Promise<HealthFinding> {
  const { resources, relations, episodes, links, incidents } = await database.read((tx) => readStats(tx));
  return finding("ok", `${resources} resources, ${relations} edges, ${episodes} episodes, ${links} links, ${incidents} incidents`);
}

async function indexes(database: Database): Promise<HealthFinding> {
  const missing = (await listIndexes(database)).filter(({ state }) => state !== "online").map(({ name }) => name);
  if (missing.length === 0) return finding("ok", "all indexes are there");
  return finding("warning", `indexes are missing, so questions take longer: ${missing.join(", ")}`, "kgroot indexes ensure");
}
