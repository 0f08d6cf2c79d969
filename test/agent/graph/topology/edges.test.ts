// Edges that EndpointSlices and Endpoints state between a Service and its pods.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../../../agent/domain/kube-object.ts";
import { selectorMatches } from "../../../../agent/graph/selector.ts";
import { edgesOf, endpointsOf } from "../../../../agent/graph/topology/edges.ts";
import { selectsOf } from "../../../../agent/graph/topology/selects.ts";
import * as kit from "../../../kit/kube-builders.ts";

const endpoints: KubeObject = {
  apiVersion: "v1",
  kind: "Endpoints",
  metadata: { name: "web", namespace: "shop" },
  rest: {
    subsets: [
      {
        addresses: [{ ip: "10.0.0.1", targetRef: { kind: "Pod", name: "web-1", namespace: "shop", uid: "u1" } }],
        notReadyAddresses: [{ ip: "10.0.0.2" }],
      },
    ],
  },
};

test("an EndpointSlice says which pods its Service selects", () => {
  const [edge, ...others] = edgesOf(kit.endpointSlice());
  assert.deepEqual(others, []);
  assert.equal(edge?.type, "SELECTS");
  assert.deepEqual(edge?.source, { kind: "Service", namespace: "shop", name: "web" });
  assert.deepEqual(edge?.target, { kind: "Pod", uid: undefined, namespace: "shop", name: "web-1" });
  assert.equal(edge?.evidence, "EndpointSlice web-abcde: 10.1.0.5 ready");
});

test("Endpoints say the same; addresses without a pod give no edge", () => {
  assert.deepEqual(
    edgesOf(endpoints).map(({ target }) => target.uid),
    ["u1"],
  );
  assert.deepEqual(
    endpointsOf(endpoints).map(({ address, ready }) => [address, ready]),
    [
      ["10.0.0.1", true],
      ["10.0.0.2", false],
    ],
  );
});

test("an endpoint of unknown readiness counts as ready, as the API says", () => {
  const slice = kit.endpointSlice({ rest: { endpoints: [{ addresses: ["a"] }, { addresses: ["b"], conditions: { ready: false } }] } });
  assert.deepEqual(
    endpointsOf(slice).map(({ ready }) => ready),
    [true, false],
  );
});

test("a slice without its Service's label belongs to nobody", () => {
  assert.deepEqual(edgesOf(kit.endpointSlice({ metadata: { labels: {} } })), []);
  assert.deepEqual(edgesOf(kit.pod()), []);
});

test("what an absent or empty selector means depends on the kind", () => {
  const matchesAnything = (object: KubeObject): boolean | undefined => {
    const selects = selectsOf(object);
    return selects && selectorMatches(selects.selector, { any: "thing" });
  };
  assert.equal(matchesAnything(kit.service()), false);
  assert.equal(matchesAnything(kubeService({})), undefined);
  assert.equal(matchesAnything(kubeService({ selector: {} })), undefined);
  assert.equal(matchesAnything(kubeService({ selector: { any: "thing" }, type: "ExternalName" })), undefined);
  const policy = (spec: KubeObject["spec"]): KubeObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "n", namespace: "shop" },
    spec,
  });
  assert.equal(matchesAnything(policy({ podSelector: {} })), true);
  const budget = (apiVersion: string, spec: KubeObject["spec"]): KubeObject => ({
    apiVersion,
    kind: "PodDisruptionBudget",
    metadata: { name: "b", namespace: "shop" },
    spec,
  });
  assert.equal(matchesAnything(budget("policy/v1", { selector: {} })), true);
  assert.equal(matchesAnything(budget("policy/v1beta1", { selector: {} })), undefined);
  assert.equal(matchesAnything(budget("policy/v1", {})), undefined);
});

function kubeService(spec: KubeObject["spec"]): KubeObject {
  return { apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace: "shop" }, spec };
}
