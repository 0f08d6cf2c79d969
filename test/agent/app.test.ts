// The whole agent on a temporary store: what is posted is applied, linked, told live, counted and answered; what cannot be read is refused beside it.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import * as fc from "fast-check";
import { WebSocket } from "ws";
import { startApp } from "../../agent/app.ts";
import { loadConfig } from "../../agent/config/load.ts";
import { silentLogger } from "../../agent/platform/logger.ts";
import { PROTOCOL_VERSION } from "../../agent/protocol/rpc.ts";

type Agent = { readonly url: string; readonly metricsUrl: string; readonly path: string; stop(): Promise<void> };

async function startAgent(t: TestContext, path?: string): Promise<Agent> {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-app-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const store = path ?? join(folder, "store.db");
  const flags = { "store.path": store, "http.port": 0, "metrics.port": 0, "http.requestsPerMinuteMax": 100_000 };
  const config = loadConfig({ env: {}, flags, machine: { platform: "linux", home: () => folder } });
  assert.ok(config.ok, config.ok ? "" : config.reason);
  const app = await startApp(config.value, { logger: silentLogger, listen: true });
  t.after(() => app.stop());
  assert.ok(app.url && app.metricsUrl);
  return { url: app.url, metricsUrl: app.metricsUrl, path: store, stop: () => app.stop() };
}

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

async function ask(url: string, body?: unknown): Promise<Answer> {
  const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
  const how = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: text };
  const response = await fetch(url, how);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** A Service, its pod, and what happens to it: memory kills and crash loops, in the shapes of contracts.md §3. */
function trouble() {
  const pod = { kind: "Pod", uid: "uid-pod-web-1", namespace: "shop", name: "web-1" };
  const at = (secondsAgo: number) => new Date(Date.now() - secondsAgo * 1_000).toISOString();
  const events = [0, 1, 2, 3, 4, 5].flatMap((index) => [
    {
      action: "CREATE",
      event_id: `oom-${index}`,
      event_time: at(60 - index * 8),
      severity: "WARNING",
      reason: "OOMKilled",
      message: "memory limit exceeded",
      subject_uid: pod.uid,
    },
    {
      action: "CREATE",
      event_id: `loop-${index}`,
      event_time: at(58 - index * 8),
      severity: "WARNING",
      reason: "CrashLoopBackOff",
      message: "back-off",
      subject_uid: pod.uid,
    },
  ]);
  return {
    resources: [
      { action: "CREATE", ...pod, labels: { app: "web" }, status: { phase: "Running" } },
      { action: "CREATE", kind: "Service", uid: "uid-svc-web", namespace: "shop", name: "web" },
    ],
    edges: [{ action: "CREATE", from: "service:shop:web", to: "pod:shop:web-1", type: "SELECTS" }],
    events,
  };
}

/** The sum of a metric's samples whose labels hold all of `labels`. */
async function metric({ metricsUrl }: Agent, name: string, labels: Readonly<Record<string, string>> = {}): Promise<number> {
  const text = await (await fetch(metricsUrl)).text();
  const wanted = Object.entries(labels).map(([key, value]) => `${key}="${value}"`);
  return text
    .split("\n")
    .filter((line) => (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) && wanted.every((label) => line.includes(label)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

test("what is posted is applied, linked into an incident with its root cause, and there after a restart", async (t) => {
  const agent = await startAgent(t);
  const { status, body } = await ask(`${agent.url}/api/v1/updates`, trouble());
  assert.equal(status, 200);
  assert.deepEqual(body, { applied: { resources: 2, edges: 1, events: 12 }, refused: [] });
  const rca = (await ask(`${agent.url}/api/v1/rca/loop-0`)).body as {
    potential_causes: { event_id: string; confidence: number }[];
    related_incident: { id: string };
  };
  assert.equal(rca.potential_causes[0]?.event_id, "oom-0");
  assert.ok(Math.abs((rca.potential_causes[0]?.confidence ?? 0) - (0.3 + 0.3 + 0.4 * 0.95)) < 0.01);
  const check = async (url: string) => {
    const { incidents } = (await ask(`${url}/api/v1/incidents`)).body as {
      incidents: { id: string; severity: string; root_cause: { reason: string } | null }[];
    };
    assert.deepEqual(
      incidents.map(({ id, severity, root_cause }) => [id, severity, root_cause?.reason]),
      [[rca.related_incident.id, "FATAL", "OOMKilled"]],
    );
    const stats = (await ask(`${url}/api/v1/graph/stats`)).body;
    // Both repeat six times and fold; the memory kills are an anomaly besides.
    assert.deepEqual([stats["resources"], stats["incidents"], stats["edges"], stats["episodic_events"]], [2, 1, 1, 3]);
  };
  await check(agent.url);
  await agent.stop();
  await check((await startAgent(t, agent.path)).url);
});

test("every metric moves when the thing it counts happens", async (t) => {
  const agent = await startAgent(t);
  const counters = [
    ["kg_messages_processed_total", { topic: "api", status: "ok" }],
    ["kg_message_processing_duration_seconds_count", { topic: "api" }],
    ["kg_end_to_end_latency_seconds_count", { topic: "api" }],
    ["kg_store_operations_total", { operation: "commit", status: "ok" }],
    ["kg_rca_links_created_total", {}],
    ["kg_severity_escalations_total", { from_severity: "WARNING", to_severity: "ERROR" }],
    ["kg_severity_escalations_total", { from_severity: "ERROR", to_severity: "FATAL" }],
    ["kg_incidents_clustered_total", {}],
    ["kg_anomalies_detected_total", { anomaly_type: "memory_leak" }],
    ["kg_graph_nodes_total", { node_type: "Pod" }],
    ["kg_graph_edges_total", { edge_type: "SELECTS" }],
    ...["temporal", "distance", "domain", "total", "root_cause"].map(
      (type) => ["kg_rca_confidence_score_count", { score_type: type }] as const,
    ),
  ] as const;
  const before = await Promise.all(counters.map(([name, labels]) => metric(agent, name, labels)));
  await ask(`${agent.url}/api/v1/updates`, trouble());
  for (const [at, [name, labels]] of counters.entries())
    assert.ok((await metric(agent, name, labels)) > (before[at] ?? 0), `${name} ${JSON.stringify(labels)} does not move`);
  assert.equal(await metric(agent, "kg_circuit_breaker_state", { component: "store" }), 0);
  await ask(`${agent.url}/api/v1/rca/loop-0`);
  assert.equal(await metric(agent, "kg_rca_compute_time_seconds_count"), 1);
  await ask(`${agent.url}/api/v1/updates`, {
    events: [{ event_id: "x", event_time: "yesterday", severity: "ERROR", reason: "Bad", subject_uid: "u" }],
  });
  assert.equal(await metric(agent, "kg_messages_processed_total", { status: "refused" }), 1);
});

test("a subscriber is told of the incident that a post makes, and of its end", async (t) => {
  const agent = await startAgent(t);
  const socket = new WebSocket(`${agent.url.replace("http", "ws")}/ws`);
  t.after(() => socket.terminate());
  await once(socket, "open");
  const frames: { id?: number; method?: string; params?: { changed: { root_cause: { reason: string } | null }[] } }[] = [];
  const arrived = (isIt: (frame: (typeof frames)[number]) => boolean) =>
    new Promise<(typeof frames)[number]>((resolve) => {
      const look = () => {
        const found = frames.find(isIt);
        if (found) resolve(found);
        else socket.once("message", () => setImmediate(look));
      };
      look();
    });
  socket.on("message", (data) => frames.push(JSON.parse(String(data)) as (typeof frames)[number]));
  socket.send(JSON.stringify({ jsonrpc: "2.0", id: 1, method: "hello", params: { protocol: PROTOCOL_VERSION, client: "test" } }));
  await arrived(({ id }) => id === 1);
  socket.send(JSON.stringify({ jsonrpc: "2.0", id: 2, method: "subscribe", params: { topics: ["incidents"] } }));
  await arrived(({ id }) => id === 2);
  await ask(`${agent.url}/api/v1/updates`, trouble());
  const told = await arrived(({ method }) => method === "incidents/changed");
  assert.equal(told.params?.changed[0]?.root_cause?.reason, "OOMKilled");
});

test("an alert opens an incident, and its resolution is taken", async (t) => {
  const agent = await startAgent(t);
  const labels = { alertname: "KubePodCrashLooping", severity: "critical", namespace: "shop", pod: "web-1" };
  const startsAt = new Date(Date.now() - 60_000).toISOString();
  const webhook = (status: string, more = {}) => ({
    version: "4",
    status,
    alerts: [{ status, labels, annotations: {}, startsAt, ...more }],
  });
  assert.deepEqual((await ask(`${agent.url}/api/v1/alerts`, webhook("firing"))).body, { applied: { alerts: 1 }, refused: [] });
  const incidents = async () =>
    ((await ask(`${agent.url}/api/v1/incidents`)).body as { incidents: { id: string; state: string }[] }).incidents;
  const [open] = await incidents();
  assert.equal(open?.state, "open");
  await ask(`${agent.url}/api/v1/alerts`, webhook("resolved", { endsAt: new Date().toISOString() }));
  assert.deepEqual(
    (await incidents()).map(({ id }) => id),
    [open?.id],
  );
});

test("what cannot be read is refused with its path and reason, and the good ones beside it are applied", async (t) => {
  const agent = await startAgent(t);
  const pod = { action: "CREATE", kind: "Pod", uid: "uid-good", namespace: "shop", name: "good", labels: {}, status: {} };
  const event = {
    action: "CREATE",
    event_id: "good",
    event_time: new Date().toISOString(),
    severity: "ERROR",
    reason: "Failed",
    message: "m",
    subject_uid: "uid-good",
  };
  const bad = {
    resources: [pod, 7, { ...pod, kind: "" }, { ...pod, uid: undefined, name: undefined }, { action: "EXPLODE", kind: "Pod", name: "p" }],
    edges: [{ action: "CREATE", from: "pod:shop:good", to: "node:n1", type: "RUNS_ON" }, { from: "nonsense" }, null],
    events: [
      event,
      { ...event, event_id: "future", event_time: "2199-01-01T00:00:00Z" },
      { ...event, event_id: "past", event_time: "1970-01-01T00:00:00Z" },
      { ...event, event_id: "words", event_time: "soon" },
      { ...event, event_id: 12, severity: "very bad" },
      { ...event, subject_uid: undefined },
      [],
    ],
  };
  const { status, body } = await ask(`${agent.url}/api/v1/updates`, bad);
  assert.equal(status, 200);
  const { applied, refused } = body as { applied: unknown; refused: { path: string; reason: string }[] };
  assert.deepEqual(applied, { resources: 1, edges: 1, events: 1 });
  assert.deepEqual(refused.map(({ path }) => path).sort(), [
    "edges[1]",
    "edges[2]",
    "events[1]",
    "events[2]",
    "events[3]",
    "events[4]",
    "events[5]",
    "events[6]",
    "resources[1]",
    "resources[2]",
    "resources[3]",
    "resources[4]",
  ]);
  for (const { reason } of refused) assert.match(reason, /\w{3}/);
  assert.equal((await ask(`${agent.url}/api/v1/rca/good`)).status, 200);
});

test("bodies that are no bodies are problems, and the agent goes on", async (t) => {
  const agent = await startAgent(t);
  const updates = `${agent.url}/api/v1/updates`;
  const invalidUtf8 = Uint8Array.from([
    ...Buffer.from('{"resources":[{"action":"CREATE","kind":"Pod","uid":"u","name":"'),
    0xff,
    0xfe,
    ...Buffer.from('"}]}'),
  ]);
  for (const [body, statuses] of [
    ["{", [400]],
    ["", [400]],
    ["[]", [400]],
    ['"text"', [400]],
    ["null", [400]],
    ['{"resources": 3}', [400]],
    ['{"timestamp": "never"}', [400]],
    [`{"resources": [${"[".repeat(5_000)}${"]".repeat(5_000)}]}`, [200, 400]],
    [invalidUtf8, [200, 400]],
    [`{"events": ["${"x".repeat(10_000_000)}"]}`, [200]],
    [`{"pad": "${"x".repeat(17_000_000)}"}`, [413]],
  ] as const) {
    const { status } = await ask(updates, body);
    assert.ok((statuses as readonly number[]).includes(status), `${String(body).slice(0, 60)}: ${status}`);
  }
  assert.equal((await ask(updates, trouble())).status, 200);
  assert.equal((await ask(`${agent.url}/readyz`)).status, 200);
});

test("whatever is posted is answered, and what was good before is still there", async (t) => {
  const agent = await startAgent(t);
  await ask(`${agent.url}/api/v1/updates`, trouble());
  const routes = fc.constantFrom("/api/v1/updates", "/api/v1/updates/batch", "/api/v1/alerts", "/api/v1/rca");
  const keys = fc.constantFrom(
    "resources",
    "events",
    "edges",
    "alerts",
    "labels",
    "kind",
    "uid",
    "name",
    "subject",
    "status",
    "spec",
    "event_id",
    "event_time",
    "timestamp",
    "severity",
    "from",
    "to",
    "type",
    "action",
    "startsAt",
    "metadata",
    "ownerReferences",
    "alertname",
    "__proto__",
    "constructor",
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      fc.jsonValue({ maxDepth: 1 }),
      keys,
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(keys, tie("value"), { maxKeys: 6 }),
    ),
  }));
  const answered = fc.asyncProperty(routes, value, async (route, body) => {
    const { status } = await ask(agent.url + route, JSON.stringify(body) ?? "null");
    assert.ok([200, 400, 404, 409].includes(status), `${route} ${JSON.stringify(body)}: ${status}`);
  });
  await fc.assert(answered, { seed: 7, numRuns: 300 });
  assert.equal((await ask(`${agent.url}/readyz`)).status, 200);
  assert.equal((await ask(`${agent.url}/api/v1/rca/loop-0`)).status, 200);
});
