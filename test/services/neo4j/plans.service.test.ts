// No question that has a key is answered by looking at every node: the server's own plans say so.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { READ_EPISODE_IDS } from "../../../agent/store/neo4j/episode-ids.ts";
import { AMONG, IS_THERE, NEXT, ABOUT as NEXT_EPISODES, RESOURCES } from "../../../agent/store/neo4j/neighbourhood.ts";
import { openNeo4jStore } from "../../../agent/store/neo4j/open.ts";
import { EPISODES_ABOUT, FIND_EPISODES, LINKS, LINKS_AMONG } from "../../../agent/store/neo4j/read-episodes.ts";
import { FIND_INCIDENTS, INCIDENT_OF, PAST_INCIDENTS, pageStatement } from "../../../agent/store/neo4j/read-incidents.ts";
import { READ_STATES, resourceStatement } from "../../../agent/store/neo4j/read-resources.ts";
import { COUNTS } from "../../../agent/store/neo4j/stats.ts";
import { LINKS_OF, LIVE_RESOURCES, MEMBER_EPISODES, RELATIONS_FROM, WINDOW_EPISODES } from "../../../agent/store/neo4j/working-set.ts";
import { CREATE_EPISODES, PUT_ALIASES, SET_EPISODES } from "../../../agent/store/neo4j/write-episodes.ts";
import { JOIN, PUT_INCIDENTS, READ_MEMBERS } from "../../../agent/store/neo4j/write-incidents.ts";
import { CREATE_LINKS, READ_LINKS } from "../../../agent/store/neo4j/write-links.ts";
import { CREATE_EDGES, readEdges } from "../../../agent/store/neo4j/write-relations.ts";
import { KEEP_STATES, PUT_RESOURCES, READ_RESOURCES } from "../../../agent/store/neo4j/write-resources.ts";
import { resource } from "../../kit/graph-builders.ts";
import { type Neo4jServer, startServer } from "./server.ts";

let server: Neo4jServer;

before(async () => {
  server = await startServer();
  const store = await openNeo4jStore({ uri: server.uri, user: "neo4j", password: server.password });
  await store.close();
});

after(() => server.down());

const { rid } = resource();

const STATEMENTS: Readonly<Record<string, string>> = {
  READ_EPISODE_IDS,
  AMONG,
  IS_THERE,
  NEXT,
  NEXT_EPISODES,
  RESOURCES,
  EPISODES_ABOUT,
  FIND_EPISODES,
  LINKS_AS_EFFECT: LINKS.effect,
  LINKS_AS_CAUSE: LINKS.cause,
  LINKS_AMONG,
  FIND_INCIDENTS,
  INCIDENT_OF,
  PAST_INCIDENTS,
  PAGE: pageStatement({ limit: 10 }),
  PAGE_OF_CLUSTER: pageStatement({ limit: 10, cluster: "c", state: "open", cursor: "c" }),
  READ_STATES,
  BY_RID: resourceStatement({ rid, limit: 1 }),
  BY_UID: resourceStatement({ uid: "u", cluster: "c", limit: 1 }),
  BY_NAME: resourceStatement({ kind: "Pod", namespace: "shop", name: "web", cluster: "c", limit: 1 }),
  BY_PLAIN_NAME: resourceStatement({ name: "web", limit: 1 }),
  BY_KIND: resourceStatement({ kind: "Pod", cluster: "c", limit: 1 }),
  LINKS_OF,
  LIVE_RESOURCES,
  MEMBER_EPISODES,
  RELATIONS_FROM,
  WINDOW_EPISODES,
  CREATE_EPISODES,
  PUT_ALIASES,
  SET_EPISODES,
  JOIN,
  PUT_INCIDENTS,
  READ_MEMBERS,
  CREATE_LINKS,
  READ_LINKS,
  CREATE_EDGES,
  READ_EDGES: readEdges("RUNS_ON"),
  KEEP_STATES,
  PUT_RESOURCES,
  READ_RESOURCES,
  ...Object.fromEntries(Object.entries(COUNTS).map(([name, statement]) => [`COUNT_${name}`, statement])),
};

/** A plan that names its operators. */
type Plan = { readonly operatorType: string; readonly children: readonly Plan[] };

async function operatorsOf(statement: string): Promise<string[]> {
  const params = Object.fromEntries(
    [...statement.matchAll(/\$(\w+)/g)].map(([, name = ""]) => [name, name === "rows" || name.endsWith("s") ? [] : 1]),
  );
  const { summary } = await server.driver.executeQuery(`EXPLAIN ${statement}`, params);
  const walk = ({ operatorType, children }: Plan): string[] => [operatorType, ...children.flatMap(walk)];
  return summary.plan ? walk(summary.plan as unknown as Plan) : [];
}

for (const [name, statement] of Object.entries(STATEMENTS)) {
  test(`${name} goes by an index`, async () => {
    const operators = await operatorsOf(statement);
    assert.ok(operators.length > 0, "there is a plan");
    assert.deepEqual(
      operators.filter((operator) => /AllNodesScan|NodeByLabelScan|AllRelationshipsScan/.test(operator)),
      [],
    );
  });
}

test("a question without a key is seen to look at everything", async () => {
  assert.ok(
    (await operatorsOf("MATCH (r:Resource) WHERE r.podIP = $ip RETURN r")).some((operator) => operator.startsWith("NodeByLabelScan")),
  );
});
