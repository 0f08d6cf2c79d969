// Edits of everything but workloads: what is told, and what is noise.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkChanges } from "../../kit/check-changes.ts";
import * as kit from "../../kit/kube-builders.ts";

test("a Service's selector, ports and type; not what the API server allocates", () => {
  const service = kit.service();
  checkChanges(service, kit.service({ spec: { selector: { app: "wbe" } } }), ["SelectorChanged: selector.app of the Service: web → wbe"]);
  checkChanges(service, kit.service({ spec: { ports: [{ name: "http", port: 80, targetPort: 81, protocol: "TCP" }] } }), [
    "ServicePortsChanged: ports[http].targetPort of the Service: http → 81",
  ]);
  const published = kit.service({
    spec: {
      type: "NodePort",
      clusterIPs: ["10.0.0.10"],
      ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP", nodePort: 30_000 }],
    },
  });
  checkChanges(service, published, ["SpecChanged: type of the Service: ClusterIP → NodePort"]);
  const { selector: _, ...unselecting } = service.spec ?? {};
  checkChanges(service, { ...service, spec: unselecting }, ["SelectorChanged: selector.app of the Service: web → absent"]);
});

test("a ConfigMap key by key, quoted; of a long text only the lines that differ", () => {
  const data = (values: JsonObject) => kit.configMap({ rest: { data: values } });
  const [found] = checkChanges(data({ mode: "fast", "a.b": "1" }), data({ mode: "slow", "a.b": "1" }), [
    'ConfigMapChanged: key mode of ConfigMap settings: "fast" → "slow"',
  ]);
  assert.equal(found?.discriminator, "data[mode]");
  checkChanges(data({ mode: "fast" }), data({ mode: "fast", "x.conf": "" }), [
    'ConfigMapChanged: key x.conf of ConfigMap settings: absent → ""',
  ]);
  const file = (port: number) =>
    data({ mode: "fast", file: `${"# filler\n".repeat(100)}host: db\nport: ${port}\nname: x\n${"# more\n".repeat(100)}` });
  checkChanges(file(5432), file(5433), ['ConfigMapChanged: key file of ConfigMap settings: "port: 5432" → "port: 5433"']);
  const status = (text: string) => kit.configMap({ metadata: { name: "cluster-autoscaler-status" }, rest: { data: { status: text } } });
  checkChanges(status("a"), status("b"), []);
});

test("who edited a ConfigMap key", () => {
  const fieldOwners = [{ manager: "kubectl-edit", atMs: kit.agoMs(5), paths: ["data.app.conf"] }];
  const [found] = checkChanges(
    kit.configMap({ rest: { data: { "app.conf": "a" } } }),
    kit.configMap({ metadata: { fieldOwners }, rest: { data: { "app.conf": "b" } } }),
    ['ConfigMapChanged: key app.conf of ConfigMap settings: "a" → "b" (by kubectl-edit)'],
  );
  assert.equal(found?.atMs, kit.agoMs(5));
});

test("a Secret's keys, and values written anew", () => {
  const secret = (resourceVersion: string, data: JsonObject, more: Partial<KubeObject["metadata"]> = {}, type = "Opaque"): KubeObject => ({
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "s", namespace: "shop", resourceVersion, ...more },
    rest: { type, data },
  });
  checkChanges(secret("1", { a: "" }), secret("2", { b: "" }), [
    "SecretChanged: key b of Secret s (added)",
    "SecretChanged: key a of Secret s (removed)",
  ]);
  checkChanges(secret("1", { a: "" }), secret("2", { a: "" }), ["SecretChanged: values of Secret s written anew"]);
  checkChanges(secret("1", { a: "" }), secret("2", { a: "" }, { labels: { x: "y" } }), []);
  checkChanges(secret("1", { a: "" }), secret("2", { a: "" }, { annotations: { "reconcile/hash": "2" } }), [
    "SecretChanged: values of Secret s written anew",
  ]);
  checkChanges(secret("1", { a: "" }), secret("2", { a: "" }, {}, "kubernetes.io/service-account-token"), []);
  const written = (atMs: number, path: string) => ({ fieldOwners: [{ manager: "vault", atMs, paths: [path] }] });
  checkChanges(secret("1", { a: "" }, written(1, "data.a")), secret("2", { a: "" }, written(2, "data.a")), [
    "SecretChanged: values of Secret s written anew (by vault)",
  ]);
  checkChanges(secret("1", { a: "" }, written(1, "data.a")), secret("2", { a: "" }, written(1, "data.a")), []);
});

const thing = (apiVersion: string, kind: string, fields: Partial<KubeObject>): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: "x", namespace: "shop" },
  ...fields,
});

test("policies, quotas, autoscalers, routes, storage, webhooks and access", () => {
  checkChanges(kit.networkPolicy(), kit.networkPolicy({ spec: { ingress: [] } }), [
    'PolicyChanged: spec.ingress of NetworkPolicy web: [{"from":[{"podSelector":{}}]}] → []',
  ]);
  checkChanges(
    thing("policy/v1", "PodDisruptionBudget", { spec: { minAvailable: 1 } }),
    thing("policy/v1", "PodDisruptionBudget", { spec: { minAvailable: 2 } }),
    ["PolicyChanged: spec.minAvailable of PodDisruptionBudget x: 1 → 2"],
  );
  checkChanges(kit.resourceQuota(), kit.resourceQuota({ spec: { hard: { pods: "0" } } }), [
    "QuotaChanged: spec.hard.pods of ResourceQuota quota: 10 → 0",
  ]);
  checkChanges(kit.horizontalPodAutoscaler(), kit.horizontalPodAutoscaler({ spec: { maxReplicas: 2 } }), [
    "AutoscalerChanged: spec.maxReplicas of HorizontalPodAutoscaler web: 5 → 2",
  ]);
  checkChanges(kit.ingress(), kit.ingress({ spec: { ingressClassName: "x" } }), [
    "RouteChanged: spec.ingressClassName of Ingress web: absent → x",
  ]);
  checkChanges(
    kit.storageClass(),
    kit.storageClass({ metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } } }),
    ["StorageChanged: default storage class fast: absent → true"],
  );
  const role = (verbs: readonly string[]) => thing("rbac.authorization.k8s.io/v1", "Role", { rest: { rules: [{ verbs }] } });
  checkChanges(role(["get"]), role(["list"]), ['PolicyChanged: rules of Role x: [{"verbs":["get"]}] → [{"verbs":["list"]}]']);
  const hooks = (failurePolicy: string, caBundle: string) =>
    thing("admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", {
      rest: { webhooks: [{ name: "a", failurePolicy, clientConfig: { caBundle } }] },
    });
  checkChanges(hooks("Ignore", "1"), hooks("Fail", "1"), [
    "WebhookChanged: webhooks[a].failurePolicy of ValidatingWebhookConfiguration x: Ignore → Fail",
  ]);
  checkChanges(hooks("Fail", "1"), hooks("Fail", "2"), []);
});

test("binding is the controllers' work, resizing is not", () => {
  const unbound = {
    ...kit.persistentVolumeClaim(),
    spec: { storageClassName: "fast", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
  };
  checkChanges(unbound, kit.persistentVolumeClaim(), []);
  checkChanges(unbound, { ...unbound, spec: { ...unbound.spec, resources: { requests: { storage: "20Gi" } } } }, [
    "StorageChanged: spec.resources.requests.storage of PersistentVolumeClaim data: 10Gi → 20Gi",
  ]);
  const { claimRef: _, ...free } = kit.persistentVolume().spec ?? {};
  checkChanges({ ...kit.persistentVolume(), spec: free }, kit.persistentVolume(), []);
});

test("a node is cordoned or tainted by hand; lifecycle taints are not edits", () => {
  const node = (spec: JsonObject) => kit.node({ spec });
  const lifecycle = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };
  checkChanges(node({}), node({ unschedulable: true, taints: [lifecycle] }), ["CordonChanged: node node-a was cordoned: false → true"]);
  checkChanges(node({}), node({ taints: [lifecycle, { key: "team", value: "a", effect: "NoSchedule" }] }), [
    "TaintsChanged: taint team:NoSchedule of node node-a: absent → team=a:NoSchedule",
  ]);
});

test("labels that others select by; not those that tools and controllers write", () => {
  const labelled = (labels: Record<string, string>, manager?: string) =>
    kit.pod({
      metadata: {
        labels,
        ...(manager
          ? { fieldOwners: [{ manager, atMs: kit.agoMs(5), paths: Object.keys(labels).map((key) => `metadata.labels.${key}`) }] }
          : {}),
      },
    });
  checkChanges(labelled({ app: "web" }), labelled({ app: "wbe" }, "kubectl-label"), [
    "LabelsChanged: label app of Pod web-1: web → wbe (by kubectl-label)",
  ]);
  checkChanges(
    labelled({ app: "web" }),
    labelled({ app: "web", "app.kubernetes.io/version": "2", "pod-template-hash": "x", "topology.kubernetes.io/zone": "a" }),
    [],
  );
  checkChanges(labelled({ app: "web" }), labelled({ app: "web", zone: "x" }, "kube-controller-manager"), []);
  checkChanges(kit.namespace(), kit.namespace({ metadata: { labels: { "pod-security.kubernetes.io/enforce": "restricted" } } }), [
    "LabelsChanged: label pod-security.kubernetes.io/enforce of Namespace shop: absent → restricted",
  ]);
});
