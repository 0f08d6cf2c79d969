// The scorer against figures that score.py gave for the same answers and predictions.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "./read-case.ts";
import { entityOf, report } from "./score.ts";

function answer(id: string, object: Answer["object"], faultType: string, over: Partial<Answer> = {}): Answer {
  return { case: id, system: "shop", object, faultType, alerts: false, apps: ["cart", "cart-db", "web"], owners: new Map(), ...over };
}

const answers = [
  answer("a", { kind: "App", namespace: "shop", name: "cart" }, "oom_killed"),
  answer("b", { kind: "App", namespace: "shop", name: "cart-db" }, "db_read_only", { visible: false }),
  answer("c", { kind: "Namespace", name: "shop" }, "namespace_pod_quota_exceeded", { visible: true, alerts: true }),
  answer("d", { kind: "Node", name: "worker-1" }, "kubelet_unavailable"),
];

const predictions = [
  { case: "a", causes: [{ kind: "Pod", name: "cart-7f9-x2x", fault_type: "oom_killed", confidence: 0.9 }] },
  {
    case: "b",
    causes: [
      { kind: "Pod", name: "web-1", fault_type: "oom_killed", confidence: 0.6 },
      { kind: "StatefulSet", name: "cart-db", fault_type: "db-readonly-mode", confidence: 0.3 },
    ],
  },
  { case: "c", causes: [{ kind: "ResourceQuota", name: "team", fault_type: "namespace_pod_quota_exceeded", confidence: 0.7 }] },
];

test("objects collapse to their app, node or namespace", () => {
  const [cart, , quota] = answers as [Answer, Answer, Answer];
  assert.equal(entityOf("Pod", "cart-db-0", cart), "app cart-db");
  assert.equal(entityOf("Pod", "cart-7f9-x2x", cart), "app cart");
  assert.equal(entityOf("Node", "worker-1", cart), "node worker-1");
  assert.equal(entityOf("LimitRange", "limits", quota), "namespace shop");
  assert.equal(entityOf("NetworkPolicy", "deny", { ...cart, owners: new Map([["NetworkPolicy/deny", "web"]]) }), "app web");
});

test("rates, false claims and calibration are those of score.py", () => {
  const scored = report(answers, predictions);
  assert.deepEqual(scored.groups["all"], { n: 4, "object@1": 0.5, "object@3": 0.75, "type@1": 0.5, "A@1": 0.5, "A@3": 0.75, MRR: 0.625 });
  assert.deepEqual(Object.keys(scored.groups), [
    "all",
    "silent",
    "system shop",
    "type db_read_only",
    "type kubelet_unavailable",
    "type namespace_pod_quota_exceeded",
    "type oom_killed",
    "visible",
    "with alerts",
    "macro over types",
  ]);
  assert.deepEqual(scored.a1Interval, [0.15, 0.85]);
  assert.deepEqual(scored.claims, { tau: 0.5, FDR: 0.333, FPR: 0.125, falsePerCase: 0.25, claimsPerCase: 0.75, clean: 0.5 });
  assert.equal(scored.answered, 3);
  assert.deepEqual(scored.pairCalibration, {
    brier: 0.153,
    ECE: 0.333,
    at: {
      "0.5": { precision: 0.667, coverage: 0.75 },
      "0.7": { precision: 1, coverage: 0.5 },
      "0.8": { precision: 1, coverage: 0.25 },
      "0.9": { precision: 1, coverage: 0.25 },
    },
  });
});
