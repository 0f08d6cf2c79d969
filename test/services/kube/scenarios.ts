// Failures as users cause them: what is healthy before, what is done, and the root cause that must be named.
import type { KubeCluster } from "./cluster.ts";
import { claim, deployment, namespace, service } from "./manifests.ts";

/** One failure. `ns` is a namespace of its own. */
export type Scenario = {
  readonly name: string;
  /** Pods that must run before it breaks. */
  readonly healthyPods: number;
  before(cluster: KubeCluster, ns: string): Promise<void>;
  breaks(cluster: KubeCluster, ns: string): Promise<void>;
  /** Who must be named: kind, the beginning of the name, and one of the reasons. `first`: must be ranked first, named or not, because the cluster says too little. */
  readonly rootCause: {
    readonly certainty?: "first";
    readonly kinds: readonly string[];
    readonly name: string;
    readonly reasons: readonly string[];
  };
};

const healthy = (cluster: KubeCluster, ns: string) => cluster.apply(namespace(ns), deployment({ namespace: ns }), service(ns));

const labelPods = async (cluster: KubeCluster, ns: string, chaos: string, ...more: string[]) => {
  if (more.length > 0) await cluster.kubectl(["-n", ns, "annotate", "pods", "-l", "app=web", ...more]);
  await cluster.kubectl(["-n", ns, "label", "pods", "-l", "app=web", `chaos=${chaos}`]);
};

/** Everything but the loss of a node, which hits whatever runs on it. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "an image that cannot be pulled is rolled out",
    healthyPods: 2,
    before: healthy,
    breaks: (cluster, ns) => cluster.apply(deployment({ namespace: ns, image: "registry.example.com/web:1.0.1-typo", chaos: "imagepull" })),
    rootCause: { kinds: ["Deployment"], name: "web", reasons: ["ImageChanged"] },
  },
  {
    name: "a memory limit that is too small is rolled out",
    healthyPods: 2,
    before: healthy,
    breaks: (cluster, ns) =>
      cluster.apply(
        deployment({
          namespace: ns,
          chaos: "crashloop",
          container: { resources: { requests: { cpu: "100m", memory: "8Mi" }, limits: { memory: "16Mi" } } },
        }),
      ),
    rootCause: { kinds: ["Deployment"], name: "web", reasons: ["ResourcesChanged"] },
  },
  {
    name: "pods run out of memory although nobody changed anything",
    healthyPods: 2,
    before: healthy,
    breaks: (cluster, ns) => labelPods(cluster, ns, "crashloop"),
    rootCause: { kinds: ["Deployment", "Pod"], name: "web", reasons: ["OOMKilled"] },
  },
  {
    name: "a process ends with an error again and again",
    healthyPods: 2,
    before: healthy,
    breaks: (cluster, ns) => labelPods(cluster, ns, "crashloop", "chaos/reason=Error", "chaos/exit-code=1"),
    rootCause: { kinds: ["Deployment", "Pod"], name: "web", reasons: ["ContainerExitedWithError", "CrashLoopBackOff"] },
  },
  {
    name: "readiness probes fail",
    healthyPods: 2,
    before: healthy,
    breaks: (cluster, ns) => labelPods(cluster, ns, "notready"),
    // A simulated kubelet tells of one failed probe; a real one goes on telling.
    rootCause: { certainty: "first", kinds: ["Deployment", "Pod"], name: "web", reasons: ["ReadinessProbeFailed", "ContainerNotReady"] },
  },
  {
    name: "a ConfigMap that is not there is referred to",
    healthyPods: 0,
    before: (cluster, ns) => cluster.apply(namespace(ns)),
    breaks: (cluster, ns) =>
      cluster.apply(
        deployment({
          namespace: ns,
          chaos: "configerror",
          annotations: { "chaos/message": 'configmap "web-settings" not found' },
          container: { envFrom: [{ configMapRef: { name: "web-settings" } }] },
        }),
      ),
    rootCause: { kinds: ["Deployment", "Pod"], name: "web", reasons: ["MissingConfigMap"] },
  },
  {
    name: "a quota leaves no room",
    healthyPods: 0,
    before: (cluster, ns) =>
      cluster.apply(namespace(ns), {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "small", namespace: ns },
        spec: { hard: { pods: "1" } },
      }),
    breaks: (cluster, ns) => cluster.apply(deployment({ namespace: ns, replicas: 3 })),
    rootCause: { kinds: ["ResourceQuota"], name: "small", reasons: ["Created", "QuotaExhausted"] },
  },
  {
    name: "a pod asks for more than any node has",
    healthyPods: 0,
    before: (cluster, ns) => cluster.apply(namespace(ns)),
    breaks: (cluster, ns) =>
      cluster.apply(deployment({ namespace: ns, container: { resources: { requests: { cpu: "400", memory: "64Mi" } } } })),
    rootCause: { kinds: ["Deployment", "Pod"], name: "web", reasons: ["NoNodeWithEnoughCpu"] },
  },
  {
    name: "a claim names a storage class that is not there",
    healthyPods: 0,
    before: (cluster, ns) => cluster.apply(namespace(ns)),
    breaks: (cluster, ns) =>
      cluster.apply(
        claim(ns, "data", "fast-ssd"),
        deployment({
          namespace: ns,
          replicas: 1,
          container: { volumeMounts: [{ name: "data", mountPath: "/data" }] },
          pod: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] },
        }),
      ),
    rootCause: { kinds: ["PersistentVolumeClaim"], name: "data", reasons: ["Created", "StorageClassMissing"] },
  },
  {
    name: "a Service's selector is edited so that it fits no pod",
    healthyPods: 2,
    before: healthy,
    breaks: (cluster, ns) => cluster.apply(service(ns, "web", { app: "wbe" })),
    rootCause: { kinds: ["Service"], name: "web", reasons: ["SelectorChanged"] },
  },
  {
    name: "a Secret that is not there is referred to",
    healthyPods: 0,
    before: (cluster, ns) => cluster.apply(namespace(ns)),
    breaks: (cluster, ns) =>
      cluster.apply(
        deployment({
          namespace: ns,
          chaos: "configerror",
          annotations: { "chaos/message": 'secret "web-credentials" not found' },
          container: { envFrom: [{ secretRef: { name: "web-credentials" } }] },
        }),
      ),
    rootCause: { kinds: ["Deployment", "Pod"], name: "web", reasons: ["MissingSecret"] },
  },
  {
    name: "a Service's port is edited to one that no container has",
    healthyPods: 2,
    before: healthy,
    breaks: (cluster, ns) => cluster.apply(service(ns, "web", { app: "web" }, "metrics")),
    rootCause: { kinds: ["Service"], name: "web", reasons: ["ServicePortsChanged"] },
  },
  {
    name: "an autoscaler gets no metrics",
    healthyPods: 2,
    before: healthy,
    breaks: (cluster, ns) =>
      cluster.apply({
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: "web", namespace: ns },
        spec: {
          minReplicas: 2,
          maxReplicas: 4,
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
          metrics: [{ type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 60 } } }],
        },
      }),
    // Two reasons say the same of the same object.
    rootCause: {
      certainty: "first",
      kinds: ["HorizontalPodAutoscaler"],
      name: "web",
      reasons: ["FailedComputeMetricsReplicas", "FailedGetResourceMetric"],
    },
  },
];
