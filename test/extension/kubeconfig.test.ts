// The contexts to choose from, as kubectl and others write them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contextsIn } from "../../extension/session/kubeconfig.ts";

test("contexts of kubectl's own YAML, wherever the name stands, and none of clusters and users", () => {
  const config = `apiVersion: v1
clusters:
- cluster:
    server: https://one.test
  name: cluster-one
contexts:
- context:
    cluster: cluster-one
    namespace: shop
    user: me
  name: prod
- name: "team/staging: eu"
  context:
    cluster: cluster-one
    name: not-this
    user: me
- context: {cluster: cluster-one, user: me}
  name: 'it''s' # a comment
current-context: prod # since today
kind: Config
users:
- name: me
  user: {}
`;
  assert.deepEqual(contextsIn(config), { names: ["prod", "team/staging: eu", "it's"], current: "prod" });
  assert.deepEqual(contextsIn(config.replaceAll("\n", "\r\n")).names.length, 3);
});

test("indented lists and JSON are read too", () => {
  assert.deepEqual(contextsIn("contexts:\n  - context:\n      cluster: a\n    name: dev\n  - name: test\n    context: {}\n"), {
    names: ["dev", "test"],
    current: undefined,
  });
  assert.deepEqual(contextsIn('{"contexts": [{"name": "prod"}, {"name": 7}, null], "current-context": "prod"}'), {
    names: ["prod"],
    current: "prod",
  });
});

test("what is no kubeconfig has no contexts", () => {
  for (const text of ["", "contexts: []\n", "{", "- a\n- b\n", "name: x\n"])
    assert.deepEqual(contextsIn(text), { names: [], current: undefined });
});
