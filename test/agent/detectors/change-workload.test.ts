// Edits of workloads: what is told, and what is noise.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { FieldOwner, JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkChanges } from "../../kit/check-changes.ts";
import * as kit from "../../kit/kube-builders.ts";

const owner = (manager: string, path: string, seconds = 10, subresource?: string): FieldOwner => ({
  manager,
  atMs: kit.agoMs(seconds),
  paths: [path],
  ...(subresource ? { subresource } : {}),
});

/** A Deployment with these container fields, pod fields and metadata. */
function made(container: JsonObject = {}, podSpec: JsonObject = {}, metadata: Partial<KubeObject["metadata"]> = {}): KubeObject {
  return kit.deployment({ metadata, spec: { template: { spec: { containers: [kit.container(container)], ...podSpec } } } });
}

const check = (before: JsonObject, after: JsonObject, expected: readonly string[]) => checkChanges(made(before), made(after), expected);

test("an image, with who changed it and when", () => {
  const path = "spec.template.spec.containers[app].image";
  const after = made(
    { image: "shop:1.5.0" },
    {},
    { fieldOwners: [owner("helm", path, 500), owner("kubectl-set", path, 10), owner("kube-controller-manager", "status", 1, "status")] },
  );
  const [found] = checkChanges(made({ image: "shop:1.4.2" }), after, [
    "ImageChanged: image of container app: shop:1.4.2 → shop:1.5.0 (by kubectl-set)",
  ]);
  assert.deepEqual(found?.change, { path, before: "shop:1.4.2", after: "shop:1.5.0", manager: "kubectl-set" });
  assert.equal(found?.atMs, kit.agoMs(10));
  assert.equal(found?.category, "image");
  assert.equal(found?.evidence[0]?.command, "kubectl -n shop get deployment/web -o yaml --show-managed-fields");
});

test("environment variables one by one, whatever their order", () => {
  const [a, b, c] = [
    { name: "A", value: "1" },
    { name: "B", value: "x" },
    { name: "C", valueFrom: { secretKeyRef: { name: "s", key: "k" } } },
  ];
  check({ env: [a, b] }, { env: [b, a] }, []);
  check({ env: [a, b] }, { env: [{ name: "A", value: "2" }, c] }, [
    'EnvironmentChanged: environment variable A of container app: "1" → "2"',
    'EnvironmentChanged: environment variable B of container app: "x" → absent',
    'EnvironmentChanged: environment variable C of container app: absent → {"secretKeyRef":{"name":"s","key":"k"}}',
  ]);
});

test("who removed a field is the only one who wrote in between", () => {
  const before = made(
    { env: [{ name: "A", value: "1" }] },
    {},
    { fieldOwners: [owner("helm", "spec.template.spec.containers[app].env[A]", 500)] },
  );
  const after = made({ env: [] }, {}, { fieldOwners: [owner("kubectl-edit", "spec.replicas", 5)] });
  assert.equal(
    checkChanges(before, after, ['EnvironmentChanged: environment variable A of container app: "1" → absent (by kubectl-edit)'])[0]?.atMs,
    kit.agoMs(5),
  );
});

test("every other part of a container", () => {
  check({ args: ["--a"] }, { args: ["--b"] }, ['CommandChanged: args of container app: ["--a"] → ["--b"]']);
  check({ resources: { limits: { cpu: "1", memory: "256Mi" } } }, { resources: { limits: { cpu: "1", memory: "64Mi" } } }, [
    "ResourcesChanged: resources.limits.memory of container app: 256Mi → 64Mi",
  ]);
  check({ readinessProbe: { httpGet: { port: 80 } } }, { readinessProbe: { httpGet: { port: 81 } } }, [
    "ProbeChanged: readinessProbe.httpGet.port of container app: 80 → 81",
  ]);
  check({ livenessProbe: { tcpSocket: { port: 80 } } }, {}, [
    'ProbeChanged: livenessProbe of container app: {"tcpSocket":{"port":80}} → absent',
  ]);
  check({}, { ports: [{ name: "http", containerPort: 9090 }] }, ["PortsChanged: ports[http].containerPort of container app: 8080 → 9090"]);
  check({}, { volumeMounts: [{ name: "v", mountPath: "/v" }] }, [
    'VolumesChanged: volumeMounts of container app: absent → [{"name":"v","mountPath":"/v"}]',
  ]);
  check({}, { securityContext: { runAsUser: 0 } }, ['SecurityContextChanged: securityContext of container app: absent → {"runAsUser":0}']);
  check({}, { imagePullPolicy: "Never" }, ["PodTemplateChanged: imagePullPolicy of container app: absent → Never"]);
});

test("containers that come and go, and the fields of the pod", () => {
  const two = made({}, { containers: [kit.container(), { name: "proxy", image: "proxy:1" }] });
  checkChanges(made(), two, ["PodTemplateChanged: container proxy: absent → proxy:1 (container added)"]);
  checkChanges(two, made(), ["PodTemplateChanged: container proxy: proxy:1 → absent (container removed)"]);
  const pod = (before: JsonObject, after: JsonObject, expected: string) => checkChanges(made({}, before), made({}, after), [expected]);
  pod(
    { volumes: [{ name: "v", configMap: { name: "a" } }] },
    { volumes: [{ name: "v", configMap: { name: "b" } }] },
    "VolumesChanged: volumes[v].configMap.name of the pod: a → b",
  );
  pod({}, { nodeSelector: { disk: "ssd" } }, 'SchedulingChanged: nodeSelector of the pod: absent → {"disk":"ssd"}');
  pod(
    { serviceAccountName: "a", serviceAccount: "a" },
    { serviceAccountName: "b", serviceAccount: "b" },
    "ServiceAccountChanged: serviceAccountName of the pod: a → b",
  );
  pod({ dnsPolicy: "ClusterFirst" }, { dnsPolicy: "None" }, "PodTemplateChanged: dnsPolicy of the pod: ClusterFirst → None");
});

test("template labels and annotations, among them a restart by hand", () => {
  const template = (metadata: JsonObject): KubeObject => kit.deployment({ spec: { template: { metadata } } });
  checkChanges(template({ labels: { app: "web" } }), template({ labels: { app: "wbe" } }), [
    "LabelsChanged: label app of the pod template: web → wbe",
  ]);
  const restarted = template({ annotations: { "kubectl.kubernetes.io/restartedAt": "2026-03-01T12:00:00Z" } });
  checkChanges(template({}), restarted, ["PodTemplateChanged: pods started anew (kubectl rollout restart): absent → 2026-03-01T12:00:00Z"]);
  checkChanges(template({}), template({ annotations: { "sum/config": "ab" } }), [
    'PodTemplateChanged: annotation sum/config of the pod template: absent → "ab"',
  ]);
});

test("replicas set by a person, not by an autoscaler", () => {
  const scaled = (fieldOwners?: readonly FieldOwner[]) =>
    kit.deployment({ metadata: { ...(fieldOwners ? { fieldOwners } : {}) }, spec: { replicas: 0 } });
  checkChanges(kit.deployment(), scaled(), ["ReplicasChanged: replicas: 2 → 0"]);
  checkChanges(kit.deployment(), scaled([owner("kubectl", "spec.replicas", 10, "scale")]), [
    "ReplicasChanged: replicas: 2 → 0 (by kubectl)",
  ]);
  checkChanges(
    kit.deployment(),
    scaled([owner("helm", "spec.replicas", 900), owner("kube-controller-manager", "spec.replicas", 10, "scale")]),
    [],
  );
  checkChanges(kit.deployment(), scaled([owner("keda", "spec.replicas", 10, "scale")]), []);
});

test("the rest of a workload", () => {
  checkChanges(kit.deployment(), kit.deployment({ spec: { selector: { matchLabels: { app: "wbe" } } } }), [
    "SelectorChanged: selector.matchLabels.app: web → wbe",
  ]);
  checkChanges(kit.deployment(), kit.deployment({ spec: { paused: true } }), ["SpecChanged: paused: absent → true"]);
  checkChanges(kit.cronJob(), kit.cronJob({ spec: { suspend: true, jobTemplate: { spec: { backoffLimit: 0 } } } }), [
    "SpecChanged: suspend: false → true",
    "SpecChanged: jobTemplate.spec.backoffLimit: absent → 0",
  ]);
  const image = kit.cronJob({ spec: { jobTemplate: { spec: { template: { spec: { containers: [kit.container({ image: "x:2" })] } } } } } });
  assert.equal(
    checkChanges(kit.cronJob(), image, ["ImageChanged: image of container app: registry.example/web:1.0 → x:2"])[0]?.discriminator,
    "spec.jobTemplate.spec.template.spec.containers[app].image",
  );
});

test("the revision is told when it is known", () => {
  const at = (revision: string, image: string, cause?: string) =>
    made(
      { image },
      {},
      { annotations: { "deployment.kubernetes.io/revision": revision, ...(cause ? { "kubernetes.io/change-cause": cause } : {}) } },
    );
  checkChanges(at("3", "a"), at("4", "b"), ["ImageChanged: image of container app: a → b (revision 4)"]);
  checkChanges(at("3", "a"), at("3", "b", "back to b"), [
    "ImageChanged: image of container app: a → b (replaces revision 3, cause noted: back to b)",
  ]);
});

test("what controllers do to what they control is no change", () => {
  const metadata = { ownerReferences: [{ kind: "Deployment", name: "web", controller: true }] };
  checkChanges(kit.replicaSet({ metadata }), kit.replicaSet({ metadata, spec: { replicas: 0 } }), []);
  checkChanges(kit.replicaSet(), kit.replicaSet({ spec: { replicas: 0 } }), ["ReplicasChanged: replicas: 2 → 0"]);
  checkChanges(kit.pod({ spec: { nodeName: "" } }), kit.pod(), []);
  checkChanges(kit.pod(), kit.pod({ spec: { containers: [kit.container({ image: "x" })] } }), [
    "ImageChanged: image of container app: registry.example/web:1.0 → x",
  ]);
});
