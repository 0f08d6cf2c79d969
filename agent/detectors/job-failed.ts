// Jobs that gave up.
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding } from "./finding.ts";
import { conditionOf, conditionText } from "./read-conditions.ts";
import { numberAt } from "./read-json.ts";
import { madeGood } from "./read-owner.ts";
import { isDeleting } from "./read-pod.ts";

// `reason` of the Failed condition (staging/src/k8s.io/api/batch/v1/types.go).
const REASONS: Readonly<Record<string, string>> = {
  BackoffLimitExceeded: "its pods failed more often than backoffLimit allows",
  DeadlineExceeded: "it ran longer than activeDeadlineSeconds allows",
  PodFailurePolicy: "a pod failed in a way that its podFailurePolicy does not retry",
  FailedIndexes: "indexes of it failed",
  MaxFailedIndexesExceeded: "more indexes failed than maxFailedIndexes allows",
};

/** JobFailed. A run whose CronJob has succeeded since is history. */
export const jobFailed: StateDetector = {
  id: "job-failed",
  kinds: ["Job"],
  reasons: ["JobFailed"],
  source: "kubernetes.io: Jobs, Job termination and cleanup",
  dependsOn: { relations: [{ type: "CONTROLS", direction: "in" }] },
  detect(resource, view) {
    const { object } = resource;
    const failed = conditionOf(object, "Failed");
    if (isDeleting(object) || failed?.status !== "True" || madeGood(resource, failed.sinceMs, view)) return [];
    const why = REASONS[failed.reason ?? ""] ?? failed.message ?? "it does not say why";
    const pods = numberAt(object.status, "failed");
    return [
      finding("JobFailed", {
        discriminator: "Failed",
        message: `The job failed: ${why.replace(/\.$/, "")}${pods === undefined ? "" : ` (${pods} failed pod${pods === 1 ? "" : "s"})`}.`,
        sinceMs: failed.sinceMs,
        evidence: [fieldEvidence(object, "status.conditions[Failed]", conditionText(failed), describeCommand(object))],
      }),
    ];
  },
};
