// Which resources an object names, kind by kind.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { KubeObject } from "../../../../agent/domain/kube-object.ts";
import { referencesOf } from "../../../../agent/graph/topology/references.ts";
import * as kit from "../../../kit/kube-builders.ts";

/** `USES > Secret shop/x` (out) or `CONTROLS < ReplicaSet shop/y` (in), a question mark after what is optional. */
function lines(object: KubeObject): readonly string[] {
  return referencesOf(object)
    .map(
      ({ type, direction, ref, optional }) =>
        `${type} ${direction === "out" ? ">" : "<"} ${ref.kind} ${ref.namespace ?? "-"}/${ref.name}${optional ? "?" : ""}`,
    )
    .sort();
}

function check(object: KubeObject, expected: readonly string[]): void {
  assert.deepEqual(lines(object), [...expected].sort());
}

test("owners control or own; a cluster-scoped owner has no namespace", () => {
  const ownerReferences = [
    { kind: "ReplicaSet", name: "web-5d4f", uid: "u1", controller: true },
    { kind: "Other", name: "o" },
    { kind: "Node", name: "node-a", controller: true },
  ];
  const object = kit.configMap({ metadata: { ownerReferences } });
  check(object, ["CONTROLS < ReplicaSet shop/web-5d4f", "OWNS < Other shop/o", "CONTROLS < Node -/node-a"]);
  assert.equal(referencesOf(object)[0]?.ref.uid, "u1");
});

const demanding = {
  serviceAccountName: "shopper",
  priorityClassName: "high",
  runtimeClassName: "gvisor",
  imagePullSecrets: [{ name: "registry" }],
  volumes: [
    { name: "a", configMap: { name: "settings", optional: true } },
    { name: "b", secret: { secretName: "tls" } },
    { name: "c", persistentVolumeClaim: { claimName: "data" } },
    {
      name: "d",
      projected: {
        sources: [{ configMap: { name: "root-ca" } }, { secret: { name: "extra", optional: true } }, { serviceAccountToken: {} }],
      },
    },
    { name: "e", csi: { driver: "x", nodePublishSecretRef: { name: "vault" } } },
    { name: "scratch", ephemeral: { volumeClaimTemplate: {} } },
  ],
  initContainers: [{ name: "init", envFrom: [{ secretRef: { name: "init-env" } }] }],
  containers: [
    kit.container({
      env: [
        { name: "A", valueFrom: { configMapKeyRef: { name: "settings", key: "a" } } },
        { name: "B", valueFrom: { secretKeyRef: { name: "credentials", key: "b", optional: true } } },
      ],
      envFrom: [{ configMapRef: { name: "common" } }],
    }),
  ],
};

const needs = [
  "USES > ServiceAccount shop/shopper",
  "USES > PriorityClass -/high",
  "USES > RuntimeClass -/gvisor",
  "USES > Secret shop/registry",
  // Optional as a volume, required by the environment: required.
  "USES > ConfigMap shop/settings",
  "USES > Secret shop/tls",
  "USES > PersistentVolumeClaim shop/data",
  "USES > ConfigMap shop/root-ca",
  "USES > Secret shop/extra?",
  "USES > Secret shop/vault",
  "USES > Secret shop/init-env",
  "USES > Secret shop/credentials?",
  "USES > ConfigMap shop/common",
];

test("a pod runs on its node and uses all that it names", () => {
  check(kit.pod({ spec: demanding }), [...needs, "RUNS_ON > Node -/node-a", "USES > PersistentVolumeClaim shop/web-1-scratch"]);
  check(kit.pod(), ["RUNS_ON > Node -/node-a", "USES > ServiceAccount shop/default"]);
});

test("pod templates use the same, whatever kind they are in", () => {
  for (const make of [kit.deployment, kit.replicaSet, kit.statefulSet, kit.daemonSet, kit.job])
    check(make({ spec: { template: { spec: demanding } } }), needs);
  check(kit.cronJob({ spec: { jobTemplate: { spec: { template: { spec: demanding } } } } }), needs);
});

test("a partial pod is not said to use the default account", () => {
  check({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "shop" }, spec: { nodeName: "n" }, partial: true }, [
    "RUNS_ON > Node -/n",
  ]);
  check({ apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "shop" } }, []);
});

test("evidence quotes the field", () => {
  const found = referencesOf(kit.pod({ spec: demanding })).find(({ ref }) => ref.name === "credentials");
  assert.equal(found?.evidence, "spec.containers[app].env[B].valueFrom.secretKeyRef.name=credentials");
});

test("routes lead to Services and come from Gateways", () => {
  const rules = [
    {
      http: {
        paths: [
          { path: "/", backend: { service: { name: "web" } } },
          { path: "/old", backend: { serviceName: "legacy" } },
        ],
      },
    },
  ];
  check(kit.ingress({ spec: { defaultBackend: { service: { name: "fallback" } }, tls: [{ secretName: "cert" }], rules } }), [
    "ROUTES_TO > Service shop/fallback",
    "ROUTES_TO > Service shop/web",
    "ROUTES_TO > Service shop/legacy",
    "USES > Secret shop/cert",
  ]);
  const route = (kind: string): KubeObject => ({
    apiVersion: "gateway.networking.k8s.io/v1",
    kind,
    metadata: { name: "r", namespace: "shop" },
    spec: {
      parentRefs: [{ name: "edge", namespace: "infra" }],
      rules: [
        {
          backendRefs: [
            { name: "web", port: 80 },
            { name: "api", namespace: "other" },
          ],
        },
      ],
    },
  });
  for (const kind of ["HTTPRoute", "GRPCRoute", "TCPRoute"]) {
    check(route(kind), ["ROUTES_TO < Gateway infra/edge", "ROUTES_TO > Service shop/web", "ROUTES_TO > Service other/api"]);
  }
});

test("storage binds; the claim of a released volume is gone", () => {
  check(kit.persistentVolumeClaim(), ["BINDS > PersistentVolume -/pv-1", "BINDS > StorageClass -/fast"]);
  check(kit.persistentVolume(), ["BINDS < PersistentVolumeClaim shop/data", "BINDS > StorageClass -/fast"]);
  check(kit.persistentVolume({ status: { phase: "Released" } }), ["BINDS > StorageClass -/fast"]);
});

test("autoscalers, quotas, webhooks, accounts and endpoints", () => {
  check(kit.horizontalPodAutoscaler(), ["SCALES > Deployment shop/web"]);
  check(kit.resourceQuota(), ["GUARDS > Namespace -/shop"]);
  const hook = { name: "check.example", clientConfig: { service: { name: "guard", namespace: "infra" } } };
  const webhooks: KubeObject = {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "w" },
    rest: { webhooks: [hook, { name: "by-url", clientConfig: { url: "https://x" } }] },
  };
  check(webhooks, ["USES > Service infra/guard"]);
  const account: KubeObject = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "a", namespace: "shop" },
    rest: { secrets: [{ name: "token" }], imagePullSecrets: [{ name: "pull" }] },
  };
  check(account, ["USES > Secret shop/token", "USES > Secret shop/pull"]);
  check(kit.endpointSlice(), ["OWNS < Service shop/web"]);
  check(kit.endpointSlice({ metadata: { ownerReferences: [{ kind: "Service", name: "web", controller: true }] } }), [
    "CONTROLS < Service shop/web",
  ]);
});

test("fields of the wrong type read as absent", () => {
  check(kit.pod({ spec: { nodeName: 7, volumes: "x", containers: [null, "y", { env: {} }], serviceAccountName: ["z"] } }), [
    "USES > ServiceAccount shop/default",
  ]);
});

test("references are bounded", () => {
  const paths = Array.from({ length: 2000 }, (_, index) => ({ path: `/${index}`, backend: { service: { name: `s${index}` } } }));
  assert.equal(referencesOf(kit.ingress({ spec: { rules: [{ http: { paths } }] } })).length, 500);
});
