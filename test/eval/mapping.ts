// From a cause in the product's words to the fault types of the data sets. The product knows nothing of these words.

import type { Episode } from "../../agent/domain/episode.ts";
import type { Candidate } from "../../agent/domain/incident.ts";
import type { PredictedCause } from "./prediction.ts";

type PredictedObject = Pick<PredictedCause, "kind" | "namespace" | "name">;

/** One line of the table: reasons (and where a reason covers several types, words in what was said) to a fault type. */
type Row = { readonly reasons: readonly string[]; readonly says?: RegExp; readonly kinds?: readonly string[]; readonly type: string };

const QUOTA = ["QuotaExhausted", "StorageQuotaExhausted", "QuotaExceeded", "QuotaRefused", "QuotaChanged"] as const;
const CLAIMS = [
  "PersistentVolumeClaimPending",
  "FailedBinding",
  "ProvisioningFailed",
  "UnboundPersistentVolumeClaim",
  "NoMatchingVolume",
  "StorageClassMissing",
  "VolumeAlreadyBound",
  "VolumeMismatch",
] as const;
const UNITS = [
  "NodeUnitFailed",
  "NodeSystemdServiceFailed",
  "KubeletUnhealthy",
  "ContainerdUnhealthy",
  "NodeCondition",
  "KubeletSetupFailed",
  "ContainerRuntimeDown",
] as const;
const LIVENESS = ["LivenessProbeFailed", "LivenessProbeKilled"] as const;

/** The first row that fits counts. */
const ROWS: readonly Row[] = [
  // Quota
  { reasons: QUOTA, says: /storage|persistentvolumeclaims/i, type: "namespace_storage_quota_exceeded" },
  { reasons: QUOTA, says: /memory/i, type: "namespace_memory_quota_exceeded" },
  { reasons: QUOTA, says: /cpu/i, type: "namespace_cpu_quota_exceeded" },
  { reasons: QUOTA, says: /services/i, type: "namespace_service_quota_exceeded" },
  { reasons: QUOTA, type: "namespace_pod_quota_exceeded" },
  { reasons: ["MissingServiceAccount"], type: "missing_service_account" },
  // Scheduling
  { reasons: ["NodesCordoned", "NodeCordoned", "CordonChanged", "NodeNotSchedulable"], type: "node_cordon_mismatch" },
  { reasons: ["NoNodeMatchesSelector"], says: /nodeSelector /, type: "node_selector_mismatch" },
  { reasons: ["NoNodeMatchesSelector"], type: "node_affinity_mismatch" },
  { reasons: ["AntiAffinityUnsatisfiable"], type: "pod_anti_affinity_conflict" },
  { reasons: ["NoNodeToleratesTaints", "NodeTainted", "TaintsChanged"], type: "taint_toleration_mismatch" },
  { reasons: ["NoNodeWithEnoughCpu"], type: "cpu_capacity_mismatch" },
  { reasons: ["NoNodeWithEnoughMemory"], type: "memory_capacity_mismatch" },
  // Storage
  { reasons: CLAIMS, says: /access ?modes?/i, type: "pvc_access_mode_mismatch" },
  { reasons: ["VolumeAlreadyBound"], type: "pv_binding_occupied" },
  { reasons: ["StorageClassMissing"], type: "pvc_storage_class_mismatch" },
  { reasons: CLAIMS, says: /already bound|is bound to|held by/i, type: "pv_binding_occupied" },
  { reasons: CLAIMS, says: /selector|labels/i, type: "pvc_selector_mismatch" },
  { reasons: CLAIMS, says: /too small|capacity|asks for|requests? \d/i, type: "pvc_capacity_mismatch" },
  { reasons: CLAIMS, type: "pvc_storage_class_mismatch" },
  // Nodes
  { reasons: UNITS, says: /containerd|docker|crio|runtime/i, type: "containerd_unavailable" },
  { reasons: UNITS, says: /kube-?proxy/i, type: "kube_proxy_unavailable" },
  { reasons: UNITS, says: /scheduler/i, type: "kube_scheduler_unavailable" },
  { reasons: ["KubeSchedulerDown", "SchedulerSilent"], type: "kube_scheduler_unavailable" },
  { reasons: ["NodeNotReady", "NodeUnknown"], says: /container runtime|PLEG|containerd/i, type: "containerd_unavailable" },
  { reasons: [...UNITS, "NodeNotReady", "NodeUnknown", "NodeLeaseStale"], type: "kubelet_unavailable" },
  { reasons: ["NetworkUnavailable"], says: /loss/i, type: "node_network_packet_loss" },
  { reasons: ["NetworkUnavailable"], type: "node_network_delay" },
  // Start
  { reasons: ["RegistryNameResolutionFailed", "RegistryUnreachable"], type: "image_registry_dns_failure" },
  { reasons: ["MissingImagePullSecret", "ImagePullUnauthorized", "ImagePullDenied"], type: "missing_image_pull_secret" },
  {
    reasons: [
      "ImageNotFound",
      "InvalidImageName",
      "ErrImagePull",
      "ImagePullBackOff",
      "ErrImageNeverPull",
      "ImageChanged",
      "ImagePullFailed",
      "ImagePlatformMismatch",
    ],
    type: "incorrect_image_reference",
  },
  {
    reasons: ["MissingSecret", "MissingSecretKey", "MissingConfigMap", "MissingConfigMapKey", "CreateContainerConfigError"],
    type: "missing_secret_binding",
  },
  { reasons: ["VolumePermissionDenied", "PermissionDenied", "FailedMount", "ReadOnlyFileSystem"], type: "volume_mount_permission_denied" },
  // Run
  { reasons: ["OOMKilled", "OOMKilling", "OutOfMemory", "ProcessOomKilled", "MemorySettingChanged", "memory_leak"], type: "oom_killed" },
  { reasons: ["ContainerPortConflict", "AddressInUse"], type: "service_sidecar_port_conflict" },
  { reasons: ["ProbePortMismatch", "ProbeProtocolMismatch"], says: /readiness/i, type: "readiness_probe_incorrect_port" },
  {
    reasons: ["ReadinessProbeFailed", "ContainerNotReady"],
    says: /HTTP probe|http.*(?:malformed|statuscode|EOF)|first record does not look like|protocol/i,
    type: "readiness_probe_incorrect_protocol",
  },
  { reasons: ["ReadinessProbeFailed", "ContainerNotReady"], type: "readiness_probe_incorrect_port" },
  { reasons: ["LivenessProbeTooEarly"], type: "liveness_probe_incorrect_timing" },
  { reasons: ["ProbeProtocolMismatch"], type: "liveness_probe_incorrect_protocol" },
  { reasons: ["ProbePortMismatch"], type: "liveness_probe_incorrect_port" },
  { reasons: LIVENESS, says: /malformed HTTP|statuscode|EOF|protocol/i, type: "liveness_probe_incorrect_protocol" },
  { reasons: LIVENESS, says: /connection refused/i, type: "liveness_probe_incorrect_port" },
  { reasons: [...LIVENESS, "StartupProbeFailed", "StartupProbeKilled", "ProbeChanged"], type: "liveness_probe_incorrect_timing" },
  { reasons: ["DatabaseReadOnly", "ServerReadOnly"], type: "db_read_only" },
  { reasons: ["DatabaseTooManyConnections", "DatabasePoolExhausted", "ServerConnectionsExhausted"], type: "db_connection_exhaustion" },
  { reasons: ["DatabaseAuthFailed", "DatabaseMissing", "CredentialsRejected"], type: "mysql_invalid_credentials" },
  { reasons: ["DatabaseUnreachable"], type: "mysql_invalid_port" },
  { reasons: ["ScaledToZero", "ReplicasChanged"], type: "deployment_zero_replicas" },
  // Routing
  { reasons: ["ServiceProtocolMismatch"], type: "service_protocol_mismatch" },
  {
    reasons: ["SelectorMatchesNothing", "SelectorMatchesOthers", "SelectorChanged", "LabelsChanged", "NoReadyEndpoints", "NeedPods"],
    type: "service_selector_mismatch",
  },
  { reasons: ["TargetPortMismatch", "ServicePortsChanged", "PortsChanged"], type: "service_port_mapping_mismatch" },
  { reasons: ["WrongServiceAddress"], says: /\b(?:mysql|mariadb|database|db)\b/i, type: "mysql_invalid_port" },
  { reasons: ["WrongServiceAddress", "EnvironmentChanged", "ConfigMapChanged"], type: "service_env_var_address_mismatch" },
  { reasons: ["IngressBackendMissing", "RouteMisdirected", "RouteChanged", "BackendNotFound"], type: "gateway_misroute" },
  { reasons: ["NameResolutionFailed", "ForeignNameserver"], type: "service_dns_resolution_failure" },
  // Performance
  // Vocabulary of the service faults
  { reasons: ["HighLatency"], type: "network_delay" },
  { reasons: ["HighCpuUsage"], type: "cpu_contention" },
  { reasons: ["LogError", "UncaughtException", "NullDereference", "HttpServerError"], type: "exception" },
  { reasons: ["CPUThrottlingHigh", "ServiceSaturated", "CpuThrottled"], type: "pod_cpu_overload" },
  {
    reasons: ["ServiceLatencyHigh", "ConnectionTimeout", "RequestTimeout", "ServiceTrafficUnusual", "ServiceThroughputLow"],
    type: "pod_network_delay",
  },
  { reasons: ["HttpServerError", "HttpRequestsFailing", "ServiceErrorRateHigh"], type: "gateway_misroute" },
];

/** Reasons by which a node keeps pods out. */
const KEEPS_OUT = ["NodeCordoned", "CordonChanged", "NodeNotSchedulable", "NodeTainted", "TaintsChanged"];

/** A cause in the vocabulary of the data. Quota faults belong to the namespace; placement faults to what cannot be placed (README of the data, Convention); a route's to the Service that its requests do not reach. */
export function predictedCause(cause: Candidate, episodes: ReadonlyMap<string, Episode> = new Map()): PredictedCause {
  const kept = KEEPS_OUT.includes(cause.reason) && cause.subject.kind === "Node" ? podKeptOut(cause, episodes) : undefined;
  const astray = cause.reason === "RouteMisdirected" ? episodes.get(cause.eid)?.target : undefined;
  const subject = kept ?? (astray ? { kind: "Service", namespace: cause.subject.namespace, name: astray } : cause.subject);
  const said = [cause.explanation, ...cause.evidence.map(({ source, text }) => `${source} ${text}`)].join("\n");
  const row = ROWS.find(
    ({ reasons, says, kinds }) => reasons.includes(cause.reason) && (!kinds || kinds.includes(subject.kind)) && (!says || says.test(said)),
  );
  const isQuota = QUOTA.some((reason) => reason === cause.reason) && subject.namespace !== undefined;
  return {
    kind: isQuota ? "Namespace" : subject.kind,
    ...(subject.namespace ? { namespace: subject.namespace } : {}),
    name: isQuota ? (subject.namespace ?? subject.name) : subject.name,
    ...(row ? { fault_type: row.type } : {}),
    confidence: cause.confidence,
  };
}

/** The pod that a node without room for it explains best. */
function podKeptOut({ explains }: Candidate, episodes: ReadonlyMap<string, Episode>): PredictedObject | undefined {
  const pod = explains.map((eid) => episodes.get(eid)?.rid.split(":") ?? []).find(([kind]) => kind === "pod");
  return pod?.[2] ? { kind: "Pod", namespace: pod[1] ?? "", name: pod[2] } : undefined;
}
