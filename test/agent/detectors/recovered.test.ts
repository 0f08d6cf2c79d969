// Which reports the present state of a resource contradicts.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isRecovered } from "../../../agent/detectors/recovered.ts";
import type { Episode } from "../../../agent/domain/episode.ts";
import type { KubeObject } from "../../../agent/domain/kube-object.ts";
import { episode } from "../../kit/graph-builders.ts";
import * as kit from "../../kit/kube-builders.ts";

/** An event, or a log line, seen last so many seconds ago. */
function told(secondsAgo: number, over: Partial<Episode> = {}): Episode {
  const atMs = kit.agoMs(secondsAgo);
  return episode("e", { etype: "k8s.event", reason: "ReadinessProbeFailed", holds: false, firstMs: atMs, lastMs: atMs, ...over });
}

function check(object: KubeObject, one: Episode, expected: boolean): void {
  assert.equal(isRecovered(one, kit.seen(object), kit.NOW_MS), expected);
}

const ready = (secondsAgo: number) =>
  kit.pod({ status: { conditions: [kit.condition("Ready", "True", { lastTransitionTime: kit.ago(secondsAgo) })] } });
const unready = kit.pod({ status: { conditions: [kit.condition("Ready", "False")] } });

test("what a pod failed at before it became ready is over, what it says since is not", () => {
  check(ready(100), told(200), true);
  check(unready, told(200), false);
  check(ready(20), told(30), true);
  check(ready(600), told(30), false);
  check(ready(200), told(100, { etype: "k8s.log", reason: "LogError" }), false);
  check(ready(100), told(200, { etype: "k8s.log", reason: "LogError" }), true);
  check(ready(900), told(400, { etype: "k8s.log", reason: "LogError" }), true);
});

test("a pod that does not say since when it is ready counts from the start of its containers", () => {
  const { lastTransitionTime: _, ...undated } = kit.condition("Ready", "True");
  const pod = kit.pod({
    status: { conditions: [undated], containerStatuses: [kit.runningStatus({ state: { running: { startedAt: kit.ago(50) } } })] },
  });
  check(pod, told(55), true);
  check(pod, told(40), false);
});

test("a controller that has all its pods has made them, whatever the time of its complaint", () => {
  const refused = (secondsAgo: number) => told(secondsAgo, { reason: "FailedCreate" });
  check(kit.replicaSet(), refused(5), true);
  check(kit.replicaSet({ status: { replicas: 1, readyReplicas: 1 } }), refused(5), false);
  check(kit.replicaSet({ status: { replicas: 2, readyReplicas: 0 } }), refused(5), true);
  check(kit.daemonSet(), refused(300), true);
  check(kit.statefulSet(), told(300, { etype: "k8s.log", reason: "ServerReadOnly" }), false);
});

test("a bound claim is no longer waiting, but may fail to grow", () => {
  check(kit.persistentVolumeClaim(), told(10, { reason: "ProvisioningFailed" }), true);
  check(kit.persistentVolumeClaim(), told(10, { reason: "VolumeResizeFailed" }), false);
  check(kit.persistentVolumeClaim({ status: { phase: "Pending" } }), told(10, { reason: "ProvisioningFailed" }), false);
});

test("a node is well when it is ready and under no pressure", () => {
  const node = (pressure: "True" | "False") =>
    kit.node({
      status: {
        conditions: [kit.condition("Ready", "True", { lastTransitionTime: kit.ago(100) }), kit.condition("MemoryPressure", pressure)],
      },
    });
  check(node("False"), told(200, { reason: "NodeNotReady" }), true);
  check(node("True"), told(200, { reason: "NodeNotReady" }), false);
});

test("conditions, alerts and edits are not judged, nor what has ended", () => {
  check(kit.pod(), told(4000, { etype: "k8s.state", holds: true }), false);
  check(kit.pod(), told(4000, { etype: "prom.alert", holds: true }), false);
  check(kit.pod(), told(4000, { etype: "k8s.change" }), false);
  const ended = kit.seen(kit.pod(), { endedAtMs: kit.NOW_MS });
  assert.equal(isRecovered(told(4000), ended, kit.NOW_MS), false);
});
