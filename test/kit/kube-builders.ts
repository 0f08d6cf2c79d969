// Builders of Kubernetes objects: each gives one valid, healthy default; overrides are merged in deeply (lists replace lists).

import { resourceId } from "../../agent/domain/identity.ts";
import type { Json, JsonObject, KubeObject, ObjectMeta } from "../../agent/domain/kube-object.ts";
import type { Resource } from "../../agent/domain/resource.ts";

/** The time tests call now. */
export const NOW_MS = Date.parse("2026-03-01T12:00:00Z");

/** RFC 3339 time so many seconds before {@link NOW_MS}. */
export function ago(seconds: number): string {
  return new Date(NOW_MS - seconds * 1000).toISOString().replace(".000Z", "Z");
}

/** {@link ago} in epoch milliseconds. */
export function agoMs(seconds: number): number {
  return NOW_MS - seconds * 1000;
}

/** What a test says of an object; everything else is the builder's default. `rest` holds `data`, `endpoints`, … as in KubeObject. */
export type Overrides = {
  readonly apiVersion?: string;
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
  readonly rest?: JsonObject;
  readonly partial?: boolean;
};

/** Any kind; `spec` and `status` only as given. */
export function kubeObject(
  apiVersion: string,
  kind: string,
  defaults: Overrides & { metadata: { name: string } },
  overrides: Overrides = {},
): KubeObject {
  const metadata = { creationTimestamp: ago(3600), resourceVersion: "1", ...defaults.metadata, ...overrides.metadata };
  const uid = `uid-${kind}-${metadata.namespace ?? ""}-${metadata.name}`.toLowerCase();
  const spec = merge(defaults.spec, overrides.spec);
  const status = merge(defaults.status, overrides.status);
  const rest = merge(defaults.rest, overrides.rest);
  return {
    apiVersion: overrides.apiVersion ?? apiVersion,
    kind,
    metadata: { uid, ...metadata },
    ...(spec ? { spec } : {}),
    ...(status ? { status } : {}),
    ...(rest ? { rest } : {}),
    ...(overrides.partial ? { partial: true } : {}),
  };
}

/** A running, ready pod `shop/web-1` with one container `app` on `node-a`. */
export function pod(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "v1",
    "Pod",
    {
      metadata: { name: "web-1", namespace: "shop", labels: { app: "web" } },
      spec: { nodeName: "node-a", restartPolicy: "Always", terminationGracePeriodSeconds: 30, containers: [container()] },
      status: {
        phase: "Running",
        startTime: ago(3600),
        conditions: [
          condition("PodScheduled", "True"),
          condition("Initialized", "True"),
          condition("ContainersReady", "True"),
          condition("Ready", "True"),
        ],
        containerStatuses: [runningStatus()],
      },
    },
    overrides,
  );
}

/** One container of a pod spec. */
export function container(overrides: JsonObject = {}): JsonObject {
  return { name: "app", image: "registry.example/web:1.0", ports: [{ name: "http", containerPort: 8080 }], ...overrides };
}

/** Container status: running and ready for an hour. */
export function runningStatus(overrides: JsonObject = {}): JsonObject {
  return {
    name: "app",
    image: "registry.example/web:1.0",
    ready: true,
    started: true,
    restartCount: 0,
    state: { running: { startedAt: ago(3590) } },
    lastState: {},
    ...overrides,
  };
}

/** Container status: waiting with this reason. */
export function waitingStatus(reason: string, overrides: JsonObject = {}, message?: string): JsonObject {
  return runningStatus({ ready: false, started: false, state: { waiting: { reason, ...(message ? { message } : {}) } }, ...overrides });
}

/** `{terminated: {…}}` for a container's `state` or `lastState`; finished a minute ago. */
export function terminated(exitCode: number, reason: string, overrides: JsonObject = {}): JsonObject {
  return { terminated: { exitCode, reason, startedAt: ago(120), finishedAt: ago(60), ...overrides } };
}

/** One entry of `status.conditions`, unchanged for an hour. */
export function condition(type: string, status: "True" | "False" | "Unknown", overrides: JsonObject = {}): JsonObject {
  return { type, status, lastTransitionTime: ago(3590), ...overrides };
}

const podTemplate: JsonObject = { metadata: { labels: { app: "web" } }, spec: { containers: [container()] } };

/** An available Deployment `shop/web` with two replicas. */
export function deployment(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "apps/v1",
    "Deployment",
    {
      metadata: { name: "web", namespace: "shop", generation: 1 },
      spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: podTemplate, progressDeadlineSeconds: 600 },
      status: {
        observedGeneration: 1,
        replicas: 2,
        updatedReplicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
        conditions: [
          condition("Available", "True", { reason: "MinimumReplicasAvailable" }),
          condition("Progressing", "True", { reason: "NewReplicaSetAvailable" }),
        ],
      },
    },
    overrides,
  );
}

/** A ready ReplicaSet `shop/web-5d4f` with two replicas. */
export function replicaSet(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "apps/v1",
    "ReplicaSet",
    {
      metadata: { name: "web-5d4f", namespace: "shop", generation: 1 },
      spec: { replicas: 2, selector: { matchLabels: { app: "web" } }, template: podTemplate },
      status: { observedGeneration: 1, replicas: 2, readyReplicas: 2, availableReplicas: 2 },
    },
    overrides,
  );
}

/** A ready StatefulSet `shop/db` with two replicas. */
export function statefulSet(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "apps/v1",
    "StatefulSet",
    {
      metadata: { name: "db", namespace: "shop", generation: 1 },
      spec: { replicas: 2, serviceName: "db", selector: { matchLabels: { app: "web" } }, template: podTemplate },
      status: {
        observedGeneration: 1,
        replicas: 2,
        readyReplicas: 2,
        availableReplicas: 2,
        updatedReplicas: 2,
        currentRevision: "db-1",
        updateRevision: "db-1",
      },
    },
    overrides,
  );
}

/** A ready DaemonSet `shop/agent` on two nodes. */
export function daemonSet(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "apps/v1",
    "DaemonSet",
    {
      metadata: { name: "agent", namespace: "shop", generation: 1 },
      spec: { selector: { matchLabels: { app: "web" } }, template: podTemplate },
      status: {
        observedGeneration: 1,
        desiredNumberScheduled: 2,
        currentNumberScheduled: 2,
        numberReady: 2,
        numberAvailable: 2,
        updatedNumberScheduled: 2,
        numberMisscheduled: 0,
      },
    },
    overrides,
  );
}

/** A completed Job `shop/import`. */
export function job(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "batch/v1",
    "Job",
    {
      metadata: { name: "import", namespace: "shop" },
      spec: { backoffLimit: 6, completions: 1, parallelism: 1, template: podTemplate },
      status: { startTime: ago(600), completionTime: ago(300), succeeded: 1, conditions: [condition("Complete", "True")] },
    },
    overrides,
  );
}

/** A CronJob `shop/nightly` that ran ten minutes ago and runs every hour. */
export function cronJob(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "batch/v1",
    "CronJob",
    {
      metadata: { name: "nightly", namespace: "shop", creationTimestamp: ago(7 * 86_400) },
      spec: { schedule: "50 * * * *", suspend: false, concurrencyPolicy: "Allow", jobTemplate: { spec: { template: podTemplate } } },
      status: { lastScheduleTime: ago(600), lastSuccessfulTime: ago(580) },
    },
    overrides,
  );
}

/** A ready Node `node-a` with 4 cores and 16 Gi. */
export function node(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "v1",
    "Node",
    {
      metadata: { name: "node-a", labels: { "kubernetes.io/hostname": "node-a", "kubernetes.io/os": "linux" } },
      spec: {},
      status: {
        allocatable: { cpu: "4", memory: "16Gi", pods: "110" },
        capacity: { cpu: "4", memory: "16Gi", pods: "110" },
        conditions: [
          condition("MemoryPressure", "False", { reason: "KubeletHasSufficientMemory" }),
          condition("DiskPressure", "False", { reason: "KubeletHasNoDiskPressure" }),
          condition("PIDPressure", "False", { reason: "KubeletHasSufficientPID" }),
          condition("Ready", "True", { reason: "KubeletReady", message: "kubelet is posting ready status" }),
        ],
      },
    },
    overrides,
  );
}

/** A Service `shop/web` on port 80 to `http`. */
export function service(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "v1",
    "Service",
    {
      metadata: { name: "web", namespace: "shop" },
      spec: {
        type: "ClusterIP",
        clusterIP: "10.0.0.10",
        selector: { app: "web" },
        ports: [{ name: "http", port: 80, targetPort: "http", protocol: "TCP" }],
      },
      status: { loadBalancer: {} },
    },
    overrides,
  );
}

/** An EndpointSlice of Service `shop/web` with one ready endpoint, pod `web-1`. */
export function endpointSlice(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "discovery.k8s.io/v1",
    "EndpointSlice",
    {
      metadata: { name: "web-abcde", namespace: "shop", labels: { "kubernetes.io/service-name": "web" } },
      rest: {
        addressType: "IPv4",
        endpoints: [
          {
            addresses: ["10.1.0.5"],
            conditions: { ready: true, serving: true, terminating: false },
            targetRef: { kind: "Pod", namespace: "shop", name: "web-1" },
          },
        ],
        ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      },
    },
    overrides,
  );
}

/** A ConfigMap `shop/settings` with key `mode`. */
export function configMap(overrides: Overrides = {}): KubeObject {
  return kubeObject("v1", "ConfigMap", { metadata: { name: "settings", namespace: "shop" }, rest: { data: { mode: "fast" } } }, overrides);
}

/** A Secret `shop/credentials` with key `password`; as projected, values are empty. */
export function secret(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "v1",
    "Secret",
    { metadata: { name: "credentials", namespace: "shop" }, rest: { type: "Opaque", data: { password: "" } } },
    overrides,
  );
}

/** A bound claim `shop/data` on volume `pv-1` of class `fast`. */
export function persistentVolumeClaim(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "v1",
    "PersistentVolumeClaim",
    {
      metadata: { name: "data", namespace: "shop" },
      spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast", volumeName: "pv-1", resources: { requests: { storage: "10Gi" } } },
      status: { phase: "Bound", capacity: { storage: "10Gi" }, accessModes: ["ReadWriteOnce"] },
    },
    overrides,
  );
}

/** A bound volume `pv-1`. */
export function persistentVolume(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "v1",
    "PersistentVolume",
    {
      metadata: { name: "pv-1" },
      spec: {
        capacity: { storage: "10Gi" },
        accessModes: ["ReadWriteOnce"],
        storageClassName: "fast",
        claimRef: { kind: "PersistentVolumeClaim", namespace: "shop", name: "data" },
      },
      status: { phase: "Bound" },
    },
    overrides,
  );
}

/** A storage class `fast` that binds at once. */
export function storageClass(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "storage.k8s.io/v1",
    "StorageClass",
    { metadata: { name: "fast" }, rest: { provisioner: "csi.example.com", volumeBindingMode: "Immediate" } },
    overrides,
  );
}

/** A namespace `shop`. */
export function namespace(overrides: Overrides = {}): KubeObject {
  return kubeObject("v1", "Namespace", { metadata: { name: "shop" }, status: { phase: "Active" } }, overrides);
}

/** A resource quota `shop/quota` with room left. */
export function resourceQuota(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "v1",
    "ResourceQuota",
    {
      metadata: { name: "quota", namespace: "shop" },
      spec: { hard: { pods: "10" } },
      status: { hard: { pods: "10" }, used: { pods: "2" } },
    },
    overrides,
  );
}

/** An autoscaler `shop/web` between 2 and 5 replicas, at 2. */
export function horizontalPodAutoscaler(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "autoscaling/v2",
    "HorizontalPodAutoscaler",
    {
      metadata: { name: "web", namespace: "shop" },
      spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, minReplicas: 2, maxReplicas: 5 },
      status: {
        currentReplicas: 2,
        desiredReplicas: 2,
        conditions: [condition("AbleToScale", "True"), condition("ScalingActive", "True"), condition("ScalingLimited", "False")],
      },
    },
    overrides,
  );
}

/** An Ingress `shop/web` that routes `/` to Service `web` port 80. */
export function ingress(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "networking.k8s.io/v1",
    "Ingress",
    {
      metadata: { name: "web", namespace: "shop" },
      spec: {
        rules: [
          {
            host: "shop.example",
            http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }] },
          },
        ],
      },
      status: { loadBalancer: { ingress: [{ ip: "192.0.2.10" }] } },
    },
    overrides,
  );
}

/** A NetworkPolicy `shop/web` that admits every pod of the namespace. */
export function networkPolicy(overrides: Overrides = {}): KubeObject {
  return kubeObject(
    "networking.k8s.io/v1",
    "NetworkPolicy",
    {
      metadata: { name: "web", namespace: "shop" },
      spec: { podSelector: { matchLabels: { app: "web" } }, policyTypes: ["Ingress"], ingress: [{ from: [{ podSelector: {} }] }] },
    },
    overrides,
  );
}

/** A resource as the working set holds it once the object was really seen. */
export type SeenResource = Resource & { readonly object: KubeObject };

/** The resource of an object, in cluster `test`. */
export function seen(object: KubeObject, overrides: Partial<Resource> = {}): SeenResource {
  const { kind, metadata } = object;
  const uid = metadata.uid ?? `uid-${kind}-${metadata.namespace ?? ""}-${metadata.name}`.toLowerCase();
  return {
    cluster: "test",
    rid: resourceId(kind, uid),
    kind,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
    name: metadata.name,
    uid,
    labels: metadata.labels ?? {},
    createdAtMs: Date.parse(metadata.creationTimestamp ?? ago(3600)),
    updatedAtMs: NOW_MS,
    ...overrides,
    object,
  };
}

function merge(base: JsonObject | undefined, over: JsonObject | undefined): JsonObject | undefined {
  if (base === undefined || over === undefined) return over ?? base;
  const merged: Record<string, Json | undefined> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const former = merged[key];
    merged[key] = isPlain(former) && isPlain(value) ? merge(former, value) : value;
  }
  return merged;
}

function isPlain(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
