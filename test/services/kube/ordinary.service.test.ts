// Ordinary life pressed into minutes: rollouts, scaling, edits, deletions, jobs, a drain. None of it is an incident.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "../until.ts";
import { startAgent, type WatchingAgent } from "./agent.ts";
import { type KubeCluster, startCluster } from "./cluster.ts";
import { deployment, namespace, service } from "./manifests.ts";
import { type KubeProxy, startProxy } from "./proxy.ts";

const NS = "shop";

let cluster: KubeCluster;
let proxy: KubeProxy;
let agent: WatchingAgent;

before(async () => {
  cluster = await startCluster();
  proxy = await startProxy(cluster);
  agent = await startAgent(cluster, { url: proxy.url, settings: { "reasoning.settleSeconds": 5 } });
  await agent.synced();
  await cluster.apply(namespace(NS), settings("one"), deployment({ namespace: NS, replicas: 3, container: withSettings }), service(NS));
  await rolledOut(3);
});

after(async () => {
  await agent?.stop();
  await proxy?.close();
  await cluster?.down();
});

const withSettings = { envFrom: [{ configMapRef: { name: "settings" } }] };

const LIFE: readonly (readonly [what: string, work: () => Promise<void>])[] = [
  [
    "a new image is rolled out",
    async () => {
      await cluster.apply(deployment({ namespace: NS, replicas: 3, image: "registry.example.com/web:1.1.0", container: withSettings }));
      await rolledOut(3);
    },
  ],
  [
    "it is scaled up and down",
    async () => {
      await cluster.kubectl(["-n", NS, "scale", "deployment/web", "--replicas=6"]);
      await rolledOut(6);
      await cluster.kubectl(["-n", NS, "scale", "deployment/web", "--replicas=2"]);
      await rolledOut(2);
    },
  ],
  [
    "settings are edited and the pods restarted for it",
    async () => {
      await cluster.apply(settings("two"));
      await cluster.kubectl(["-n", NS, "rollout", "restart", "deployment/web"]);
      await rolledOut(2);
    },
  ],
  [
    "a pod is deleted and replaced",
    async () => {
      const [pod] = (await cluster.kubectl(["-n", NS, "get", "pods", "-o", "name"])).split("\n");
      await cluster.kubectl(["-n", NS, "delete", pod ?? ""]);
      await rolledOut(2);
    },
  ],
  [
    "a node is drained and taken back",
    async () => {
      await cluster.kubectl(["drain", "node-1", "--ignore-daemonsets", "--delete-emptydir-data"]);
      await rolledOut(2);
      await cluster.kubectl(["uncordon", "node-1"]);
    },
  ],
  [
    "another application comes and goes",
    async () => {
      await cluster.apply(deployment({ namespace: NS, name: "cart" }), service(NS, "cart"));
      await rolledOut(2, "cart");
      await cluster.kubectl(["-n", NS, "delete", "deployment/cart", "service/cart"]);
      await until("its pods are gone", async () => (await agent.resources("Pod")).every(({ name }) => !name.startsWith("cart")));
    },
  ],
];

test("a day of it gives no incident", async (suite) => {
  for (const [what, work] of LIFE)
    await suite.test(what, async () => {
      await work();
      assert.deepEqual(await agent.incidentsInWords(), []);
    });
  // Whatever was still to prove itself has had its time when the agent's clock has passed it twice.
  const settledMs = performance.now() + 2 * 5_000 + 10_000;
  await until("everything had time to settle", () => performance.now() > settledMs);
  assert.deepEqual(await agent.incidentsInWords(), []);
});

function settings(value: string): object {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings", namespace: NS }, data: { MODE: value } };
}

/** Resolves when the cluster says that the rollout is over, and the agent sees as many ready pods, and no others. */
async function rolledOut(replicas: number, name = "web"): Promise<void> {
  await cluster.kubectl(["-n", NS, "rollout", "status", `deployment/${name}`, "--timeout=120s"]);
  await until(`the agent sees ${replicas} pods of ${name}`, async () => {
    const pods = (await agent.resources("Pod")).filter((pod) => pod.name.startsWith(`${name}-`));
    return pods.length === replicas && pods.every(({ object }) => object?.status?.["phase"] === "Running");
  });
}
