// Workloads whose pods a limit range of their namespace refuses.
import { displayName } from "../domain/identity.ts";
import type { Json, JsonObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { at, numberAt, objectAt, objectsAt, textAt } from "./read-json.ts";
import { controllerRef } from "./read-owner.ts";
import { containersOf, podSpecPath } from "./read-pod.ts";
import { parseQuantity } from "./read-quantity.ts";
import { isSeen, type Seen } from "./service-readiness.ts";

/** Tells LimitRangeConflict of a workload whose pod template a LimitRange of its namespace refuses, once per container. INFO as long as it has its replicas. */
export const quotaLimitRange: StateDetector = {
  id: "quota-limit-range",
  kinds: ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Rollout"],
  reasons: ["LimitRangeConflict"],
  source: "kubernetes.io: Limit Ranges; plugin/pkg/admission/limitranger",
  dependsOn: { kindsInNamespace: ["LimitRange"] },
  crossObject: true,
  detect(workload, view) {
    if (controllerRef(workload.object) || workload.object.partial) return [];
    const ranges = view.ofKind("LimitRange", workload.namespace).filter(isSeen);
    return ranges.length === 0
      ? []
      : containersOf(workload.object).flatMap(({ name, spec }) => refusal(workload, ranges, name, objectAt(spec, "resources")));
  },
};

function refusal(workload: Seen, ranges: readonly Seen[], container: string, resources: JsonObject | undefined): readonly Finding[] {
  for (const range of ranges) {
    for (const limit of objectsAt(range.object.spec, "limits")) {
      const text = textAt(limit, "type") === "Container" ? containerConflict(resources, limit) : undefined;
      if (text) return [told(workload, range, container, text)];
    }
  }
  return [];
}

function containerConflict(resources: JsonObject | undefined, limit: JsonObject): string | undefined {
  const names = new Set(
    ["min", "max", "default", "defaultRequest", "maxLimitRequestRatio"].flatMap((field) => Object.keys(objectAt(limit, field) ?? {})),
  );
  for (const name of names) {
    const limited = at(resources, "limits", name) ?? at(limit, "default", name);
    // A container with a limit and no request requests its limit; defaults fill what is still open.
    const requested = at(resources, "requests", name) ?? at(resources, "limits", name) ?? at(limit, "defaultRequest", name) ?? limited;
    const [min, max, ratio] = [at(limit, "min", name), at(limit, "max", name), at(limit, "maxLimitRequestRatio", name)];
    const text =
      over(min, requested, `${name} request ${quantityText(requested)} is below the minimum ${quantityText(min)}`) ??
      over(limited, max, `${name} limit ${quantityText(limited)} is above the maximum ${quantityText(max)}`) ??
      over(requested, max, `${name} request ${quantityText(requested)} is above the maximum ${quantityText(max)}`) ??
      over(requested, limited, `${name} request ${quantityText(requested)} is above the default limit ${quantityText(limited)}`) ??
      ratioConflict(name, requested, limited, ratio);
    if (text) return text;
  }
  return undefined;
}

/** The sentence, when the first quantity is larger than the second. */
function over(a: Json | undefined, b: Json | undefined, sentence: string): string | undefined {
  const [first, second] = [parseQuantity(a), parseQuantity(b)];
  return first !== undefined && second !== undefined && first > second ? sentence : undefined;
}

function ratioConflict(name: string, requested: Json | undefined, limited: Json | undefined, ratio: Json | undefined): string | undefined {
  const [request, limit, most] = [parseQuantity(requested), parseQuantity(limited), parseQuantity(ratio)];
  if (!request || limit === undefined || most === undefined || limit / request <= most) return undefined;
  return `${name} limit is more than ${quantityText(ratio)} times its request`;
}

function told(workload: Seen, range: Seen, container: string, text: string): Finding {
  return finding("LimitRangeConflict", {
    discriminator: container,
    message: `${displayName(range)} refuses pods of ${displayName(workload)}: container ${container}, ${text}`,
    evidence: [
      fieldEvidence(
        range.object,
        "spec.limits",
        JSON.stringify(range.object.spec?.limits ?? null),
        getFieldCommand(range.object, ".spec.limits"),
      ),
      fieldEvidence(
        workload.object,
        `${podSpecPath(workload.kind)}.containers[${container}].resources`,
        text,
        getFieldCommand(workload.object, ".spec"),
      ),
    ],
    target: range.name,
    ...(lacksPods(workload) ? {} : { severity: "INFO" }),
  });
}

/** Pods that were there before the limit range stay; the conflict hurts once one is missing. */
function lacksPods({ object }: Seen): boolean {
  if (object.kind === "CronJob") return false;
  if (object.kind === "Job") return (numberAt(object.status, "active") ?? 0) + (numberAt(object.status, "succeeded") ?? 0) === 0;
  const wanted = numberAt(object.status, "desiredNumberScheduled") ?? numberAt(object.spec, "replicas") ?? 1;
  const made =
    object.kind === "DaemonSet"
      ? numberAt(object.status, "currentNumberScheduled")
      : (numberAt(object.status, "updatedReplicas") ?? numberAt(object.status, "replicas"));
  return (made ?? 0) < wanted;
}

function quantityText(value: Json | undefined): string {
  return String(value);
}
