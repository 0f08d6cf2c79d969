// Who a resource is: the stored names of contracts.md §2.
import assert from "node:assert/strict";
import { test } from "node:test";
import { displayName, isClusterScoped, resourceId, ridOf, stubId } from "../../../agent/domain/identity.ts";

test("a rid is the kind in lower case and the uid, or namespace and name as long as the uid is not known", () => {
  assert.equal(resourceId("ConfigMap", "8f-1"), "configmap:8f-1");
  assert.equal(stubId("ConfigMap", "shop", "settings"), "configmap:shop:settings");
  assert.equal(stubId("Node", undefined, "node-1"), "node:node-1");
  assert.equal(stubId("Node", "", "node-1"), "node:node-1");
});

test("a reference is known by its uid before its name", () => {
  assert.equal(ridOf({ kind: "Pod", uid: "u1", namespace: "shop", name: "web" }), "pod:u1");
  assert.equal(ridOf({ kind: "Pod", namespace: "shop", name: "web" }), "pod:shop:web");
});

test("a sentence names a resource by kind, namespace and name", () => {
  assert.equal(displayName({ kind: "Pod", namespace: "shop", name: "web" }), "Pod shop/web");
  assert.equal(displayName({ kind: "Node", name: "node-1" }), "Node node-1");
});

test("kinds outside namespaces are known in any spelling", () => {
  for (const kind of ["Node", "node", "PersistentVolume", "StorageClass", "Namespace"]) assert.equal(isClusterScoped(kind), true, kind);
  for (const kind of ["Pod", "PersistentVolumeClaim", "Widget"]) assert.equal(isClusterScoped(kind), false, kind);
});
