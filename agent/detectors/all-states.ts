// All state detectors, as one list.
import { containerCreating } from "./container-creating.ts";
import { containerExits } from "./container-exits.ts";
import { containerPortConflict, containerProbePort } from "./container-ports.ts";
import { containerProbeTiming } from "./container-probe-timing.ts";
import { containerReadiness } from "./container-readiness.ts";
import { containerRestarts } from "./container-restarts.ts";
import { containerWaiting } from "./container-waiting.ts";
import type { StateDetector } from "./detector.ts";
import { jobCron } from "./job-cron.ts";
import { jobFailed } from "./job-failed.ts";
import { MORE_STATE_DETECTORS } from "./more-states.ts";
import { nodeConditions } from "./node-conditions.ts";
import { nodeLease } from "./node-lease.ts";
import { nodeScheduling } from "./node-scheduling.ts";
import { podDns } from "./pod-dns.ts";
import { podFailed } from "./pod-failed.ts";
import { podHints } from "./pod-hints.ts";
import { podNode, podNodeMissing } from "./pod-node.ts";
import { podReadyGates } from "./pod-ready-gates.ts";
import { podReferenceMessages, podReferences, workloadReferences } from "./pod-references.ts";
import { podTerminating } from "./pod-terminating.ts";
import { schedulingMessage } from "./scheduling-message.ts";
import { schedulingNodes } from "./scheduling-nodes.ts";
import { workloadCondition } from "./workload-condition.ts";
import { workloadDaemonSet } from "./workload-daemon-set.ts";
import { workloadReplicaSet, workloadReplicas } from "./workload-replicas.ts";
import { workloadReplicaFailure, workloadRollout } from "./workload-rollout.ts";
import { workloadScaledToZero } from "./workload-scaled-to-zero.ts";
import { workloadStatefulSet, workloadStatefulSetUpdate } from "./workload-stateful-set.ts";

/** Every state detector. `kinds: ["*"]` asks for every kind. */
export const STATE_DETECTORS: readonly StateDetector[] = [
  containerWaiting,
  containerExits,
  containerRestarts,
  containerReadiness,
  containerCreating,
  containerPortConflict,
  containerProbePort,
  containerProbeTiming,
  podFailed,
  podDns,
  podTerminating,
  podNode,
  podNodeMissing,
  podReadyGates,
  podHints,
  podReferenceMessages,
  podReferences,
  schedulingMessage,
  schedulingNodes,
  workloadReferences,
  workloadReplicas,
  workloadReplicaSet,
  workloadRollout,
  workloadReplicaFailure,
  workloadStatefulSet,
  workloadStatefulSetUpdate,
  workloadDaemonSet,
  workloadScaledToZero,
  workloadCondition,
  jobFailed,
  jobCron,
  nodeConditions,
  nodeScheduling,
  nodeLease,
  ...MORE_STATE_DETECTORS,
];
