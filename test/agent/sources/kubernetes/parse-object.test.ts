// An object from outside: what is kept, what is taken out, and why one is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../../../agent/domain/kube-object.ts";
import { parseObject } from "../../../../agent/sources/kubernetes/parse-object.ts";

const AT_MS = Date.UTC(2026, 0, 2);
const POD = { apiVersion: "v1", kind: "Pod", metadata: { name: "web-1", namespace: "shop", uid: "u-1" } };

function kept(value: unknown): KubeObject {
  const parsed = parseObject(value, AT_MS);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
  return parsed.value;
}

test("what is not an object is refused with the field that is wrong", () => {
  const nested = JSON.parse(`${'{"a":'.repeat(80)}1${"}".repeat(80)}`);
  const cases: [unknown, RegExp][] = [
    ["text", /^object: expected/],
    [{ ...POD, kind: undefined }, /^kind: missing/],
    [{ ...POD, apiVersion: 1 }, /^apiVersion: expected a string/],
    [{ ...POD, metadata: undefined }, /^metadata: missing/],
    [{ ...POD, metadata: [] }, /^metadata: expected an object/],
    [{ ...POD, metadata: { name: "" } }, /^metadata\.name: missing/],
    [{ ...POD, metadata: { name: "a\nb" } }, /^metadata\.name: holds control/],
    [{ ...POD, metadata: { name: "x".repeat(254) } }, /^metadata\.name: longer than 253/],
    [{ ...POD, metadata: { name: "a", namespace: 7 } }, /^metadata\.namespace: expected a string/],
    [{ ...POD, metadata: { name: "a", labels: ["x"] } }, /^metadata\.labels: expected an object/],
    [{ ...POD, spec: "x" }, /^spec: expected an object/],
    [{ ...POD, metadata: { name: "a", ownerReferences: [{ kind: "ReplicaSet" }] } }, /^metadata\.ownerReferences\[0\]\.name: missing/],
    [{ apiVersion: "v1", kind: "PodList", metadata: {}, items: [POD] }, /^items: this is a list/],
    [{ ...POD, spec: nested }, /^spec\.a\.a.*nested deeper than 64/],
    [{ ...POD, status: { list: Array.from({ length: 60_000 }, () => 1) } }, /^status\.list.*more than 50000 values/],
  ];
  for (const [value, reason] of cases) {
    const parsed = parseObject(value, AT_MS);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, reason);
  }
});

test("managedFields become who set which path, and a status owner's paths stay short", () => {
  const { metadata } = kept({
    ...POD,
    metadata: {
      ...POD.metadata,
      managedFields: [
        {
          manager: "kubectl-edit",
          time: "2026-01-01T10:00:00Z",
          fieldsV1: {
            "f:spec": {
              "f:containers": {
                'k:{"name":"app"}': {
                  ".": {},
                  "f:image": {},
                  "f:ports": { 'k:{"containerPort":8080,"protocol":"TCP"}': { "f:containerPort": {} } },
                },
              },
            },
          },
        },
        {
          manager: "kubelet",
          time: "2026-01-01T11:00:00Z",
          subresource: "status",
          fieldsV1: { "f:status": { "f:conditions": { 'k:{"type":"Ready"}': { "f:status": {}, "f:message": {} } } } },
        },
        { manager: "no-time", fieldsV1: {} },
        "junk",
      ],
    },
  });
  assert.deepEqual(metadata.fieldOwners, [
    {
      manager: "kubectl-edit",
      atMs: Date.UTC(2026, 0, 1, 10),
      paths: ["spec.containers[app].image", "spec.containers[app].ports[8080].containerPort"],
    },
  ]);
});

test("no secret survives: Secret data, environment, arguments, annotations, configuration, credentials of custom resources", () => {
  const secret = kept({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"password":"aHVudGVyMg=="}}' } },
    type: "Opaque",
    data: { password: "aHVudGVyMg==" },
    stringData: { token: "hunter2" },
  });
  assert.deepEqual(secret.rest, { type: "Opaque", data: { password: "", token: "" } });
  const pod = kept({
    ...POD,
    spec: {
      containers: [
        {
          name: "app",
          env: [
            { name: "DB_PASSWORD", value: "hunter2" },
            { name: "URL", value: "postgres://me:hunter2@db:5432/x" },
            { name: "MODE", value: "fast" },
          ],
          args: ["--password", "hunter2", "--port=80"],
        },
      ],
    },
  });
  const config = kept({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
    data: { API_TOKEN: "hunter2", "app.yaml": "db:\n  password: hunter2\n" },
    binaryData: { blob: "aHVudGVyMg==" },
  });
  const custom = kept({
    apiVersion: "x/v1",
    kind: "Thing",
    metadata: { name: "t" },
    spec: { connection: { password: "hunter2" }, secretName: "kept" },
  });
  const all = JSON.stringify([secret, pod, config, custom]);
  assert.doesNotMatch(all, /hunter2|aHVudGVyMg/);
  assert.match(all, /"value":"fast"/);
  assert.match(all, /db:5432/);
  assert.match(all, /"secretName":"kept"/);
});

test("long texts are cut, and an edit behind the cut of a ConfigMap value still shows", () => {
  const config = (tail: string): KubeObject =>
    kept({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { page: `${"lorem ipsum ".repeat(500)}${tail}` } });
  assert.ok(JSON.stringify(config("a")).length < 1400);
  assert.notDeepEqual(config("a").rest, config("b").rest);
  const file = kept({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
    data: { "nginx.conf": "location / { }\n".repeat(400) },
  });
  assert.ok(JSON.stringify(file).length > 6_000);
  assert.ok(JSON.stringify(kept({ ...POD, status: { message: "x".repeat(50_000) } })).length < 9_000);
});

test("a creation time that cannot be true is left out, heartbeats stay, a hostile key changes no prototype", () => {
  assert.equal(
    kept({ ...POD, metadata: { ...POD.metadata, creationTimestamp: "2031-01-01T00:00:00Z" } }).metadata.creationTimestamp,
    undefined,
  );
  assert.equal(
    kept({ ...POD, metadata: { ...POD.metadata, creationTimestamp: "2025-01-01T00:00:00Z" } }).metadata.creationTimestamp,
    "2025-01-01T00:00:00Z",
  );
  const node = kept({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "n" },
    status: { conditions: [{ type: "Ready", lastHeartbeatTime: "2026-01-01T00:00:00Z" }] },
  });
  assert.match(JSON.stringify(node.status), /lastHeartbeatTime/);
  kept(
    JSON.parse(
      '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"__proto__":"x"}},"spec":{"__proto__":{"polluted":true}}}',
    ),
  );
  assert.equal(Reflect.get({}, "polluted"), undefined);
});

test("projecting a projected object changes nothing, so kgroot's own watcher may send either", () => {
  const once = kept({
    ...POD,
    metadata: { ...POD.metadata, managedFields: [{ manager: "m", time: "2026-01-01T10:00:00Z", fieldsV1: { "f:data": { "f:a": {} } } }] },
    kind: "ConfigMap",
    data: { a: "1", long: "y ".repeat(2000) },
  });
  assert.deepEqual(kept(JSON.parse(JSON.stringify(once))), once);
});
