// Findings about pods, each with a near miss.
import assert from "node:assert/strict";
import { test } from "node:test";
import { containerPortConflict, containerProbePort } from "../../../agent/detectors/container-ports.ts";
import { podFailed } from "../../../agent/detectors/pod-failed.ts";
import { podHints } from "../../../agent/detectors/pod-hints.ts";
import { podNode, podNodeMissing } from "../../../agent/detectors/pod-node.ts";
import { podReadyGates } from "../../../agent/detectors/pod-ready-gates.ts";
import { podReferenceMessages, podReferences, workloadReferences } from "../../../agent/detectors/pod-references.ts";
import { podTerminating } from "../../../agent/detectors/pod-terminating.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import type { Finding } from "../../../agent/domain/signal.ts";
import {
  ago,
  agoMs,
  condition,
  configMap,
  container,
  deployment,
  job,
  kubeObject,
  NOW_MS,
  node,
  type Overrides,
  persistentVolumeClaim,
  pod,
  replicaSet,
  runningStatus,
  secret,
  seen,
  terminated,
  waitingStatus,
} from "../../kit/kube-builders.ts";
import { neighbourView, type Surroundings } from "../../kit/neighbour-view.ts";

const DETECTORS = [
  containerPortConflict,
  containerProbePort,
  podFailed,
  podTerminating,
  podNode,
  podNodeMissing,
  podReadyGates,
  podHints,
  podReferenceMessages,
  podReferences,
  workloadReferences,
];

function check(object: KubeObject, expected: readonly string[], around: Surroundings = {}): readonly Finding[] {
  const found = DETECTORS.filter(({ kinds }) => kinds.includes(object.kind)).flatMap((it) =>
    it.detect(seen(object), neighbourView(around), NOW_MS),
  );
  assert.deepEqual(
    found.map(({ severity, reason, discriminator }) => `${severity} ${reason} ${discriminator}`.trim()),
    expected,
  );
  return found;
}

test("an evicted pod is told with the kubelet's message, dated by the end of its containers", () => {
  const status = {
    phase: "Failed",
    reason: "Evicted",
    message: "The node was low on resource: memory.",
    containerStatuses: [runningStatus({ ready: false, state: terminated(137, "Error") })],
  };
  const [found] = check(pod({ status }), ["ERROR Evicted"]);
  assert.equal(found?.sinceMs, agoMs(60));
  assert.match(found?.message ?? "", /evicted from its node: The node was low on resource: memory\.$/);
});

test("an evicted pod is history an hour after its controller has replaced it", () => {
  const evicted = (seconds: number) =>
    pod({
      status: {
        phase: "Failed",
        reason: "Evicted",
        containerStatuses: [runningStatus({ ready: false, state: terminated(137, "Error", { finishedAt: ago(seconds) }) })],
      },
    });
  const short = replicaSet({ status: { readyReplicas: 1 } });
  check(evicted(4000), [], { relations: [[replicaSet(), "CONTROLS", evicted(4000)]] });
  check(evicted(4000), ["ERROR Evicted"], { relations: [[short, "CONTROLS", evicted(4000)]] });
  check(evicted(600), ["ERROR Evicted"], { relations: [[replicaSet(), "CONTROLS", evicted(600)]] });
});

test("a failed pod says why: preempted, refused by the kubelet, shut down with its node, or which container", () => {
  const failed = (status: JsonObject) => pod({ status: { phase: "Failed", containerStatuses: [], ...status } });
  check(failed({ conditions: [condition("DisruptionTarget", "True", { reason: "PreemptionByScheduler" })] }), ["WARNING Preempted"]);
  const [refused] = check(failed({ reason: "OutOfcpu", message: "Pod was rejected" }), ["ERROR PodFailed"]);
  assert.equal(refused?.category, "scheduling");
  check(failed({ reason: "Terminated", message: "Pod was terminated in response to imminent node shutdown." }), ["WARNING PodFailed"]);
  const [crashed] = check(failed({ containerStatuses: [runningStatus({ ready: false, state: terminated(3, "Error") })] }), [
    "ERROR PodFailed",
  ]);
  assert.match(crashed?.message ?? "", /container "app" ended with exit code 3/);
  check(pod({ status: { phase: "Succeeded" } }), []);
});

test("a failed pod of a job that has completed is no failure", () => {
  const failed = pod({ status: { phase: "Failed", containerStatuses: [runningStatus({ ready: false, state: terminated(1, "Error") })] } });
  check(failed, [], { relations: [[job(), "CONTROLS", failed]] });
});

test("a pod is stuck terminating only after its grace period and a minute", () => {
  const deleting = (seconds: number) => pod({ metadata: { deletionTimestamp: ago(seconds) }, spec: { terminationGracePeriodSeconds: 30 } });
  check(deleting(85), []);
  const [found] = check(deleting(95), ["WARNING PodStuckTerminating"]);
  assert.equal(found?.sinceMs, agoMs(95));
  check(pod({ metadata: { deletionTimestamp: "set" } }), []);
});

test("a pod on a node that does not answer or no longer exists is unknown", () => {
  const silent = node({ status: { conditions: [condition("Ready", "Unknown", { lastTransitionTime: ago(60) })] } });
  const [found] = check(pod(), ["ERROR PodUnknown"], { objects: [silent] });
  assert.equal(found?.sinceMs, agoMs(60));
  check(pod({ status: { phase: "Unknown" } }), ["ERROR PodUnknown"], { objects: [node()] });
  check(pod(), [], { objects: [node()], complete: ["Node"] });
  check(pod(), ["ERROR PodUnknown"], { objects: [node({ metadata: { name: "node-b" } })], complete: ["Node"] });
  check(pod(), [], { objects: [node({ metadata: { name: "node-b" } })] });
});

test("an open readiness gate is told after two minutes", () => {
  const gated = (seconds: number) =>
    pod({
      spec: { readinessGates: [{ conditionType: "example.com/registered" }] },
      status: {
        conditions: [
          condition("ContainersReady", "True"),
          condition("Ready", "False", { reason: "ReadinessGatesNotReady", lastTransitionTime: ago(seconds) }),
        ],
      },
    });
  check(gated(60), []);
  const [found] = check(gated(180), ["WARNING PodNotReady"]);
  assert.match(found?.message ?? "", /readiness gate example\.com\/registered is not True/);
});

test("hints without the object give what they say and nothing more", () => {
  const hint = (status: JsonObject): KubeObject => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web-1", namespace: "shop", creationTimestamp: ago(600) },
    status,
    partial: true,
  });
  check(hint({ phase: "Running", restartCount: 0, containerReady: true }), []);
  check(hint({ phase: "Pending" }), []);
  check(hint({}), []);
  check(hint({ phase: "Failed" }), ["ERROR PodFailed"]);
  check(hint({ phase: "Unknown" }), ["ERROR PodUnknown"]);
  check(hint({ phase: "Running", restartCount: 7, containerReady: false }), ["WARNING ContainerRestarting"]);
  check(hint({ phase: "Running", restartCount: 7, containerReady: true }), []);
  check(hint({ phase: "Running", containerReady: false }), ["WARNING PodNotReady"]);
  check(hint({ phase: "CrashLoopBackOff" }), ["ERROR CrashLoopBackOff"]);
});

test("two containers with one port conflict only when one of them fails for another reason than memory", () => {
  const twin = (status: JsonObject, port: JsonObject = { containerPort: 8080 }) =>
    pod({
      spec: { containers: [container(), { name: "proxy", image: "proxy:1", ports: [port] }] },
      status: { containerStatuses: [runningStatus(), { ...runningStatus({ name: "proxy" }), ...status }] },
    });
  const crashing = { ready: false, restartCount: 2, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: terminated(1, "Error") };
  const [found] = check(twin(crashing), ["ERROR ContainerPortConflict proxy"]);
  assert.match(found?.message ?? "", /TCP port 8080, which container "app"/);
  check(twin({}), []);
  check(twin(crashing, { containerPort: 8080, protocol: "UDP" }), []);
  check(twin(crashing, { containerPort: 9090 }), []);
  check(twin({ ...crashing, lastState: terminated(137, "OOMKilled") }), []);
});

test("a probe that asks an undeclared port is told only of a container it would explain", () => {
  const probed = (probe: JsonObject, status: JsonObject, ports?: readonly JsonObject[]) =>
    pod({
      spec: { containers: [container({ ...probe, ...(ports ? { ports } : {}) })] },
      status: { containerStatuses: [runningStatus(status)] },
    });
  const wrong = { readinessProbe: { httpGet: { path: "/", port: 8081 } } };
  const unready = { ready: false, state: { running: { startedAt: ago(300) } } };
  const [found] = check(probed(wrong, unready), ["WARNING ProbePortMismatch app"]);
  assert.match(found?.message ?? "", /declared are http=8080/);
  check(probed(wrong, {}), []);
  check(probed(wrong, { ...unready, state: { running: { startedAt: ago(10) } } }), []);
  check(probed(wrong, unready, []), []);
  check(probed({ readinessProbe: { httpGet: { port: "http" } } }, unready), []);
  check(probed({ readinessProbe: { httpGet: { port: "web" } } }, unready), ["WARNING ProbePortMismatch app"]);
  check(probed({ readinessProbe: { httpGet: { port: 8081, host: "example.com" } } }, unready), []);
  const killed = { ready: true, restartCount: 3, lastState: terminated(143, "Error") };
  check(probed({ livenessProbe: { tcpSocket: { port: 8081 } } }, killed), ["WARNING ProbePortMismatch app"]);
  check(probed(wrong, killed), []);
});

const pending = { phase: "Pending", containerStatuses: [waitingStatus("ContainerCreating")] };

function using(container1: JsonObject, spec: JsonObject = {}, overrides: Overrides = {}): KubeObject {
  return pod({ status: pending, ...overrides, spec: { containers: [container(container1)], ...spec } });
}

test("what the kubelet and the scheduler call missing is missing, whatever else is known", () => {
  const says = (message: string) =>
    pod({
      status: {
        phase: "Pending",
        conditions: [condition("ContainersReady", "False")],
        containerStatuses: [waitingStatus("CreateContainerConfigError", {}, message)],
      },
    });
  check(says('secret "credentials" not found'), ["ERROR MissingSecret credentials"]);
  check(says('configmap "settings" not found'), ["ERROR MissingConfigMap settings"]);
  check(says("couldn't find key mode in ConfigMap shop/settings"), ["ERROR MissingConfigMapKey settings/mode"]);
  check(says("couldn't find key token in Secret shop/credentials"), ["ERROR MissingSecretKey credentials/token"]);
  check(says("container has runAsNonRoot and image will run as root"), []);
  const refused = condition("PodScheduled", "False", {
    reason: "Unschedulable",
    message: '0/1 nodes are available: persistentvolumeclaim "data" not found.',
  });
  check(pod({ status: { phase: "Pending", conditions: [refused], containerStatuses: [] } }), ["ERROR MissingPersistentVolumeClaim data"]);
});

test("a reference is missing only when the list of that kind is complete and the reference is not optional", () => {
  const byKey = using({ env: [{ name: "MODE", valueFrom: { configMapKeyRef: { name: "settings", key: "mode" } } }] });
  check(byKey, [], { objects: [] });
  check(byKey, ["ERROR MissingConfigMap settings"], { complete: ["ConfigMap"] });
  check(byKey, [], { objects: [configMap()], complete: ["ConfigMap"] });
  check(byKey, ["ERROR MissingConfigMap settings"], {
    objects: [configMap({ metadata: { namespace: "other" } })],
    complete: ["ConfigMap"],
  });
  const otherKey = kubeObject("v1", "ConfigMap", { metadata: { name: "settings", namespace: "shop" }, rest: { data: { other: "1" } } });
  check(byKey, ["ERROR MissingConfigMapKey settings/mode"], { objects: [otherKey] });
  check(byKey, [], {
    objects: [kubeObject("v1", "ConfigMap", { metadata: { name: "settings", namespace: "shop" } })],
    complete: ["ConfigMap"],
  });
  check(
    using({ envFrom: [{ secretRef: { name: "gone", optional: true } }, { secretRef: { name: "needed" } }] }),
    ["ERROR MissingSecret needed"],
    { complete: ["Secret"] },
  );
});

test("volumes, claims and the service account are looked up; what controllers publish into every namespace is taken as there", () => {
  const spec = {
    serviceAccountName: "robot",
    volumes: [
      { name: "a", configMap: { name: "settings", items: [{ key: "mode" }] } },
      { name: "b", secret: { secretName: "credentials" } },
      { name: "c", persistentVolumeClaim: { claimName: "data" } },
      { name: "d", projected: { sources: [{ configMap: { name: "kube-root-ca.crt" } }, { secret: { name: "token", optional: true } }] } },
    ],
  };
  const all = ["ConfigMap", "Secret", "PersistentVolumeClaim", "ServiceAccount"];
  check(
    using({}, spec),
    [
      "ERROR MissingConfigMap settings",
      "ERROR MissingSecret credentials",
      "ERROR MissingPersistentVolumeClaim data",
      "ERROR MissingServiceAccount robot",
    ],
    { complete: all },
  );
  const robot = kubeObject("v1", "ServiceAccount", { metadata: { name: "robot", namespace: "shop" } });
  check(using({}, spec), [], { objects: [configMap(), secret(), persistentVolumeClaim(), robot], complete: all });
});

test("a reference that went missing under a running container is a warning", () => {
  check(
    pod({ spec: { containers: [container({ envFrom: [{ configMapRef: { name: "settings" } }] })] } }),
    ["WARNING MissingConfigMap settings"],
    { complete: ["ConfigMap"] },
  );
});

test("a missing image pull secret matters only when a pull fails", () => {
  const spec = { containers: [container()], imagePullSecrets: [{ name: "registry" }] };
  check(pod({ spec }), [], { complete: ["Secret"] });
  check(
    pod({ spec, status: { phase: "Pending", containerStatuses: [waitingStatus("ImagePullBackOff")] } }),
    ["WARNING MissingImagePullSecret registry"],
    { complete: ["Secret"] },
  );
});

test("what keeps pods from being created at all is told of the workload", () => {
  const template = {
    spec: {
      template: {
        spec: {
          serviceAccountName: "robot",
          priorityClassName: "urgent",
          containers: [container({ envFrom: [{ configMapRef: { name: "gone" } }] })],
        },
      },
    },
  };
  const complete = ["ServiceAccount", "PriorityClass", "ConfigMap"];
  check(deployment(template), ["ERROR MissingServiceAccount robot", "ERROR MissingPriorityClass urgent"], { complete });
  check(deployment(template), [], {});
  check(deployment({ spec: { ...template.spec, replicas: 0 } }), [], { complete });
});
