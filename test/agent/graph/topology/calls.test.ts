// Which Services an object or a line of text names.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { JsonObject } from "../../../../agent/domain/kube-object.ts";
import { callsInText, callsOf } from "../../../../agent/graph/topology/calls.ts";
import { hostMentions } from "../../../../agent/graph/topology/host-mentions.ts";
import * as kit from "../../../kit/kube-builders.ts";

const SERVICES = new Set(["shop/api", "shop/db", "shop/redis", "infra/queue", "infra/kafka"]);
const exists = (namespace: string, name: string): boolean => SERVICES.has(`${namespace}/${name}`);

function called(text: string): readonly string[] {
  return callsInText(text, "shop", exists).map(({ namespace, service, port }) => `${namespace}/${service}${port ? `:${port}` : ""}`);
}

test("every DNS form of a Service is a call", () => {
  for (const [text, expected] of [
    ["http://api:8080/v1", "shop/api:8080"],
    ["http://api/v1", "shop/api"],
    ["redis:6379", "shop/redis:6379"],
    ["amqp://user:se:cret@queue.infra:5672/", "infra/queue:5672"],
    ["kafka-0.kafka.infra.svc.cluster.local:9092", "infra/kafka:9092"],
    ["kafka.infra.svc", "infra/kafka"],
    ["db-0.db:5432", "shop/db:5432"],
    ["jdbc:postgresql://db:5432/shop?user=x", "shop/db:5432"],
    ["lookup gone.infra.svc.cluster.local: no such host", "infra/gone"],
    ["dial tcp: lookup api.shop.svc on 10.0.0.10:53", "shop/api"],
  ] as const) {
    assert.deepEqual(called(text), [expected], text);
  }
  assert.deepEqual(called("mongodb://db:27017,redis:6379/x"), ["shop/db:27017", "shop/redis:6379"]);
});

test("what only looks like a Service is none", () => {
  for (const text of [
    "redis",
    "redis:7.2-alpine",
    "registry/redis:7000",
    "/var/lib/db:80",
    "http://localhost:80",
    "http://example.com",
    "10.0.0.1:80",
    "http://$(api):80",
    "my_db:5432",
    "line 12 at main.go:42",
    "api: failed",
  ]) {
    assert.deepEqual(called(text), [], text);
  }
});

test("without a resolver bare names are candidates", () => {
  assert.deepEqual(
    callsInText("http://unknown:80 x.y.svc:1", "shop").map(({ service, form }) => [service, form]),
    [
      ["unknown", "bare"],
      ["x", "svc"],
    ],
  );
});

const container = (fields: JsonObject) => kit.pod({ spec: { containers: [kit.container(fields)] } });

test("environment, arguments and commands name the calls of a pod, with the field as evidence", () => {
  const env = [
    { name: "API_URL", value: "http://api:8080" },
    { name: "DB_HOST", value: "db" },
    { name: "CACHE", value: "redis" },
  ];
  const calls = callsOf(container({ env, args: ["--queue-addr=queue.infra:5672"], command: ["run", "--to", "redis:6379"] }), exists);
  assert.deepEqual(
    calls.map(({ evidence }) => evidence),
    [
      "spec.containers[app].env[API_URL]=http://api:8080",
      "spec.containers[app].env[DB_HOST]=db",
      "spec.containers[app].command=redis:6379",
      "spec.containers[app].args=queue.infra:5672",
    ],
  );
});

test("a workload calls what its template names; a ConfigMap speaks for whoever uses it", () => {
  const template = { spec: { containers: [kit.container({ env: [{ name: "API", value: "http://api" }] })] } };
  assert.equal(
    callsOf(kit.deployment({ spec: { template } }), exists)[0]?.evidence,
    "spec.template.spec.containers[app].env[API]=http://api",
  );
  const data = { "nginx.conf": "upstream a {\n  server api:8080;\n}\nproxy_pass http://queue.infra.svc/;" };
  assert.deepEqual(
    callsOf(kit.configMap({ rest: { data } }), exists).map(({ service }) => service),
    ["api", "queue"],
  );
});

test("at most 64 calls of an object, and only the first 4 KB of a text", () => {
  const env = Array.from({ length: 300 }, (_, index) => ({ name: `A${index}`, value: `http://s${index}:80` }));
  assert.equal(callsOf(container({ env })).length, 64);
  assert.deepEqual(called(`${" ".repeat(5000)}http://api:80`), []);
});

test("no text breaks the scanner, and what it finds is a host", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."a0.-:/@ $_,=svc"), maxLength: 300 }), (text) => {
      for (const { host, quote } of hostMentions(text)) {
        assert.match(host, /^[a-z0-9][a-z0-9.-]*$/);
        assert.ok(text.includes(host) && quote.length <= 160);
      }
    }),
  );
});
