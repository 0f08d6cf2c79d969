// The first stage: every kind of body to signals or a reason, whatever is in it.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { normalise } from "../../../agent/pipeline/normalise.ts";
import type { RecordBody, SourceRecord } from "../../../agent/sources/port.ts";

const AT_MS = Date.UTC(2026, 0, 2, 12);
const record = (body: RecordBody, more: Partial<SourceRecord> = {}): SourceRecord => ({
  origin: { source: "test" },
  atMs: AT_MS,
  body,
  ...more,
});
const POD = { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "n", uid: "u" } };
const EVENT = {
  kind: "Event",
  apiVersion: "v1",
  metadata: { uid: "e" },
  reason: "Failed",
  type: "Warning",
  lastTimestamp: "2026-01-02T11:00:00Z",
  involvedObject: { kind: "Pod", name: "a", namespace: "n" },
};
const ALERT = { labels: { alertname: "A", pod: "a", namespace: "n" }, startsAt: "2026-01-02T11:00:00Z" };

function clusters(input: SourceRecord): readonly string[] {
  const out = normalise(input, "fallback");
  return out.kind === "signals" ? out.signals.map(({ cluster }) => cluster) : [out.reason];
}

test("the cluster is the record's own, its client_id, what the source knows, else the setting", () => {
  const resource = { op: "UPSERT", kind: "pod", uid: "u", name: "a" };
  assert.deepEqual(clusters(record({ kind: "resource", value: { ...resource, cluster: "one", client_id: "two" } }, { cluster: "three" })), [
    "one",
  ]);
  assert.deepEqual(clusters(record({ kind: "resource", value: { ...resource, client_id: "two" } }, { cluster: "three" })), ["two"]);
  assert.deepEqual(clusters(record({ kind: "resource", value: resource }, { cluster: "three" })), ["three"]);
  assert.deepEqual(clusters(record({ kind: "resource", value: resource })), ["fallback"]);
  assert.deepEqual(clusters(record({ kind: "object", op: "UPSERT", value: { ...POD, cluster: "a field of the object" } })), ["fallback"]);
  assert.deepEqual(
    clusters(
      record({
        kind: "alert",
        value: { alerts: [ALERT, { ...ALERT, labels: { ...ALERT.labels, cluster: "label" } }, { ...ALERT, cluster: "own" }] },
      }),
    ),
    ["fallback", "label", "own"],
  );
  assert.deepEqual(clusters(record({ kind: "resource", value: { ...resource, cluster: "a\nb" } })), ["cluster: holds control characters"]);
});

test("an Event that came as an object is an occurrence; its deletion is no news", () => {
  const seen = normalise(record({ kind: "object", op: "UPSERT", value: EVENT }), "c");
  assert.ok(seen.kind === "signals" && seen.signals[0]?.kind === "occurrence");
  assert.deepEqual(normalise(record({ kind: "object", op: "DELETE", value: EVENT }), "c"), { kind: "dropped", reason: "event expired" });
});

test("bad alerts beside good ones are counted without losing the good ones", () => {
  const mixed = normalise(
    record({ kind: "alert", value: { alerts: [ALERT, { labels: {} }, 5, { ...ALERT, labels: { alertname: "Watchdog" } }] } }),
    "c",
  );
  assert.ok(mixed.kind === "signals");
  assert.deepEqual([mixed.signals.length, mixed.faults], [1, ["labels.alertname: missing", "labels: missing"]]);
  assert.equal(normalise(record({ kind: "alert", value: { alerts: [] } }), "c").kind, "dropped");
});

test("a record without a believable time is refused", () => {
  for (const atMs of [Number.NaN, 0, -1, Number.POSITIVE_INFINITY, Date.UTC(2013, 0, 1)])
    assert.equal(normalise(record({ kind: "object", op: "UPSERT", value: POD }, { atMs }), "c").kind, "refused");
});

const KINDS = ["resource", "edge", "event", "episode", "log", "alert"] as const;

/** Values that are almost right: real field names with anything in them. */
const nearMiss = fc.dictionary(
  fc.constantFrom(
    "op",
    "at",
    "kind",
    "apiVersion",
    "metadata",
    "name",
    "namespace",
    "uid",
    "spec",
    "status",
    "data",
    "labels",
    "annotations",
    "managedFields",
    "ownerReferences",
    "ownerRefs",
    "object",
    "items",
    "involvedObject",
    "regarding",
    "reason",
    "message",
    "type",
    "series",
    "count",
    "eventTime",
    "lastTimestamp",
    "event_id",
    "event_time",
    "etype",
    "severity",
    "subject",
    "alerts",
    "startsAt",
    "endsAt",
    "alertname",
    "line",
    "log",
    "kubernetes",
    "pod",
    "timestamp",
    "from",
    "to",
    "cluster",
    "env",
    "fieldsV1",
    "time",
    "manager",
    "__proto__",
    "toString",
  ),
  fc.oneof(
    fc.anything(),
    fc.string(),
    fc.constantFrom("Pod", "Event", "2026-01-02T11:00:00Z", "UPSERT", "pod:a:b", "SELECTS", '{"level":"error"}', "ERROR x"),
    fc.object(),
  ),
);

test("never throws, and never takes longer than it must, whatever the body is", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KINDS, "object" as const),
      fc.oneof(fc.anything(), nearMiss, fc.record({ metadata: nearMiss, kind: fc.string(), apiVersion: fc.string(), spec: fc.anything() })),
      (kind, value) => {
        const body: RecordBody = kind === "object" ? { kind, op: "UPSERT", value } : { kind, value };
        const outcome = normalise(record(body), "c");
        assert.ok(["signals", "dropped", "refused"].includes(outcome.kind));
        if (outcome.kind !== "signals") assert.ok(outcome.reason.length > 0);
      },
    ),
    { numRuns: 3000 },
  );
});
