// The graph against a real API server that is restarted, compacted, stalled, throttled and forbidden: it is right again afterwards, and nothing is reported that did not happen.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { WATCHED_KINDS } from "../../../agent/sources/kubernetes/watched-kinds.ts";
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
  await cluster.apply(namespace(NS), namespace("other"), rolloutKind, deployment({ namespace: NS, replicas: 3 }), service(NS));
  await until("the custom kind is served", () => cluster.get("/apis/argoproj.io/v1alpha1"));
  await cluster.apply(rollout("canary"));
  await cluster.kubectl(["-n", NS, "rollout", "status", "deployment/web", "--timeout=120s"]);
  agent = await startAgent(cluster, { url: proxy.url, settings: { "kubernetes.silenceSeconds": 4, "reasoning.settleSeconds": 5 } });
  await agent.synced();
});

after(async () => {
  await agent?.stop();
  await proxy?.close();
  await cluster?.down();
});

test("after the first lists the graph is what a fresh list shows", () => isRight());

test("changes arrive, an object of a megabyte among them", async () => {
  await cluster.kubectl(["-n", NS, "create", "configmap", "large", `--from-literal=text=${"x".repeat(100_000)}`]);
  for (let part = 0; part < 8; part += 1)
    await cluster.kubectl(["-n", NS, "patch", "configmap", "large", "-p", JSON.stringify({ data: { [`p${part}`]: "y".repeat(100_000) } })]);
  await cluster.kubectl(["-n", NS, "scale", "deployment/web", "--replicas=5"]);
  await isRight();
});

test("values of Secrets are nowhere in the store", async () => {
  await cluster.kubectl(["-n", NS, "create", "secret", "generic", "credentials", "--from-literal=word=Zq8-hidden-Zq8"]);
  const secret = await until("the Secret is known", async () =>
    (await agent.resources("Secret")).find(({ name }) => name === "credentials"),
  );
  assert.deepEqual(secret.object?.rest?.["data"], { word: "" });
  const kept = JSON.stringify(await agent.services.store.findResources({ kind: "Secret", limit: 1000 }));
  assert.ok(!kept.includes(Buffer.from("Zq8-hidden-Zq8").toString("base64")) && !kept.includes("Zq8-hidden-Zq8"));
});

test("an object is read as it is now, and a log that may not be read says what to grant", async () => {
  const { look } = agent.services;
  const never = new AbortController().signal;
  const yaml = await look.object("test", { kind: "Deployment", namespace: NS, name: "web" }, never);
  assert.match(yaml, /^apiVersion: apps\/v1\nkind: Deployment\nmetadata:\n {2}name: web\n/);
  const secret = await look.object("test", { kind: "Secret", namespace: NS, name: "credentials" }, never);
  assert.ok(secret.includes("word:") && !secret.includes(Buffer.from("Zq8-hidden-Zq8").toString("base64")));
  await assert.rejects(look.object("test", { kind: "Node", name: "gone" }, never), /404.*it may be gone/s);
  const pod = (await agent.resources("Pod")).find(({ namespace: ns }) => ns === NS);
  const wanted = { namespace: NS, pod: pod?.name ?? "", previous: false, lines: 10 };
  await assert.rejects(look.log("test", wanted, never), /403.*may not get pods\/log: add it to its role/s);
});

test("the API server is killed and comes back, with changes meanwhile", async () => {
  await cluster.stop("kube-apiserver", "SIGKILL");
  await until("the watch notices", () => agent.watchOf("Pod")?.state === "backing-off");
  await cluster.start("kube-apiserver");
  await cluster.kubectl(["-n", NS, "scale", "deployment/web", "--replicas=2"]);
  await isRight();
});

test("etcd is compacted while the agent is cut off: it lists anew and deletes what is gone, and only that", async () => {
  const before = await relists("expired");
  proxy.cut();
  await cluster.apply(namespace("temporary"));
  await cluster.kubectl(["-n", NS, "delete", "configmap", "large"]);
  await cluster.kubectl(["-n", NS, "rollout", "restart", "deployment/web"]);
  await cluster.kubectl(["-n", NS, "rollout", "status", "deployment/web", "--timeout=120s"]);
  await cluster.compact();
  await cluster.stop("kube-apiserver", "SIGKILL");
  await cluster.start("kube-apiserver");
  proxy.flow();
  await isRight();
  assert.ok((await relists("expired")) > before);
  assert.ok(!(await agent.resources("ConfigMap")).some(({ name }) => name === "large"));
});

test("a connection that stalls without closing is made anew", async () => {
  proxy.stall();
  await cluster.kubectl(["-n", NS, "scale", "deployment/web", "--replicas=4"]);
  proxy.flow();
  await isRight();
});

test("a throttling and a failing server are asked again, later", async () => {
  proxy.cut();
  await cluster.kubectl(["-n", NS, "create", "configmap", "after-429", "--from-literal=a=b"]);
  proxy.answer(429, { "retry-after": "1" }, 40);
  proxy.flow();
  await isRight();
  proxy.cut();
  await cluster.kubectl(["-n", NS, "create", "configmap", "after-500", "--from-literal=a=b"]);
  proxy.answer(500, {}, 40);
  proxy.flow();
  await isRight();
});

test("rights taken away keep what is known and say what to grant; given back, the graph is right again", async () => {
  const pods = (await agent.resources("Pod")).length;
  await cluster.kubectl(["delete", "clusterrolebinding", "kgroot-agent"]);
  proxy.cut();
  proxy.flow();
  const watch = await until("Pods are forbidden", () => (agent.watchOf("Pod")?.state === "forbidden" ? agent.watchOf("Pod") : undefined));
  assert.match(watch.reason ?? "", /grant the agent "list" and "watch" on pods/);
  await cluster.kubectl(["-n", NS, "scale", "deployment/web", "--replicas=1"]);
  await cluster.kubectl(["-n", NS, "rollout", "status", "deployment/web", "--timeout=120s"]);
  assert.equal((await agent.resources("Pod")).length, pods);
  const health = await agent.services.doctor();
  assert.ok(health.some(({ status, text }) => status === "error" && /watch of Pod objects/.test(text)));
  await cluster.kubectl(["apply", "-f", "test/services/kube/rights.yaml"]);
  await isRight();
  await until("nothing is forbidden", () => agent.services.sources?.()[0]?.watches.every(({ state }) => state === "synced"));
});

test("a kind that disappears takes its objects with it and makes no noise", async () => {
  assert.equal((await agent.resources("Rollout")).length, 1);
  await cluster.kubectl(["delete", "crd", "rollouts.argoproj.io"]);
  await until("its objects are gone", async () => (await agent.resources("Rollout")).length === 0);
  proxy.cut();
  proxy.flow();
  await until("its watch is gone", () => agent.watchOf("Rollout") === undefined || agent.watchOf("Rollout")?.state === "absent");
  await isRight();
});

test("an agent that starts again deletes what went while it was away", async () => {
  await agent.stop("keep");
  await cluster.kubectl(["-n", NS, "delete", "deployment/web", "service/web"]);
  await until("the pods are gone", async () => (await cluster.kubectl(["-n", NS, "get", "pods", "-o", "name"])).trim() === "");
  agent = await startAgent(cluster, { url: proxy.url, folder: agent.folder, settings: { "kubernetes.silenceSeconds": 4 } });
  await agent.synced();
  await isRight();
  assert.equal((await agent.resources("Pod")).length, 0);
});

test("through all of it no incident was reported", async () => {
  assert.deepEqual(await agent.incidentsInWords(), []);
});

test("rights in one namespace are enough for that namespace", async () => {
  await cluster.apply(deployment({ namespace: NS, replicas: 1 }), deployment({ namespace: "other", replicas: 1 }));
  await cluster.kubectl(["-n", NS, "create", "serviceaccount", "narrow"]);
  await cluster.kubectl(["-n", NS, "create", "rolebinding", "narrow", "--clusterrole=view", `--serviceaccount=${NS}:narrow`]);
  const token = (await cluster.kubectl(["-n", NS, "create", "token", "narrow"])).trim();
  const narrow = await startAgent(cluster, { url: cluster.server, token, settings: { "kubernetes.namespaces": [NS] } });
  try {
    await narrow.synced();
    await until("its pod is seen", async () => (await narrow.resources("Pod")).length === 1);
    assert.deepEqual([...new Set((await narrow.resources("Pod")).map(({ namespace: ns }) => ns))], [NS]);
    assert.equal(narrow.watchOf("Pod")?.state, "synced");
    assert.equal(narrow.watchOf("Pod")?.namespace, NS);
    assert.equal(narrow.watchOf("Node")?.state, "forbidden");
  } finally {
    await narrow.stop();
  }
});

/** Waits until the agent's graph is what a fresh list of every kind shows. */
async function isRight(): Promise<void> {
  let wrong: string[] = [];
  await until("the graph is what a fresh list shows", async () => {
    wrong = await differences();
    return wrong.length === 0;
  }).catch((error: unknown) => {
    throw new Error(`the graph differs from a fresh list:\n${wrong.slice(0, 20).join("\n")}`, { cause: error });
  });
}

async function differences(): Promise<string[]> {
  const wrong: string[] = [];
  for (const { kind, group, resource, versions } of WATCHED_KINDS) {
    if (kind === "Event" || versions === undefined) continue;
    const root = group === "" ? "/api/v1" : `/apis/${group}/${versions[0]}`;
    const list = (await cluster.get(`${root}/${resource}`)) as { items: Raw[] };
    const fresh = new Map(list.items.map((item) => [item.metadata.uid, stateOf(item)]));
    const known = new Map((await agent.resources(kind)).map(({ uid, object }) => [uid ?? "", stateOf(object as unknown as Raw)]));
    for (const [uid, state] of fresh) if (known.get(uid) !== state) wrong.push(`${kind} ${state}, but known is ${known.get(uid)}`);
    for (const [uid, state] of known) if (!fresh.has(uid)) wrong.push(`${kind} ${state} is known, but gone`);
  }
  return wrong;
}

type Raw = {
  readonly metadata: { readonly uid: string; readonly name: string; readonly namespace?: string; readonly generation?: number };
  readonly spec?: { readonly replicas?: number; readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly readyReplicas?: number;
    readonly conditions?: readonly { type: string; status: string }[];
  };
};

/** What the two must agree on, in words. */
function stateOf({ metadata, spec, status }: Raw): string {
  const conditions = (status?.conditions ?? []).map(({ type, status: is }) => `${type}=${is}`).sort();
  const facts = [metadata.generation, spec?.replicas, spec?.nodeName, status?.phase, status?.readyReplicas, ...conditions];
  return `${metadata.namespace ?? ""}/${metadata.name} ${facts.map((fact) => fact ?? "-").join(" ")}`;
}

async function relists(reason: string): Promise<number> {
  const page = await (await fetch(agent.metricsUrl)).text();
  const lines = page.split("\n").filter((line) => line.startsWith("kg_watch_relists_total{") && line.includes(`reason="${reason}"`));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

const rolloutKind = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "rollouts.argoproj.io" },
  spec: {
    group: "argoproj.io",
    scope: "Namespaced",
    names: { plural: "rollouts", singular: "rollout", kind: "Rollout", listKind: "RolloutList" },
    versions: [
      {
        name: "v1alpha1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
};

function rollout(name: string): object {
  return { apiVersion: "argoproj.io/v1alpha1", kind: "Rollout", metadata: { name, namespace: NS }, spec: { replicas: 1 } };
}
