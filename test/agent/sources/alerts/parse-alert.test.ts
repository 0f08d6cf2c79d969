// Prometheus alerts to occurrences that hold.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Occurrence } from "../../../../agent/domain/signal.ts";
import { parseAlert, splitAlerts } from "../../../../agent/sources/alerts/parse-alert.ts";

const AT_MS = Date.UTC(2026, 0, 2, 12);
const ALERT = {
  status: "firing",
  labels: { alertname: "HighErrorRate", severity: "critical", namespace: "shop", deployment: "web" },
  annotations: { summary: "Many errors", description: "5 % of requests fail" },
  startsAt: "2026-01-02T11:40:00Z",
  endsAt: "0001-01-01T00:00:00Z",
  fingerprint: "f00d",
};

function kept(value: unknown): Occurrence {
  const parsed = parseAlert(value, "prod", AT_MS);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
  assert.ok("kept" in parsed.value, "dropped");
  return parsed.value.kept;
}

const subjectOf = (labels: Record<string, string>): unknown => kept({ ...ALERT, labels: { alertname: "A", ...labels } }).subject;

test("a firing alert holds since it started, about what its labels name", () => {
  const alert = kept(ALERT);
  assert.deepEqual(
    [
      alert.etype,
      alert.reason,
      alert.severity,
      alert.discriminator,
      alert.subject,
      alert.firstMs,
      alert.lastMs,
      alert.holds,
      alert.clearedMs,
    ],
    [
      "prom.alert",
      "HighErrorRate",
      "FATAL",
      "f00d",
      { kind: "Deployment", namespace: "shop", name: "web" },
      Date.UTC(2026, 0, 2, 11, 40),
      AT_MS,
      true,
      undefined,
    ],
  );
  assert.match(alert.message, /Many errors.*5 % of requests/);
});

test("firing again and being resolved are the same episode, cleared when it ended", () => {
  const resolved = kept({ ...ALERT, status: "resolved", endsAt: "2026-01-02T11:55:00Z" });
  assert.deepEqual(
    [resolved.eid, resolved.clearedMs, resolved.lastMs],
    [kept(ALERT).eid, Date.UTC(2026, 0, 2, 11, 55), Date.UTC(2026, 0, 2, 11, 55)],
  );
  const api = kept({ ...ALERT, status: { state: "active" }, endsAt: "2026-01-02T12:03:00Z" });
  assert.equal(api.clearedMs, undefined);
  assert.equal(
    kept({ labels: ALERT.labels, annotations: {}, state: "firing", activeAt: "2026-01-02T11:40:00Z", value: "1" }).firstMs,
    Date.UTC(2026, 0, 2, 11, 40),
  );
});

test("the most specific resource is meant, never the exporter that measured it", () => {
  assert.deepEqual(subjectOf({ namespace: "shop", pod: "web-1", container: "app" }), { kind: "Pod", namespace: "shop", name: "web-1" });
  assert.deepEqual(
    subjectOf({
      namespace: "shop",
      deployment: "web",
      pod: "kube-state-metrics-abc",
      job: "kube-state-metrics",
      service: "kube-state-metrics",
      container: "kube-state-metrics",
    }),
    { kind: "Deployment", namespace: "shop", name: "web" },
  );
  assert.deepEqual(
    subjectOf({
      job: "kube-state-metrics",
      pod: "kube-state-metrics-abc",
      exported_pod: "web-1",
      exported_namespace: "shop",
      namespace: "monitoring",
    }),
    { kind: "Pod", namespace: "shop", name: "web-1" },
  );
  assert.deepEqual(subjectOf({ job: "node-exporter", instance: "10.0.0.5:9100", pod: "node-exporter-x", namespace: "monitoring" }), {
    kind: "Node",
    name: "10.0.0.5",
  });
  assert.deepEqual(subjectOf({ node: "n1", namespace: "kube-system" }), { kind: "Node", name: "n1" });
  assert.deepEqual(subjectOf({ service: "web", namespace: "shop" }), { kind: "Service", namespace: "shop", name: "web" });
  assert.deepEqual(subjectOf({ namespace: "shop" }), { kind: "Namespace", name: "shop" });
  assert.deepEqual(subjectOf({}), { kind: "Cluster", name: "prod" });
});

test("watchdogs and pending alerts are dropped, broken ones refused with their field", () => {
  for (const value of [
    { ...ALERT, labels: { alertname: "Watchdog" } },
    { ...ALERT, labels: { alertname: "InfoInhibitor" } },
    { ...ALERT, state: "pending" },
  ]) {
    const parsed = parseAlert(value, "prod", AT_MS);
    assert.ok(parsed.ok && "dropped" in parsed.value);
  }
  const cases: [unknown, RegExp][] = [
    ["x", /^labels: missing/],
    [{ ...ALERT, labels: {} }, /^labels\.alertname: missing/],
    [{ ...ALERT, startsAt: "0001-01-01T00:00:00Z" }, /^startsAt: lies before 2014/],
    [{ ...ALERT, startsAt: "2026-01-02T15:00:00Z" }, /^startsAt: .*future/],
    [{ ...ALERT, startsAt: 5 }, /^startsAt: expected/],
  ];
  for (const [value, reason] of cases) {
    const parsed = parseAlert(value, "prod", AT_MS);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, reason);
  }
});

test("a webhook body is split, its cluster given to each alert", () => {
  const split = splitAlerts({ version: "4", cluster: "prod", alerts: [ALERT, { ...ALERT, cluster: "edge" }, 7] });
  assert.deepEqual(split.ok && split.value.map((alert) => alert["cluster"]), ["prod", "edge", undefined]);
  assert.equal(splitAlerts("x").ok, false);
});
