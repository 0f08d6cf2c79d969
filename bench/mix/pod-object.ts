// A pod as the API server tells it.
import type { Pod } from "./cluster.ts";
import { podOwners } from "./managed-fields.ts";

/** The pod's object at its present stage. */
export function podObject(pod: Pod, resourceVersion: number): Record<string, unknown> {
  const { workload, set } = pod;
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: {
      name: pod.name,
      generateName: `${set.name}-`,
      namespace: workload.namespace,
      uid: pod.uid,
      resourceVersion: String(resourceVersion),
      creationTimestamp: second(pod.createdMs),
      ...(pod.stage === "ending" ? { deletionTimestamp: second(pod.changedMs), deletionGracePeriodSeconds: 30 } : {}),
      labels: { app: workload.name, team: workload.namespace, "pod-template-hash": set.hash },
      annotations: {
        "prometheus.io/scrape": "true",
        "kubernetes.io/config.source": "api",
        ...(pod.priced > 0 ? { "controller.kubernetes.io/pod-deletion-cost": String(pod.priced) } : {}),
      },
      ownerReferences: [
        { apiVersion: "apps/v1", kind: "ReplicaSet", name: set.name, uid: set.uid, controller: true, blockOwnerDeletion: true },
      ],
      managedFields: podOwners(second(pod.createdMs), second(pod.changedMs)),
    },
    spec: { ...podSpec(pod), ...(pod.node ? { nodeName: pod.node.name } : {}) },
    status: podStatus(pod),
  };
}

/** The pod template of a version, with what the API server fills in. */
export function templateSpec({ workload, set }: Pick<Pod, "workload" | "set">): Record<string, unknown> {
  const probe = { httpGet: { path: "/healthz", port: 8080, scheme: "HTTP" }, timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1 };
  return {
    containers: [
      {
        name: "app",
        image: set.image,
        ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
        env: [
          { name: "LOG_LEVEL", value: "info" },
          { name: "POD_NAME", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "metadata.name" } } },
          ...(workload.calls
            ? [{ name: "UPSTREAM_URL", value: `http://${workload.calls.name}.${workload.calls.namespace}.svc.cluster.local:80` }]
            : []),
        ],
        envFrom: [{ configMapRef: { name: `${workload.name}-config` } }],
        resources: { limits: { cpu: "500m", memory: "512Mi" }, requests: { cpu: "100m", memory: "256Mi" } },
        livenessProbe: { ...probe, failureThreshold: 6 },
        readinessProbe: { ...probe, failureThreshold: 3 },
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "IfNotPresent",
      },
    ],
    readinessGates: [{ conditionType: "target-health.example.com/web" }],
    restartPolicy: "Always",
    terminationGracePeriodSeconds: 30,
    dnsPolicy: "ClusterFirst",
    serviceAccountName: "default",
    serviceAccount: "default",
    securityContext: {},
    schedulerName: "default-scheduler",
  };
}

function podSpec(pod: Pod): Record<string, unknown> {
  const volume = `kube-api-access-${pod.name.slice(-5)}`;
  const spec = templateSpec(pod);
  const [container] = spec["containers"] as [Record<string, unknown>];
  return {
    ...spec,
    volumes: [
      {
        name: volume,
        projected: {
          sources: [
            { serviceAccountToken: { expirationSeconds: 3607, path: "token" } },
            { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
          ],
          defaultMode: 420,
        },
      },
    ],
    containers: [
      { ...container, volumeMounts: [{ name: volume, readOnly: true, mountPath: "/var/run/secrets/kubernetes.io/serviceaccount" }] },
    ],
    tolerations: ["not-ready", "unreachable"].map((key) => ({
      key: `node.kubernetes.io/${key}`,
      operator: "Exists",
      effect: "NoExecute",
      tolerationSeconds: 300,
    })),
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: "PreemptLowerPriority",
  };
}

function podStatus(pod: Pod): Record<string, unknown> {
  const scheduled = { type: "PodScheduled", status: "True", lastProbeTime: null, lastTransitionTime: second(pod.createdMs) };
  if (!pod.node) return { phase: "Pending", qosClass: "Burstable" };
  if (pod.stage === "pending") return { phase: "Pending", conditions: [scheduled], qosClass: "Burstable" };
  const ready = pod.stage === "ready";
  const changed = second(pod.changedMs);
  const unready = ready ? {} : { reason: "ContainersNotReady", message: "containers with unready status: [app]" };
  return {
    phase: pod.stage === "creating" || pod.stage === "pull" ? "Pending" : "Running",
    conditions: [
      { type: "PodReadyToStartContainers", status: "True", lastProbeTime: null, lastTransitionTime: second(pod.createdMs) },
      { type: "Initialized", status: "True", lastProbeTime: null, lastTransitionTime: second(pod.createdMs) },
      { type: "Ready", status: ready ? "True" : "False", lastProbeTime: null, lastTransitionTime: changed, ...unready },
      { type: "ContainersReady", status: ready ? "True" : "False", lastProbeTime: null, lastTransitionTime: changed, ...unready },
      scheduled,
      {
        type: "target-health.example.com/web",
        status: "True",
        lastProbeTime: second(pod.probedMs),
        lastTransitionTime: second(pod.createdMs),
      },
    ],
    hostIP: `192.168.0.${pod.node.name.slice(5)}`,
    hostIPs: [{ ip: `192.168.0.${pod.node.name.slice(5)}` }],
    ...(pod.stage === "creating" ? {} : { podIP: pod.ip, podIPs: [{ ip: pod.ip }] }),
    startTime: second(pod.createdMs),
    containerStatuses: [containerStatus(pod)],
    qosClass: "Burstable",
  };
}

function containerStatus(pod: Pod): Record<string, unknown> {
  const { exit, stage } = pod;
  const running = stage === "running" || stage === "ready" || stage === "ending";
  const containerID = `containerd://${pod.uid.replaceAll("-", "")}${pod.uid.replaceAll("-", "")}`;
  const ended = exit && {
    exitCode: exit.code,
    reason: exit.reason,
    startedAt: second(exit.atMs - 4_000),
    finishedAt: second(exit.atMs),
    containerID,
  };
  return {
    name: "app",
    state: running
      ? { running: { startedAt: second(pod.startedMs) } }
      : stage === "crashed" && ended
        ? { terminated: ended }
        : { waiting: waitingOf(pod) },
    lastState: ended && stage !== "crashed" ? { terminated: ended } : {},
    ready: stage === "ready",
    restartCount: pod.restartCount,
    image: pod.set.image,
    imageID: running ? `registry.example.com/app@sha256:${containerID.slice(13)}` : "",
    ...(running ? { containerID } : {}),
    started: running,
  };
}

function waitingOf({ stage, name, workload, uid, set }: Pod): Record<string, string> {
  if (stage === "pull") return { reason: "ImagePullBackOff", message: `Back-off pulling image "${set.image}"` };
  if (stage !== "backoff") return { reason: "ContainerCreating" };
  const pod = `${name}_${workload.namespace}(${uid})`;
  return { reason: "CrashLoopBackOff", message: `back-off 40s restarting failed container=app pod=${pod}` };
}

/** A time as the API server writes it. */
export function second(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
