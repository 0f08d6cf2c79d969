// What holds for every detector of services, storage, scaling, quota and policy.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MORE_STATE_DETECTORS } from "../../../agent/detectors/more-states.ts";
import { nearName } from "../../../agent/detectors/service-near-name.ts";
import type { KubeObject } from "../../../agent/domain/kube-object.ts";
import { FINDINGS } from "../../../agent/knowledge/findings.ts";
import { findings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

test("detectors have unique ids and announce known reasons", () => {
  assert.equal(new Set(MORE_STATE_DETECTORS.map(({ id }) => id)).size, MORE_STATE_DETECTORS.length);
  for (const { reasons } of MORE_STATE_DETECTORS) for (const reason of reasons) assert.ok(Object.hasOwn(FINDINGS, reason), reason);
});

function detectAll(object: KubeObject, objects: readonly KubeObject[], complete: readonly string[]) {
  const [service, pod] = [kit.service(), kit.pod()];
  const relations = [
    [service, "SELECTS", pod],
    [service, "CONTROLS", kit.endpointSlice()],
    [pod, "RUNS_ON", kit.node()],
  ] as const;
  return MORE_STATE_DETECTORS.filter(({ kinds }) => kinds.includes(object.kind)).flatMap((detector) =>
    findings(detector, object, { objects, complete, relations }),
  );
}

test("a healthy cluster gives nothing", () => {
  const healthy = [
    kit.service(),
    kit.pod(),
    kit.deployment(),
    kit.statefulSet(),
    kit.daemonSet(),
    kit.job(),
    kit.cronJob(),
    kit.node(),
    kit.endpointSlice(),
    kit.configMap(),
    kit.persistentVolumeClaim(),
    kit.persistentVolume(),
    kit.storageClass(),
    kit.namespace(),
    kit.resourceQuota(),
    kit.horizontalPodAutoscaler(),
    kit.ingress(),
    kit.networkPolicy(),
  ];
  for (const object of healthy) assert.deepEqual(detectAll(object, healthy, ["*"]), [], object.kind);
});

test("objects with nothing in them, or only nonsense, give no error", () => {
  for (const kind of new Set(MORE_STATE_DETECTORS.flatMap(({ kinds }) => kinds))) {
    const metadata = { name: "x", namespace: "shop" };
    detectAll({ apiVersion: "v1", kind, metadata }, [], ["*"]);
    const nonsense = {
      spec: { ports: "x", rules: [null, 7], selector: [1], type: {} },
      status: { conditions: [[], "x"], hard: [] },
      rest: { webhooks: [{ clientConfig: 1 }], data: [] },
    };
    detectAll({ apiVersion: "v1", kind, metadata, ...nonsense }, [], []);
  }
});

test("a hostile name is quoted in the command", () => {
  const object = kit.service({ metadata: { name: "x'; rm -rf /; '" }, spec: { type: "LoadBalancer" }, status: { loadBalancer: {} } });
  const command = detectAll(object, [], []).find(({ reason }) => reason === "LoadBalancerPending")?.evidence[0]?.command;
  assert.equal(command, String.raw`kubectl -n shop describe 'service/x'\''; rm -rf /; '\'''`);
});

test("the nearest name is a slip, not just another name", () => {
  const known = ["catalogue", "cart", "cart-db", "api", "ui"];
  assert.equal(nearName("catalog", known), "catalogue");
  assert.equal(nearName("cartt", known), "cart");
  assert.equal(nearName("cart-v2", known), "cart");
  for (const name of ["orders", "app2", "db", "cat-food"]) assert.equal(nearName(name, known), undefined, name);
  assert.equal(nearName("cart", ["cart"]), undefined);
});
