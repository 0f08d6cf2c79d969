// Liveness probes that end a container before it is up.
import { test } from "node:test";
import { containerProbeTiming } from "../../../agent/detectors/container-probe-timing.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";

const impatient = { initialDelaySeconds: 1, periodSeconds: 1, failureThreshold: 1, tcpSocket: { port: 8080 } };

function pod(
  livenessProbe: JsonObject,
  ranSeconds: number,
  over: { exitCode?: number; restartCount?: number; container?: JsonObject } = {},
): KubeObject {
  const { exitCode = 143, restartCount = 3, container = {} } = over;
  const lastState = kit.terminated(exitCode, "Error", { startedAt: kit.ago(60 + ranSeconds), finishedAt: kit.ago(60) });
  return kit.pod({
    spec: { containers: [kit.container({ livenessProbe, ...container })], terminationGracePeriodSeconds: 5 },
    status: { containerStatuses: [kit.waitingStatus("CrashLoopBackOff", { restartCount, lastState })] },
  });
}

test("every run is ended as soon as the probe allows", () => {
  checkFindings(containerProbeTiming, pod(impatient, 3), {}, ["LivenessProbeTooEarly app"]);
  checkFindings(containerProbeTiming, pod(impatient, 8, { exitCode: 137 }), {}, ["LivenessProbeTooEarly app"]);
});

test("no finding for runs that outlast the probe, for a patient probe, for one that a start-up probe holds back, or for another end", () => {
  checkFindings(containerProbeTiming, pod(impatient, 600), {}, []);
  checkFindings(containerProbeTiming, pod({ ...impatient, initialDelaySeconds: 60 }, 62), {}, []);
  checkFindings(containerProbeTiming, pod(impatient, 3, { container: { startupProbe: { tcpSocket: { port: 8080 } } } }), {}, []);
  checkFindings(containerProbeTiming, pod(impatient, 3, { exitCode: 1 }), {}, []);
  checkFindings(containerProbeTiming, pod(impatient, 3, { restartCount: 1 }), {}, []);
});
