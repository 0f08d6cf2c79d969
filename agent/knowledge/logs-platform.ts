// Log patterns of the platform below an application: probes, containers, images, storage. Written by kubelets, runtimes, operators and kernels.
import type { LogPattern } from "./log-pattern.ts";

/** Groups probes, containers and images. */
export const CONTAINER_LOG_PATTERNS: readonly LogPattern[] = [
  {
    id: "LivenessProbeFailed",
    group: "probes",
    category: "probe",
    severity: "WARNING",
    needles: ["liveness probe", 'probetype="liveness"'],
    regex: /liveness probe (?:failed|errored|status=failure)|probe failed" probeType="liveness"|failed liveness probe/i,
    examples: [
      [
        'prober.go:107] "Probe failed" probeType="Liveness" pod="shop/web-1" containerName="web" probeResult=failure output="HTTP probe failed with statuscode: 500"',
      ],
      ["Liveness probe failed: dial tcp 10.0.0.7:8080: connect: connection refused"],
    ],
    negatives: ["Liveness probe succeeded", "registered handler for liveness probe on /healthz"],
  },
  {
    id: "ReadinessProbeFailed",
    group: "probes",
    category: "probe",
    severity: "WARNING",
    needles: ["readiness probe", 'probetype="readiness"'],
    regex: /readiness probe (?:failed|errored|status=failure)|probe failed" probeType="readiness"/i,
    examples: [
      ['prober.go:107] "Probe failed" probeType="Readiness" pod="shop/api-0" containerName="api" probeResult=failure'],
      ["Readiness probe failed: HTTP probe failed with statuscode: 503"],
    ],
    negatives: ["readiness probe listening on :8081", "Readiness probe passed after 3 tries"],
  },
  {
    id: "StartupProbeFailed",
    group: "probes",
    category: "probe",
    severity: "WARNING",
    needles: ["startup probe", 'probetype="startup"'],
    regex: /startup probe (?:failed|errored)|probe failed" probeType="startup"|failed startup probe/i,
    examples: [['Startup probe failed: Get "http://10.0.0.9:8080/started": context deadline exceeded']],
    negatives: ["startup probe enabled with periodSeconds=10"],
  },
  {
    id: "HealthCheckFailed",
    group: "probes",
    category: "probe",
    severity: "WARNING",
    needles: ["health check", "healthcheck", "health-check"],
    regex: /health[ -]?check(?:s|er)?\b[^.\n]{0,60}\b(?:fail(?:ed|ing|ure)|timed out|unhealthy)|fail(?:ed|ing) (?:the )?health[ -]?check/i,
    examples: [["[warn] health check failed for backend orders after 3 attempts"], ["healthcheck: redis is unhealthy"]],
    negatives: ["GET /healthcheck HTTP/1.1 200", "health check passed", "failed to load page, see health check docs"],
  },
  {
    id: "ContainerBackOff",
    group: "containers",
    category: "application",
    severity: "ERROR",
    needles: ["crashloopbackoff", "restarting failed container"],
    regex: /with CrashLoopBackOff|is in CrashLoopBackOff|back-off [\dhms.]{1,12} restarting failed container/i,
    examples: [
      [
        'E0312 10:00:00.000001 1 pod_workers.go:1300] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"web\\" with CrashLoopBackOff: \\"back-off 5m0s restarting failed container=web\\""',
      ],
    ],
    negatives: ["metric kube_pod_container_status_waiting_reason{reason=CrashLoopBackOff} registered"],
  },
  {
    id: "ContainerCreateFailed",
    group: "containers",
    category: "config",
    severity: "ERROR",
    needles: ["create failed", "createcontainererror", "createcontainerconfigerror", "create containerd", "createcontainer"],
    regex:
      /(?:OCI runtime|runc) create failed|with CreateContainer(?:Config)?Error|failed to create containerd (?:task|container)|CreateContainer in sandbox .{1,120} failed/i,
    examples: [
      [
        "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process",
      ],
    ],
    negatives: ["order create failed validation: quantity must be positive", "CreateContainer within sandbox returns container id 4be1"],
  },
  {
    id: "ExecutableNotFound",
    group: "containers",
    category: "config",
    severity: "ERROR",
    needles: ["executable file not found", "exec format error", "exec user process", "command not found"],
    regex:
      /executable file not found in \$PATH|exec format error|exec user process caused|\b(?:sh|bash|ash|entrypoint\.sh): (?:line \d{1,6}: |\d{1,6}: )?[\w./-]{1,120}: command not found/i,
    examples: [
      ["exec /app/server: exec format error"],
      ["/bin/sh: /usr/local/bin/start: command not found"],
      ['exec: "gunicorn": executable file not found in $PATH'],
    ],
    negatives: ["user typed help: command not found in menu", "executable file written to /tmp/a.out"],
  },
  {
    id: "PodSandboxFailed",
    group: "containers",
    category: "node",
    severity: "ERROR",
    needles: ["pod sandbox", "podsandbox"],
    regex: /failed to (?:create|start|setup network for) (?:pod )?sandbox|CreatePodSandbox for pod failed|RunPodSandbox .{0,200}failed/i,
    examples: [
      [
        '"RunPodSandbox from runtime service failed" err="rpc error: code = Unknown desc = failed to create pod sandbox: plugin type=\\"calico\\" failed"',
      ],
    ],
    negatives: ["RunPodSandbox for &PodSandboxMetadata{Name:web-1,} returns sandbox id"],
  },
  {
    id: "ContainerRuntimeDown",
    group: "containers",
    category: "node",
    severity: "FATAL",
    needles: [
      "pleg is not healthy",
      "containerd.sock",
      "crio.sock",
      "docker.sock",
      "runtime is down",
      "runtime network not ready",
      "container runtime",
    ],
    regex:
      /PLEG is not healthy|container runtime is down|(?:containerd|crio|docker)\.sock[^\n]{0,40}(?:connection refused|no such file|is the docker daemon running)|container runtime (?:network )?(?:is )?not ready|Container runtime sanity check failed/i,
    examples: [
      ["skipping pod synchronization - [PLEG is not healthy: pleg was last seen active 3m5s ago]"],
      ["dial unix /run/containerd/containerd.sock: connect: connection refused"],
    ],
    negatives: ["connecting to unix:///run/containerd/containerd.sock", "container runtime version: containerd://1.7.2"],
  },
  {
    id: "ProcessOomKilled",
    group: "containers",
    category: "resources",
    severity: "ERROR",
    needles: ["oom-kill", "out of memory: kill", "oomkilled", "oom_reaper", "oom reaper", "perhaps out of memory"],
    regex:
      /memory cgroup out of memory: kill|out of memory: kill(?:ed)? process|oom-kill:constraint|(?:terminated|killed|exited)[^\n]{0,40}\bOOMKilled\b|\bOOMKilled\b[^\n]{0,40}(?:exit ?code|137)|was sent SIGKILL! Perhaps out of memory|oom_reaper: reaped process/i,
    examples: [
      ["Memory cgroup out of memory: Killed process 2177 (java) total-vm:4280148kB, anon-rss:1045216kB"],
      ["[ERROR] Worker (pid:41) was sent SIGKILL! Perhaps out of memory?"],
    ],
    negatives: ["alert rule for OOMKilled loaded", "oom-killer is enabled with score adj 0"],
  },
  {
    id: "RegistryRateLimited",
    group: "images",
    category: "image",
    severity: "ERROR",
    needles: ["toomanyrequests", "pull rate limit"],
    regex: /toomanyrequests: |reached your (?:unauthenticated )?pull rate limit/i,
    examples: [["toomanyrequests: You have reached your pull rate limit. You may increase the limit by authenticating"]],
    negatives: ["metric toomanyrequests_total 0"],
  },
  {
    id: "ImagePullUnauthorized",
    group: "images",
    category: "image",
    severity: "ERROR",
    needles: ["pull access denied", "authentication required", "basic auth credentials"],
    regex:
      /pull access denied for|no basic auth credentials|(?:pull|manifest|registry|image)[^\n]{0,200}unauthorized: authentication required/i,
    examples: [
      ["pull access denied for acme/web, repository does not exist or may require authorization"],
      ["failed to resolve image: unauthorized: authentication required"],
    ],
    negatives: ["NOAUTH Authentication required.", "page requires authentication: authentication required for user area"],
  },
  {
    id: "ImageNotFound",
    group: "images",
    category: "image",
    severity: "ERROR",
    needles: ["manifest unknown", "manifest for", "repository name not known", "no matching manifest", "failed to resolve reference"],
    regex:
      /manifest unknown|manifest for [^\s]{1,300} not found|repository name not known to registry|no matching manifest for|failed to resolve reference "[^"]{1,300}": [^\s]{1,300} not found/i,
    examples: [
      ["manifest for acme/web:1.2.4 not found: manifest unknown: manifest unknown"],
      ['failed to resolve reference "docker.io/acme/web:9": docker.io/acme/web:9: not found'],
    ],
    negatives: ["wrote manifest for web to disk", "page not found"],
  },
  {
    id: "ImagePullFailed",
    group: "images",
    category: "image",
    severity: "ERROR",
    needles: ["errimagepull", "imagepullbackoff", "pull image", "pulling image", "pull and unpack image", "pullimage"],
    regex:
      /ErrImagePull|ImagePullBackOff|failed to pull (?:and unpack )?image|back-off pulling image|PullImage .{1,300} failed|error pulling image/i,
    examples: [
      [
        '"Failed to pull image" err="rpc error: code = Unknown desc = failed to pull and unpack image \\"docker.io/acme/web:9\\"" image="acme/web:9"',
      ],
    ],
    negatives: ["Pulling image acme/web:1.0", "Successfully pulled image in 3.2s"],
  },
  {
    id: "ImageGarbageCollectionFailed",
    group: "images",
    category: "node",
    severity: "WARNING",
    needles: ["garbage collect"],
    regex: /failed to garbage collect (?:required amount of )?images|image garbage collection failed/i,
    examples: [
      ['kubelet.go:1344] "Image garbage collection failed once. Stats initialization may not have completed yet"'],
      ["failed to garbage collect required amount of images. Wanted to free 5368709120 bytes, but freed 0 bytes"],
    ],
    negatives: ["garbage collector: sweeping 12 objects", "image garbage collection freed 200 MB"],
  },
];

/** Group storage. */
export const STORAGE_LOG_PATTERNS: readonly LogPattern[] = [
  {
    id: "DiskFull",
    group: "storage",
    category: "storage",
    severity: "ERROR",
    needles: [
      "no space left on device",
      "enospc",
      "disk quota exceeded",
      "disk is full",
      "disk full",
      "not enough space on the disk",
      "flood stage disk watermark",
    ],
    regex:
      /no space left on device|\bENOSPC\b|disk quota exceeded|\bdisk(?: is)? full\b|not enough space on the disk|flood stage disk watermark/i,
    examples: [
      ["write /data/wal/0001: no space left on device"],
      ["Error: ENOSPC: no space left on device, write"],
      ['PANIC: could not write to file "pg_wal/xlogtemp.42": No space left on device'],
    ],
    negatives: ["disk usage 43% full scan done", "space left on device: 12 GB"],
  },
  {
    id: "ReadOnlyFileSystem",
    group: "storage",
    category: "storage",
    severity: "ERROR",
    needles: ["read-only file system", "erofs", "readonlyfilesystem", "read only file system"],
    regex: /read[- ]only file ?system|\bEROFS[:,]|ReadOnlyFileSystemException/i,
    examples: [["mkdir /var/cache/nginx/client_temp: read-only file system"], ["OSError: [Errno 30] Read-only file system: '/app/out'"]],
    negatives: ["mounted erofs image at /opt", "securityContext.readOnlyRootFilesystem=true"],
  },
  {
    id: "FileSystemCorrupt",
    group: "storage",
    category: "node",
    severity: "FATAL",
    needles: ["ext4-fs error", "xfs (", "structure needs cleaning", "btrfs error"],
    regex: /EXT4-fs error|XFS \([\w-]{1,40}\): (?:Corruption|Metadata corruption|Internal error)|structure needs cleaning|BTRFS error/i,
    examples: [["EXT4-fs error (device sdb1): ext4_lookup:1855: inode #131: comm java: deleted inode referenced"]],
    negatives: ["EXT4-fs (sdb1): mounted filesystem with ordered data mode", "XFS (sda1): Ending clean mount"],
  },
  {
    id: "DiskIoError",
    group: "storage",
    category: "storage",
    severity: "FATAL",
    needles: ["input/output error", "i/o error, dev", "buffer i/o error", " eio", "errno 5]"],
    regex: /\binput\/output error\b|\bI\/O error, dev |buffer I\/O error on dev|\bEIO\b: i\/o error/i,
    examples: [["blk_update_request: I/O error, dev sdb, sector 12345"], ["OSError: [Errno 5] Input/output error"]],
    negatives: ["i/o timeout", "input/output plugin loaded"],
  },
  {
    id: "StaleFileHandle",
    group: "storage",
    category: "storage",
    severity: "ERROR",
    needles: ["stale file handle", "stale nfs file handle", "estale"],
    regex: /stale (?:NFS )?file handle|\bESTALE\b/i,
    examples: [["ls: cannot access '/data': Stale file handle"]],
    negatives: ["closing stale connection handle"],
  },
  {
    id: "VolumeMountFailed",
    group: "storage",
    category: "storage",
    severity: "ERROR",
    needles: ["mountvolume.", "attach or mount volumes", "mount failed"],
    regex: /MountVolume\.\w{1,30} failed|unable to attach or mount volumes|\bmount failed: exit status/i,
    examples: [
      ['"MountVolume.SetUp failed for volume \\"config\\": configmap \\"web\\" not found"'],
      ["Unable to attach or mount volumes: unmounted volumes=[data]"],
    ],
    negatives: ['"MountVolume.SetUp succeeded for volume \\"config\\""', "mount failed over to replica 2"],
  },
  {
    id: "VolumeAttachFailed",
    group: "storage",
    category: "storage",
    severity: "ERROR",
    needles: ["attachvolume.", "multi-attach", "failed to provision volume"],
    regex: /AttachVolume\.\w{1,30} failed|Multi-Attach error|failed to provision volume/i,
    examples: [
      ['AttachVolume.Attach failed for volume "pvc-1": rpc error: code = Internal'],
      ['Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node'],
    ],
    negatives: ['AttachVolume.Attach succeeded for volume "pvc-1"'],
  },
  {
    id: "FileMissing",
    group: "storage",
    category: "config",
    severity: "ERROR",
    needles: ["no such file or directory", "enoent", "filenotfound", "nosuchfileexception", "could not find file"],
    regex:
      /\b(?:open|stat|read|exec|load|loading|reading|opening) ['"]?[\w./-]{1,300}['"]?:? no such file or directory|\bENOENT: no such file|FileNotFound(?:Error|Exception):|NoSuchFileException:|could not find file '/i,
    examples: [
      ["open /etc/app/config.yaml: no such file or directory"],
      ["Error: ENOENT: no such file or directory, open '/app/settings.json'"],
      ["FileNotFoundError: [Errno 2] No such file or directory: '/etc/app/key.pem'"],
    ],
    negatives: ["connect() to unix:/run/app.sock failed (2: No such file or directory)", "cleanup: ENOENT ignored"],
  },
];
