// Every reason a state detector or a change detector may report, with its severity and category. Detectors take both from here.
import type { Category } from "../domain/episode.ts";
import type { Severity } from "../domain/severity.ts";

/** What is known about a finding's reason before any particular object is looked at. */
export type FindingKind = { readonly severity: Severity; readonly category: Category; readonly title: string };

/** Reasons of `k8s.state` episodes. Where Kubernetes has a word (waiting and terminated reasons, condition types), that word. */
export const FINDINGS = {
  // Containers
  CrashLoopBackOff: { severity: "ERROR", category: "application", title: "container keeps crashing" },
  OOMKilled: { severity: "ERROR", category: "resources", title: "container ran out of memory" },
  ContainerExitedWithError: { severity: "ERROR", category: "application", title: "container exited with an error" },
  ContainerRestarting: { severity: "WARNING", category: "application", title: "container restarted again and again" },
  ErrImagePull: { severity: "ERROR", category: "image", title: "image cannot be pulled" },
  ImagePullBackOff: { severity: "ERROR", category: "image", title: "image cannot be pulled" },
  InvalidImageName: { severity: "ERROR", category: "image", title: "image name is not valid" },
  ErrImageNeverPull: { severity: "ERROR", category: "image", title: "image is not on the node and must not be pulled" },
  CreateContainerConfigError: { severity: "ERROR", category: "config", title: "container configuration refers to something missing" },
  CreateContainerError: { severity: "ERROR", category: "config", title: "container cannot be created" },
  RunContainerError: { severity: "ERROR", category: "config", title: "container cannot be started" },
  ContainerCreatingStuck: { severity: "WARNING", category: "unknown", title: "container has been waiting to be created for long" },
  ContainerNotReady: { severity: "WARNING", category: "probe", title: "container runs but is not ready" },
  ContainerNotStarted: { severity: "WARNING", category: "probe", title: "start-up probe has not passed" },
  InitContainerFailed: { severity: "ERROR", category: "application", title: "init container fails" },
  ContainerPortConflict: { severity: "ERROR", category: "config", title: "two containers of the pod want one port" },
  ProbePortMismatch: { severity: "WARNING", category: "probe", title: "probe asks a port that the container does not declare" },
  // Pods
  Unschedulable: { severity: "ERROR", category: "scheduling", title: "pod cannot be scheduled" },
  SchedulingGated: { severity: "INFO", category: "scheduling", title: "pod is held by a scheduling gate" },
  PodFailed: { severity: "ERROR", category: "application", title: "pod failed" },
  Evicted: { severity: "ERROR", category: "node", title: "pod was evicted" },
  Preempted: { severity: "WARNING", category: "scheduling", title: "pod was preempted" },
  PodStuckTerminating: { severity: "WARNING", category: "node", title: "pod does not finish terminating" },
  PodNotReady: { severity: "WARNING", category: "application", title: "pod is not ready" },
  PodUnknown: { severity: "ERROR", category: "node", title: "pod's node does not answer" },
  MissingConfigMap: { severity: "ERROR", category: "config", title: "a ConfigMap the pod needs does not exist" },
  MissingConfigMapKey: { severity: "ERROR", category: "config", title: "a ConfigMap lacks a key the pod needs" },
  MissingSecret: { severity: "ERROR", category: "config", title: "a Secret the pod needs does not exist" },
  MissingSecretKey: { severity: "ERROR", category: "config", title: "a Secret lacks a key the pod needs" },
  MissingImagePullSecret: { severity: "WARNING", category: "image", title: "an image pull secret does not exist" },
  MissingServiceAccount: { severity: "ERROR", category: "config", title: "the service account does not exist" },
  MissingPersistentVolumeClaim: { severity: "ERROR", category: "storage", title: "a claim the pod mounts does not exist" },
  MissingPriorityClass: { severity: "ERROR", category: "scheduling", title: "the priority class does not exist" },
  NoNodeMatchesSelector: { severity: "ERROR", category: "scheduling", title: "no node has the labels that the pod asks for" },
  NoNodeToleratesTaints: { severity: "ERROR", category: "scheduling", title: "every fitting node has a taint the pod does not tolerate" },
  NoNodeWithEnoughCpu: { severity: "ERROR", category: "scheduling", title: "no node has the CPU the pod requests" },
  NoNodeWithEnoughMemory: { severity: "ERROR", category: "scheduling", title: "no node has the memory the pod requests" },
  NodesCordoned: { severity: "ERROR", category: "scheduling", title: "fitting nodes are cordoned" },
  AntiAffinityUnsatisfiable: { severity: "ERROR", category: "scheduling", title: "pod anti-affinity leaves no node" },
  WrongServiceAddress: { severity: "ERROR", category: "config", title: "an environment value names a Service or port that does not exist" },
  // Workloads
  ReplicasUnavailable: { severity: "ERROR", category: "application", title: "replicas are missing" },
  RolloutStuck: { severity: "ERROR", category: "change", title: "rollout does not progress" },
  ReplicaFailure: { severity: "ERROR", category: "quota", title: "pods cannot be created" },
  ScaledToZero: { severity: "WARNING", category: "change", title: "workload is scaled to zero" },
  RolloutPaused: { severity: "INFO", category: "change", title: "rollout is paused" },
  JobFailed: { severity: "ERROR", category: "application", title: "job failed" },
  CronJobSuspended: { severity: "INFO", category: "change", title: "cron job is suspended" },
  CronJobMissesSchedule: { severity: "WARNING", category: "control-plane", title: "cron job does not start its jobs" },
  DaemonSetMisscheduled: { severity: "WARNING", category: "scheduling", title: "daemon pods run where they should not" },
  // Nodes
  NodeNotReady: { severity: "FATAL", category: "node", title: "node is not ready" },
  NodeUnknown: { severity: "FATAL", category: "node", title: "node does not answer" },
  MemoryPressure: { severity: "ERROR", category: "node", title: "node is short of memory" },
  DiskPressure: { severity: "ERROR", category: "node", title: "node is short of disk" },
  PIDPressure: { severity: "ERROR", category: "node", title: "node is short of process ids" },
  NetworkUnavailable: { severity: "ERROR", category: "network", title: "node's network is not set up" },
  NodeCondition: { severity: "WARNING", category: "node", title: "node reports a problem" },
  NodeCordoned: { severity: "WARNING", category: "scheduling", title: "node is cordoned" },
  NodeTainted: { severity: "INFO", category: "scheduling", title: "node has a taint" },
  NodeLeaseStale: { severity: "ERROR", category: "node", title: "node's heartbeat is old" },
  NodeUnitFailed: { severity: "ERROR", category: "node", title: "a system service of the node is down" },
  // Services and routing
  NoReadyEndpoints: { severity: "ERROR", category: "dependency", title: "service has no ready endpoint" },
  SelectorMatchesNothing: { severity: "ERROR", category: "config", title: "service selects no pod" },
  TargetPortMismatch: { severity: "ERROR", category: "config", title: "service targets a port that no container has" },
  ServiceProtocolMismatch: { severity: "ERROR", category: "config", title: "service and container disagree on the protocol" },
  PartiallyReadyEndpoints: { severity: "WARNING", category: "dependency", title: "some endpoints of the service are not ready" },
  IngressBackendMissing: { severity: "ERROR", category: "config", title: "route points to a Service or port that does not exist" },
  LoadBalancerPending: { severity: "WARNING", category: "network", title: "load balancer has no address" },
  NetworkPolicyBlocks: { severity: "WARNING", category: "policy", title: "network policy cuts the pod off" },
  // Storage
  PersistentVolumeClaimPending: { severity: "ERROR", category: "storage", title: "claim is not bound" },
  PersistentVolumeClaimLost: { severity: "FATAL", category: "storage", title: "claim lost its volume" },
  StorageClassMissing: { severity: "ERROR", category: "storage", title: "storage class does not exist" },
  NoMatchingVolume: { severity: "ERROR", category: "storage", title: "no volume fits the claim" },
  VolumeAlreadyBound: { severity: "ERROR", category: "storage", title: "the wanted volume is bound to another claim" },
  PersistentVolumeFailed: { severity: "ERROR", category: "storage", title: "volume failed" },
  // Scaling, quota, policy
  HorizontalPodAutoscalerUnable: { severity: "WARNING", category: "resources", title: "autoscaler cannot scale" },
  HorizontalPodAutoscalerNoMetrics: { severity: "WARNING", category: "resources", title: "autoscaler gets no metrics" },
  HorizontalPodAutoscalerAtMax: { severity: "WARNING", category: "resources", title: "autoscaler is at its limit" },
  QuotaExhausted: { severity: "WARNING", category: "quota", title: "quota is used up" },
  LimitRangeConflict: { severity: "ERROR", category: "quota", title: "limit range refuses what the pod asks for" },
  PodDisruptionBudgetBlocks: { severity: "WARNING", category: "policy", title: "disruption budget allows no eviction" },
  NamespaceStuckTerminating: { severity: "WARNING", category: "control-plane", title: "namespace does not finish terminating" },
  WebhookUnavailable: { severity: "ERROR", category: "policy", title: "admission webhook has no endpoint" },
  ConditionFailed: { severity: "WARNING", category: "unknown", title: "a status condition reports failure" },
} as const satisfies Record<string, FindingKind>;

/** A reason of a `k8s.state` episode. */
export type FindingReason = keyof typeof FINDINGS;

/** Reasons of `k8s.change` episodes. A change is INFO: it is no failure, only a possible cause. */
export const CHANGES = {
  ImageChanged: { severity: "INFO", category: "image", title: "image was changed" },
  EnvironmentChanged: { severity: "INFO", category: "config", title: "environment was changed" },
  MemorySettingChanged: { severity: "INFO", category: "resources", title: "a setting that sizes memory was changed" },
  CommandChanged: { severity: "INFO", category: "config", title: "command or arguments were changed" },
  ResourcesChanged: { severity: "INFO", category: "resources", title: "requests or limits were changed" },
  ProbeChanged: { severity: "INFO", category: "probe", title: "probe was changed" },
  PortsChanged: { severity: "INFO", category: "config", title: "ports were changed" },
  VolumesChanged: { severity: "INFO", category: "storage", title: "volumes were changed" },
  SchedulingChanged: { severity: "INFO", category: "scheduling", title: "node selector, affinity or tolerations were changed" },
  SecurityContextChanged: { severity: "INFO", category: "config", title: "security context was changed" },
  ServiceAccountChanged: { severity: "INFO", category: "config", title: "service account was changed" },
  PodTemplateChanged: { severity: "INFO", category: "change", title: "pod template was changed" },
  ReplicasChanged: { severity: "INFO", category: "change", title: "replicas were changed" },
  SelectorChanged: { severity: "INFO", category: "config", title: "selector was changed" },
  ServicePortsChanged: { severity: "INFO", category: "config", title: "service ports were changed" },
  ConfigMapChanged: { severity: "INFO", category: "config", title: "ConfigMap was changed" },
  SecretChanged: { severity: "INFO", category: "config", title: "Secret was changed" },
  PolicyChanged: { severity: "INFO", category: "policy", title: "policy was changed" },
  QuotaChanged: { severity: "INFO", category: "quota", title: "quota or limit range was changed" },
  RouteChanged: { severity: "INFO", category: "network", title: "route was changed" },
  LabelsChanged: { severity: "INFO", category: "config", title: "labels were changed" },
  CordonChanged: { severity: "INFO", category: "scheduling", title: "node was cordoned or uncordoned" },
  TaintsChanged: { severity: "INFO", category: "scheduling", title: "node taints were changed" },
  AutoscalerChanged: { severity: "INFO", category: "resources", title: "autoscaler was changed" },
  StorageChanged: { severity: "INFO", category: "storage", title: "claim, volume or storage class was changed" },
  WebhookChanged: { severity: "INFO", category: "policy", title: "admission webhook was changed" },
  SpecChanged: { severity: "INFO", category: "change", title: "specification was changed" },
  Created: { severity: "INFO", category: "change", title: "resource was created" },
  Deleted: { severity: "INFO", category: "change", title: "resource was deleted" },
} as const satisfies Record<string, FindingKind>;

/** A reason of a `k8s.change` episode. */
export type ChangeReason = keyof typeof CHANGES;
