// Who set which fields, as the API server keeps it in every object: a third of what comes over the wire.

type Tree = { readonly [key: string]: Tree };

/** `metadata.managedFields` of a pod: its controller's part and the kubelet's. */
export function podOwners(createdAt: string, changedAt: string): unknown[] {
  return [
    owner("kube-controller-manager", createdAt, {
      "f:metadata": {
        "f:generateName": {},
        "f:labels": dotted("f:app", "f:pod-template-hash", "f:team"),
        "f:ownerReferences": { ".": {} },
      },
      "f:spec": {
        "f:containers": { 'k:{"name":"app"}': { ...CONTAINER, "f:livenessProbe": PROBE, "f:readinessProbe": PROBE } },
        ...dotted("f:dnsPolicy", "f:enableServiceLinks", "f:restartPolicy", "f:schedulerName", "f:securityContext"),
        "f:terminationGracePeriodSeconds": {},
      },
    }),
    {
      ...owner("kubelet", changedAt, {
        "f:status": {
          "f:conditions": conditions("ContainersReady", "Initialized", "PodReadyToStartContainers", "Ready"),
          ...dotted("f:containerStatuses", "f:hostIP", "f:hostIPs", "f:phase", "f:podIP", "f:startTime"),
          "f:podIPs": { ".": {}, 'k:{"ip":"10.0.0.1"}': dotted("f:ip") },
        },
      }),
      subresource: "status",
    },
  ];
}

/** Of a node: the kubelet's. */
export function nodeOwners(changedAt: string): unknown[] {
  return [
    {
      ...owner("kubelet", changedAt, {
        "f:status": {
          "f:allocatable": dotted("f:cpu", "f:memory", "f:pods"),
          "f:capacity": dotted("f:cpu", "f:memory", "f:pods"),
          "f:conditions": conditions("DiskPressure", "MemoryPressure", "PIDPressure", "Ready"),
          "f:images": {},
        },
      }),
      subresource: "status",
    },
  ];
}

/** Of a Deployment or ReplicaSet: who applied it and the controller. */
export function workloadOwners(manager: string, appliedAt: string, changedAt: string): unknown[] {
  return [
    owner(manager, appliedAt, {
      "f:metadata": { "f:labels": dotted("f:app", "f:team") },
      "f:spec": {
        "f:replicas": {},
        "f:selector": {},
        "f:template": {
          "f:metadata": { "f:labels": dotted("f:app", "f:team") },
          "f:spec": { "f:containers": { 'k:{"name":"app"}': { ...CONTAINER, "f:readinessProbe": PROBE } } },
        },
      },
    }),
    {
      ...owner("kube-controller-manager", changedAt, {
        "f:status": {
          ...dotted("f:availableReplicas", "f:observedGeneration", "f:readyReplicas", "f:replicas", "f:updatedReplicas"),
          "f:conditions": conditions("Available", "Progressing"),
        },
      }),
      subresource: "status",
    },
  ];
}

/** Of anything small with one manager. */
export function plainOwners(manager: string, at: string, ...fields: string[]): unknown[] {
  return [owner(manager, at, dotted(...fields))];
}

const CONTAINER: Tree = dotted("f:env", "f:envFrom", "f:image", "f:imagePullPolicy", "f:name", "f:ports", "f:resources", "f:volumeMounts");
const PROBE: Tree = dotted("f:failureThreshold", "f:httpGet", "f:periodSeconds", "f:successThreshold", "f:timeoutSeconds");

function owner(manager: string, time: string, fieldsV1: Tree): Record<string, unknown> {
  return { manager, operation: "Update", apiVersion: "v1", time, fieldsType: "FieldsV1", fieldsV1 };
}

function dotted(...keys: string[]): Tree {
  return Object.fromEntries([".", ...keys].map((key) => [key, {}]));
}

function conditions(...types: string[]): Tree {
  const one = dotted("f:lastProbeTime", "f:lastTransitionTime", "f:message", "f:reason", "f:status", "f:type");
  return Object.fromEntries(types.map((type) => [`k:{"type":"${type}"}`, one]));
}
