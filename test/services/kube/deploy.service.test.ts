// deploy/kubernetes.yaml on a real API server: it is accepted as it stands, and an agent with exactly its rights sees everything, finds what is wrong, and can do no more.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { after, before, test } from "node:test";
import { WATCHED_KINDS } from "../../../agent/sources/kubernetes/watched-kinds.ts";
import { until } from "../until.ts";
import { type KubeCluster, startCluster } from "./cluster.ts";
import { deployment, namespace } from "./manifests.ts";
import { type AgentPod, MANIFEST, startAgentPod } from "./pod.ts";

let cluster: KubeCluster;
let agent: AgentPod;

before(async () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.ts"], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  cluster = await startCluster();
  await cluster.kubectl(["apply", "-f", MANIFEST]);
  await cluster.kubectl(["-n", "kgroot", "create", "secret", "generic", "kgroot-token", "--from-literal=admin=of-no-use-here"]);
  agent = await startAgentPod(cluster);
});

after(async () => {
  await agent?.stop();
  await cluster?.down();
});

function ask(path: string, token: string | undefined = agent.token): Promise<Response> {
  return fetch(`${agent.url}${path}`, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
}

test("the restricted Pod Security Standard lets the pod in", async () => {
  const pods = await until("the Deployment has its pod", async () => {
    const names = await cluster.kubectl(["-n", "kgroot", "get", "pods", "-l", "app.kubernetes.io/name=kgroot", "-o", "name"]);
    return names.trim() === "" ? undefined : names.trim().split("\n");
  });
  assert.equal(pods.length, 1);
});

test("the probes answer without a token, everything else asks for it", async () => {
  assert.equal((await fetch(`${agent.url}/healthz`)).status, 200);
  assert.equal((await fetch(`${agent.url}/readyz`)).status, 200);
  assert.equal((await fetch(`${agent.url}/api/v1/incidents`)).status, 401);
  assert.equal((await ask("/api/v1/incidents", "another")).status, 401);
  assert.equal((await ask("/api/v1/incidents")).status, 200);
});

test("no watch is forbidden: the rights are enough", async () => {
  const watches = await until("every kind has been read", async () => {
    const { findings } = (await (await ask("/api/v1/doctor")).json()) as { findings: readonly { readonly text: string }[] };
    const found = findings.map(({ text }) => text).filter((text) => text.includes("watch of "));
    return found.length > 0 && !found.some((text) => text.includes("still being read")) ? found : undefined;
  });
  assert.equal(watches.length, 1, watches.join("; "));
  assert.match(watches[0] ?? "", /watch of cluster default/);
});

test("it names what is wrong in the cluster", async () => {
  await cluster.apply(
    namespace("shop"),
    deployment({ namespace: "shop", name: "greedy", replicas: 1, container: { resources: { requests: { cpu: "400" } } } }),
  );
  const title = await until("the incident", async () => {
    const { incidents } = (await (await ask("/api/v1/incidents?namespace=shop")).json()) as { incidents: readonly { title: string }[] };
    return incidents[0]?.title;
  });
  assert.match(title, /greedy/);
});

test("the account reads what is watched and a pod's log, and nothing else", async () => {
  const reads = WATCHED_KINDS.flatMap(({ group, resource }) => ["list", "watch"].map((verb) => ({ verb, group, resource })));
  for (const read of [...reads, { verb: "get", resource: "pods", subresource: "log" }]) assert.ok(await may(read), JSON.stringify(read));
  const targets = [
    { resource: "pods" },
    { group: "apps", resource: "deployments" },
    { resource: "configmaps" },
    { resource: "secrets" },
    { resource: "nodes" },
  ];
  const writes = targets.flatMap((target) => ["create", "update", "patch", "delete"].map((verb) => ({ verb, ...target })));
  for (const other of [...writes, { verb: "get", resource: "secrets" }, { verb: "create", resource: "pods", subresource: "exec" }])
    assert.ok(!(await may(other)), JSON.stringify(other));
});

/** Whether the API server lets the manifest's account do this in all namespaces. */
async function may(resourceAttributes: object): Promise<boolean> {
  const review = {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user: "system:serviceaccount:kgroot:kgroot", resourceAttributes },
  };
  const answer = JSON.parse(await cluster.kubectl(["create", "-f", "-", "-o", "json"], JSON.stringify(review)));
  return answer.status.allowed === true;
}
