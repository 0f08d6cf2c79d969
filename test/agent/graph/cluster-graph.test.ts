// Whose life a record speaks of: by uid, by name or by both, in whatever order they come to be known.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ResourceRef } from "../../../agent/domain/identity.ts";
import { ClusterGraph } from "../../../agent/graph/cluster-graph.ts";
import { minute } from "../../kit/graph-builders.ts";
import { applied, graphUnderTest } from "../../kit/graph-under-test.ts";
import { configMap, pod } from "../../kit/kube-builders.ts";

const BY_UID: ResourceRef = { kind: "Pod", uid: "u1", name: "u1" };
const BY_NAME: ResourceRef = { kind: "Pod", namespace: "shop", name: "web-1" };
const BY_BOTH: ResourceRef = { ...BY_NAME, uid: "u1" };

test("whatever names it first, uid and name meet in one node", () => {
  const object = pod({ metadata: { uid: "u1" } });
  const orders: readonly (readonly (ResourceRef | "object")[])[] = [
    [BY_UID, BY_NAME, "object"],
    [BY_NAME, BY_UID, "object"],
    [BY_NAME, BY_BOTH, BY_UID],
    [BY_UID, BY_BOTH, BY_NAME],
    ["object", BY_UID, BY_NAME],
    [BY_NAME, "object", BY_UID],
    [BY_UID, "object", BY_NAME],
  ];
  for (const order of orders) {
    const under = graphUnderTest();
    for (const step of order)
      if (step === "object") applied(under, object, minute(0));
      else under.graph.resolve(step, minute(0));
    const title = JSON.stringify(order);
    const last = under.graph.resolve(BY_BOTH, minute(1));
    assert.equal(last.resource.rid, "pod:u1", title);
    for (const ref of [BY_UID, BY_NAME]) assert.equal(under.graph.resolve(ref, minute(1)), last, title);
    if (order.includes("object")) assert.equal([...under.graph.nodes.keys()].filter((rid) => rid.startsWith("pod:")).length, 1, title);
  }
});

test("a stub that learns its uid is told of as re-keyed, and keeps its edges", () => {
  const under = graphUnderTest();
  applied(under, pod({ metadata: { uid: "u1" }, spec: { volumes: [{ name: "v", configMap: { name: "settings" } }] } }), minute(0));
  assert.ok(under.graph.edges.get("pod:u1|USES|configmap:shop:settings"));
  applied(under, configMap({ metadata: { uid: "c1" } }), minute(1));
  assert.ok(under.graph.edges.get("pod:u1|USES|configmap:c1"));
  assert.equal(under.graph.edges.get("pod:u1|USES|configmap:shop:settings"), undefined);
  assert.deepEqual(under.graph.takeChanges().rekeyed, [{ from: "configmap:shop:settings", to: "configmap:c1" }]);
  assert.deepEqual(under.renamed, [["configmap:shop:settings", "configmap:c1"]]);
});

test("a new uid under the same name is a new life; the old one has ended, and late events find it", () => {
  const under = graphUnderTest();
  const life = (uid: string, createdMinute: number) =>
    pod({ metadata: { uid, creationTimestamp: new Date(minute(createdMinute)).toISOString() } });
  applied(under, life("u1", 0), minute(0));
  applied(under, life("u2", 10), minute(10));
  assert.equal(under.graph.node("pod:u1" as never)?.resource.endedAtMs, minute(10));
  assert.equal(under.graph.liveByName("Pod", "shop", "web-1")?.resource.rid, "pod:u2");
  const at = (minutes: number) => under.graph.resolve(BY_NAME, minute(minutes)).resource.rid;
  assert.deepEqual([at(5), at(9.95), at(10), at(12)], ["pod:u1", "pod:u1", "pod:u2", "pod:u2"]);
  assert.equal(under.graph.resolve({ ...BY_NAME, uid: "u1" }, minute(20)).resource.rid, "pod:u1");
  applied(under, life("u3", 20), minute(20));
  assert.deepEqual([at(5), at(12), at(25)], ["pod:u1", "pod:u2", "pod:u3"]);
});

test("a version of an old life that comes late takes nothing from the younger one", () => {
  const under = graphUnderTest();
  applied(under, pod({ metadata: { uid: "u2", creationTimestamp: new Date(minute(10)).toISOString() } }), minute(10));
  applied(under, pod({ metadata: { uid: "u1", creationTimestamp: new Date(minute(0)).toISOString() } }), minute(11));
  assert.equal(under.graph.liveByName("Pod", "shop", "web-1")?.resource.rid, "pod:u2");
  assert.equal(under.graph.node("pod:u1" as never)?.resource.endedAtMs, minute(10));
});

test("older versions, repeated deletions and deletions of what was made anew change nothing", () => {
  const under = graphUnderTest();
  const version = (resourceVersion: string) => pod({ metadata: { uid: "u1", resourceVersion }, status: { startTime: resourceVersion } });
  assert.equal(applied(under, version("7"), minute(0)).outcome, "created");
  assert.equal(applied(under, version("7"), minute(1)).outcome, "same");
  assert.equal(applied(under, version("6"), minute(2)).outcome, "stale");
  assert.equal(applied(under, version("8"), minute(1)).outcome, "changed");
  assert.equal(applied(under, version("9"), minute(3), "DELETE").outcome, "deleted");
  assert.equal(applied(under, version("9"), minute(4), "DELETE").outcome, "same");
  assert.equal(applied(under, version("8"), minute(4)).outcome, "stale");
  const hint = { metadata: { uid: undefined, resourceVersion: undefined }, partial: true } as const;
  applied(under, configMap(hint), minute(0));
  applied(under, configMap(hint), minute(5), "DELETE");
  applied(under, configMap(hint), minute(10));
  assert.equal(applied(under, configMap(hint), minute(5), "DELETE").outcome, "stale");
  assert.ok(under.graph.liveByName("ConfigMap", "shop", "settings"));
});

test("what is known by a uid alone is of kind Unknown until somebody says what it is, and is then found by name and namespace", () => {
  const graph = new ClusterGraph("test");
  const node = graph.resolve({ kind: "Unknown", uid: "u1", name: "u1" }, minute(0));
  assert.equal(node.resource.rid, "unknown:u1");
  assert.equal(graph.resolve(BY_BOTH, minute(1)), node);
  assert.deepEqual([node.resource.rid, node.resource.kind, node.resource.name], ["pod:u1", "Pod", "web-1"]);
  assert.equal(graph.resolve(BY_NAME, minute(1)), node);
  assert.equal(graph.resolve({ kind: "Unknown", uid: "u1", name: "u1" }, minute(2)), node);
  assert.deepEqual([...graph.ridsOfKind("Pod", "shop")], ["pod:u1"]);
});

test("a static pod is one node under the kubelet's hash and the API server's uid", () => {
  const under = graphUnderTest();
  const hash = "0123456789abcdef0123456789abcdef";
  const mirror = pod({
    metadata: { name: "etcd-node-1", namespace: "kube-system", uid: "u1", annotations: { "kubernetes.io/config.mirror": hash } },
  });
  const { node } = applied(under, mirror, minute(0));
  assert.equal(under.graph.resolve({ kind: "Pod", uid: hash, namespace: "kube-system", name: "etcd-node-1" }, minute(1)), node);
});

test("a node whose kubelet gives its name as its uid is the node of that name", () => {
  const graph = new ClusterGraph("test");
  const node = graph.resolve({ kind: "Node", uid: "n1", name: "n1" }, minute(0));
  assert.equal(node.resource.rid, "node:n1");
  assert.equal(graph.resolve({ kind: "Node", name: "n1" }, minute(0)), node);
  assert.equal(graph.resolve({ kind: "Node", uid: "real-uid", name: "n1" }, minute(1)), node);
  assert.equal(node.resource.rid, "node:real-uid");
});
