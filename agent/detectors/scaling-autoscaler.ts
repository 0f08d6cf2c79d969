// What a HorizontalPodAutoscaler says about itself: unable to scale, without metrics, at its limit.
import { displayName } from "../domain/identity.ts";
import type { Finding } from "../domain/signal.ts";
import type { FindingReason } from "../knowledge/findings.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding } from "./finding.ts";
import { type Condition, conditionOf, conditionText } from "./read-conditions.ts";
import { numberAt } from "./read-json.ts";
import type { Seen } from "./service-readiness.ts";

/** Metrics of new pods take a minute or two to arrive. */
const METRICS_MS = 2 * 60_000;

/** Tells the failing conditions of a HorizontalPodAutoscaler. */
export const scalingAutoscaler: StateDetector = {
  id: "scaling-autoscaler",
  kinds: ["HorizontalPodAutoscaler"],
  reasons: ["HorizontalPodAutoscalerUnable", "HorizontalPodAutoscalerNoMetrics", "HorizontalPodAutoscalerAtMax"],
  source: "kubernetes.io: Horizontal Pod Autoscaling, status conditions; pkg/controller/podautoscaler/horizontal.go",
  detect(autoscaler, _view, nowMs) {
    const { object } = autoscaler;
    const [able, active, limited] = [
      conditionOf(object, "AbleToScale"),
      conditionOf(object, "ScalingActive"),
      conditionOf(object, "ScalingLimited"),
    ];
    return [
      ...(able?.status === "False" ? [told(autoscaler, "HorizontalPodAutoscalerUnable", able, "cannot scale")] : []),
      ...(active?.status === "False" ? inactive(autoscaler, active, nowMs) : []),
      ...(limited?.status === "True" ? atLimit(autoscaler, limited) : []),
    ];
  },
};

function inactive(autoscaler: Seen, active: Condition, nowMs: number): readonly Finding[] {
  const { reason = "" } = active;
  // Scaling to zero by hand switches the autoscaler off; that is no failure.
  if (reason === "ScalingDisabled") return [];
  if (!/Metric/.test(reason)) return [told(autoscaler, "HorizontalPodAutoscalerUnable", active, "cannot scale")];
  const isNew = nowMs - Math.max(active.sinceMs ?? 0, autoscaler.createdAtMs) < METRICS_MS;
  return isNew ? [] : [told(autoscaler, "HorizontalPodAutoscalerNoMetrics", active, "gets no metrics")];
}

function atLimit(autoscaler: Seen, limited: Condition): readonly Finding[] {
  const { spec, status } = autoscaler.object;
  const [max, current] = [numberAt(spec, "maxReplicas"), numberAt(status, "currentReplicas")];
  // TooFewReplicas only says that the minimum holds.
  if (limited.reason !== "TooManyReplicas" || max === undefined || (current ?? max) < max) return [];
  return [told(autoscaler, "HorizontalPodAutoscalerAtMax", limited, `wants more than its maximum of ${max} replicas`)];
}

function told({ object, ...autoscaler }: Seen, reason: FindingReason, condition: Condition, what: string): Finding {
  return finding(reason, {
    discriminator: condition.type,
    message: `${displayName(autoscaler)} ${what}: ${condition.message ?? condition.reason ?? condition.type}`,
    sinceMs: condition.sinceMs,
    evidence: [fieldEvidence(object, `status.conditions[${condition.type}]`, conditionText(condition), describeCommand(object))],
  });
}
