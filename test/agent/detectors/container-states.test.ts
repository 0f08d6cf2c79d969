// Findings about containers, each with a near miss.
import assert from "node:assert/strict";
import { test } from "node:test";
import { containerCreating } from "../../../agent/detectors/container-creating.ts";
import { containerExits } from "../../../agent/detectors/container-exits.ts";
import { containerReadiness } from "../../../agent/detectors/container-readiness.ts";
import { containerRestarts } from "../../../agent/detectors/container-restarts.ts";
import { containerWaiting } from "../../../agent/detectors/container-waiting.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import type { Finding } from "../../../agent/domain/signal.ts";
import {
  ago,
  agoMs,
  condition,
  container,
  cronJob,
  job,
  NOW_MS,
  type Overrides,
  pod,
  runningStatus,
  seen,
  terminated,
  waitingStatus,
} from "../../kit/kube-builders.ts";
import { neighbourView, type Surroundings } from "../../kit/neighbour-view.ts";

const DETECTORS = [containerWaiting, containerExits, containerRestarts, containerReadiness, containerCreating];

function findings(object: KubeObject, around: Surroundings = {}): readonly Finding[] {
  return DETECTORS.flatMap((detector) => detector.detect(seen(object), neighbourView(around), NOW_MS));
}

/** `ERROR CrashLoopBackOff app` per finding. */
function check(object: KubeObject, expected: readonly string[], around: Surroundings = {}): readonly Finding[] {
  const found = findings(object, around);
  assert.deepEqual(
    found.map(({ severity, reason, discriminator }) => `${severity} ${reason} ${discriminator}`),
    expected,
  );
  return found;
}

function withStatus(status: JsonObject, overrides: Overrides = {}): KubeObject {
  const conditions = [
    condition("PodScheduled", "True"),
    condition("Initialized", "True"),
    condition("ContainersReady", "False", { lastTransitionTime: ago(300) }),
  ];
  return pod({ ...overrides, status: { conditions, containerStatuses: [status], ...overrides.status } });
}

test("a container in CrashLoopBackOff is told with how its last run ended, dated by that end", () => {
  const status = waitingStatus("CrashLoopBackOff", {
    restartCount: 4,
    lastState: terminated(1, "Error", { message: "starting\nError: cannot open /etc/app.conf" }),
  });
  const [loop, exit] = check(withStatus(status), ["ERROR CrashLoopBackOff app", "ERROR ContainerExitedWithError app"]);
  assert.equal(loop?.sinceMs, agoMs(60));
  assert.equal(exit?.sinceMs, agoMs(60));
  assert.match(loop?.message ?? "", /keeps crashing: 4 restarts so far; its last run ended with exit code 1 \(a general error/);
  assert.match(exit?.message ?? "", /: Error: cannot open \/etc\/app\.conf\.$/);
  assert.equal(exit?.evidence[0]?.command, "kubectl -n shop logs pod/web-1 -c app --previous --tail=50");
});

test("a container killed for memory is OOMKilled with its limit, whether it waits, has ended, or runs again", () => {
  const limited = { spec: { containers: [container({ resources: { limits: { memory: "256Mi" } } })] } };
  const killed = terminated(137, "OOMKilled");
  check(withStatus(runningStatus({ ready: false, state: killed }), limited), ["ERROR OOMKilled app"]);
  check(withStatus(waitingStatus("CrashLoopBackOff", { lastState: killed }), limited), [
    "ERROR CrashLoopBackOff app",
    "ERROR OOMKilled app",
  ]);
  const [found] = check(pod({ ...limited, status: { containerStatuses: [runningStatus({ restartCount: 1, lastState: killed })] } }), [
    "ERROR OOMKilled app",
  ]);
  assert.match(found?.message ?? "", /ran out of memory \(its limit is 256Mi\)/);
  const tooSmall = terminated(128, "StartError", { message: "container init was OOM-killed (memory limit too low?)" });
  check(withStatus(runningStatus({ ready: false, state: tooSmall })), ["ERROR OOMKilled app"]);
});

test("an exit code of 137 alone is no OOMKilled", () => {
  const [found] = check(withStatus(runningStatus({ ready: false, state: terminated(137, "Error") })), [
    "ERROR ContainerExitedWithError app",
  ]);
  assert.match(found?.message ?? "", /SIGKILL/);
});

test("exit codes are said in words", () => {
  const words: readonly (readonly [number, RegExp])[] = [
    [2, /wrong usage/],
    [125, /runtime itself/],
    [126, /cannot be executed/],
    [127, /not found in the image/],
    [139, /SIGSEGV/],
    [143, /SIGTERM/],
    [42, /exit code 42\./],
  ];
  for (const [code, word] of words) {
    const [found] = check(withStatus(runningStatus({ ready: false, state: terminated(code, "Error") })), [
      "ERROR ContainerExitedWithError app",
    ]);
    assert.match(found?.message ?? "", word);
  }
});

test("a run that completed, or failed long ago, is no failure of a container that runs", () => {
  const recovered = (lastState: JsonObject, restartCount = 1) =>
    pod({ status: { containerStatuses: [runningStatus({ restartCount, lastState })] } });
  check(recovered(terminated(0, "Completed")), []);
  check(recovered(terminated(1, "Error", { finishedAt: ago(20 * 60) })), []);
  check(recovered(terminated(137, "OOMKilled", { finishedAt: ago(2 * 3600) }), 9), []);
  check(recovered(terminated(1, "Error")), ["WARNING ContainerExitedWithError app"]);
});

test("three restarts within the hour are told even while the container runs; fewer, older or completed ones are not", () => {
  const restarted = (restartCount: number, lastState: JsonObject) =>
    pod({ status: { containerStatuses: [runningStatus({ restartCount, lastState })] } });
  const [, restarting] = check(restarted(3, terminated(1, "Error", { finishedAt: ago(1800) })), [
    "WARNING ContainerExitedWithError app",
    "WARNING ContainerRestarting app",
  ]);
  assert.equal(restarting?.sinceMs, agoMs(1800));
  check(restarted(2, terminated(1, "Error", { finishedAt: ago(1800) })), []);
  check(restarted(5, terminated(0, "Completed")), []);
  check(restarted(50, terminated(1, "Error", { finishedAt: ago(3700) })), []);
});

test("pods that are being deleted or have completed show no failure", () => {
  const crashing = waitingStatus("CrashLoopBackOff", { restartCount: 4, lastState: terminated(1, "Error") });
  check(withStatus(crashing, { metadata: { deletionTimestamp: ago(5) } }), []);
  check(
    pod({ status: { phase: "Succeeded", containerStatuses: [runningStatus({ ready: false, state: terminated(0, "Completed") })] } }),
    [],
  );
  check(pod({ status: { phase: "Succeeded", containerStatuses: [runningStatus({ ready: false, state: terminated(143, "Error") })] } }), []);
});

test("a failed job pod no longer matters once its job has completed or its cron job has succeeded since", () => {
  const failed = pod({ status: { phase: "Failed", containerStatuses: [runningStatus({ ready: false, state: terminated(1, "Error") })] } });
  const retrying = job({ status: { conditions: [], succeeded: 0, failed: 1 } });
  const given = job({ status: { conditions: [condition("Failed", "True", { lastTransitionTime: ago(60) })] } });
  check(failed, ["ERROR ContainerExitedWithError app"], { relations: [[retrying, "CONTROLS", failed]] });
  check(failed, [], { relations: [[job(), "CONTROLS", failed]] });
  check(failed, [], {
    relations: [
      [given, "CONTROLS", failed],
      [cronJob({ status: { lastSuccessfulTime: ago(10) } }), "CONTROLS", given],
    ],
  });
  check(failed, ["ERROR ContainerExitedWithError app"], {
    relations: [
      [given, "CONTROLS", failed],
      [cronJob({ status: { lastSuccessfulTime: ago(90) } }), "CONTROLS", given],
    ],
  });
});

test("containers stopped by the eviction of their pod did not fail themselves", () => {
  check(
    pod({
      status: { phase: "Failed", reason: "Evicted", containerStatuses: [runningStatus({ ready: false, state: terminated(137, "Error") })] },
    }),
    [],
  );
});

test("an image that cannot be pulled is told with the image, the meaning of the message and the registry", () => {
  const message =
    'failed to pull image: failed to do request: Head "https://registry.example/v2/": dial tcp: lookup registry.example on 10.0.0.2:53: no such host';
  for (const reason of ["ErrImagePull", "ImagePullBackOff"]) {
    const [found] = check(withStatus(waitingStatus(reason, {}, message)), [`ERROR ${reason} app`]);
    assert.match(found?.message ?? "", /registry\.example\/web:1\.0 cannot be had: the registry's name cannot be resolved/);
    assert.equal(found?.target, "registry.example");
    assert.equal(found?.sinceMs, agoMs(300));
  }
  check(withStatus(waitingStatus("InvalidImageName")), ["ERROR InvalidImageName app"]);
  check(withStatus(waitingStatus("ErrImageNeverPull")), ["ERROR ErrImageNeverPull app"]);
});

test("configuration and start errors keep the kubelet's word; rarer words are told as the nearest one", () => {
  check(withStatus(waitingStatus("CreateContainerConfigError", {}, 'configmap "settings" not found')), [
    "ERROR CreateContainerConfigError app",
  ]);
  check(withStatus(waitingStatus("CreateContainerError")), ["ERROR CreateContainerError app"]);
  check(withStatus(waitingStatus("PostStartHookError")), ["ERROR RunContainerError app"]);
  check(withStatus(waitingStatus("RunContainerError", { lastState: terminated(127, "ContainerCannotRun") })), [
    "ERROR RunContainerError app",
  ]);
  check(withStatus(waitingStatus("CrashLoopBackOff", { lastState: terminated(127, "ContainerCannotRun") })), [
    "ERROR CrashLoopBackOff app",
    "ERROR RunContainerError app",
  ]);
});

test("init containers fail under their own name; one that passed on a later try is no failure", () => {
  const spec = { initContainers: [{ name: "migrate", image: "migrate:1" }], containers: [container()] };
  const withInit = (status: JsonObject) =>
    pod({
      spec,
      status: {
        phase: "Pending",
        conditions: [condition("Initialized", "False")],
        containerStatuses: [waitingStatus("PodInitializing")],
        initContainerStatuses: [{ name: "migrate", ...status }],
      },
    });
  check(withInit({ restartCount: 2, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: terminated(1, "Error") }), [
    "ERROR CrashLoopBackOff migrate",
    "ERROR InitContainerFailed migrate",
  ]);
  check(withInit({ restartCount: 1, state: terminated(0, "Completed"), lastState: terminated(1, "Error") }), []);
  check(withInit({ restartCount: 0, state: { running: { startedAt: ago(60) } } }), []);
  check(withInit({ restartCount: 0, state: { running: { startedAt: ago(900) } } }), ["WARNING ContainerCreatingStuck migrate"]);
});

test("a sidecar is an init container that runs on: its readiness counts, and its end after the others is none", () => {
  const spec = { initContainers: [{ name: "proxy", image: "proxy:1", restartPolicy: "Always" }], containers: [container()] };
  const sidecar = (status: JsonObject, phase = "Running") =>
    pod({ spec, status: { phase, initContainerStatuses: [{ name: "proxy", ...status }] } });
  check(sidecar({ ready: false, started: true, restartCount: 0, state: { running: { startedAt: ago(600) } } }), [
    "WARNING ContainerNotReady proxy",
  ]);
  check(sidecar({ ready: true, started: true, restartCount: 0, state: { running: { startedAt: ago(600) } } }), []);
  check(sidecar({ ready: false, restartCount: 0, state: terminated(143, "Error") }, "Failed"), []);
});

test("a container is not ready once it has run longer than its readiness probe allows", () => {
  const probe = { httpGet: { path: "/healthz", port: 8080 }, initialDelaySeconds: 60, periodSeconds: 10, failureThreshold: 3 };
  const unready = (startedAt: string, withProbe: boolean) =>
    withStatus(runningStatus({ ready: false, state: { running: { startedAt } } }), {
      spec: { containers: [container(withProbe ? { readinessProbe: probe } : {})] },
      status: { conditions: [condition("ContainersReady", "False", { lastTransitionTime: startedAt })] },
    });
  check(unready(ago(80), true), []);
  const [found] = check(unready(ago(100), true), ["WARNING ContainerNotReady app"]);
  assert.match(found?.message ?? "", /its readiness probe \(HTTP GET \/healthz on port 8080\) does not pass/);
  assert.equal(found?.sinceMs, agoMs(100));
  check(unready(ago(20), false), []);
  check(unready(ago(40), false), ["WARNING ContainerNotReady app"]);
});

test("a container that lost its readiness is told since then and not since its start", () => {
  const [found] = check(withStatus(runningStatus({ ready: false })), ["WARNING ContainerNotReady app"]);
  assert.equal(found?.sinceMs, agoMs(300));
});

test("a start-up probe is given its time, and blamed when it ended the former run", () => {
  const spec = { containers: [container({ startupProbe: { tcpSocket: { port: 8080 }, periodSeconds: 10, failureThreshold: 6 } })] };
  const starting = (status: JsonObject) => withStatus(runningStatus({ ready: false, started: false, ...status }), { spec });
  check(starting({ state: { running: { startedAt: ago(30) } } }), []);
  check(starting({ state: { running: { startedAt: ago(90) } } }), ["WARNING ContainerNotStarted app"]);
  const killed = terminated(137, "Error", { startedAt: ago(120), finishedAt: ago(40) });
  check(starting({ restartCount: 1, state: { running: { startedAt: ago(30) } }, lastState: killed }), [
    "ERROR ContainerExitedWithError app",
    "WARNING ContainerNotStarted app",
  ]);
});

test("a container waiting to be created is stuck after two minutes", () => {
  const creating = (seconds: number) =>
    pod({ status: { phase: "Pending", startTime: ago(seconds), containerStatuses: [waitingStatus("ContainerCreating")] } });
  check(creating(100), []);
  const [found] = check(creating(130), ["WARNING ContainerCreatingStuck app"]);
  assert.equal(found?.sinceMs, agoMs(130));
});

test("names and messages from the cluster cannot leave their place in a command or a sentence", () => {
  const name = "a'; rm -rf /; '";
  const status = waitingStatus("CrashLoopBackOff", { name, lastState: terminated(1, "Error", { message: "x".repeat(5000) }) });
  for (const { message, evidence } of findings(withStatus(status, { spec: { containers: [container({ name })] } }))) {
    assert.ok(message.length <= 600);
    for (const { text, command } of evidence) {
      assert.ok(text.length <= 600);
      const quoted = (command ?? "").replaceAll(`'\\''`, "").replaceAll(/'[^']*'/g, "");
      assert.doesNotMatch(quoted, /[;&|$`]|rm -rf/);
    }
  }
});
