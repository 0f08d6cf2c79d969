// CronJobs that are suspended, and those that have let two starts pass by.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, durationText, fieldEvidence, finding, getFieldCommand, timeText } from "./finding.ts";
import { flagAt, listAt, parseTimeMs, textAt, timeMsAt } from "./read-json.ts";
import { editedAtMs } from "./read-owner.ts";
import { isDeleting } from "./read-pod.ts";
import { longestPauseMs } from "./read-schedule.ts";

/** The controller looks every ten seconds; this covers a busy or restarting one. */
const MARGIN_MS = 10 * 60_000;

/** CronJobSuspended, and CronJobMissesSchedule where nothing has been started for twice the longest pause of the schedule. */
export const jobCron: StateDetector = {
  id: "job-cron",
  kinds: ["CronJob"],
  reasons: ["CronJobSuspended", "CronJobMissesSchedule"],
  source: "kubernetes.io: CronJob, Schedule suspension, Limitations",
  detect({ object }, _view, nowMs) {
    if (isDeleting(object)) return [];
    if (flagAt(object.spec, "suspend") !== true) return missed(object, nowMs);
    const evidence = fieldEvidence(object, "spec.suspend", "true", getFieldCommand(object, ".spec.suspend"));
    return [
      finding("CronJobSuspended", {
        message: "The cron job is suspended: it starts no jobs.",
        sinceMs: editedAtMs(object, "spec.suspend"),
        evidence: [evidence],
      }),
    ];
  },
};

function missed(object: KubeObject, nowMs: number): readonly Finding[] {
  const schedule = textAt(object.spec, "schedule");
  const pauseMs = schedule === undefined ? undefined : longestPauseMs(schedule);
  const lastMs = timeMsAt(object.status, "lastScheduleTime");
  const held = textAt(object.spec, "concurrencyPolicy") === "Forbid" && listAt(object.status, "active").length > 0;
  if (schedule === undefined || pauseMs === undefined || object.partial || object.status === undefined || held) return [];
  // Counted from the last start, or from when the object or its schedule was last changed: before that it may have been suspended.
  const times = [lastMs, parseTimeMs(object.metadata.creationTimestamp), editedAtMs(object, "spec")].filter((ms) => ms !== undefined);
  const fromMs = times.length === 0 ? undefined : Math.max(...times);
  if (fromMs === undefined || nowMs - fromMs <= 2 * pauseMs + MARGIN_MS) return [];
  return [
    finding("CronJobMissesSchedule", {
      message: `Nothing has been started since ${timeText(fromMs)}, though the schedule "${schedule}" starts a job at least every ${durationText(pauseMs)}.`,
      sinceMs: fromMs + pauseMs,
      evidence: [
        fieldEvidence(
          object,
          "status.lastScheduleTime",
          textAt(object.status, "lastScheduleTime") ?? "never",
          getFieldCommand(object, ".status.lastScheduleTime"),
        ),
        fieldEvidence(object, "spec.schedule", schedule, describeCommand(object)),
      ],
    }),
  ];
}
