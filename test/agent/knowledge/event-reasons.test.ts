// What Kubernetes Events mean: every entry of the table, and the messages that make a reason more exact.
import assert from "node:assert/strict";
import { test } from "node:test";
import { CATEGORIES } from "../../../agent/domain/episode.ts";
import { SEVERITIES } from "../../../agent/domain/severity.ts";
import { classifyEvent, EVENT_REASONS } from "../../../agent/knowledge/event-reasons.ts";
import { schedulingCause } from "../../../agent/knowledge/scheduling-message.ts";

test("every reason has a severity, a category, a title and a component, and is found by its word", () => {
  for (const [reason, { severity, category, title, component, refine }] of Object.entries(EVENT_REASONS)) {
    assert.match(reason, /^[A-Z]\w+$/, reason);
    assert.ok(SEVERITIES.includes(severity) && CATEGORIES.includes(category), reason);
    assert.ok(title.length > 8 && component.length > 2, reason);
    const plain = classifyEvent(reason, "Normal", "");
    assert.deepEqual([plain.severity, plain.category, plain.reason], [severity, category, reason]);
    for (const exact of refine ?? [])
      assert.ok(exact.reason ?? exact.severity ?? /hint/.test(exact.pattern.source), `${reason}: ${exact.pattern.source} changes nothing`);
  }
  assert.ok(Object.keys(EVENT_REASONS).length > 200);
});

test("a reason nobody knows keeps its word, and its type decides", () => {
  assert.deepEqual(classifyEvent("GremlinSeen", "Warning", "boo"), { reason: "GremlinSeen", severity: "WARNING", category: "unknown" });
  assert.deepEqual(classifyEvent("GremlinSeen", "Normal", "boo"), { reason: "GremlinSeen", severity: "INFO", category: "unknown" });
  assert.equal(classifyEvent("constructor", "Normal", "").reason, "constructor");
});

test("messages make a reason exact", () => {
  const check = (reason: string, message: string, expected: readonly [reason: string, severity: string, hint?: string]) => {
    const got = classifyEvent(reason, "Warning", message);
    assert.deepEqual(
      [got.reason, got.severity, ...(got.discriminatorHint ? [got.discriminatorHint] : [])],
      expected,
      `${reason}: ${message}`,
    );
  };
  check("Killing", "Stopping container web", ["Killing", "INFO"]);
  check("Killing", "Container web failed liveness probe, will be restarted", ["LivenessProbeKilled", "WARNING"]);
  check("BackOff", "Back-off restarting failed container web in pod web-1_shop(1f)", ["CrashLoopBackOff", "WARNING", "web"]);
  check("BackOff", 'Back-off pulling image "acme/web:9"', ["ImagePullBackOff", "WARNING", "acme/web:9"]);
  check("Failed", "Error: ErrImagePull", ["ErrImagePull", "ERROR"]);
  check("Failed", "Error: ImagePullBackOff", ["ImagePullBackOff", "ERROR"]);
  check(
    "Failed",
    'Failed to pull image "acme/web:9": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/acme/web:9": failed to resolve reference "docker.io/acme/web:9": docker.io/acme/web:9: not found',
    ["ImageNotFound", "ERROR"],
  );
  check(
    "Failed",
    'Failed to pull image "r.acme.io/web:9": failed to do request: Head "https://r.acme.io/v2/web": dial tcp: lookup r.acme.io on 10.0.0.2:53: no such host',
    ["RegistryNameResolutionFailed", "ERROR", "r.acme.io"],
  );
  check("Failed", 'Failed to pull image "acme/web:9": pull access denied, repository does not exist or may require authorization', [
    "ImagePullDenied",
    "ERROR",
  ]);
  check("Failed", 'Failed to pull image "r.acme.io/web:9": unexpected status: 401 Unauthorized', ["ImagePullUnauthorized", "ERROR"]);
  check("Failed", 'Error: configmap "web" not found', ["MissingConfigMap", "ERROR", "web"]);
  check("Failed", "Error: couldn't find key url in Secret shop/db", ["MissingSecretKey", "ERROR", "url"]);
  check("Failed", 'Error: failed to create containerd task: OCI runtime create failed: exec: "serve": executable file not found in $PATH', [
    "RunContainerError",
    "ERROR",
  ]);
  check("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", ["ReadinessProbeFailed", "WARNING"]);
  check("Unhealthy", "Liveness probe errored: rpc error", ["LivenessProbeFailed", "WARNING"]);
  check("FailedMount", 'MountVolume.SetUp failed for volume "tls" : secret "web-tls" not found', ["MissingSecret", "ERROR", "web-tls"]);
  check(
    "FailedMount",
    'MountVolume.SetUp failed for volume "data" : mount failed: exit status 32, access denied by server while mounting nfs:/x',
    ["VolumePermissionDenied", "ERROR", "data"],
  );
  check("FailedMount", 'MountVolume.SetUp failed for volume "kube-api-access" : object "shop"/"kube-root-ca.crt" not registered', [
    "FailedMount",
    "INFO",
  ]);
  check(
    "FailedMount",
    "Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[data]: timed out waiting for the condition",
    ["FailedMount", "ERROR", "data"],
  );
  check("FailedAttachVolume", 'Multi-Attach error for volume "pvc-1" Volume is already used by pod(s) db-0', [
    "VolumeMultiAttach",
    "ERROR",
    "pvc-1",
  ]);
  check(
    "FailedCreate",
    'Error creating: pods "web-x" is forbidden: exceeded quota: team, requested: pods=1, used: pods=4, limited: pods=4',
    ["QuotaExceeded", "ERROR", "team"],
  );
  check(
    "FailedCreate",
    'Error creating: pods "web-x" is forbidden: error looking up service account shop/web: serviceaccount "web" not found',
    ["MissingServiceAccount", "ERROR", "web"],
  );
  check("FailedCreate", 'Error creating: pods "web-x" is forbidden: maximum memory usage per Container is 512Mi, but limit is 1Gi', [
    "LimitRangeConflict",
    "ERROR",
    "memory",
  ]);
  check("FailedCreate", 'Error creating: Internal error occurred: failed calling webhook "guard.acme.io": connect: connection refused', [
    "WebhookUnavailable",
    "ERROR",
    "guard.acme.io",
  ]);
  check("FailedCreate", 'Error creating: admission webhook "guard.acme.io" denied the request: no', [
    "AdmissionDenied",
    "ERROR",
    "guard.acme.io",
  ]);
  check("FailedCreate", "Error creating: etcdserver: request timed out", ["FailedCreate", "ERROR"]);
  check("ProvisioningFailed", 'storageclass.storage.k8s.io "fast" not found', ["StorageClassMissing", "ERROR", "fast"]);
  check("NodeNotReady", "Node node-1 status is now: NodeNotReady", ["NodeNotReady", "FATAL"]);
  check("NodeNotReady", "Node is not ready", ["PodOnNotReadyNode", "ERROR"]);
  check(
    "FailedCreatePodSandBox",
    "Failed to create pod sandbox: runc create failed: container init was OOM-killed (memory limit too low?)",
    ["OOMKilled", "ERROR"],
  );
  check(
    "Failed",
    'Failed to pull image "ngnix": failed to resolve reference "docker.io/library/ngnix:latest": unexpected status from HEAD request to https://mirror.test/v2/library/ngnix: 403 Forbidden',
    ["ImageNotFound", "ERROR"],
  );
  check("Failed", 'Failed to pull image "ghcr.io/shop/web": unexpected status from GET request to https://ghcr.io/token: 403 Forbidden', [
    "ImagePullUnauthorized",
    "ERROR",
  ]);
});

test("a refused placement is told by what keeps the most fitting nodes out", () => {
  const check = (message: string, expected: string | undefined) => assert.equal(schedulingCause(message), expected, message);
  check(
    "0/4 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 Insufficient cpu. preemption: 0/4 nodes are available: 1 Preemption is not helpful for scheduling, 3 No preemption victims found for incoming pod.",
    "NoNodeWithEnoughCpu",
  );
  check("0/3 nodes are available: 1 Insufficient memory, 2 node(s) didn't match Pod's node affinity/selector.", "NoNodeWithEnoughMemory");
  check("0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.", "NoNodeMatchesSelector");
  check(
    "0/3 nodes are available: 1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 2 node(s) were unschedulable.",
    "NodesCordoned",
  );
  check("0/3 nodes are available: 3 node(s) had untolerated taint {dedicated: gpu}.", "NoNodeToleratesTaints");
  check("0/2 nodes are available: 2 node(s) had untolerated taint {node.kubernetes.io/unreachable: }.", "NodesNotReady");
  check("0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.", "AntiAffinityUnsatisfiable");
  check("0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.", "UnboundPersistentVolumeClaim");
  check('0/3 nodes are available: persistentvolumeclaim "data" not found.', "MissingPersistentVolumeClaim");
  check("0/3 nodes are available: 3 node(s) didn't have free ports for the requested pod ports.", "HostPortUnavailable");
  check("the scheduler had a bad day", undefined);
  assert.equal(classifyEvent("FailedScheduling", "Warning", "skip schedule deleting pod: shop/web-1").severity, "INFO");
  assert.equal(
    classifyEvent("FailedScheduling", "Warning", "0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.").category,
    "storage",
  );
});
