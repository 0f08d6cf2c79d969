// The objects around pods as the API server tells them: nodes, namespaces, Deployments, ReplicaSets, Services, slices, ConfigMaps, autoscalers.
import type { Node, ReplicaSet, Workload } from "./cluster.ts";
import { nodeOwners, plainOwners, workloadOwners } from "./managed-fields.ts";
import { second, templateSpec } from "./pod-object.ts";

/** An object in the API's JSON. */
export type Told = Record<string, unknown>;

/** A machine; `beatMs`: its last heartbeat. */
export function nodeObject(node: Node, resourceVersion: number, beatMs: number): Told {
  const beat = second(beatMs);
  const healthy = { lastHeartbeatTime: beat, lastTransitionTime: second(node.readySinceMs - 86_400_000) };
  return {
    kind: "Node",
    apiVersion: "v1",
    metadata: {
      ...meta({ name: node.name, uid: node.uid, resourceVersion, createdMs: node.readySinceMs - 30 * 86_400_000 }),
      labels: {
        "kubernetes.io/hostname": node.name,
        "topology.kubernetes.io/zone": node.zone,
        "node.kubernetes.io/instance-type": "m7.4xlarge",
      },
      annotations: { "node.alpha.kubernetes.io/ttl": "0" },
      managedFields: nodeOwners(beat),
    },
    spec: { podCIDR: "10.0.0.0/24", providerID: `example:///${node.uid}` },
    status: {
      capacity: { cpu: "16", memory: "64Gi", pods: "110" },
      allocatable: { cpu: "15800m", memory: "62Gi", pods: "110" },
      conditions: [
        {
          type: "MemoryPressure",
          status: "False",
          ...healthy,
          reason: "KubeletHasSufficientMemory",
          message: "kubelet has sufficient memory",
        },
        { type: "DiskPressure", status: "False", ...healthy, reason: "KubeletHasNoDiskPressure", message: "kubelet has no disk pressure" },
        {
          type: "PIDPressure",
          status: "False",
          ...healthy,
          reason: "KubeletHasSufficientPID",
          message: "kubelet has sufficient PID available",
        },
        {
          type: "Ready",
          status: node.ready ? "True" : "Unknown",
          lastHeartbeatTime: beat,
          lastTransitionTime: second(node.readySinceMs),
          reason: node.ready ? "KubeletReady" : "NodeStatusUnknown",
          message: node.ready ? "kubelet is posting ready status" : "Kubelet stopped posting node status.",
        },
      ],
      addresses: [{ type: "InternalIP", address: `192.168.0.${node.name.slice(5)}` }],
      nodeInfo: {
        kernelVersion: "6.12.0",
        osImage: "Debian GNU/Linux 13",
        containerRuntimeVersion: "containerd://2.1.4",
        kubeletVersion: "v1.34.2",
      },
      images: Array.from({ length: 12 }, (_, at) => ({
        names: [`registry.example.com/base/image-${at}:1.0`],
        sizeBytes: 104_857_600 + at,
      })),
    },
  };
}

/** A namespace. */
export function namespaceObject(name: string, uid: string, atMs: number): Told {
  return {
    kind: "Namespace",
    apiVersion: "v1",
    metadata: {
      ...meta({ name, uid, resourceVersion: 1, createdMs: atMs - 60 * 86_400_000 }),
      labels: { "kubernetes.io/metadata.name": name },
    },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  };
}

/** The Deployment of a workload, with the status that its pods give it. */
export function deploymentObject(workload: Workload, resourceVersion: number, nowMs: number): Told {
  const { replicas, namespace, name, uid, generation } = workload;
  const set = workload.sets.at(-1) as ReplicaSet;
  const ready = workload.pods.filter(({ stage }) => stage === "ready").length;
  const available = ready >= Math.ceil(replicas * 0.75);
  const updated = workload.pods.filter((pod) => pod.set === set && pod.stage !== "ending").length;
  const appliedAt = second(set.createdMs);
  return {
    kind: "Deployment",
    apiVersion: "apps/v1",
    metadata: {
      ...meta({ name, namespace, uid, resourceVersion, createdMs: workload.createdMs }),
      generation,
      labels: { app: name, team: namespace },
      annotations: { "deployment.kubernetes.io/revision": String(generation) },
      managedFields: workloadOwners("helm", appliedAt, second(nowMs)),
    },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name, team: namespace } }, spec: templateSpec({ workload, set }) },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
    },
    status: {
      observedGeneration: generation,
      replicas: workload.pods.length,
      updatedReplicas: updated,
      readyReplicas: ready,
      availableReplicas: ready,
      ...(ready < replicas ? { unavailableReplicas: replicas - ready } : {}),
      conditions: [
        {
          type: "Available",
          status: available ? "True" : "False",
          lastUpdateTime: appliedAt,
          lastTransitionTime: appliedAt,
          reason: available ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
          message: `Deployment ${available ? "has" : "does not have"} minimum availability.`,
        },
        {
          type: "Progressing",
          status: "True",
          lastUpdateTime: second(nowMs),
          lastTransitionTime: appliedAt,
          reason: updated >= replicas ? "NewReplicaSetAvailable" : "ReplicaSetUpdated",
          message: `ReplicaSet "${set.name}" ${updated >= replicas ? "has successfully progressed" : "is progressing"}.`,
        },
      ],
    },
  };
}

/** One version of a workload. */
export function replicaSetObject(workload: Workload, set: ReplicaSet, resourceVersion: number): Told {
  const pods = workload.pods.filter((pod) => pod.set === set && pod.stage !== "ending");
  const ready = pods.filter(({ stage }) => stage === "ready").length;
  const wanted = set === workload.sets.at(-1) ? workload.replicas : 0;
  const labels = { app: workload.name, team: workload.namespace, "pod-template-hash": set.hash };
  return {
    kind: "ReplicaSet",
    apiVersion: "apps/v1",
    metadata: {
      ...meta({ name: set.name, namespace: workload.namespace, uid: set.uid, resourceVersion, createdMs: set.createdMs }),
      generation: 1,
      labels,
      annotations: { "deployment.kubernetes.io/desired-replicas": String(workload.replicas) },
      ownerReferences: [owner("apps/v1", "Deployment", workload.name, workload.uid)],
      managedFields: workloadOwners("kube-controller-manager", second(set.createdMs), second(set.createdMs)),
    },
    spec: {
      replicas: wanted,
      selector: { matchLabels: { app: workload.name, "pod-template-hash": set.hash } },
      template: { metadata: { labels }, spec: templateSpec({ workload, set }) },
    },
    status: {
      replicas: pods.length,
      fullyLabeledReplicas: pods.length,
      readyReplicas: ready,
      availableReplicas: ready,
      observedGeneration: 1,
    },
  };
}

/** The Service in front of a workload. */
export function serviceObject(workload: Workload): Told {
  const { namespace, name, serviceUid, createdMs } = workload;
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: {
      ...meta({ name, namespace, uid: serviceUid, resourceVersion: 10, createdMs }),
      labels: { app: name },
      managedFields: plainOwners("helm", second(createdMs), "f:ports", "f:selector", "f:type"),
    },
    spec: {
      ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: 8080 }],
      selector: { app: name },
      clusterIP: "10.96.0.10",
      clusterIPs: ["10.96.0.10"],
      type: "ClusterIP",
      sessionAffinity: "None",
    },
    status: { loadBalancer: {} },
  };
}

/** The Service's slice, with its pods as they are. */
export function sliceObject(workload: Workload, resourceVersion: number, nowMs: number): Told {
  const { namespace, name, sliceUid, serviceUid, createdMs } = workload;
  return {
    kind: "EndpointSlice",
    apiVersion: "discovery.k8s.io/v1",
    metadata: {
      ...meta({ name: `${name}-sl1ce`, namespace, uid: sliceUid, resourceVersion, createdMs }),
      generation: resourceVersion,
      labels: {
        app: name,
        "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
        "kubernetes.io/service-name": name,
      },
      annotations: { "endpoints.kubernetes.io/last-change-trigger-time": second(nowMs) },
      ownerReferences: [owner("v1", "Service", name, serviceUid)],
      managedFields: plainOwners("kube-controller-manager", second(nowMs), "f:addressType", "f:endpoints", "f:ports"),
    },
    addressType: "IPv4",
    endpoints: workload.pods
      .filter(({ node, stage }) => node !== undefined && stage !== "pending" && stage !== "creating")
      .map(({ name: pod, uid, ip, node, stage }) => ({
        addresses: [ip],
        conditions: { ready: stage === "ready", serving: stage === "ready", terminating: stage === "ending" },
        targetRef: { kind: "Pod", namespace, name: pod, uid },
        nodeName: node?.name,
        zone: node?.zone,
      })),
    ports: [{ name: "http", protocol: "TCP", port: 8080 }],
  };
}

/** The settings of a workload. */
export function configMapObject(workload: Workload): Told {
  const { namespace, name, configUid, createdMs, calls } = workload;
  return {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: {
      ...meta({ name: `${name}-config`, namespace, uid: configUid, resourceVersion: 10, createdMs }),
      managedFields: plainOwners("helm", second(createdMs), "f:data"),
    },
    data: { LOG_FORMAT: "json", CACHE_TTL: "300", ...(calls ? { UPSTREAM: `http://${calls.name}:80` } : {}) },
  };
}

/** The autoscaler of a workload that has one. */
export function autoscalerObject(workload: Workload, resourceVersion: number, nowMs: number): Told {
  const { namespace, name, uid, replicas, createdMs } = workload;
  return {
    kind: "HorizontalPodAutoscaler",
    apiVersion: "autoscaling/v2",
    metadata: meta({ name, namespace, uid: `${uid.slice(0, 30)}a5ca1e`, resourceVersion, createdMs }),
    spec: { scaleTargetRef: { kind: "Deployment", name, apiVersion: "apps/v1" }, minReplicas: 3, maxReplicas: 12, metrics: [] },
    status: {
      currentReplicas: replicas,
      desiredReplicas: replicas,
      lastScaleTime: second(nowMs),
      conditions: [
        { type: "ScalingActive", status: "True", lastTransitionTime: second(createdMs), reason: "ValidMetricFound", message: "" },
      ],
    },
  };
}

type Named = {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: number;
  readonly createdMs: number;
};

function meta({ name, namespace, uid, resourceVersion, createdMs }: Named): Told {
  return { name, ...(namespace ? { namespace } : {}), uid, resourceVersion: String(resourceVersion), creationTimestamp: second(createdMs) };
}

function owner(apiVersion: string, kind: string, name: string, uid: string): Told {
  return { apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true };
}
