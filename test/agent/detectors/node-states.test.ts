// Findings about nodes, each with a near miss.
import assert from "node:assert/strict";
import { test } from "node:test";
import { nodeConditions } from "../../../agent/detectors/node-conditions.ts";
import { nodeLease } from "../../../agent/detectors/node-lease.ts";
import { nodeScheduling } from "../../../agent/detectors/node-scheduling.ts";
import type { KubeObject } from "../../../agent/domain/kube-object.ts";
import type { Finding } from "../../../agent/domain/signal.ts";
import { ago, agoMs, condition, kubeObject, NOW_MS, node, seen } from "../../kit/kube-builders.ts";
import { neighbourView, type Surroundings } from "../../kit/neighbour-view.ts";

function check(object: KubeObject, expected: readonly string[], around: Surroundings = {}): readonly Finding[] {
  const found = [nodeConditions, nodeScheduling, nodeLease].flatMap((it) => it.detect(seen(object), neighbourView(around), NOW_MS));
  assert.deepEqual(
    found.map(({ severity, reason, discriminator }) => `${severity} ${reason} ${discriminator}`.trim()),
    expected,
  );
  return found;
}

const ready = condition("Ready", "True");

test("a node that is not ready or does not answer is fatal, dated by its condition", () => {
  const down = (status: "False" | "Unknown") =>
    node({
      status: {
        conditions: [condition("Ready", status, { message: "Kubelet stopped posting node status.", lastTransitionTime: ago(70) })],
      },
    });
  const [found] = check(down("False"), ["FATAL NodeNotReady Ready"]);
  assert.equal(found?.sinceMs, agoMs(70));
  check(down("Unknown"), ["FATAL NodeUnknown Ready"]);
});

test("a node that does not answer is told once, although all its conditions are unknown", () => {
  check(
    node({ status: { conditions: ["MemoryPressure", "DiskPressure", "PIDPressure", "Ready"].map((type) => condition(type, "Unknown")) } }),
    ["FATAL NodeUnknown Ready"],
  );
});

test("a node that has just been created may wait for its network; a node being deleted is nobody's trouble", () => {
  const conditions = [
    condition("NetworkUnavailable", "True", { lastTransitionTime: ago(20) }),
    condition("Ready", "False", { lastTransitionTime: ago(20) }),
  ];
  check(node({ metadata: { creationTimestamp: ago(30) }, status: { conditions } }), []);
  check(node({ metadata: { creationTimestamp: ago(600) }, status: { conditions } }), [
    "FATAL NodeNotReady Ready",
    "ERROR NetworkUnavailable NetworkUnavailable",
  ]);
  check(node({ metadata: { deletionTimestamp: ago(5) }, status: { conditions } }), []);
});

test("pressures are errors while they are True", () => {
  for (const type of ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"]) {
    check(node({ status: { conditions: [ready, condition(type, "True")] } }), [`ERROR ${type} ${type}`]);
    check(node({ status: { conditions: [ready, condition(type, "False")] } }), []);
  }
});

test("problems of other reporters are warnings; conditions that are good when True are not", () => {
  for (const type of ["KernelDeadlock", "ReadonlyFilesystem", "FrequentKubeletRestart", "CorruptDockerOverlay2"]) {
    check(node({ status: { conditions: [ready, condition(type, "True")] } }), [`WARNING NodeCondition ${type}`]);
    check(node({ status: { conditions: [ready, condition(type, "False")] } }), []);
  }
  check(node({ status: { conditions: [ready, condition("StorageReady", "False")] } }), ["WARNING NodeCondition StorageReady"]);
  check(node({ status: { conditions: [ready, condition("StorageReady", "True"), condition("EtcdIsVoter", "True")] } }), []);
});

test("a cordon is a warning dated by its taint; other taints are information, the control plane's none", () => {
  const taint = (key: string, effect: string) => ({ key, effect, timeAdded: ago(40) });
  const [found] = check(node({ spec: { unschedulable: true, taints: [taint("node.kubernetes.io/unschedulable", "NoSchedule")] } }), [
    "WARNING NodeCordoned",
  ]);
  assert.equal(found?.sinceMs, agoMs(40));
  check(node({ spec: { taints: [taint("node.kubernetes.io/unreachable", "NoExecute"), taint("dedicated", "NoSchedule")] } }), [
    "INFO NodeTainted node.kubernetes.io/unreachable",
    "INFO NodeTainted dedicated",
  ]);
  check(node({ spec: { taints: [taint("node-role.kubernetes.io/control-plane", "NoSchedule"), taint("spot", "PreferNoSchedule")] } }), []);
});

test("an old heartbeat counts only beside a fresh one of another node", () => {
  const beat = (name: string, seconds: number) => node({ metadata: { name }, status: { leaseRenewTime: ago(seconds) } });
  const lease = (name: string, seconds: number) =>
    kubeObject("coordination.k8s.io/v1", "Lease", { metadata: { name, namespace: "kube-node-lease" }, spec: { renewTime: ago(seconds) } });
  const [found] = check(beat("node-a", 200), ["ERROR NodeLeaseStale"], { objects: [beat("node-a", 200), beat("node-b", 5)] });
  assert.equal(found?.sinceMs, agoMs(200));
  check(node(), ["ERROR NodeLeaseStale"], {
    objects: [node(), node({ metadata: { name: "node-b" } }), lease("node-a", 200), lease("node-b", 5)],
  });
  check(beat("node-a", 200), [], { objects: [beat("node-a", 200), beat("node-b", 190)] });
  check(beat("node-a", 200), []);
  check(beat("node-a", 30), [], { objects: [beat("node-b", 5)] });
});
