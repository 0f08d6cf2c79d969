// ResourceRecord and EdgeRecord of contracts.md §1.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseEdgeRecord } from "../../../../agent/sources/kubernetes/parse-edge-record.ts";
import { parseResourceRecord } from "../../../../agent/sources/kubernetes/parse-resource-record.ts";

const AT_MS = Date.UTC(2026, 0, 2, 12);
const RECORD = { op: "UPSERT", at: "2026-01-02T11:59:00Z", kind: "pod", uid: "u-1", namespace: "shop", name: "web-1" };

test("a watcher's hints become a partial object", () => {
  const parsed = parseResourceRecord(
    {
      ...RECORD,
      labels: { app: "web" },
      ownerRefs: [{ kind: "replicaset", name: "web" }],
      node: "n1",
      podIP: "10.0.0.1",
      image: "reg/shop/web:2",
      status: { phase: "Running", restartCount: 3 },
    },
    AT_MS,
  );
  assert.ok(parsed.ok);
  assert.deepEqual(parsed.value, {
    op: "UPSERT",
    atMs: Date.UTC(2026, 0, 2, 11, 59),
    object: {
      apiVersion: "v1",
      kind: "Pod",
      partial: true,
      metadata: {
        name: "web-1",
        namespace: "shop",
        uid: "u-1",
        labels: { app: "web" },
        ownerReferences: [{ kind: "ReplicaSet", name: "web", controller: true }],
      },
      spec: { nodeName: "n1", containers: [{ name: "web", image: "reg/shop/web:2" }] },
      status: { podIP: "10.0.0.1", phase: "Running", restartCount: 3 },
    },
  });
});

test("kgroot's own record carries the whole object", () => {
  const parsed = parseResourceRecord(
    { ...RECORD, object: { apiVersion: "v1", kind: "Pod", metadata: { name: "web-1", namespace: "shop", uid: "u-1" } } },
    AT_MS,
  );
  assert.ok(parsed.ok && parsed.value.object.partial === undefined);
});

test("services, workloads and deletions by uid alone", () => {
  const service = parseResourceRecord({ ...RECORD, kind: "service", serviceSelector: { app: "web" }, serviceIPs: ["10.1.1.1"] }, AT_MS);
  assert.deepEqual(service.ok && service.value.object.spec, { selector: { app: "web" }, clusterIP: "10.1.1.1", clusterIPs: ["10.1.1.1"] });
  const deployment = parseResourceRecord({ ...RECORD, kind: "deployment", image: "web:2", replicas: 3 }, AT_MS);
  assert.deepEqual(deployment.ok && deployment.value.object.spec, {
    replicas: 3,
    template: { spec: { containers: [{ name: "web", image: "web:2" }] } },
  });
  const gone = parseResourceRecord({ op: "DELETE", kind: "pod", uid: "u-1" }, AT_MS);
  assert.deepEqual(gone.ok && [gone.value.op, gone.value.atMs, gone.value.object.metadata], ["DELETE", AT_MS, { name: "u-1", uid: "u-1" }]);
});

test("a bad ResourceRecord is refused with its field", () => {
  const cases: [unknown, RegExp][] = [
    [null, /expected a ResourceRecord/],
    [{ ...RECORD, op: "PATCH" }, /^op: /],
    [{ ...RECORD, at: "noon" }, /^at: expected/],
    [{ ...RECORD, at: "2009-01-01T00:00:00Z" }, /^at: lies before 2014/],
    [{ ...RECORD, at: "2027-01-01T00:00:00Z" }, /^at: .*future/],
    [{ ...RECORD, kind: 3 }, /^kind: /],
    [{ ...RECORD, name: undefined }, /^name: missing/],
    [{ ...RECORD, name: {} }, /^name: expected a string/],
    [{ ...RECORD, object: { apiVersion: "v1", kind: "Pod", metadata: { name: "a", uid: "other" } } }, /uid: differs/],
    [{ ...RECORD, object: {} }, /^object\.kind: missing/],
  ];
  for (const [value, reason] of cases) {
    const parsed = parseResourceRecord(value, AT_MS);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, reason);
  }
});

test("edges name their ends by kind, namespace and name; by uid; or without a namespace", () => {
  const edge = parseEdgeRecord({ op: "UPSERT", from: "service:shop:web", to: "pod:shop:web-1", type: "selects" }, AT_MS);
  assert.deepEqual(edge.ok && edge.value, {
    op: "UPSERT",
    atMs: AT_MS,
    type: "SELECTS",
    source: { kind: "Service", namespace: "shop", name: "web" },
    target: { kind: "Pod", namespace: "shop", name: "web-1" },
  });
  const byUid = parseEdgeRecord({ op: "DELETE", from: "pod:6f1d0a4e-0000-4000-8000-000000000001", to: "node:n1", type: "RUNS_ON" }, AT_MS);
  assert.deepEqual(byUid.ok && [byUid.value.source, byUid.value.target], [
    { kind: "Pod", uid: "6f1d0a4e-0000-4000-8000-000000000001", name: "6f1d0a4e-0000-4000-8000-000000000001" },
    { kind: "Node", name: "n1" },
  ]);
  const colons = parseEdgeRecord({ from: "clusterrole:system:node", to: "node::n1", type: "OWNS" }, AT_MS);
  assert.deepEqual(colons.ok && [colons.value.source.name, colons.value.target.name], ["system:node", "n1"]);
  for (const bad of [
    {},
    { from: "x", to: "pod:a:b", type: "SELECTS" },
    { from: "pod:a:b", to: "pod:a:", type: "SELECTS" },
    { from: "pod:a:b", to: "pod:a:c", type: "LIKES" },
    { from: "pod:a:b", to: "pod:a:c", type: "SELECTS", at: 5 },
  ]) {
    assert.equal(parseEdgeRecord(bad, AT_MS).ok, false, JSON.stringify(bad));
  }
});
