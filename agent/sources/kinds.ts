// How Kubernetes spells the kinds that others write in lower case, in the plural or in kubectl's short form.

const KINDS = [
  "Pod",
  "Node",
  "Namespace",
  "Service",
  "Endpoints",
  "EndpointSlice",
  "ConfigMap",
  "Secret",
  "ServiceAccount",
  "Event",
  "Deployment",
  "ReplicaSet",
  "StatefulSet",
  "DaemonSet",
  "ReplicationController",
  "ControllerRevision",
  "PodTemplate",
  "Job",
  "CronJob",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "StorageClass",
  "VolumeAttachment",
  "CSIDriver",
  "CSINode",
  "CSIStorageCapacity",
  "VolumeSnapshot",
  "VolumeSnapshotClass",
  "VolumeSnapshotContent",
  "Ingress",
  "IngressClass",
  "NetworkPolicy",
  "Gateway",
  "GatewayClass",
  "HTTPRoute",
  "GRPCRoute",
  "TCPRoute",
  "TLSRoute",
  "ReferenceGrant",
  "HorizontalPodAutoscaler",
  "VerticalPodAutoscaler",
  "PodDisruptionBudget",
  "ResourceQuota",
  "LimitRange",
  "PriorityClass",
  "RuntimeClass",
  "Lease",
  "Role",
  "RoleBinding",
  "ClusterRole",
  "ClusterRoleBinding",
  "MutatingWebhookConfiguration",
  "ValidatingWebhookConfiguration",
  "ValidatingAdmissionPolicy",
  "CustomResourceDefinition",
  "APIService",
  "CertificateSigningRequest",
  "FlowSchema",
  "PriorityLevelConfiguration",
  "Certificate",
  "Issuer",
  "ClusterIssuer",
  "ServiceMonitor",
  "PodMonitor",
  "PrometheusRule",
  "Prometheus",
  "Alertmanager",
  "Machine",
  "MachineSet",
  "MachineConfigPool",
  "ClusterOperator",
  "ClusterVersion",
  "Route",
  "DeploymentConfig",
  "Build",
  "BuildConfig",
  "Rollout",
  "Application",
  "HelmRelease",
  "Kustomization",
  "ScaledObject",
  "VirtualService",
  "DestinationRule",
  "ExternalSecret",
  "Cluster",
  "NodePool",
  "NodeClaim",
  "Host",
] as const;

const SHORT_NAMES: Readonly<Record<string, string>> = {
  po: "Pod",
  no: "Node",
  ns: "Namespace",
  svc: "Service",
  ep: "Endpoints",
  cm: "ConfigMap",
  sa: "ServiceAccount",
  ev: "Event",
  deploy: "Deployment",
  rs: "ReplicaSet",
  sts: "StatefulSet",
  ds: "DaemonSet",
  rc: "ReplicationController",
  cj: "CronJob",
  pv: "PersistentVolume",
  pvc: "PersistentVolumeClaim",
  sc: "StorageClass",
  ing: "Ingress",
  netpol: "NetworkPolicy",
  hpa: "HorizontalPodAutoscaler",
  pdb: "PodDisruptionBudget",
  quota: "ResourceQuota",
  limits: "LimitRange",
  pc: "PriorityClass",
  crd: "CustomResourceDefinition",
  csr: "CertificateSigningRequest",
};

const BY_WORD: ReadonlyMap<string, string> = new Map([
  ...Object.entries(SHORT_NAMES),
  ...KINDS.flatMap((kind): [string, string][] => [
    [kind.toLowerCase(), kind],
    [plural(kind.toLowerCase()), kind],
  ]),
]);

function plural(word: string): string {
  if (word === "endpoints") return word;
  if (word.endsWith("y") && !word.endsWith("ay")) return `${word.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(word) ? `${word}es` : `${word}s`;
}

/** The kind that a word means (`pods`, `pod`, `po`, `PersistentVolumeClaim`, `deployments.apps`, `pod-disruption-budgets`), or undefined when it is none of the well-known ones. */
export function knownKind(word: string): string | undefined {
  const lower = word.toLowerCase();
  return BY_WORD.get(lower) ?? BY_WORD.get((lower.split(".")[0] ?? "").replaceAll(/[-_]/g, ""));
}

/** The kind as Kubernetes spells it; an unknown one gets a capital if it has none. */
export function properKind(word: string): string {
  const known = BY_WORD.get(word.toLowerCase());
  if (known !== undefined) return known;
  return /^[a-z]/.test(word) ? `${word[0]?.toUpperCase() ?? ""}${word.slice(1)}` : word;
}

/** The kind of a reference that names a uid only; the working set finds the resource by that uid. */
export const UNKNOWN_KIND = "Unknown";
