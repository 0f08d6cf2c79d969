// Findings about autoscalers, quotas and limit ranges, each with a near miss.
import assert from "node:assert/strict";
import { test } from "node:test";
import { quotaExhausted } from "../../../agent/detectors/quota-exhausted.ts";
import { quotaLimitRange } from "../../../agent/detectors/quota-limit-range.ts";
import { quotaShortfall } from "../../../agent/detectors/quota-shortfall.ts";
import { scalingAutoscaler } from "../../../agent/detectors/scaling-autoscaler.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";
import { stub } from "../../kit/neighbour-view.ts";

test("an autoscaler without metrics, unable, or at its limit", () => {
  const check = (conditions: readonly JsonObject[], expected: readonly string[], status: JsonObject = {}) =>
    checkFindings(scalingAutoscaler, kit.horizontalPodAutoscaler({ status: { conditions, ...status } }), {}, expected);
  check(
    [kit.condition("ScalingActive", "False", { reason: "FailedGetResourceMetric" })],
    ["HorizontalPodAutoscalerNoMetrics ScalingActive"],
  );
  check([kit.condition("ScalingActive", "False", { reason: "FailedGetResourceMetric", lastTransitionTime: kit.ago(30) })], []);
  check([kit.condition("ScalingActive", "False", { reason: "ScalingDisabled" })], []);
  check([kit.condition("ScalingActive", "False", { reason: "AmbiguousSelector" })], ["HorizontalPodAutoscalerUnable ScalingActive"]);
  check([kit.condition("AbleToScale", "False", { reason: "FailedGetScale" })], ["HorizontalPodAutoscalerUnable AbleToScale"]);
  check([kit.condition("ScalingLimited", "True", { reason: "TooManyReplicas" })], ["HorizontalPodAutoscalerAtMax ScalingLimited"], {
    currentReplicas: 5,
  });
  check([kit.condition("ScalingLimited", "True", { reason: "TooManyReplicas" })], [], { currentReplicas: 4 });
  check([kit.condition("ScalingLimited", "True", { reason: "TooFewReplicas" })], [], { currentReplicas: 5 });
});

test("a quota that is used up, per resource", () => {
  const check = (hard: JsonObject, used: JsonObject, expected: readonly string[]) =>
    checkFindings(quotaExhausted, kit.resourceQuota({ status: { hard, used } }), {}, expected);
  const [found] = check({ pods: "10", "limits.memory": "1Gi" }, { pods: "9", "limits.memory": "1024Mi" }, ["QuotaExhausted limits.memory"]);
  assert.equal(found?.message, "ResourceQuota shop/quota is used up: limits.memory 1024Mi of 1Gi");
  check({ pods: "0" }, { pods: "0" }, ["QuotaExhausted pods"]);
  check({ "services.loadbalancers": "0" }, { "services.loadbalancers": "0" }, []);
  check({ pods: "10", "requests.cpu": "2" }, { pods: "2", "requests.cpu": "1900m" }, []);
  check({ pods: "ten" }, { pods: "10" }, []);
});

test("a quota with less left than a missing pod needs", () => {
  const quota = kit.resourceQuota({ status: { hard: { "requests.memory": "1Gi" }, used: { "requests.memory": "900Mi" } } });
  const maker = (memory: string, replicas: number) =>
    kit.replicaSet({
      spec: { template: { spec: { containers: [kit.container({ resources: { requests: { memory } } })] } } },
      status: { replicas },
    });
  const [found] = checkFindings(quotaShortfall, quota, { objects: [maker("200Mi", 1)] }, ["QuotaExhausted requests.memory"]);
  assert.equal(
    found?.message,
    "ResourceQuota shop/quota leaves too little: requests.memory 900Mi of 1Gi is used, and a pod of ReplicaSet shop/web-5d4f requests 200Mi",
  );
  checkFindings(quotaShortfall, quota, { objects: [maker("100Mi", 1)] }, []);
  checkFindings(quotaShortfall, quota, { objects: [maker("200Mi", 2)] }, []);
});

test("a storage quota that is nearly full, and a claim that is not there", () => {
  const quota = (used: string) =>
    kit.resourceQuota({ status: { hard: { "requests.storage": "50Gi" }, used: { "requests.storage": used } } });
  const around = {
    objects: [kit.pod()],
    relations: [[kit.pod(), "USES", stub("PersistentVolumeClaim", "shop", "data")] as const],
    complete: ["PersistentVolumeClaim"],
  };
  checkFindings(quotaShortfall, quota("44Gi"), around, ["StorageQuotaExhausted requests.storage"]);
  checkFindings(quotaShortfall, quota("20Gi"), around, []);
  checkFindings(quotaShortfall, quota("44Gi"), { ...around, complete: [] }, []);
});

test("a storage quota with less left than a stateful set's claim needs", () => {
  const quota = kit.resourceQuota({ status: { hard: { "requests.storage": "10Gi" }, used: { "requests.storage": "0" } } });
  const set = (storage: string) =>
    kit.statefulSet({
      spec: { volumeClaimTemplates: [{ metadata: { name: "data" }, spec: { resources: { requests: { storage } } } }] },
      status: { replicas: 0 },
    });
  checkFindings(quotaShortfall, quota, { objects: [set("20Gi")] }, ["StorageQuotaExhausted requests.storage"]);
  checkFindings(quotaShortfall, quota, { objects: [set("10Gi")] }, []);
});

function checkRange(limit: JsonObject, resources: JsonObject, refused: RegExp | undefined) {
  const range: KubeObject = {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "limits", namespace: "shop" },
    spec: { limits: [{ type: "Container", ...limit }] },
  };
  const workload = kit.deployment({
    spec: { template: { spec: { containers: [kit.container({ resources })] } } },
    status: { replicas: 0, updatedReplicas: 0 },
  });
  const found = checkFindings(quotaLimitRange, workload, { objects: [range] }, refused ? ["LimitRangeConflict app"] : []);
  if (refused) assert.match(found[0]?.message ?? "", refused);
}

test("a limit range that refuses a workload's pods", () => {
  checkRange({ max: { memory: "1Gi" } }, { limits: { memory: "2Gi" } }, /memory limit 2Gi is above the maximum 1Gi/);
  checkRange({ min: { cpu: "100m" } }, { requests: { cpu: "50m" } }, /cpu request 50m is below the minimum 100m/);
  checkRange({ default: { memory: "256Mi" } }, { requests: { memory: "512Mi" } }, /request 512Mi is above the default limit 256Mi/);
  checkRange({ maxLimitRequestRatio: { cpu: "2" } }, { requests: { cpu: "100m" }, limits: { cpu: "1" } }, /more than 2 times its request/);
});

test("a limit range that lets the pods pass", () => {
  checkRange({ max: { memory: "1Gi" }, min: { memory: "1Mi" } }, { limits: { memory: "1Gi" } }, undefined);
  checkRange({ default: { memory: "256Mi" }, defaultRequest: { memory: "128Mi" } }, {}, undefined);
  checkRange({ type: "Pod", max: { memory: "1" } }, { limits: { memory: "1Gi" } }, undefined);
});

test("as long as the workload has its pods the conflict is only worth knowing", () => {
  const range: KubeObject = {
    apiVersion: "v1",
    kind: "LimitRange",
    metadata: { name: "limits", namespace: "shop" },
    spec: { limits: [{ type: "Container", max: { cpu: "1" } }] },
  };
  const workload = kit.deployment({
    spec: { template: { spec: { containers: [kit.container({ resources: { limits: { cpu: "2" } } })] } } },
  });
  assert.equal(checkFindings(quotaLimitRange, workload, { objects: [range] }, ["LimitRangeConflict app"])[0]?.severity, "INFO");
});
