// Opens the store that the settings name.
import type { Config } from "../config/config.ts";
import { openNeo4jStore } from "../store/neo4j/open.ts";
import type { GraphStore } from "../store/port.ts";
import { openSqliteStore } from "../store/sqlite/open.ts";
import { openThreadedStore } from "../store/sqlite/thread/open.ts";

/** The store in force. An agent that listens writes its file on a thread of its own; a command that reads or writes once does not. Rejects with StoreFault, which says what to do. */
export async function openStore({ store }: Config, listen: boolean): Promise<GraphStore> {
  // Neo4j's driver is loaded only when it is asked for.
  if (store.kind === "neo4j") return await openNeo4jStore(store.neo4j);
  const { path } = store;
  return listen && path !== ":memory:" ? await openThreadedStore({ path }) : openSqliteStore({ path });
}
