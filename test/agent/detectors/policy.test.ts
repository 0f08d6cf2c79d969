// Findings about policies and webhooks, each with a near miss.
import assert from "node:assert/strict";
import { test } from "node:test";
import { policyDisruptionBudget } from "../../../agent/detectors/policy-disruption-budget.ts";
import { policyNamespace } from "../../../agent/detectors/policy-namespace.ts";
import { policyNetwork } from "../../../agent/detectors/policy-network.ts";
import { policyWebhook } from "../../../agent/detectors/policy-webhook.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

const service = kit.service();
const web = kit.pod();
const caller = kit.pod({ metadata: { name: "front-1", labels: { app: "front" } } });
const policy = (spec: JsonObject, name = "web"): KubeObject => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace: "shop", uid: `uid-${name}`, creationTimestamp: kit.ago(300) },
  spec,
});

/** `web` behind its Service, called by `front`, guarded by the policies. */
function guarding(...policies: readonly KubeObject[]) {
  return {
    relations: [
      ...policies.map((it) => [it, "GUARDS", web] as const),
      [service, "SELECTS", web] as const,
      [caller, "CALLS", service] as const,
    ],
  };
}

function checkIngress(spec: JsonObject, expected: readonly string[], ...others: readonly KubeObject[]) {
  const it = policy({ podSelector: {}, policyTypes: ["Ingress"], ...spec });
  return checkFindings(policyNetwork, it, guarding(it, ...others), expected);
}

test("a policy that lets nothing in, or none of the callers", () => {
  const [found] = checkIngress({}, ["NetworkPolicyBlocks ingress"]);
  assert.equal(found?.message, "NetworkPolicy shop/web lets nothing in to Pod shop/web-1 (Service web)");
  assert.equal(found?.sinceMs, kit.agoMs(300));
  checkIngress({ ingress: [{ from: [{ podSelector: { matchLabels: { app: "admin" } } }] }] }, ["NetworkPolicyBlocks ingress"]);
  checkIngress({ ingress: [{ from: [{ podSelector: {} }], ports: [{ port: 9090 }] }] }, ["NetworkPolicyBlocks ingress"]);
});

test("callers that are let in", () => {
  for (const rule of [
    {},
    { from: [{ podSelector: { matchLabels: { app: "front" } } }] },
    { from: [{ ipBlock: { cidr: "10.0.0.0/8" } }] },
    { ports: [{ port: 8000, endPort: 9000 }] },
    { ports: [{ port: "http" }] },
    { from: [{ namespaceSelector: { matchLabels: { team: "x" } } }] },
  ]) {
    checkIngress({ ingress: [rule] }, []);
  }
});

test("policies add up, and a pod that no Service leads to may receive nothing", () => {
  checkIngress({}, [], policy({ podSelector: {}, ingress: [{}] }, "allow"));
  const it = policy({ podSelector: {}, policyTypes: ["Ingress"] });
  checkFindings(policyNetwork, it, { relations: [[it, "GUARDS", web]] }, []);
});

test("a caller that may not go out, to its Service or to DNS", () => {
  const check = (egress: readonly JsonObject[], expected: readonly string[]) => {
    const it = policy({ podSelector: {}, policyTypes: ["Egress"], egress });
    checkFindings(
      policyNetwork,
      it,
      {
        relations: [
          [it, "GUARDS", caller],
          [caller, "CALLS", service],
          [service, "SELECTS", web],
        ],
        objects: [kit.namespace({ metadata: { name: "kube-system" } })],
      },
      expected,
    );
  };
  const dns = { ports: [{ port: 53, protocol: "UDP" }] };
  const toWeb = { to: [{ podSelector: { matchLabels: { app: "web" } } }] };
  check([], ["NetworkPolicyBlocks egress"]);
  check([dns, toWeb], []);
  check([toWeb], ["NetworkPolicyBlocks egress-dns"]);
  check([dns], ["NetworkPolicyBlocks egress"]);
  check([{}], []);
});

test("a policy that guards nobody who calls says nothing of egress", () => {
  const it = policy({ podSelector: {}, policyTypes: ["Egress"] });
  checkFindings(policyNetwork, it, { relations: [[it, "GUARDS", web]] }, []);
});

test("a webhook whose Service is gone or has no ready endpoint", () => {
  const guard = kit.service({ metadata: { name: "guard", namespace: "infra" } });
  const configuration = (failurePolicy: string): KubeObject => ({
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "w" },
    rest: {
      webhooks: [
        { name: "check.example", failurePolicy, clientConfig: { service: { name: "guard", namespace: "infra" } } },
        { name: "url", clientConfig: { url: "https://x" } },
      ],
    },
  });
  const slice = (ready: boolean) =>
    kit.endpointSlice({ metadata: { namespace: "infra" }, rest: { endpoints: [{ addresses: ["a"], conditions: { ready } }] } });
  const around = (ready: boolean) => ({ objects: [guard], relations: [[guard, "CONTROLS", slice(ready)] as const] });
  checkFindings(policyWebhook, configuration("Fail"), around(false), ["WebhookUnavailable check.example"]);
  checkFindings(policyWebhook, configuration("Fail"), around(true), []);
  assert.equal(
    checkFindings(policyWebhook, configuration("Ignore"), around(false), ["WebhookUnavailable check.example"])[0]?.severity,
    "WARNING",
  );
  const gone = { objects: [kit.pod({ metadata: { namespace: "infra" } })], complete: ["Service"] };
  checkFindings(policyWebhook, configuration("Fail"), gone, ["WebhookUnavailable check.example"]);
  checkFindings(policyWebhook, configuration("Fail"), { complete: ["Service"] }, []);
});

test("a disruption budget blocks only when an eviction is needed", () => {
  const budget = (currentHealthy: number, desiredHealthy: number, disruptionsAllowed = 0, expectedPods = 2): KubeObject => ({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web", namespace: "shop" },
    spec: {},
    status: { currentHealthy, desiredHealthy, disruptionsAllowed, expectedPods },
  });
  const on = (it: KubeObject, unschedulable: boolean) => ({
    relations: [[it, "GUARDS", web] as const, [web, "RUNS_ON", kit.node({ spec: { unschedulable } })] as const],
  });
  checkFindings(policyDisruptionBudget, budget(1, 2), {}, ["PodDisruptionBudgetBlocks"]);
  checkFindings(policyDisruptionBudget, budget(2, 2), on(budget(2, 2), true), ["PodDisruptionBudgetBlocks"]);
  checkFindings(policyDisruptionBudget, budget(2, 2), on(budget(2, 2), false), []);
  checkFindings(policyDisruptionBudget, budget(2, 1, 1), on(budget(2, 1, 1), true), []);
  checkFindings(policyDisruptionBudget, budget(0, 1, 0, 0), {}, []);
});

test("a namespace that does not finish terminating says what holds it", () => {
  const terminating = (seconds: number) =>
    kit.namespace({
      metadata: { deletionTimestamp: kit.ago(seconds) },
      status: {
        phase: "Terminating",
        conditions: [
          kit.condition("NamespaceContentRemaining", "True", { message: "Some resources are remaining" }),
          kit.condition("NamespaceDeletionDiscoveryFailure", "False"),
        ],
      },
    });
  const [found] = checkFindings(policyNamespace, terminating(600), {}, ["NamespaceStuckTerminating"]);
  assert.match(found?.message ?? "", /for 10 minutes: Some resources are remaining/);
  checkFindings(policyNamespace, terminating(60), {}, []);
  checkFindings(policyNamespace, kit.namespace(), {}, []);
});
