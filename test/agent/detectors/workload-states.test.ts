// Findings about workloads and jobs, each with a near miss.
import assert from "node:assert/strict";
import { test } from "node:test";
import { jobCron } from "../../../agent/detectors/job-cron.ts";
import { jobFailed } from "../../../agent/detectors/job-failed.ts";
import { longestPauseMs } from "../../../agent/detectors/read-schedule.ts";
import { workloadCondition } from "../../../agent/detectors/workload-condition.ts";
import { workloadDaemonSet } from "../../../agent/detectors/workload-daemon-set.ts";
import { workloadReplicaSet, workloadReplicas } from "../../../agent/detectors/workload-replicas.ts";
import { workloadReplicaFailure, workloadRollout } from "../../../agent/detectors/workload-rollout.ts";
import { workloadScaledToZero } from "../../../agent/detectors/workload-scaled-to-zero.ts";
import { workloadStatefulSet, workloadStatefulSetUpdate } from "../../../agent/detectors/workload-stateful-set.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import type { Finding } from "../../../agent/domain/signal.ts";
import {
  ago,
  agoMs,
  condition,
  cronJob,
  daemonSet,
  deployment,
  horizontalPodAutoscaler,
  job,
  kubeObject,
  NOW_MS,
  pod,
  replicaSet,
  seen,
  service,
  statefulSet,
} from "../../kit/kube-builders.ts";
import { neighbourView, type Surroundings } from "../../kit/neighbour-view.ts";

const DETECTORS = [
  workloadReplicas,
  workloadReplicaSet,
  workloadRollout,
  workloadReplicaFailure,
  workloadStatefulSet,
  workloadStatefulSetUpdate,
  workloadDaemonSet,
  workloadScaledToZero,
  workloadCondition,
  jobFailed,
  jobCron,
];

function check(object: KubeObject, expected: readonly string[], around: Surroundings = {}): readonly Finding[] {
  const matching = DETECTORS.filter(({ kinds }) => kinds.includes(object.kind) || kinds.includes("*"));
  const found = matching.flatMap((it) => it.detect(seen(object), neighbourView(around), NOW_MS));
  assert.deepEqual(
    found.map(({ severity, reason }) => `${severity} ${reason}`),
    expected,
  );
  return found;
}

const unavailable = (seconds: number) =>
  condition("Available", "False", { reason: "MinimumReplicasUnavailable", lastTransitionTime: ago(seconds) });
const rolling = condition("Progressing", "True", { reason: "ReplicaSetUpdated" });
const rolledOut = condition("Progressing", "True", { reason: "NewReplicaSetAvailable" });
const short = { readyReplicas: 1, availableReplicas: 1, unavailableReplicas: 1 };

test("a Deployment that is not available is an error since its condition says so", () => {
  const [found] = check(deployment({ status: { ...short, conditions: [unavailable(30), rolledOut] } }), ["ERROR ReplicasUnavailable"]);
  assert.equal(found?.sinceMs, agoMs(30));
  assert.match(found?.message ?? "", /Only 1 of 2 replicas is available since 2026-03-01 11:59:30 UTC/);
  check(deployment({ spec: { minReadySeconds: 60 }, status: { ...short, conditions: [unavailable(30), rolledOut] } }), []);
});

test("a rollout within its deadline is no error: nothing at first, a warning when it takes long", () => {
  check(deployment({ status: { ...short, conditions: [unavailable(60), rolling] } }), []);
  check(deployment({ status: { ...short, conditions: [unavailable(200), rolling] } }), ["WARNING ReplicasUnavailable"]);
  check(deployment({ status: { ...short, conditions: [condition("Available", "True"), rolling] } }), []);
});

test("some replicas missing of an available Deployment is a warning; a new one and an old status are none", () => {
  const status = { ...short, conditions: [condition("Available", "True"), rolledOut] };
  check(deployment({ status }), ["WARNING ReplicasUnavailable"]);
  check(deployment({ metadata: { creationTimestamp: ago(60) }, status }), []);
  check(deployment({ metadata: { generation: 2 }, status }), []);
  check(deployment({ metadata: { deletionTimestamp: ago(1) }, status }), []);
});

test("hints of a Deployment conclude nothing from absent counts", () => {
  const hint = (status: JsonObject): KubeObject => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop" },
    spec: { replicas: 2 },
    status,
    partial: true,
  });
  check(hint({}), []);
  check(hint({ replicas: 2 }), []);
  check(hint({ readyReplicas: 0 }), ["ERROR ReplicasUnavailable"]);
});

test("a rollout whose deadline passed is stuck; a paused one is information", () => {
  const stuck = condition("Progressing", "False", {
    reason: "ProgressDeadlineExceeded",
    message: 'ReplicaSet "web-2" has timed out progressing.',
    lastTransitionTime: ago(20),
  });
  const [found] = check(deployment({ status: { conditions: [condition("Available", "True"), stuck] } }), ["ERROR RolloutStuck"]);
  assert.equal(found?.sinceMs, agoMs(20));
  check(deployment({ spec: { paused: true } }), ["INFO RolloutPaused"]);
});

test("a refused pod creation is quoted and sorted by who refused", () => {
  const failing = (message: string) =>
    replicaSet({
      metadata: { ownerReferences: [{ kind: "Deployment", name: "web", controller: true }] },
      status: { conditions: [condition("ReplicaFailure", "True", { reason: "FailedCreate", message })] },
    });
  const sorted: readonly (readonly [message: string, category: string])[] = [
    ['pods "web-1" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=10, limited: pods=10', "quota"],
    ['pods "web-1" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi', "quota"],
    ['pods "web-1" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found', "config"],
    ['admission webhook "check.example.com" denied the request', "policy"],
    ['pods "web-1" is forbidden: violates PodSecurity "restricted:latest"', "policy"],
  ];
  for (const [message, category] of sorted) {
    const [found] = check(failing(message), ["ERROR ReplicaFailure"]);
    assert.equal(found?.category, category);
    assert.ok(found?.evidence[0]?.text.includes(message));
  }
  check(replicaSet({ status: { conditions: [condition("ReplicaFailure", "False")] } }), []);
});

test("a ReplicaSet is told of only where no Deployment stands behind it", () => {
  const status = { readyReplicas: 0, availableReplicas: 0 };
  check(replicaSet({ status }), ["ERROR ReplicasUnavailable"]);
  check(replicaSet({ metadata: { ownerReferences: [{ kind: "Deployment", name: "web", controller: true }] }, status }), []);
});

test("a StatefulSet misses replicas, but one pod down is what its update looks like", () => {
  check(statefulSet({ status: { readyReplicas: 1 } }), ["WARNING ReplicasUnavailable"]);
  check(statefulSet({ status: { readyReplicas: 0 } }), ["ERROR ReplicasUnavailable"]);
  check(statefulSet({ status: { readyReplicas: 1, updateRevision: "db-2" } }), []);
  check(statefulSet({ metadata: { creationTimestamp: ago(60) }, status: { readyReplicas: 0 } }), []);
});

test("a StatefulSet's update is stuck when a pod of the new revision stays unready for ten minutes", () => {
  const updating = statefulSet({ status: { updateRevision: "db-2", readyReplicas: 1 } });
  const updated = (seconds: number, revision = "db-2") =>
    pod({
      metadata: { name: "db-1", labels: { "controller-revision-hash": revision } },
      status: { conditions: [condition("Ready", "False", { lastTransitionTime: ago(seconds) })] },
    });
  check(updating, ["ERROR RolloutStuck"], { relations: [[updating, "CONTROLS", updated(700)]] });
  check(updating, [], { relations: [[updating, "CONTROLS", updated(300)]] });
  check(updating, [], { relations: [[updating, "CONTROLS", updated(700, "db-1")]] });
});

test("a DaemonSet misses pods beyond what its update may take down", () => {
  check(daemonSet({ status: { numberUnavailable: 1, numberReady: 1 } }), ["WARNING ReplicasUnavailable"]);
  check(daemonSet({ status: { numberUnavailable: 2, numberReady: 0 } }), ["ERROR ReplicasUnavailable"]);
  check(daemonSet({ status: { numberUnavailable: 1, updatedNumberScheduled: 1 } }), []);
  check(daemonSet({ status: { numberMisscheduled: 1 } }), ["WARNING DaemonSetMisscheduled"]);
});

test("zero replicas matter only to somebody who counts on them", () => {
  const zero = deployment({
    spec: { replicas: 0 },
    status: { replicas: 0, readyReplicas: 0, availableReplicas: 0 },
    metadata: { fieldOwners: [{ manager: "kubectl-scale", atMs: agoMs(50), paths: ["spec.replicas"] }] },
  });
  check(zero, []);
  const [found] = check(zero, ["WARNING ScaledToZero"], { objects: [service()] });
  assert.equal(found?.sinceMs, agoMs(50));
  check(zero, [], { objects: [service({ spec: { selector: { app: "other" } } })] });
  check(zero, [], { objects: [service({ metadata: { namespace: "elsewhere" } })] });
  check(zero, [], { objects: [service()], relations: [[service(), "SELECTS", pod()]] });
  check(zero, ["WARNING ScaledToZero"], { relations: [[horizontalPodAutoscaler(), "SCALES", zero]] });
  const scaler = kubeObject("keda.sh/v1alpha1", "ScaledObject", {
    metadata: { name: "web", namespace: "shop" },
    spec: { scaleTargetRef: { name: "web" } },
  });
  check(zero, [], { objects: [service(), scaler] });
  check(deployment(), [], { objects: [service()] });
});

test("a failed job is told with its reason unless its cron job has succeeded since", () => {
  const failed = job({
    status: { failed: 7, conditions: [condition("Failed", "True", { reason: "BackoffLimitExceeded", lastTransitionTime: ago(100) })] },
  });
  const [found] = check(failed, ["ERROR JobFailed"]);
  assert.equal(found?.sinceMs, agoMs(100));
  assert.match(found?.message ?? "", /more often than backoffLimit allows \(7 failed pods\)/);
  check(failed, [], { relations: [[cronJob({ status: { lastSuccessfulTime: ago(50) } }), "CONTROLS", failed]] });
  check(job(), []);
  check(job({ status: { failed: 2, conditions: [] } }), []);
});

test("a cron job misses its schedule only after two whole pauses without a start", () => {
  const last = (seconds: number) => cronJob({ status: { lastScheduleTime: ago(seconds) } });
  check(last(2 * 3600), []);
  check(last(3 * 3600), ["WARNING CronJobMissesSchedule"]);
  check(cronJob({ spec: { suspend: true }, status: { lastScheduleTime: ago(9 * 3600) } }), ["INFO CronJobSuspended"]);
  check(
    cronJob({ spec: { concurrencyPolicy: "Forbid" }, status: { lastScheduleTime: ago(9 * 3600), active: [{ name: "nightly-1" }] } }),
    [],
  );
  check(cronJob({ spec: { schedule: "0 3 * * 1" }, status: { lastScheduleTime: ago(6 * 86_400) } }), []);
  check(
    cronJob({
      metadata: { fieldOwners: [{ manager: "kubectl-edit", atMs: agoMs(60), paths: ["spec.suspend"] }] },
      status: { lastScheduleTime: ago(9 * 3600) },
    }),
    [],
  );
});

test("the longest pause of a schedule is read where it does not depend on the day", () => {
  const minutes = (schedule: string) => {
    const ms = longestPauseMs(schedule);
    return ms === undefined ? undefined : ms / 60_000;
  };
  assert.equal(minutes("*/5 * * * *"), 5);
  assert.equal(minutes("*/7 * * * *"), 7);
  assert.equal(minutes("0 * * * *"), 60);
  assert.equal(minutes("0 2,8 * * *"), 18 * 60);
  assert.equal(minutes("0 9-17 * * *"), 16 * 60);
  assert.equal(minutes("@daily"), 24 * 60);
  for (const other of ["0 0 1 * *", "0 0 * * 1-5", "61 * * * *", "*/0 * * * *", "@every 5m", "nonsense", ""])
    assert.equal(minutes(other), undefined);
});

test("other kinds are told of by their conditions once these have held for two minutes", () => {
  const custom = (it: JsonObject, generation = 1) =>
    kubeObject("example.com/v1", "Database", { metadata: { name: "main", namespace: "shop", generation }, status: { conditions: [it] } });
  const [found] = check(custom(condition("Ready", "False", { message: "backup failed" })), ["WARNING ConditionFailed"]);
  assert.equal(found?.discriminator, "Ready");
  assert.equal(found?.evidence[0]?.command, "kubectl -n shop describe database.v1.example.com/main");
  check(custom(condition("Synced", "False")), ["WARNING ConditionFailed"]);
  check(custom(condition("Degraded", "True")), ["WARNING ConditionFailed"]);
  check(custom(condition("Ready", "False", { lastTransitionTime: ago(60) })), []);
  check(custom(condition("Ready", "False", { observedGeneration: 1 }), 2), []);
  check(custom(condition("Ready", "Unknown")), []);
  check(custom(condition("Denied", "False")), []);
  const api = kubeObject("apiregistration.k8s.io/v1", "APIService", {
    metadata: { name: "v1beta1.metrics.k8s.io" },
    status: { conditions: [condition("Available", "False")] },
  });
  assert.equal(check(api, ["WARNING ConditionFailed"])[0]?.category, "control-plane");
});
