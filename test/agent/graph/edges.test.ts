// Edges as objects state them: from when to when they held, whom they follow, and what selects whom.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourceId } from "../../../agent/domain/identity.ts";
import type { KubeObject } from "../../../agent/domain/kube-object.ts";
import { EXTERNAL } from "../../../agent/graph/edge-table.ts";
import { workloadOf } from "../../../agent/graph/workload.ts";
import { minute } from "../../kit/graph-builders.ts";
import { applied, type GraphUnderTest, graphUnderTest, tied } from "../../kit/graph-under-test.ts";
import { configMap, container, deployment, networkPolicy, pod, replicaSet, service } from "../../kit/kube-builders.ts";

let version = 1;

/** The next version of an object. */
function next(object: KubeObject): KubeObject {
  version += 1;
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(version) } };
}

function fed(...objects: readonly KubeObject[]): GraphUnderTest {
  const under = graphUnderTest();
  for (const object of objects) applied(under, next(object), minute(0));
  return under;
}

const POD = "pod:uid-pod-shop-web-1";
const SERVICE = "service:uid-service-shop-web";

test("a Service selects pods by label, whichever comes first, and lets go of them when either changes", () => {
  for (const order of [
    [service(), pod()],
    [pod(), service()],
  ]) {
    const under = fed(...order);
    const selected = (minutes: number) => tied(under, { rid: SERVICE, type: "SELECTS", atMs: minute(minutes) });
    assert.deepEqual(selected(0), [POD]);
    applied(under, next(pod({ metadata: { labels: { app: "other" } } })), minute(1));
    assert.deepEqual([selected(0.5), selected(2)], [[POD], []]);
    applied(under, next(pod()), minute(3));
    assert.deepEqual([selected(0.5), selected(2), selected(3)], [[POD], [], [POD]]);
    applied(under, next(service({ spec: { selector: { app: "typo" } } })), minute(4));
    assert.deepEqual([selected(3.5), selected(5)], [[POD], []]);
  }
});

test("an edge that ended and came back has two times, and each is told to the store", () => {
  const under = fed(pod(), service());
  under.graph.takeChanges();
  applied(under, next(pod({ metadata: { labels: { app: "other" } } })), minute(1));
  applied(under, next(pod()), minute(3));
  const told = under.graph.takeChanges().relations.filter(({ type }) => type === "SELECTS");
  assert.deepEqual(
    told.map(({ validFromMs, validToMs }) => [validFromMs, validToMs]),
    [
      [minute(0), minute(1)],
      [minute(3), undefined],
    ],
  );
});

test("policies guard the pods that they select, matchExpressions and empty selectors included", () => {
  const everywhere = networkPolicy({ metadata: { name: "all" }, spec: { podSelector: { matchLabels: null } } });
  const some = networkPolicy({
    metadata: { name: "some" },
    spec: { podSelector: { matchLabels: null, matchExpressions: [{ key: "app", operator: "In", values: ["web", "api"] }] } },
  });
  const none = networkPolicy({ metadata: { name: "none" }, spec: { podSelector: { matchLabels: { app: "db" } } } });
  const elsewhere = networkPolicy({ metadata: { name: "elsewhere", namespace: "other" }, spec: { podSelector: {} } });
  const under = fed(everywhere, some, none, elsewhere, pod());
  assert.deepEqual(tied(under, { rid: POD, type: "GUARDS", atMs: minute(0), direction: "in" }), [
    "networkpolicy:uid-networkpolicy-shop-all",
    "networkpolicy:uid-networkpolicy-shop-some",
  ]);
});

test("an edge by name follows the name to its new life, also after a pause without one", () => {
  const mounting = pod({ spec: { volumes: [{ name: "v", configMap: { name: "settings" } }] } });
  const life = (uid: string) => configMap({ metadata: { uid, creationTimestamp: new Date(minute(10)).toISOString() } });
  for (const deletedFirst of [true, false]) {
    const under = fed(mounting, configMap({ metadata: { uid: "c1" } }));
    const used = (minutes: number) =>
      tied(under, { rid: POD, type: "USES", atMs: minute(minutes) }).filter((rid) => rid.startsWith("configmap:"));
    assert.deepEqual(used(0), ["configmap:c1"]);
    if (deletedFirst) applied(under, next(configMap({ metadata: { uid: "c1" } })), minute(5), "DELETE");
    applied(under, next(life("c2")), minute(10));
    assert.deepEqual(used(12), ["configmap:c2"]);
    assert.deepEqual(used(2), ["configmap:c1"]);
  }
});

test("a pod calls a Service that its environment names, as soon as the Service is there and as long as it says so", () => {
  const calling = (value: string) =>
    pod({ metadata: { name: "api-1" }, spec: { containers: [container({ env: [{ name: "API_URL", value }] })] } });
  const under = fed(calling("http://web:80/"));
  const caller = "pod:uid-pod-shop-api-1";
  const called = (minutes: number) => tied(under, { rid: caller, type: "CALLS", atMs: minute(minutes) });
  assert.deepEqual(called(0), []);
  applied(under, next(service()), minute(1));
  assert.deepEqual(called(1), [SERVICE]);
  applied(under, next(calling("http://other:80/")), minute(2));
  assert.deepEqual([called(1.5), called(3)], [[SERVICE], []]);
});

test("what a ConfigMap names is called by the pods that use it", () => {
  const under = fed(
    pod({ spec: { containers: [container({ envFrom: [{ configMapRef: { name: "settings" } }] })] } }),
    service(),
    configMap(),
  );
  assert.deepEqual(tied(under, { rid: POD, type: "CALLS", atMs: minute(0) }), []);
  applied(under, next(configMap({ rest: { data: { BACKEND: "http://web.shop.svc:80" } } })), minute(1));
  assert.deepEqual(tied(under, { rid: POD, type: "CALLS", atMs: minute(1) }), [SERVICE]);
});

test("a deleted pod is selected and placed no more, but was", () => {
  const under = fed(pod(), service());
  applied(under, next(pod()), minute(5), "DELETE");
  const selected = (minutes: number) => tied(under, { rid: SERVICE, type: "SELECTS", atMs: minute(minutes) });
  assert.deepEqual([selected(4), selected(6)], [[POD], []]);
  assert.deepEqual(tied(under, { rid: POD, type: "RUNS_ON", atMs: minute(6) }), []);
});

test("an edge that two say holds until both have stopped; what others report is not ended by objects", () => {
  const under = fed(pod(), service());
  const { edges } = under.graph;
  const [source, target] = [SERVICE, POD] as ResourceId[];
  const edge = { type: "SELECTS", source: source as ResourceId, target: target as ResourceId, byName: true } as const;
  assert.equal(edges.open(edge, EXTERNAL, minute(0)), undefined);
  applied(under, next(pod({ metadata: { labels: { app: "other" } } })), minute(1));
  assert.deepEqual(tied(under, { rid: SERVICE, type: "SELECTS", atMs: minute(2) }), [POD]);
  const id = `${SERVICE}|SELECTS|${POD}`;
  assert.equal(edges.retract(id, EXTERNAL, minute(3))?.validToMs, minute(3));
  assert.equal(edges.open(edge, EXTERNAL, minute(2)), undefined, "told again of a time that is over");
  assert.equal(edges.open(edge, EXTERNAL, minute(4))?.validFromMs, minute(4));
  assert.equal(edges.retract(id, EXTERNAL, minute(3)), undefined, "an end that was told before");
});

test("a pod belongs to the workload at the top of its owners; owners in a circle come to an end", () => {
  const owned = (object: KubeObject, owner: KubeObject): KubeObject => ({
    ...object,
    metadata: {
      ...object.metadata,
      ownerReferences: [
        { apiVersion: owner.apiVersion, kind: owner.kind, name: owner.metadata.name, uid: owner.metadata.uid, controller: true },
      ],
    },
  });
  const under = fed(owned(pod(), replicaSet()), owned(replicaSet(), deployment()), deployment());
  assert.equal(workloadOf(under.graph, POD as ResourceId), "deployment:uid-deployment-shop-web");
  applied(under, next(owned(pod(), replicaSet())), minute(1), "DELETE");
  assert.equal(workloadOf(under.graph, POD as ResourceId), "deployment:uid-deployment-shop-web");
  const circle = fed(owned(replicaSet(), deployment()), owned(deployment(), replicaSet()), owned(configMap(), configMap()));
  assert.match(workloadOf(circle.graph, "replicaset:uid-replicaset-shop-web-5d4f" as ResourceId), /^(?:replicaset|deployment):/);
  assert.deepEqual(tied(circle, { rid: "configmap:uid-configmap-shop-settings", type: "CONTROLS", atMs: minute(0) }), []);
});

test("a resource that learns its uid is selected under its new rid", () => {
  const under = graphUnderTest();
  applied(under, service(), minute(0));
  applied(under, pod({ metadata: { uid: undefined, resourceVersion: undefined }, partial: true }), minute(0));
  applied(under, next(pod({ metadata: { uid: "u1" } })), minute(1));
  assert.deepEqual(tied(under, { rid: SERVICE, type: "SELECTS", atMs: minute(1) }), ["pod:u1"]);
  applied(under, next(service({ spec: { selector: { app: "typo" } } })), minute(2));
  assert.deepEqual(tied(under, { rid: SERVICE, type: "SELECTS", atMs: minute(3) }), []);
});
