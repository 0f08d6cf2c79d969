// Event reasons of the kubelet and of what reports on its behalf: containers, images, probes, sandboxes, volumes on the node, the node itself.
import type { EventReasonTable, EventRefinement } from "./event-reason.ts";

/** Why an image could not be pulled, from the registry's or the runtime's answer. */
const PULL_CAUSES: readonly EventRefinement[] = [
  { pattern: /toomanyrequests|rate limit|429 Too Many Requests/i, reason: "RegistryRateLimited" },
  // Docker's official images are public: who is denied one asks for a name or tag that does not exist.
  { pattern: /docker\.io\/library\/.{0,400}(?:403 Forbidden|pull access denied|insufficient_scope)/i, reason: "ImageNotFound" },
  { pattern: /repository does not exist or may require|insufficient_scope/i, reason: "ImagePullDenied" },
  { pattern: /no matching manifest for|no match for platform|does not match the specified platform/i, reason: "ImagePlatformMismatch" },
  {
    pattern: /lookup (?<hint>[\w.-]{1,253})(?: on [^ ]{1,100})?: |no such host|server misbehaving/i,
    reason: "RegistryNameResolutionFailed",
    category: "dns",
  },
  {
    pattern:
      /pull access denied|unauthorized|no basic auth credentials|authentication required|authorization failed|403 Forbidden|denied: /i,
    reason: "ImagePullUnauthorized",
  },
  {
    pattern:
      /manifest unknown|manifest for .{1,300}not found|not found: manifest|repository .{0,300}does not exist|name unknown|: not found/i,
    reason: "ImageNotFound",
  },
  {
    pattern:
      /connection refused|i\/o timeout|TLS handshake timeout|Client\.Timeout|no route to host|x509:|connection reset|context deadline exceeded|unexpected EOF/i,
    reason: "RegistryUnreachable",
    category: "network",
  },
  { pattern: /no space left on device/i, reason: "NodeDiskFull", category: "node" },
];

/** A ConfigMap or Secret that is not there, as the kubelet words it for environment and volumes. */
const MISSING_SOURCES: readonly EventRefinement[] = [
  { pattern: /configmaps? "(?<hint>[^"]{1,253})" not found/i, reason: "MissingConfigMap", severity: "ERROR", category: "config" },
  { pattern: /secrets? "(?<hint>[^"]{1,253})" not found/i, reason: "MissingSecret", severity: "ERROR", category: "config" },
  {
    pattern: /couldn't find key (?<hint>[^ ]{1,253}) in ConfigMap|non-existent config key: (?:[^ ]{1,253})/i,
    reason: "MissingConfigMapKey",
    severity: "ERROR",
    category: "config",
  },
  {
    pattern: /couldn't find key (?<hint>[^ ]{1,253}) in Secret|non-existent secret key: (?:[^ ]{1,253})/i,
    reason: "MissingSecretKey",
    severity: "ERROR",
    category: "config",
  },
];

/** pkg/kubelet/events/event.go, pkg/kubelet/eviction, pkg/kubelet/lifecycle, pkg/kubelet/images, node-problem-detector. */
export const KUBELET_EVENTS: EventReasonTable = {
  // Containers
  Created: { severity: "INFO", category: "unknown", title: "container was created", component: "kubelet" },
  Started: { severity: "INFO", category: "unknown", title: "container was started", component: "kubelet" },
  Killing: {
    severity: "INFO",
    category: "unknown",
    title: "container is being stopped",
    component: "kubelet",
    refine: [
      { pattern: /failed liveness probe, will be restarted/i, reason: "LivenessProbeKilled", severity: "WARNING", category: "probe" },
      { pattern: /failed startup probe, will be restarted/i, reason: "StartupProbeKilled", severity: "WARNING", category: "probe" },
      { pattern: /FailedPostStartHook/i, reason: "FailedPostStartHook", severity: "ERROR", category: "application" },
    ],
  },
  BackOff: {
    severity: "WARNING",
    category: "application",
    title: "kubelet waits before it tries again",
    component: "kubelet",
    refine: [
      { pattern: /pulling image "(?<hint>[^"]{1,500})"|pulling image/i, reason: "ImagePullBackOff", category: "image" },
      {
        pattern: /restarting failed container[ =](?<hint>[a-z0-9-]{1,63})|restarting failed/i,
        reason: "CrashLoopBackOff",
        category: "application",
      },
    ],
  },
  Failed: {
    severity: "ERROR",
    category: "unknown",
    title: "container could not be pulled, created or started",
    component: "kubelet",
    refine: [
      ...MISSING_SOURCES,
      { pattern: /Error: ErrImageNeverPull|is not present with pull policy of Never/i, reason: "ErrImageNeverPull", category: "image" },
      { pattern: /InvalidImageName|invalid reference format/i, reason: "InvalidImageName", category: "image" },
      { pattern: /Error: ImagePullBackOff/i, reason: "ImagePullBackOff", category: "image" },
      { pattern: /^Error: (?:ErrImagePull|RegistryUnavailable|SignatureValidationFailed)/i, reason: "ErrImagePull", category: "image" },
      ...PULL_CAUSES.map((cause) => ({ category: "image" as const, ...cause, pattern: pullOnly(cause.pattern) })),
      {
        pattern: /Failed to (?:pull|inspect) image "(?<hint>[^"]{1,500})"|Failed to pull image/i,
        reason: "ErrImagePull",
        category: "image",
      },
      {
        pattern: /runAsNonRoot|CreateContainerConfigError|failed to generate container/i,
        reason: "CreateContainerConfigError",
        category: "config",
      },
      { pattern: /memory\.limit_in_bytes|container init was OOM-killed/i, reason: "OOMKilled", category: "resources" },
      {
        pattern:
          /OCI runtime create failed|runc create failed|failed to create containerd task|failed to start container|executable file not found|exec format error/i,
        reason: "RunContainerError",
        category: "config",
      },
      {
        pattern: /failed to reserve container name|CreateContainerError|context deadline exceeded/i,
        reason: "CreateContainerError",
        category: "node",
      },
    ],
  },
  ExceededGracePeriod: {
    severity: "WARNING",
    category: "application",
    title: "container did not stop in its grace period",
    component: "kubelet",
  },
  FailedPostStartHook: { severity: "ERROR", category: "application", title: "post-start hook failed", component: "kubelet" },
  FailedPreStopHook: { severity: "WARNING", category: "application", title: "pre-stop hook failed", component: "kubelet" },
  Preempting: { severity: "WARNING", category: "scheduling", title: "pod makes room for a critical pod", component: "kubelet" },
  FailedKillPod: { severity: "WARNING", category: "node", title: "pod could not be stopped", component: "kubelet" },
  FailedCreatePodContainer: { severity: "ERROR", category: "node", title: "pod's containers could not be created", component: "kubelet" },
  FailedSync: {
    severity: "WARNING",
    category: "unknown",
    title: "pod could not be brought to its wanted state",
    component: "kubelet",
    refine: [
      { pattern: /CrashLoopBackOff/, reason: "CrashLoopBackOff", category: "application" },
      { pattern: /ImagePullBackOff/, reason: "ImagePullBackOff", category: "image" },
      { pattern: /ErrImagePull/, reason: "ErrImagePull", category: "image" },
    ],
  },
  FailedValidation: { severity: "ERROR", category: "config", title: "pod is not valid", component: "kubelet" },
  InspectFailed: {
    severity: "ERROR",
    category: "image",
    title: "image could not be inspected",
    component: "kubelet",
    refine: [{ pattern: /InvalidImageName|couldn't parse image|invalid reference format/i, reason: "InvalidImageName" }],
  },
  ResizeInfeasible: { severity: "WARNING", category: "resources", title: "node cannot give what the resize asks", component: "kubelet" },
  ResizeDeferred: { severity: "INFO", category: "resources", title: "resize waits for room on the node", component: "kubelet" },
  ResizeError: { severity: "WARNING", category: "resources", title: "resize of the pod failed", component: "kubelet" },
  // Images
  Pulling: { severity: "INFO", category: "image", title: "image is being pulled", component: "kubelet" },
  Pulled: { severity: "INFO", category: "image", title: "image is on the node", component: "kubelet" },
  ErrImageNeverPull: {
    severity: "ERROR",
    category: "image",
    title: "image is not on the node and must not be pulled",
    component: "kubelet",
  },
  ErrImagePull: { severity: "ERROR", category: "image", title: "image cannot be pulled", component: "kubelet" },
  ImageGCFailed: { severity: "WARNING", category: "node", title: "images could not be cleaned up", component: "kubelet" },
  FreeDiskSpaceFailed: { severity: "ERROR", category: "node", title: "kubelet could not free disk space", component: "kubelet" },
  ContainerGCFailed: { severity: "WARNING", category: "node", title: "dead containers could not be cleaned up", component: "kubelet" },
  FailedToRetrieveImagePullSecret: {
    severity: "WARNING",
    category: "image",
    title: "an image pull secret could not be read",
    component: "kubelet",
    refine: [{ pattern: /./, reason: "MissingImagePullSecret" }],
  },
  // Probes
  Unhealthy: {
    severity: "WARNING",
    category: "probe",
    title: "probe failed",
    component: "kubelet",
    refine: [
      { pattern: /^Liveness probe/i, reason: "LivenessProbeFailed" },
      { pattern: /^Readiness probe/i, reason: "ReadinessProbeFailed" },
      { pattern: /^Startup probe/i, reason: "StartupProbeFailed" },
    ],
  },
  ProbeWarning: { severity: "INFO", category: "probe", title: "probe passed with a warning", component: "kubelet" },
  // Sandbox and network of a pod
  SandboxChanged: { severity: "WARNING", category: "node", title: "pod's sandbox was lost and is made again", component: "kubelet" },
  FailedCreatePodSandBox: {
    severity: "ERROR",
    category: "node",
    title: "pod's sandbox could not be created",
    component: "kubelet",
    refine: [
      { pattern: /container init was OOM-killed/i, reason: "OOMKilled", category: "resources" },
      {
        pattern: /no IP addresses available|failed to assign an IP|not enough IPs|IPAM|no available IP/i,
        reason: "PodAddressesExhausted",
        category: "network",
      },
      { pattern: /cni|network|plugin type=|calico|flannel|cilium/i, reason: "PodNetworkSetupFailed", category: "network" },
    ],
  },
  FailedPodSandBoxStatus: { severity: "WARNING", category: "node", title: "sandbox status could not be read", component: "kubelet" },
  NetworkNotReady: { severity: "ERROR", category: "network", title: "node's pod network is not ready", component: "kubelet" },
  DNSConfigForming: { severity: "INFO", category: "dns", title: "resolver configuration was shortened", component: "kubelet" },
  MissingClusterDNS: { severity: "WARNING", category: "dns", title: "kubelet has no cluster DNS address", component: "kubelet" },
  HostPortConflict: { severity: "ERROR", category: "scheduling", title: "host port is taken", component: "kubelet" },
  // Volumes on the node
  FailedMount: {
    severity: "ERROR",
    category: "storage",
    title: "volume could not be mounted",
    component: "kubelet",
    refine: [
      ...MISSING_SOURCES,
      { pattern: /persistentvolumeclaim "(?<hint>[^"]{1,253})" not found/i, reason: "MissingPersistentVolumeClaim" },
      { pattern: /object "[^"]{1,253}"\/"[^"]{1,253}" not registered/i, severity: "INFO" },
      { pattern: /not found in the list of registered CSI drivers/i, reason: "CsiDriverMissing" },
      {
        pattern:
          /volume "(?<hint>[^"]{1,253})".{0,600}(?:permission denied|access denied|operation not permitted)|permission denied|access denied by server/i,
        reason: "VolumePermissionDenied",
      },
      {
        pattern: /stale (?:nfs )?file handle|connection timed out|no route to host|connection refused/i,
        reason: "VolumeServerUnreachable",
      },
      {
        pattern:
          /hostPath type check failed|special device .{1,300} does not exist|no such file or directory|path .{1,300} does not exist/i,
        reason: "VolumePathMissing",
      },
      { pattern: /(?:for volume|unmounted volumes=)[ ["]{1,3}(?<hint>[^"\] ,]{1,253})/i },
    ],
  },
  FailedMapVolume: { severity: "ERROR", category: "storage", title: "block volume could not be mapped", component: "kubelet" },
  FailedMountOnFilesystemMismatch: {
    severity: "ERROR",
    category: "storage",
    title: "volume has another file system",
    component: "kubelet",
  },
  VolumeResizeFailed: { severity: "ERROR", category: "storage", title: "volume could not be enlarged", component: "kubelet" },
  FileSystemResizeFailed: { severity: "ERROR", category: "storage", title: "file system could not be enlarged", component: "kubelet" },
  SuccessfulMountVolume: { severity: "INFO", category: "storage", title: "volume was mounted", component: "kubelet" },
  FileSystemResizeSuccessful: { severity: "INFO", category: "storage", title: "file system was enlarged", component: "kubelet" },
  VolumeConditionAbnormal: {
    severity: "ERROR",
    category: "storage",
    title: "storage driver reports an unhealthy volume",
    component: "kubelet",
  },
  // Refused by the kubelet after scheduling
  OutOfcpu: { severity: "ERROR", category: "scheduling", title: "node had no CPU left for the pod", component: "kubelet" },
  OutOfmemory: { severity: "ERROR", category: "scheduling", title: "node had no memory left for the pod", component: "kubelet" },
  OutOfpods: { severity: "ERROR", category: "scheduling", title: "node had no place left for the pod", component: "kubelet" },
  NodeAffinity: { severity: "ERROR", category: "scheduling", title: "node no longer matches the pod's affinity", component: "kubelet" },
  UnexpectedAdmissionError: { severity: "ERROR", category: "node", title: "kubelet refused the pod", component: "kubelet" },
  TopologyAffinityError: { severity: "ERROR", category: "scheduling", title: "node's topology cannot hold the pod", component: "kubelet" },
  AppArmor: { severity: "ERROR", category: "config", title: "AppArmor profile cannot be enforced", component: "kubelet" },
  SysctlForbidden: { severity: "ERROR", category: "config", title: "node does not allow the sysctl", component: "kubelet" },
  // Eviction
  Evicted: {
    severity: "ERROR",
    category: "node",
    title: "pod was evicted",
    component: "kubelet",
    refine: [
      {
        pattern:
          /low on resource: (?<hint>[\w.-]{1,60})|Usage of EmptyDir|exceeds the (?:total )?limit|ephemeral local storage usage exceeds/i,
        reason: "Evicted",
      },
      { pattern: /^Evicted pod/i, severity: "WARNING" },
    ],
  },
  EvictionThresholdMet: { severity: "ERROR", category: "node", title: "node crossed an eviction threshold", component: "kubelet" },
  // The node
  Starting: { severity: "INFO", category: "node", title: "component is starting", component: "kubelet" },
  NodeReady: { severity: "INFO", category: "node", title: "node is ready", component: "kubelet" },
  NodeSchedulable: { severity: "INFO", category: "scheduling", title: "node was uncordoned", component: "kubelet" },
  NodeNotSchedulable: { severity: "WARNING", category: "scheduling", title: "node was cordoned", component: "kubelet" },
  NodeHasSufficientMemory: { severity: "INFO", category: "node", title: "node has enough memory", component: "kubelet" },
  NodeHasInsufficientMemory: { severity: "ERROR", category: "node", title: "node is short of memory", component: "kubelet" },
  NodeHasNoDiskPressure: { severity: "INFO", category: "node", title: "node has enough disk", component: "kubelet" },
  NodeHasDiskPressure: { severity: "ERROR", category: "node", title: "node is short of disk", component: "kubelet" },
  NodeHasSufficientPID: { severity: "INFO", category: "node", title: "node has enough process ids", component: "kubelet" },
  NodeHasInsufficientPID: { severity: "ERROR", category: "node", title: "node is short of process ids", component: "kubelet" },
  NodeAllocatableEnforced: { severity: "INFO", category: "node", title: "node's reservations are in force", component: "kubelet" },
  FailedNodeAllocatableEnforcement: {
    severity: "ERROR",
    category: "node",
    title: "node's reservations could not be enforced",
    component: "kubelet",
  },
  InvalidDiskCapacity: { severity: "INFO", category: "node", title: "image disk reported no size at start-up", component: "kubelet" },
  KubeletSetupFailed: { severity: "FATAL", category: "node", title: "kubelet could not be set up", component: "kubelet" },
  Rebooted: { severity: "ERROR", category: "node", title: "node was rebooted", component: "kubelet" },
  Shutdown: { severity: "WARNING", category: "node", title: "node is shutting down", component: "kubelet" },
  NodeShutdown: { severity: "WARNING", category: "node", title: "pod ends because its node shuts down", component: "kubelet" },
  SystemOOM: { severity: "ERROR", category: "node", title: "node ran out of memory and killed a process", component: "kubelet" },
  CgroupV1: { severity: "INFO", category: "node", title: "node uses cgroup v1", component: "kubelet" },
  // node-problem-detector
  OOMKilling: { severity: "ERROR", category: "resources", title: "kernel killed a process for memory", component: "node-problem-detector" },
  TaskHung: { severity: "ERROR", category: "node", title: "a task hangs in the kernel", component: "node-problem-detector" },
  KernelOops: { severity: "FATAL", category: "node", title: "kernel error", component: "node-problem-detector" },
  FilesystemIsReadOnly: {
    severity: "FATAL",
    category: "node",
    title: "node's file system became read-only",
    component: "node-problem-detector",
  },
  CorruptDockerOverlay2: {
    severity: "FATAL",
    category: "node",
    title: "container file system is corrupt",
    component: "node-problem-detector",
  },
  CorruptDockerImage: {
    severity: "ERROR",
    category: "node",
    title: "container image on the node is corrupt",
    component: "node-problem-detector",
  },
  DockerHung: { severity: "FATAL", category: "node", title: "container runtime hangs", component: "node-problem-detector" },
  ContainerdUnhealthy: { severity: "FATAL", category: "node", title: "container runtime is unhealthy", component: "node-problem-detector" },
  KubeletUnhealthy: { severity: "FATAL", category: "node", title: "kubelet is unhealthy", component: "node-problem-detector" },
  FrequentKubeletRestart: {
    severity: "ERROR",
    category: "node",
    title: "kubelet restarts again and again",
    component: "node-problem-detector",
  },
  FrequentContainerdRestart: {
    severity: "ERROR",
    category: "node",
    title: "container runtime restarts again and again",
    component: "node-problem-detector",
  },
  UnregisterNetDevice: {
    severity: "ERROR",
    category: "network",
    title: "a network device is stuck in the kernel",
    component: "node-problem-detector",
  },
  ConntrackFull: { severity: "ERROR", category: "network", title: "node's connection table is full", component: "node-problem-detector" },
  NTPIsDown: { severity: "WARNING", category: "node", title: "node's clock is not synchronised", component: "node-problem-detector" },
  Ext4Error: { severity: "FATAL", category: "node", title: "file system error on the node", component: "node-problem-detector" },
  IOError: { severity: "FATAL", category: "node", title: "disk error on the node", component: "node-problem-detector" },
};

/** The same pattern, only in a message about pulling: `Failed` speaks of other things too. */
function pullOnly(pattern: RegExp): RegExp {
  return new RegExp(`^(?=.{0,60}(?:pull|image)).{0,900}?(?:${pattern.source})`, "is");
}
