// Why a pod cannot be placed, read from the scheduler and from the nodes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseRefusals } from "../../../agent/detectors/read-scheduling.ts";
import { schedulingMessage } from "../../../agent/detectors/scheduling-message.ts";
import { schedulingNodes } from "../../../agent/detectors/scheduling-nodes.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import type { Finding } from "../../../agent/domain/signal.ts";
import { ago, agoMs, condition, container, NOW_MS, node, type Overrides, pod, seen } from "../../kit/kube-builders.ts";
import { neighbourView, type Surroundings } from "../../kit/neighbour-view.ts";

function check(object: KubeObject, expected: readonly string[], around: Surroundings = {}): readonly Finding[] {
  const found = [schedulingMessage, schedulingNodes].flatMap((it) => it.detect(seen(object), neighbourView(around), NOW_MS));
  assert.deepEqual(
    found.map(({ reason, discriminator }) => `${reason} ${discriminator}`.trim()),
    expected,
  );
  return found;
}

/** A pod without a node; the message is the scheduler's, none: it has not spoken. */
function unplaced(message: string | undefined, spec: JsonObject = {}, overrides: Overrides = {}): KubeObject {
  const refused =
    message === undefined ? [] : [condition("PodScheduled", "False", { reason: "Unschedulable", message, lastTransitionTime: ago(90) })];
  const { nodeName: _none, ...placed } = pod().spec ?? {};
  return {
    ...pod({
      metadata: { creationTimestamp: ago(30) },
      ...overrides,
      status: { phase: "Pending", conditions: refused, containerStatuses: [] },
    }),
    spec: { ...placed, ...spec },
  };
}

const nodes = (...overrides: readonly Overrides[]): Surroundings => ({
  objects: overrides.map((it, index) => node({ ...it, metadata: { name: `node-${index}`, ...it.metadata } })),
  complete: ["Node"],
});

const says = (list: string) =>
  `0/4 nodes are available: ${list}. preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod.`;
const cpu = (request: string) => ({ containers: [container({ resources: { requests: { cpu: request } } })] });

test("the scheduler's words become the exact reason, dated by the condition", () => {
  const cases: readonly (readonly [message: string, expected: readonly string[]])[] = [
    [says("4 Insufficient cpu"), ["NoNodeWithEnoughCpu"]],
    [says("4 Insufficient memory"), ["NoNodeWithEnoughMemory"]],
    [says("1 Insufficient cpu, 3 Insufficient memory"), ["NoNodeWithEnoughCpu", "NoNodeWithEnoughMemory"]],
    [says("4 node(s) didn't match Pod's node affinity/selector"), ["NoNodeMatchesSelector"]],
    [says("4 node(s) didn't match node selector"), ["NoNodeMatchesSelector"]],
    [says("4 node(s) had untolerated taint {dedicated: gpu}"), ["NoNodeToleratesTaints dedicated"]],
    [
      says("2 node(s) had taint {dedicated: gpu}, that the pod didn't tolerate, 2 node(s) were unschedulable"),
      ["NoNodeToleratesTaints dedicated", "NodesCordoned"],
    ],
    [says("1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }, 3 Insufficient cpu"), ["NoNodeWithEnoughCpu"]],
    [
      says("4 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }"),
      ["NoNodeToleratesTaints node-role.kubernetes.io/control-plane"],
    ],
    [says("4 node(s) didn't match pod anti-affinity rules"), ["AntiAffinityUnsatisfiable"]],
    [says("4 Insufficient example.com/gpu"), []],
    [says("4 node(s) didn't have free ports for the requested pod ports"), []],
    ["skipped in words nobody knows", []],
  ];
  for (const [message, expected] of cases) {
    const found = check(unplaced(message), ["Unschedulable", ...expected]);
    for (const { sinceMs } of found) assert.equal(sinceMs, agoMs(90));
  }
});

test("volumes that keep a pod unplaced are a matter of storage", () => {
  for (const list of ["pod has unbound immediate PersistentVolumeClaims", "4 node(s) had volume node affinity conflict"]) {
    const [found] = check(unplaced(says(list)), ["Unschedulable"]);
    assert.equal(found?.category, "storage");
  }
});

test("a taint that a node's own trouble set is the node's matter", () => {
  const [, found] = check(unplaced(says("4 node(s) had untolerated taint {node.kubernetes.io/not-ready: }")), [
    "Unschedulable",
    "NoNodeToleratesTaints node.kubernetes.io/not-ready",
  ]);
  assert.equal(found?.category, "node");
});

test("nodes that are known decide between cordon and labels", () => {
  const message = says("1 node(s) were unschedulable, 1 node(s) didn't match Pod's node affinity/selector");
  const pinned = unplaced(message, { nodeSelector: { disk: "ssd" } });
  const cordoned = { spec: { unschedulable: true } };
  check(pinned, ["Unschedulable", "NodesCordoned"], nodes({ ...cordoned, metadata: { labels: { disk: "ssd" } } }, {}));
  check(pinned, ["Unschedulable", "NoNodeMatchesSelector"], nodes(cordoned, {}));
  check(pinned, ["Unschedulable", "NodesCordoned", "NoNodeMatchesSelector"]);
});

test("a request larger than any node says so; one that merely finds no room does not", () => {
  const [, large] = check(unplaced(says("2 Insufficient cpu"), cpu("16")), ["Unschedulable", "NoNodeWithEnoughCpu"], nodes({}, {}));
  assert.match(large?.message ?? "", /requests 16 CPU, more than any node has: the largest one offers 4 CPU/);
  const [, full] = check(unplaced(says("2 Insufficient cpu"), cpu("2")), ["Unschedulable", "NoNodeWithEnoughCpu"], nodes({}, {}));
  assert.match(full?.message ?? "", /no node that it may use has that much left/);
});

test("where the scheduler has not spoken the nodes show what is against the pod, and only when no node would take it", () => {
  check(unplaced(undefined, cpu("16")), ["NoNodeWithEnoughCpu"], nodes({}, {}));
  check(unplaced(undefined, cpu("16")), [], nodes({}, { status: { allocatable: { cpu: "32" } } }));
  check(unplaced(undefined, { nodeSelector: { disk: "ssd" } }), ["NoNodeMatchesSelector"], nodes({}));
  check(unplaced(undefined, { nodeSelector: { disk: "ssd" } }), [], { ...nodes({}), complete: [] });
  check(unplaced(undefined), ["NodesCordoned"], nodes({ spec: { unschedulable: true } }));
  const tainted = { spec: { taints: [{ key: "dedicated", value: "gpu", effect: "NoSchedule" }] } };
  check(unplaced(undefined), ["NoNodeToleratesTaints dedicated"], nodes(tainted));
  check(
    unplaced(undefined, { tolerations: [{ key: "dedicated", operator: "Equal", value: "gpu", effect: "NoSchedule" }] }),
    [],
    nodes(tainted),
  );
  check(unplaced(undefined, { tolerations: [{ operator: "Exists" }] }), [], nodes(tainted));
  check(unplaced(undefined), [], nodes({ spec: { taints: [{ key: "dedicated", effect: "PreferNoSchedule" }] } }));
});

test("room is what the pods already on a node leave, and a cordoned control-plane node is no alternative", () => {
  const [controlPlane, worker] = [
    node({ metadata: { name: "main", labels: { "node-role.kubernetes.io/control-plane": "" } }, spec: { unschedulable: true } }),
    node({ metadata: { name: "worker" } }),
  ];
  const resident = pod({ metadata: { name: "resident" }, spec: { containers: [container({ resources: { requests: { cpu: "3" } } })] } });
  const full: Surroundings = {
    objects: [controlPlane, worker, resident],
    relations: [[resident, "RUNS_ON", worker]],
    complete: ["Node", "Pod"],
  };
  check(unplaced(undefined, cpu("2")), ["NoNodeWithEnoughCpu"], full);
  check(unplaced(undefined, cpu("1")), [], full);
  check(unplaced(undefined, cpu("2")), [], { ...full, complete: ["Node"] });
});

test("required node affinity terms are alternatives and their requirements hold together", () => {
  const affinity = (...terms: readonly JsonObject[]) => ({
    affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } } },
  });
  const os = { key: "kubernetes.io/os", operator: "In", values: ["linux"] };
  const zone = { key: "zone", operator: "In", values: ["a"] };
  check(unplaced(undefined, affinity({ matchExpressions: [os] })), [], nodes({}));
  check(unplaced(undefined, affinity({ matchExpressions: [os, zone] })), ["NoNodeMatchesSelector"], nodes({}));
  check(unplaced(undefined, affinity({ matchExpressions: [zone] }, { matchExpressions: [os] })), [], nodes({}));
  check(unplaced(undefined, affinity({ matchExpressions: [{ key: "zone", operator: "NotIn", values: ["b"] }] })), [], nodes({}));
});

test("a pod that no scheduler looks at for a minute waits for one; a new, gated, deleted or placed pod does not", () => {
  const old = { metadata: { creationTimestamp: ago(120) } };
  const [found] = check(unplaced(undefined, {}, old), ["Unschedulable"]);
  assert.equal(found?.category, "control-plane");
  check(unplaced(undefined), []);
  check(unplaced(undefined, { schedulingGates: [{ name: "quota" }] }, old), []);
  check(unplaced(says("4 Insufficient cpu"), {}, { metadata: { deletionTimestamp: ago(5) } }), []);
  check(pod(), []);
});

test("a scheduling gate is information", () => {
  const gated = unplaced(undefined);
  const status = { ...gated.status, conditions: [condition("PodScheduled", "False", { reason: "SchedulingGated" })] };
  const [found] = check({ ...gated, status }, ["SchedulingGated"]);
  assert.equal(found?.severity, "INFO");
});

test("a message is read part by part, commas in taints included, preemption left out", () => {
  assert.deepEqual(
    parseRefusals(says("1 node(s) had untolerated taint {a/b: c}, 3 Insufficient cpu")).map(({ nodes: count, reason, taint }) => [
      count,
      reason,
      taint,
    ]),
    [
      [1, "NoNodeToleratesTaints", "a/b=c"],
      [3, "NoNodeWithEnoughCpu", undefined],
    ],
  );
  assert.deepEqual(parseRefusals(""), []);
});
