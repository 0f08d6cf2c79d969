// The store in a real Neo4j keeps the store contract, and asks no question by looking at everything.
import { after, before } from "node:test";
import { openNeo4jStore } from "../../../agent/store/neo4j/open.ts";
import type { StoreUnderTest } from "../../kit/store-case.ts";
import { storeContract } from "../../kit/store-contract.ts";
import { type Neo4jServer, startServer } from "./server.ts";

let server: Neo4jServer;

before(async () => {
  server = await startServer();
});

after(() => server.down());

async function inNeo4j(): Promise<StoreUnderTest> {
  const open = () => openNeo4jStore({ uri: server.uri, user: "neo4j", password: server.password });
  await server.empty();
  let store = await open();
  return {
    store,
    async reopen() {
      await store.close();
      store = await open();
      return store;
    },
    dispose: () => store.close(),
  };
}

storeContract("neo4j", inNeo4j, { cannot: [] });
