// Every route over HTTP: its good answer fits the schema that /openapi.json promises, and each kind of failure has its status.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { TSchema } from "typebox";
import { CALLS } from "../../../agent/api/calls/invoke.ts";
import { ApiFault } from "../../../agent/api/fault.ts";
import { CALL_ROUTES } from "../../../agent/api/http/routes.ts";
import { AlertsResult, UpdatesResult } from "../../../agent/api/schemas/graph.ts";
import { Health, ProblemSchema, ReadinessSchema } from "../../../agent/api/schemas/health.ts";
import { complaint } from "../../../agent/api/schemas/validate.ts";
import { StoreFault } from "../../../agent/store/port.ts";
import { fakeServices } from "../../kit/fake-services.ts";
import { startTestApi } from "../../kit/start-api.ts";

/** The same schema, refusing fields that it does not name: an answer that says more than is described fails. */
function strict(schema: TSchema): TSchema {
  const close = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(close);
    if (typeof value !== "object" || value === null) return value;
    const closed = Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, close(inner)]));
    return "properties" in closed ? { ...closed, additionalProperties: false } : closed;
  };
  return close(schema) as TSchema;
}

function fits(schema: TSchema, value: unknown): void {
  assert.equal(complaint(strict(schema), value), undefined);
}

async function ask(base: string, method: string, path: string, body?: unknown) {
  const response = await fetch(base + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  });
  return { status: response.status, headers: response.headers, value: (await response.json()) as Record<string, unknown> };
}

/** One good request for each route that answers a call. */
const GOOD: Readonly<Record<string, { readonly path: string; readonly body?: unknown }>> = {
  "POST /api/v1/rca": { path: "/api/v1/rca", body: { event_id: "crash-1", max_hops: 5 } },
  "GET /api/v1/rca/:event_id": { path: "/api/v1/rca/crash-1?time_window_minutes=30&min_confidence=0.2" },
  "GET /api/v1/graph/stats": { path: "/api/v1/graph/stats?cluster=prod" },
  "GET /api/v1/graph/resource/:uid": { path: "/api/v1/graph/resource/pod-1?at=2026-01-01T07:00:00Z" },
  "GET /api/v1/graph/topology/:uid": { path: "/api/v1/graph/topology/pod:pod-1?depth=3" },
  "GET /api/v1/incidents": {
    path: "/api/v1/incidents?state=open&severity=critical&since=2026-01-01T00:00:00%2B01:00&limit=1&include_muted=true",
  },
  "GET /api/v1/incidents/:id": { path: "/api/v1/incidents/inc-1" },
  "GET /api/v1/incidents/:id/graph": { path: "/api/v1/incidents/inc-0/graph" },
  "GET /api/v1/mutes": { path: "/api/v1/mutes" },
  "POST /api/v1/mutes": { path: "/api/v1/mutes", body: { namespace: "shop", until: "2026-02-01T00:00:00Z", comment: "known" } },
  "DELETE /api/v1/mutes/:id": { path: "/api/v1/mutes/none" },
  "POST /api/v1/feedback": { path: "/api/v1/feedback", body: { incident: "inc-1", verdict: "confirmed" } },
  "POST /api/v1/admin/cleanup": { path: "/api/v1/admin/cleanup", body: { days: 3, dry_run: true } },
  "POST /api/v1/admin/indexes": { path: "/api/v1/admin/indexes", body: { action: "drop", names: ["episodic_time"] } },
  "POST /api/v1/admin/backup": { path: "/api/v1/admin/backup", body: { file: "/tmp/kgroot.backup" } },
  "POST /api/v1/admin/restore": { path: "/api/v1/admin/restore", body: { file: "/tmp/kgroot.backup", replace: true } },
  "POST /api/v1/admin/replay": { path: "/api/v1/admin/replay", body: { file: "/tmp/recording.jsonl", speed: 10 } },
  "POST /api/v1/incidents/:id/acknowledge": { path: "/api/v1/incidents/inc-1/acknowledge", body: { acknowledged: true } },
  "GET /api/v1/live/object": { path: "/api/v1/live/object?kind=Pod&namespace=shop&name=web-1" },
  "GET /api/v1/live/log": { path: "/api/v1/live/log?namespace=shop&pod=web-1&previous=true&lines=5" },
  "POST /api/v1/admin/record": { path: "/api/v1/admin/record", body: { action: "start", file: "/tmp/recording.jsonl.gz" } },
  "GET /api/v1/metrics": { path: "/api/v1/metrics" },
  "GET /api/v1/support": { path: "/api/v1/support" },
  "GET /api/v1/doctor": { path: "/api/v1/doctor" },
  "GET /api/v1/config": { path: "/api/v1/config" },
};

test("the good answer of every route fits its own schema, without one field more", async (t) => {
  const { address } = await startTestApi(t);
  assert.deepEqual(Object.keys(GOOD).sort(), CALL_ROUTES.map(({ method, url }) => `${method} ${url}`).sort());
  for (const { method, url, call, status } of CALL_ROUTES) {
    const { path, body } = GOOD[`${method} ${url}`]!;
    const answer = await ask(address, method, path, body);
    assert.equal(answer.status, status ?? 200, `${method} ${path}: ${JSON.stringify(answer.value)}`);
    fits(CALLS[call].result, answer.value);
  }
  fits(Health, (await ask(address, "GET", "/healthz")).value);
  fits(ReadinessSchema, (await ask(address, "GET", "/readyz")).value);
});

test("the contract's names: link scores are called confidence, subjects have a namespace, times are UTC with milliseconds", async (t) => {
  const { address } = await startTestApi(t);
  const { value: rca } = await ask(address, "POST", "/api/v1/rca", { resource_uid: "pod-1" });
  const [cause] = rca.potential_causes as Record<string, unknown>[];
  assert.deepEqual(
    { ...cause, subject: undefined },
    {
      event_id: "change-1",
      event_time: "2026-01-01T08:00:00.000Z",
      reason: "ConfigMapChanged",
      message: "key url was changed",
      severity: "INFO",
      confidence: 0.3 * 0.93 + 0.3 * 0.5 + 0.4 * 0.9,
      hops: 1,
      temporal_score: 0.93,
      distance_score: 0.5,
      domain_score: 0.9,
      rule: "config-to-crash",
      sentence: "The ConfigMap was changed, so the pod crashed.",
      subject: undefined,
    },
  );
  assert.deepEqual(rca.subject, {
    rid: "pod:pod-1",
    cluster: "prod",
    kind: "Pod",
    namespace: "shop",
    name: "web-1",
    uid: "pod-1",
    labels: { app: "shop" },
  });
  assert.deepEqual(rca.related_incident, { id: "inc-1", title: "ConfigMap shop/settings was changed", severity: "ERROR", state: "open" });
  const { value: incident } = await ask(address, "GET", "/api/v1/incidents/inc-1");
  const [affected] = incident.affected as Record<string, unknown>[];
  assert.deepEqual([affected!.role, affected!.since], ["symptom", "2026-01-01T08:01:00.000Z"]);
  assert.equal((incident.root_cause as { confidence: number }).confidence, 0.87);
});

test("an incident's graph shows the cause that is linked but no member, reads from cause to effect, and asks for the rule's sentence", async (t) => {
  const services = fakeServices({ sentenceOf: (link, cause, effect) => `${link.ruleId}: ${cause.name} broke ${effect.name}` });
  const { address } = await startTestApi(t, services);
  const { value } = await ask(address, "GET", "/api/v1/incidents/inc-1/graph");
  const graph = value as {
    nodes: { event_id: string; role: string }[];
    links: { sentence: string; path: Record<string, { name: string }>[] }[];
    timeline: { event_id: string }[];
  };
  assert.deepEqual(
    graph.nodes.map(({ event_id, role }) => [event_id, role]),
    [
      ["change-1", "root_cause"],
      ["crash-1", "symptom"],
    ],
  );
  assert.equal(graph.links[0]!.sentence, "config-to-crash: settings broke web-1");
  const [step] = graph.links[0]!.path;
  assert.deepEqual(
    [step!.from!.name, step!.to!.name, step!.evidence],
    ["settings", "web-1", "Pod shop/web-1 USES ConfigMap shop/settings: spec.volumes[0].configMap.name=settings"],
  );
  assert.deepEqual(
    graph.timeline.map(({ event_id }) => event_id),
    ["change-1", "crash-1"],
  );
});

test("updates: good entries are applied, bad ones are refused by their path, also across a batch", async (t) => {
  const services = fakeServices();
  const { address } = await startTestApi(t, services);
  const body = { resources: [{ uid: "a" }, { uid: "REFUSE" }], edges: [{ from: "a" }], events: [{ event_id: "e" }] };
  const one = await ask(address, "POST", "/api/v1/updates?cluster=lab", body);
  fits(UpdatesResult, one.value);
  assert.deepEqual(one.value, {
    applied: { resources: 1, edges: 1, events: 1 },
    refused: [{ path: "resources[1]", reason: "refused by the pipeline" }],
  });
  assert.deepEqual([...new Set(services.accepted.map(({ cluster }) => cluster))], ["lab"]);
  const many = await ask(address, "POST", "/api/v1/updates/batch", [body, 5, { events: [{}] }]);
  assert.deepEqual(many.value.applied, { resources: 1, edges: 1, events: 2 });
  assert.deepEqual(
    (many.value.refused as { path: string }[]).map(({ path }) => path),
    ["[1]", "[0].resources[1]"],
  );
  const useless = await ask(address, "POST", "/api/v1/updates", { timestamp: "yesterday" });
  assert.deepEqual([useless.status, useless.value.field], [400, "timestamp"]);
});

test("Alertmanager's webhook is split into alerts; the body's cluster holds for each that names none", async (t) => {
  const services = fakeServices();
  const { address } = await startTestApi(t, services);
  const answer = await ask(address, "POST", "/api/v1/alerts", {
    version: "4",
    cluster: "lab",
    alerts: [{ labels: { a: "b" } }, { cluster: "prod" }, { labels: { a: "REFUSE" } }],
  });
  fits(AlertsResult, answer.value);
  assert.deepEqual(answer.value, { applied: { alerts: 2 }, refused: [{ path: "alerts[2]", reason: "refused by the pipeline" }] });
  assert.deepEqual(
    services.accepted.map(({ body }) => (body as { value: { cluster: string } }).value.cluster),
    ["lab", "prod", "lab"],
  );
});

test("mutes and feedback are stored as said, and a mute of everything is refused", async (t) => {
  const told: string[] = [];
  const services = fakeServices({ mutesChanged: async () => void told.push("changed") });
  const { address } = await startTestApi(t, services);
  const added = await ask(address, "POST", "/api/v1/mutes", { kind: "Pod", reason: "Evicted", comment: "spot nodes" });
  const listed = await ask(address, "GET", "/api/v1/mutes");
  assert.deepEqual(listed.value.mutes, [added.value]);
  assert.deepEqual((await ask(address, "DELETE", `/api/v1/mutes/${String(added.value.id)}`)).value, { removed: true });
  assert.equal(services.mutes.length, 0);
  assert.equal((await ask(address, "POST", "/api/v1/mutes", { cluster: "prod", comment: "all" })).status, 400);
  await ask(address, "POST", "/api/v1/feedback", { incident: "inc-0", rid: "configmap:cm-1", verdict: "rejected", comment: "no" });
  const [{ incident, rid, reason, verdict, confidence } = {} as never] = services.feedback;
  assert.deepEqual(
    { incident, rid, reason, verdict, confidence },
    { incident: "inc-1", rid: "configmap:cm-1", reason: "ConfigMapChanged", verdict: "rejected", confidence: 0.87 },
  );
  assert.equal(
    (await ask(address, "POST", "/api/v1/feedback", { incident: "inc-1", rid: "pod:x", verdict: "confirmed" })).value.field,
    "rid",
  );
  assert.equal(told.length, 2);
});

test("a wrong parameter is a 400 that names the field", async (t) => {
  const { address } = await startTestApi(t);
  const cases: readonly [string, string, unknown, string][] = [
    ["GET", "/api/v1/incidents?limit=0", undefined, "limit"],
    ["GET", "/api/v1/incidents?limit=many", undefined, "limit"],
    ["GET", "/api/v1/incidents?limit=", undefined, "limit"],
    ["GET", "/api/v1/incidents?stat=open", undefined, "stat"],
    ["GET", "/api/v1/incidents?state=broken", undefined, "state"],
    ["GET", "/api/v1/incidents?state=open&state=resolved", undefined, "state"],
    ["GET", "/api/v1/incidents?severity=awful", undefined, "severity"],
    ["GET", "/api/v1/incidents?since=lately", undefined, "since"],
    ["GET", "/api/v1/graph/resource/pod-1?at=2026-01-01", undefined, "at"],
    ["GET", "/api/v1/graph/topology/pod-1?depth=6", undefined, "depth"],
    ["POST", "/api/v1/rca", { event_id: "crash-1", max_hops: "3" }, "max_hops"],
    ["POST", "/api/v1/rca", {}, "event_id"],
    ["POST", "/api/v1/feedback", { incident: "inc-1" }, "verdict"],
    ["POST", "/api/v1/mutes", { kind: "Pod", comment: "x", until: "soon" }, "until"],
    ["POST", "/api/v1/admin/backup", { file: "relative.gz" }, "file"],
    ["POST", "/api/v1/admin/indexes", { action: "list", names: ["x"] }, "names"],
    ["POST", "/api/v1/alerts", 5, "alerts"],
  ];
  for (const [method, path, body, field] of cases) {
    const { status, headers, value } = await ask(address, method, path, body);
    assert.deepEqual([status, value.field], [400, field], `${method} ${path}: ${JSON.stringify(value)}`);
    assert.match(headers.get("content-type") ?? "", /^application\/problem\+json/);
    fits(ProblemSchema, value);
  }
});

test("files named by clients stay in the folder for them", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { filesDir: "/var/lib/kgroot/files" });
  const backup = (file: string) => ask(address, "POST", "/api/v1/admin/backup", { file });
  assert.equal((await backup("a.gz")).value.file, "/var/lib/kgroot/files/a.gz");
  for (const file of ["../a.gz", "/etc/passwd", ".", "x/../../a"]) assert.equal((await backup(file)).status, 400, file);
});

test("what is not there is a 404, what is in several clusters a 409 with their names", async (t) => {
  const { address } = await startTestApi(t);
  for (const path of [
    "/api/v1/incidents/none",
    "/api/v1/incidents/none/graph",
    "/api/v1/rca/none",
    "/api/v1/graph/resource/none",
    "/api/v1/graph/resource/pod-1?at=2020-01-01T00:00:00Z",
    "/api/v2",
    "/../../etc/passwd",
  ]) {
    assert.equal((await ask(address, "GET", path)).status, 404, path);
  }
  for (const [method, path, body] of [
    ["GET", "/api/v1/graph/resource/ns-1"],
    ["POST", "/api/v1/rca", { resource_uid: "ns-1" }],
  ] as const) {
    const { status, value } = await ask(address, method, path, body);
    assert.deepEqual([status, value.clusters], [409, ["lab", "prod"]]);
  }
  assert.equal((await ask(address, "GET", "/api/v1/graph/resource/ns-1?cluster=lab")).value.cluster, "lab");
});

test("bodies: too large is 413, another media type 415, broken JSON and a poisoned prototype 400", async (t) => {
  const { address } = await startTestApi(t);
  const post = async (body: string, type: string) => {
    const response = await fetch(`${address}/api/v1/rca`, { method: "POST", body, headers: { "content-type": type } });
    assert.match(response.headers.get("content-type") ?? "", /problem\+json/);
    return response.status;
  };
  assert.equal(await post(JSON.stringify({ event_id: "x".repeat(200_000) }), "application/json"), 413);
  for (const type of ["text/plain", "application/x-www-form-urlencoded"]) assert.equal(await post("{}", type), 415);
  for (const body of ["{", "[]", "5", '{"__proto__": {"a": 1}}']) assert.equal(await post(body, "application/json"), 400, body);
});

test("too many requests are 429 with Retry-After; probes still answer", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { requestsPerMinuteMax: 2, nowMs: () => 1_000_000 });
  for (const status of [200, 200, 429]) assert.equal((await ask(address, "GET", "/api/v1/doctor")).status, status);
  const { headers, value } = await ask(address, "GET", "/api/v1/doctor");
  assert.deepEqual([headers.get("retry-after"), value.retry_after_s], ["60", 60]);
  assert.equal((await ask(address, "GET", "/healthz")).status, 200);
});

test("a store that cannot answer is 503 with its own words; a bug is 500 without any", async (t) => {
  const failing = (error: Error) => fakeServices({ storeOverrides: { stats: () => Promise.reject(error) } });
  const fault = await startTestApi(t, failing(new StoreFault("transient", "the store is busy: wait")));
  const busy = await ask(fault.address, "GET", "/api/v1/graph/stats");
  assert.deepEqual([busy.status, busy.value.detail, busy.headers.get("retry-after")], [503, "the store is busy: wait", "5"]);
  const bug = await startTestApi(t, failing(new TypeError("secret inner words")));
  const broken = await ask(bug.address, "GET", "/api/v1/graph/stats");
  assert.equal(broken.status, 500);
  assert.doesNotMatch(JSON.stringify(broken.value), /secret inner/);
});

test("not ready is 503 with the reasons", async (t) => {
  const { address } = await startTestApi(t, fakeServices({ readiness: () => ({ ready: false, reasons: ["the store is loading"] }) }));
  const { status, value } = await ask(address, "GET", "/readyz");
  assert.deepEqual([status, value], [503, { ready: false, reasons: ["the store is loading"] }]);
});

test("only one job on the whole store runs at a time, and a failed one frees the place", async (t) => {
  let fail: (error: Error) => void = () => undefined;
  const services = fakeServices({
    replay: () =>
      new Promise((_resolve, reject) => {
        fail = reject;
      }),
  });
  const { address } = await startTestApi(t, services);
  const replay = ask(address, "POST", "/api/v1/admin/replay", { file: "/tmp/r" });
  while ((await ask(address, "POST", "/api/v1/admin/cleanup", {})).status !== 409);
  fail(new ApiFault("unavailable", "interrupted"));
  assert.equal((await replay).status, 503);
  assert.equal((await ask(address, "POST", "/api/v1/admin/cleanup")).status, 200);
});

test("/openapi.json is OpenAPI 3.1 and names every route with its answer", async (t) => {
  const { address } = await startTestApi(t);
  const { value } = await ask(address, "GET", "/openapi.json");
  assert.equal(value.openapi, "3.1.0");
  const paths = value.paths as Record<
    string,
    Record<string, { summary?: string; responses: Record<string, { content: Record<string, unknown> }> }>
  >;
  for (const { method, url, status } of CALL_ROUTES) {
    const operation = paths[url.replace(/:(\w+)/g, "{$1}")]?.[method.toLowerCase()];
    assert.ok(operation?.summary, `${method} ${url}`);
    assert.ok(operation.responses[String(status ?? 200)]?.content["application/json"], `${method} ${url}`);
    assert.ok(operation.responses["4XX"]?.content["application/problem+json"], `${method} ${url}`);
  }
  for (const url of ["/api/v1/updates", "/api/v1/updates/batch", "/api/v1/alerts", "/healthz", "/readyz"]) assert.ok(paths[url], url);
});
