// What holds for every state detector.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { STATE_DETECTORS } from "../../../agent/detectors/all-states.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import type { Finding } from "../../../agent/domain/signal.ts";
import { FINDINGS } from "../../../agent/knowledge/findings.ts";
import * as build from "../../kit/kube-builders.ts";
import { neighbourView } from "../../kit/neighbour-view.ts";

const HEALTHY = [
  build.pod(),
  build.deployment(),
  build.replicaSet(),
  build.statefulSet(),
  build.daemonSet(),
  build.job(),
  build.cronJob(),
  build.node(),
  build.service(),
  build.endpointSlice(),
  build.configMap(),
  build.secret(),
  build.persistentVolumeClaim(),
  build.persistentVolume(),
  build.storageClass(),
  build.namespace(),
  build.resourceQuota(),
  build.horizontalPodAutoscaler(),
  build.ingress(),
  build.networkPolicy(),
];

function findings(object: KubeObject, surroundings: readonly KubeObject[]): readonly Finding[] {
  const view = neighbourView({
    objects: surroundings,
    relations: [
      [build.service(), "SELECTS", build.pod()],
      [build.pod(), "RUNS_ON", build.node()],
    ],
    complete: ["*"],
  });
  return STATE_DETECTORS.filter(({ kinds }) => kinds.includes(object.kind) || kinds.includes("*")).flatMap((it) =>
    it.detect(build.seen(object), view, build.NOW_MS),
  );
}

test("healthy objects give no finding above information", () => {
  for (const object of HEALTHY) {
    assert.deepEqual(
      findings(object, HEALTHY).filter(({ severity }) => severity !== "INFO"),
      [],
      object.kind,
    );
  }
});

test("objects that are just being created give no finding above information", () => {
  const metadata = { creationTimestamp: build.ago(1) };
  const fresh = [
    build.kubeObject("v1", "Pod", {
      metadata: { name: "web-2", namespace: "shop", ...metadata },
      spec: { containers: [build.container()] },
      status: { phase: "Pending" },
    }),
    build.pod({
      metadata,
      status: {
        phase: "Pending",
        startTime: build.ago(1),
        conditions: [build.condition("ContainersReady", "False"), build.condition("Ready", "False")],
        containerStatuses: [build.waitingStatus("ContainerCreating")],
      },
    }),
    build.kubeObject("apps/v1", "Deployment", {
      metadata: { name: "web", namespace: "shop", ...metadata },
      spec: { replicas: 2, template: build.deployment().spec?.template },
      status: {},
    }),
    build.kubeObject("apps/v1", "ReplicaSet", {
      metadata: { name: "web-1", namespace: "shop", ...metadata },
      spec: { replicas: 2 },
      status: { replicas: 0 },
    }),
    build.kubeObject("batch/v1", "CronJob", {
      metadata: { name: "nightly", namespace: "shop", ...metadata },
      spec: { schedule: "* * * * *" },
      status: {},
    }),
  ];
  for (const object of fresh)
    assert.deepEqual(
      findings(object, HEALTHY).filter(({ severity }) => severity !== "INFO"),
      [],
      object.kind,
    );
});

test("every detector has its own id, names where its rule comes from, and promises only known reasons", () => {
  assert.equal(new Set(STATE_DETECTORS.map(({ id }) => id)).size, STATE_DETECTORS.length);
  for (const { id, reasons, source, kinds } of STATE_DETECTORS) {
    assert.match(id, /^[a-z]+(-[a-z]+)*$/);
    assert.ok(source.length > 0 && kinds.length > 0 && reasons.length > 0, id);
    for (const reason of reasons) assert.ok(Object.hasOwn(FINDINGS, reason), `${id}: ${reason}`);
  }
});

const KINDS = ["Pod", "Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job", "CronJob", "Node", "Service", "Database"];

/** JSON with the field names detectors look for, so that wrong types turn up where they matter. */
const hostileJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom(null, true, 0, -1, "", "False", "True", "CrashLoopBackOff", "2026-03-01T11:00:00Z", "x y; 'z'"),
    fc.array(tie("value"), { maxLength: 3 }),
    tie("object"),
  ),
  object: fc.dictionary(
    fc.constantFrom(
      "containers",
      "containerStatuses",
      "initContainers",
      "name",
      "state",
      "lastState",
      "waiting",
      "terminated",
      "running",
      "reason",
      "message",
      "exitCode",
      "finishedAt",
      "startedAt",
      "conditions",
      "type",
      "status",
      "lastTransitionTime",
      "phase",
      "ready",
      "restartCount",
      "ports",
      "containerPort",
      "readinessProbe",
      "httpGet",
      "port",
      "replicas",
      "template",
      "spec",
      "schedule",
      "taints",
      "key",
      "effect",
      "volumes",
      "configMap",
      "env",
      "valueFrom",
      "affinity",
      "nodeSelector",
      "__proto__",
      "constructor",
    ),
    tie("value"),
    { maxKeys: 8 },
  ),
}));

test("no object, however malformed, makes a detector throw or report what it does not promise", () => {
  fc.assert(
    fc.property(fc.constantFrom(...KINDS), hostileJson.object, hostileJson.object, fc.boolean(), (kind, spec, status, partial) => {
      const object: KubeObject = {
        apiVersion: "v1",
        kind,
        metadata: { name: "x", namespace: "shop" },
        spec: spec as JsonObject,
        status: status as JsonObject,
        ...(partial ? { partial } : {}),
      };
      const view = neighbourView({ objects: HEALTHY, complete: ["*"] });
      for (const detector of STATE_DETECTORS.filter(({ kinds }) => kinds.includes(kind) || kinds.includes("*"))) {
        for (const found of detector.detect(build.seen(object), view, build.NOW_MS)) {
          assert.ok(detector.reasons.includes(found.reason), `${detector.id} reports ${found.reason}`);
          assert.ok(found.message.length <= 600 && (found.sinceMs === undefined || Number.isFinite(found.sinceMs)));
        }
      }
    }),
    { numRuns: 500 },
  );
});
