// Rollouts that do not progress, are paused, or cannot create their pods, by the workload's own conditions.
import type { Category } from "../domain/episode.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { conditionOf, conditionText } from "./read-conditions.ts";
import { flagAt, numberAt } from "./read-json.ts";
import { editedAtMs } from "./read-owner.ts";
import { isDeleting } from "./read-pod.ts";

/** RolloutStuck (Progressing=False, as the deadline passed or a Rollout was aborted) and RolloutPaused. */
export const workloadRollout: StateDetector = {
  id: "workload-rollout",
  kinds: ["Deployment", "Rollout"],
  reasons: ["RolloutStuck", "RolloutPaused"],
  source: "kubernetes.io: Deployments, Failed Deployment, Pausing a rollout",
  detect({ object }) {
    if (isDeleting(object)) return [];
    const progressing = conditionOf(object, "Progressing");
    const command = `${describeCommand(object)}`;
    if (progressing?.status === "False" && numberAt(object.spec, "replicas") !== 0) {
      const why = progressing.message ?? progressing.reason ?? "it does not say why";
      const evidence = fieldEvidence(object, "status.conditions[Progressing]", conditionText(progressing), command);
      return [
        finding("RolloutStuck", {
          message: `The rollout does not progress: ${why.replace(/\.$/, "")}.`,
          sinceMs: progressing.sinceMs,
          evidence: [evidence],
        }),
      ];
    }
    if (flagAt(object.spec, "paused") !== true) return [];
    const evidence = fieldEvidence(object, "spec.paused", "true", getFieldCommand(object, ".spec.paused"));
    return [
      finding("RolloutPaused", {
        message: "The rollout is paused: changes to the pod template have no effect.",
        sinceMs: editedAtMs(object, "spec.paused"),
        evidence: [evidence],
      }),
    ];
  },
};

// What the API server answers to a refused pod, quoted in ReplicaFailure.
const REFUSALS: readonly (readonly [pattern: RegExp, category: Category, meaning: string])[] = [
  [/exceeded quota/i, "quota", "a resource quota is used up"],
  [/failed quota|must specify (?:limits|requests)/i, "quota", "a resource quota asks for requests or limits that the pod does not give"],
  [/(?:maximum|minimum) .{1,80} usage per|LimitRange/i, "quota", "a limit range refuses what the pod asks for"],
  [/serviceaccount "[^"]{1,253}" not found|error looking up service account/i, "config", "the service account does not exist"],
  [/no PriorityClass with name/i, "scheduling", "the priority class does not exist"],
  [/failed calling webhook/i, "policy", "an admission webhook does not answer"],
  [
    /admission webhook|violates PodSecurity|unable to validate against any security context constraint|ValidatingAdmissionPolicy/i,
    "policy",
    "an admission policy refuses the pod",
  ],
];

/** ReplicaFailure: pods cannot be created or deleted; the API server's refusal is quoted and sorted. */
export const workloadReplicaFailure: StateDetector = {
  id: "workload-replica-failure",
  kinds: ["Deployment", "ReplicaSet", "ReplicationController", "Rollout"],
  reasons: ["ReplicaFailure"],
  source: "kubernetes API reference: DeploymentCondition, ReplicaSetCondition (ReplicaFailure)",
  detect({ object }) {
    const failure = conditionOf(object, "ReplicaFailure");
    if (isDeleting(object) || failure?.status !== "True" || numberAt(object.spec, "replicas") === 0) return [];
    const [, category, meaning] = REFUSALS.find(([pattern]) => pattern.test(failure.message ?? "")) ?? [
      undefined,
      "unknown" as const,
      undefined,
    ];
    const act = failure.reason === "FailedDelete" ? "deleted" : "created";
    const because = [meaning, failure.message].filter((part) => part !== undefined).join(": ");
    return [
      finding("ReplicaFailure", {
        discriminator: "ReplicaFailure",
        message: `Pods cannot be ${act}${because === "" ? "" : `, because ${because.replace(/\.$/, "")}`}.`,
        sinceMs: failure.sinceMs,
        category,
        evidence: [fieldEvidence(object, "status.conditions[ReplicaFailure]", conditionText(failure), describeCommand(object))],
      }),
    ];
  },
};
