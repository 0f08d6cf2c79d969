// Failures as users cause them, on a real control plane: each gives an incident that names its root cause, live and again from a recording.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type ClusterRecording, recordClusters } from "../../../agent/app/record-clusters.ts";
import { startApp } from "../../../agent/app.ts";
import { loadConfig } from "../../../agent/config/load.ts";
import type { Incident } from "../../../agent/domain/incident.ts";
import { silentLogger } from "../../../agent/platform/logger.ts";
import { until } from "../until.ts";
import { agentKubeconfig, CLUSTER, startAgent, type WatchingAgent } from "./agent.ts";
import { type KubeCluster, startCluster } from "./cluster.ts";
import { type KubeProxy, startProxy } from "./proxy.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";

/** Findings that rest on several objects must hold this long; the default of 30 s would only make the tests slower. */
const SETTINGS = { "reasoning.settleSeconds": 5 };

let cluster: KubeCluster;
let proxy: KubeProxy;
let agent: WatchingAgent;
let recording: ClusterRecording;
let recordingFile: string;

before(async () => {
  cluster = await startCluster();
  proxy = await startProxy(cluster);
  agent = await startAgent(cluster, { url: proxy.url, settings: SETTINGS });
  recordingFile = join(cluster.folder, "recording.jsonl.gz");
  recording = await recordClusters(configOf({}), recordingFile, silentLogger);
  await agent.synced();
  await until("the recording has begun", () => recording.status().every(({ synced }) => synced));
  for (const [index, scenario] of SCENARIOS.entries()) await scenario.before(cluster, namespaceOf(index));
  for (const [index, { healthyPods }] of SCENARIOS.entries())
    await until(`${healthyPods} pods are ready in ${namespaceOf(index)}`, async () => (await readyPods(namespaceOf(index))) >= healthyPods);
});

after(async () => {
  await recording?.stop();
  await agent?.stop();
  await proxy?.close();
  await cluster?.down();
});

test("what was set up and is healthy is no incident", async () => {
  assert.deepEqual((await agent.incidents()).map(titleOf), []);
});

test("each failure gives an incident that names who caused it", async (suite) => {
  for (const [index, scenario] of SCENARIOS.entries()) await scenario.breaks(cluster, namespaceOf(index));
  for (const [index, scenario] of SCENARIOS.entries())
    await suite.test(scenario.name, async () => {
      await until(`${namespaceOf(index)} names its cause`, async () => names(scenario, index, await agent.incidents()) || undefined).catch(
        async (error: unknown) => {
          const found = (await agent.incidents()).filter(({ namespaces }) => namespaces.includes(namespaceOf(index)));
          throw new Error(`wanted ${JSON.stringify(scenario.rootCause)}, found ${JSON.stringify(found.map(titleOf))}`, { cause: error });
        },
      );
    });
  for (const { namespaces, verdict } of await agent.incidents())
    assert.equal(namespaces.length, 1, `two failures that have nothing to do with each other became one: ${verdict.title}, ${namespaces}`);
});

test("a node that is not ready is named, and what it took down with it", async () => {
  await cluster.kubectl(["label", "node", "node-1", "chaos=notready"]);
  const incident = await until("the node is named", async () =>
    (await agent.incidents()).find(
      ({ verdict: { rootCause } }) => rootCause?.subject.kind === "Node" && rootCause.subject.name === "node-1",
    ),
  );
  assert.match(incident.verdict.rootCause?.reason ?? "", /^Node/);
});

test("the recording, played back, names the same root causes", async () => {
  // Both have seen everything when the last written thing has reached both.
  await cluster.apply({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "last", namespace: namespaceOf(0) } });
  await until("the last change has been seen", async () => (await agent.resources("ConfigMap")).some(({ name }) => name === "last"));
  const live = rootCausesOf(await agent.incidents());
  const { records } = await recording.stop();
  assert.ok(records > 100);
  const app = await startApp(configOf({ "store.path": join(cluster.folder, "replayed.db") }), { logger: silentLogger, listen: false });
  try {
    const counts = await app.services.replay({
      file: recordingFile,
      speed: 0,
      signal: new AbortController().signal,
      progress: () => undefined,
    });
    assert.equal(counts.refused, 0);
    const replayed = rootCausesOf((await app.services.store.incidents({ limit: 500 })).rows);
    assert.deepEqual(replayed, live);
  } finally {
    await app.stop();
  }
});

function configOf(flags: Readonly<Record<string, unknown>>) {
  const kubeconfig = agentKubeconfig(cluster.folder, proxy.url, cluster.agentToken);
  const watched = {
    "kubernetes.contexts": [CLUSTER],
    "kubernetes.kubeconfig": kubeconfig,
    "store.path": join(cluster.folder, "unused.db"),
  };
  const loaded = loadConfig({ env: {}, flags: { ...watched, ...SETTINGS, ...flags } });
  if (!loaded.ok) throw new Error(loaded.reason);
  return loaded.value;
}

function namespaceOf(index: number): string {
  return `case-${index + 1}`;
}

async function readyPods(ns: string): Promise<number> {
  const pods = (await agent.resources("Pod")).filter(({ namespace }) => namespace === ns);
  return pods.filter(({ object }) => isReady(object?.status)).length;
}

function isReady(status: unknown): boolean {
  const conditions = (status as { conditions?: { type: string; status: string }[] } | undefined)?.conditions ?? [];
  return conditions.some((condition) => condition.type === "Ready" && condition.status === "True");
}

function names({ rootCause: wanted }: Scenario, index: number, incidents: readonly Incident[]): boolean {
  return incidents.some(({ verdict: { rootCause, causes } }) => {
    const found = rootCause ?? (wanted.certainty === "first" ? causes[0] : undefined);
    if (found === undefined || found.subject.namespace !== namespaceOf(index)) return false;
    const { kind, name } = found.subject;
    return wanted.kinds.includes(kind) && name.startsWith(wanted.name) && wanted.reasons.includes(found.reason);
  });
}

function titleOf({ verdict, state }: Incident): string {
  const { rootCause } = verdict;
  return `${verdict.title} (${state}; ${rootCause ? `${rootCause.subject.kind} ${rootCause.subject.name} ${rootCause.reason}` : "no cause named"})`;
}

/** Kind, namespace and name of each root cause: two replicas of a workload may fail in another order, so not which came first. */
function rootCausesOf(incidents: readonly Incident[]): string[] {
  return incidents
    .map(({ verdict: { rootCause } }) => `${rootCause?.subject.kind} ${rootCause?.subject.namespace}/${rootCause?.subject.name}`)
    .sort();
}
