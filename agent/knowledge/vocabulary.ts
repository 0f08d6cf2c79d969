// Words of alerts: which label names the subject, what a known alert is about, how bad it is.
import type { Category } from "../domain/episode.ts";
import type { Severity } from "../domain/severity.ts";
import { parseSeverity } from "../domain/severity.ts";

/** A label of an alert that names a resource of `kind`. */
export type SubjectLabel = { readonly label: string; readonly kind: string };

/**
 * Labels that name what an alert is about, in the order to try them. Workload labels come before `pod`: on metrics of kube-state-metrics about a workload,
 * `pod`, `container`, `service` and `instance` are those of kube-state-metrics itself. A container is no resource; its pod is the subject.
 */
export const SUBJECT_LABELS: readonly SubjectLabel[] = [
  { label: "horizontalpodautoscaler", kind: "HorizontalPodAutoscaler" },
  { label: "hpa", kind: "HorizontalPodAutoscaler" },
  { label: "poddisruptionbudget", kind: "PodDisruptionBudget" },
  { label: "resourcequota", kind: "ResourceQuota" },
  { label: "persistentvolumeclaim", kind: "PersistentVolumeClaim" },
  { label: "persistentvolume", kind: "PersistentVolume" },
  { label: "cronjob", kind: "CronJob" },
  { label: "job_name", kind: "Job" },
  { label: "statefulset", kind: "StatefulSet" },
  { label: "daemonset", kind: "DaemonSet" },
  { label: "deployment", kind: "Deployment" },
  { label: "replicaset", kind: "ReplicaSet" },
  { label: "ingress", kind: "Ingress" },
  { label: "exported_ingress", kind: "Ingress" },
  { label: "exported_pod", kind: "Pod" },
  { label: "exported_service", kind: "Service" },
  { label: "destination_service_name", kind: "Service" },
  { label: "destination_workload", kind: "Deployment" },
  { label: "pod", kind: "Pod" },
  { label: "pod_name", kind: "Pod" },
  { label: "node", kind: "Node" },
  { label: "nodename", kind: "Node" },
  { label: "service", kind: "Service" },
  { label: "kubernetes_node", kind: "Node" },
  { label: "instance", kind: "Node" },
  { label: "namespace", kind: "Namespace" },
  { label: "exported_namespace", kind: "Namespace" },
];

/** What the name of an alert rule says, whoever wrote it: `ApiLatencyHigh`, `PaymentsErrorRate`, `BlackboxProbeFailed`. */
export const ALERT_CLASS_WORDS: readonly { readonly pattern: RegExp; readonly classes: readonly string[] }[] = [
  { pattern: /latency|slow|response.?time|duration.?(?:high|slow)|p9[059]/i, classes: ["latency-high", "suffers"] },
  {
    pattern: /error.?(?:rate|ratio|budget)|5xx|(?:requests?|calls?).?fail|failure.?(?:rate|ratio)|success.?rate/i,
    classes: ["errors-high", "suffers"],
  },
  { pattern: /probe.?fail|blackbox|endpoint.?down|service.?down|unreachable/i, classes: ["probe-alert", "suffers"] },
  { pattern: /throttl/i, classes: ["cpu-throttled"] },
  { pattern: /saturat|cpu.?(?:high|usage|load)|high.?cpu|overload/i, classes: ["saturated"] },
  { pattern: /throughput|traffic|request.?rate|rps/i, classes: ["traffic-unusual"] },
];

/** What a known alert is about. `kind`: its subject, where the general order of labels would find another. */
export type KnownAlert = { readonly category: Category; readonly severity: Severity; readonly kind?: string };

const node = (category: Category, severity: Severity = "WARNING"): KnownAlert => ({ category, severity, kind: "Node" });
const of = (category: Category, severity: Severity = "WARNING", kind?: string): KnownAlert => ({
  category,
  severity,
  ...(kind ? { kind } : {}),
});

/** Alerts of kube-prometheus by name, and a few that everybody writes; category and severity are our own judgement. */
export const ALERTS: Readonly<Record<string, KnownAlert>> = {
  // Pods and workloads
  KubePodCrashLooping: of("application", "ERROR", "Pod"),
  KubePodNotReady: of("application", "ERROR", "Pod"),
  KubeContainerWaiting: of("application", "WARNING", "Pod"),
  KubeDeploymentGenerationMismatch: of("change"),
  KubeDeploymentReplicasMismatch: of("application", "ERROR"),
  KubeDeploymentRolloutStuck: of("change", "ERROR"),
  KubeStatefulSetReplicasMismatch: of("application", "ERROR"),
  KubeStatefulSetGenerationMismatch: of("change"),
  KubeStatefulSetUpdateNotRolledOut: of("change", "ERROR"),
  KubeDaemonSetRolloutStuck: of("change", "ERROR"),
  KubeDaemonSetNotScheduled: of("scheduling"),
  KubeDaemonSetMisScheduled: of("scheduling"),
  KubeJobNotCompleted: of("application"),
  KubeJobFailed: of("application", "ERROR"),
  KubeHpaReplicasMismatch: of("resources"),
  KubeHpaMaxedOut: of("resources"),
  KubePdbNotEnoughHealthyPods: of("policy"),
  CPUThrottlingHigh: of("resources", "WARNING", "Pod"),
  TargetDown: of("network", "ERROR"),
  // Quota and capacity
  KubeCPUOvercommit: of("resources"),
  KubeMemoryOvercommit: of("resources"),
  KubeCPUQuotaOvercommit: of("quota"),
  KubeMemoryQuotaOvercommit: of("quota"),
  KubeQuotaAlmostFull: of("quota", "INFO"),
  KubeQuotaFullyUsed: of("quota"),
  KubeQuotaExceeded: of("quota", "ERROR"),
  // Storage
  KubePersistentVolumeFillingUp: of("storage", "ERROR", "PersistentVolumeClaim"),
  KubePersistentVolumeInodesFillingUp: of("storage", "ERROR", "PersistentVolumeClaim"),
  KubePersistentVolumeErrors: of("storage", "ERROR", "PersistentVolume"),
  // Nodes
  KubeNodeNotReady: node("node", "FATAL"),
  KubeNodeUnreachable: node("node", "FATAL"),
  KubeNodeReadinessFlapping: node("node", "ERROR"),
  KubeNodePressure: node("node", "ERROR"),
  KubeNodeEviction: node("node"),
  KubeletDown: of("node", "FATAL"),
  KubeletInstanceUnreachable: node("node", "ERROR"),
  KubeletTooManyPods: node("scheduling"),
  KubeletPlegDurationHigh: node("node"),
  KubeletPodStartUpLatencyHigh: node("node"),
  KubeletClientCertificateExpiration: node("control-plane"),
  KubeletServerCertificateExpiration: node("control-plane"),
  KubeletClientCertificateRenewalErrors: node("control-plane"),
  KubeletServerCertificateRenewalErrors: node("control-plane"),
  NodeFilesystemSpaceFillingUp: node("node", "ERROR"),
  NodeFilesystemAlmostOutOfSpace: node("node", "ERROR"),
  NodeFilesystemFilesFillingUp: node("node", "ERROR"),
  NodeFilesystemAlmostOutOfFiles: node("node", "ERROR"),
  NodeNetworkReceiveErrs: node("network"),
  NodeNetworkTransmitErrs: node("network"),
  NodeNetworkInterfaceFlapping: node("network"),
  NodeBondingDegraded: node("network"),
  NodeHighNumberConntrackEntriesUsed: node("network"),
  NodeTextFileCollectorScrapeError: node("unknown"),
  NodeClockSkewDetected: node("node"),
  NodeClockNotSynchronising: node("node"),
  NodeRAIDDegraded: node("node", "ERROR"),
  NodeRAIDDiskFailure: node("node"),
  NodeFileDescriptorLimit: node("node", "ERROR"),
  NodeCPUHighUsage: node("resources"),
  NodeSystemSaturation: node("resources"),
  NodeMemoryMajorPagesFaults: node("resources"),
  NodeMemoryHighUtilization: node("resources"),
  NodeDiskIOSaturation: node("resources"),
  NodeSystemdServiceFailed: node("node"),
  NodeSystemdServiceCrashlooping: node("node"),
  // Control plane
  KubeAPIDown: of("control-plane", "FATAL"),
  KubeAPIInstanceUnreachable: of("control-plane", "ERROR"),
  KubeAPIErrorBudgetBurn: of("control-plane", "ERROR"),
  KubeAPITerminatedRequests: of("control-plane"),
  KubeAggregatedAPIDown: of("control-plane", "ERROR"),
  KubeAggregatedAPIErrors: of("control-plane"),
  KubeClientErrors: of("control-plane"),
  KubeClientCertificateExpiration: of("control-plane", "ERROR"),
  KubeVersionMismatch: of("change", "INFO"),
  KubeSchedulerDown: of("control-plane", "FATAL"),
  KubeSchedulerInstanceUnreachable: of("control-plane", "ERROR"),
  KubeControllerManagerDown: of("control-plane", "FATAL"),
  KubeControllerManagerInstanceUnreachable: of("control-plane", "ERROR"),
  // The monitoring itself
  Watchdog: of("unknown", "INFO"),
  InfoInhibitor: of("unknown", "INFO"),
  GrafanaRequestsFailing: of("application"),
  KubeStateMetricsListErrors: of("control-plane", "ERROR", "Pod"),
  KubeStateMetricsWatchErrors: of("control-plane", "ERROR", "Pod"),
  KubeStateMetricsShardingMismatch: of("config"),
  KubeStateMetricsShardsMissing: of("config", "ERROR"),
  AlertmanagerFailedReload: of("config", "ERROR", "Pod"),
  AlertmanagerMembersInconsistent: of("network", "ERROR", "Pod"),
  AlertmanagerFailedToSendAlerts: of("network", "WARNING", "Pod"),
  AlertmanagerClusterFailedToSendAlerts: of("network", "WARNING"),
  AlertmanagerConfigInconsistent: of("config", "ERROR"),
  AlertmanagerClusterDown: of("application", "ERROR"),
  AlertmanagerClusterCrashlooping: of("application", "ERROR"),
  AlertmanagerClusterFailedPeers: of("network", "WARNING"),
  ConfigReloaderSidecarErrors: of("config", "WARNING", "Pod"),
  PrometheusBadConfig: of("config", "ERROR", "Pod"),
  PrometheusSDRefreshFailure: of("control-plane", "WARNING", "Pod"),
  PrometheusKubernetesListWatchFailures: of("control-plane", "WARNING", "Pod"),
  PrometheusNotificationQueueRunningFull: of("resources", "WARNING", "Pod"),
  PrometheusErrorSendingAlertsToSomeAlertmanagers: of("network", "WARNING", "Pod"),
  PrometheusErrorSendingAlertsToAnyAlertmanager: of("network", "ERROR", "Pod"),
  PrometheusNotConnectedToAlertmanagers: of("network", "WARNING", "Pod"),
  PrometheusTSDBReloadsFailing: of("storage", "WARNING", "Pod"),
  PrometheusTSDBCompactionsFailing: of("storage", "WARNING", "Pod"),
  PrometheusNotIngestingSamples: of("application", "WARNING", "Pod"),
  PrometheusDuplicateTimestamps: of("application", "WARNING", "Pod"),
  PrometheusOutOfOrderTimestamps: of("application", "WARNING", "Pod"),
  PrometheusRemoteStorageFailures: of("dependency", "ERROR", "Pod"),
  PrometheusRemoteWriteBehind: of("dependency", "ERROR", "Pod"),
  PrometheusRemoteWriteDesiredShards: of("dependency", "WARNING", "Pod"),
  PrometheusRuleFailures: of("config", "ERROR", "Pod"),
  PrometheusMissingRuleEvaluations: of("resources", "WARNING", "Pod"),
  PrometheusTargetLimitHit: of("config", "WARNING", "Pod"),
  PrometheusLabelLimitHit: of("config", "WARNING", "Pod"),
  PrometheusScrapeBodySizeLimitHit: of("config", "WARNING", "Pod"),
  PrometheusScrapeSampleLimitHit: of("config", "WARNING", "Pod"),
  PrometheusTargetSyncFailure: of("config", "ERROR", "Pod"),
  PrometheusHighQueryLoad: of("resources", "WARNING", "Pod"),
  PrometheusOperatorListErrors: of("control-plane", "WARNING", "Pod"),
  PrometheusOperatorWatchErrors: of("control-plane", "WARNING", "Pod"),
  PrometheusOperatorSyncFailed: of("config", "WARNING", "Pod"),
  PrometheusOperatorReconcileErrors: of("config", "WARNING", "Pod"),
  PrometheusOperatorStatusUpdateErrors: of("control-plane", "WARNING", "Pod"),
  PrometheusOperatorNodeLookupErrors: of("control-plane", "WARNING", "Pod"),
  PrometheusOperatorNotReady: of("application", "WARNING", "Pod"),
  PrometheusOperatorRejectedResources: of("config", "WARNING", "Pod"),
  // Not of kube-prometheus, but named so in many clusters
  KubePersistentVolumeFull: of("storage", "ERROR", "PersistentVolumeClaim"),
  ContainerOOMKilled: of("resources", "ERROR", "Pod"),
  KubeContainerOOMKilled: of("resources", "ERROR", "Pod"),
  CoreDNSDown: of("dns", "FATAL"),
  CoreDNSErrorsHigh: of("dns", "ERROR"),
  CertificateExpiringSoon: of("config"),
};

/** For alerts by another name: words in it and what they mostly stand for, most telling first. */
const ALERT_WORDS: readonly { readonly pattern: RegExp; readonly category: Category }[] = [
  { pattern: /dns/i, category: "dns" },
  { pattern: /oom|memory|cpu|throttl|saturat/i, category: "resources" },
  { pattern: /volume|disk|storage|filesystem|inode|pvc/i, category: "storage" },
  { pattern: /quota/i, category: "quota" },
  { pattern: /node|kubelet|host/i, category: "node" },
  { pattern: /apiserver|kubeapi|scheduler|controllermanager|etcd/i, category: "control-plane" },
  { pattern: /cert|tls|config/i, category: "config" },
  { pattern: /network|packet|connection|targetdown/i, category: "network" },
  { pattern: /image/i, category: "image" },
  { pattern: /rollout|deploy/i, category: "change" },
  { pattern: /upstream|backend|dependency|database|postgres|mysql|redis|kafka|rabbit/i, category: "dependency" },
  { pattern: /error|latency|5xx|slow|crash|restart|fail|down|unavailable|pod|container|job/i, category: "application" },
];

/** Words of the `severity` (or `priority`) label beyond those of contracts.md §8. */
const SEVERITY_LABEL_WORDS: Readonly<Record<string, Severity>> = {
  page: "FATAL",
  disaster: "FATAL",
  p0: "FATAL",
  p1: "FATAL",
  sev0: "FATAL",
  sev1: "FATAL",
  major: "ERROR",
  high: "ERROR",
  p2: "ERROR",
  sev2: "ERROR",
  minor: "WARNING",
  moderate: "WARNING",
  medium: "WARNING",
  ticket: "WARNING",
  average: "WARNING",
  p3: "WARNING",
  sev3: "WARNING",
  low: "INFO",
  p4: "INFO",
  p5: "INFO",
  sev4: "INFO",
};

/** What an alert of this name is about. */
export function alertCategory(alertname: string): Category {
  const known = knownAlert(alertname);
  return known?.category ?? ALERT_WORDS.find(({ pattern }) => pattern.test(alertname.slice(0, 200)))?.category ?? "unknown";
}

/** How bad an alert is: by its own label, else by what we know of the name, else WARNING. */
export function alertSeverity(alertname: string, label: string | undefined): Severity {
  const own = label === undefined ? undefined : (parseSeverity(label) ?? SEVERITY_LABEL_WORDS[label.trim().toLowerCase()]);
  return own ?? knownAlert(alertname)?.severity ?? "WARNING";
}

/** The labels to try for the subject of an alert of this name, in order: those of its known kind first. */
export function subjectLabels(alertname: string): readonly SubjectLabel[] {
  const kind = knownAlert(alertname)?.kind;
  if (!kind) return SUBJECT_LABELS;
  return [...SUBJECT_LABELS.filter((entry) => entry.kind === kind), ...SUBJECT_LABELS.filter((entry) => entry.kind !== kind)];
}

function knownAlert(alertname: string): KnownAlert | undefined {
  return Object.hasOwn(ALERTS, alertname) ? ALERTS[alertname] : undefined;
}
