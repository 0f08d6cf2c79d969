// Resource quotas with something left, but less than the pods or claims that wait for it need.
import { displayName } from "../domain/identity.ts";
import type { Finding } from "../domain/signal.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { quotaReason } from "./quota-exhausted.ts";
import { at, numberAt, objectsAt, textMapAt } from "./read-json.ts";
import { podSpecOf } from "./read-pod.ts";
import { parseQuantity } from "./read-quantity.ts";
import { podRequests } from "./read-requests.ts";
import { isSeen, type Seen } from "./service-readiness.ts";

const POD_MAKERS = ["ReplicaSet", "StatefulSet", "Job"];

/** What a pod needs of a quota's resource. Limits are left out: what admission defaults add to them is not known. */
const POD_RESOURCES: Readonly<Record<string, "cpu" | "memory">> = {
  "requests.cpu": "cpu",
  cpu: "cpu",
  "requests.memory": "memory",
  memory: "memory",
};

/** What a claim that was refused asked for is not known; a quota this full, or with no more than this left, is the likely reason why it is not there. */
const STORAGE_NEARLY_FULL = 0.8;
const STORAGE_SCARCE_BYTES = 10 * 2 ** 30;

type Rest = {
  readonly resource: string;
  readonly hardText: string;
  readonly usedText: string;
  readonly left: number;
  readonly hard: number;
};

/** Tells QuotaExhausted of a ResourceQuota that is not used up to the last bit, once per resource. */
export const quotaShortfall: StateDetector = {
  id: "quota-shortfall",
  kinds: ["ResourceQuota"],
  reasons: ["QuotaExhausted", "StorageQuotaExhausted"],
  source: "kubernetes.io: Resource Quotas",
  dependsOn: { kindsInNamespace: [...POD_MAKERS, "PersistentVolumeClaim"] },
  crossObject: true,
  detect(quota, view) {
    const rests = restsOf(quota);
    const makers = rests.some(({ resource }) => POD_RESOURCES[resource])
      ? POD_MAKERS.flatMap((kind) => view.ofKind(kind, quota.namespace))
          .filter(isSeen)
          .filter(lacksPods)
      : [];
    return rests.flatMap((rest) => {
      const measured = POD_RESOURCES[rest.resource];
      if (measured)
        return podShortfall(
          quota,
          rest,
          makers.find(({ object }) => podRequests(podSpecOf(object))[measured] > rest.left),
          measured,
        );
      return rest.resource === "requests.storage" ? storageShortfall(quota, rest, view) : [];
    });
  },
};

/** The resources of which something is left; those used up are told by quota-exhausted. */
function restsOf({ object }: Seen): readonly Rest[] {
  return [...textMapAt(object.status, "hard")].flatMap(([resource, hardText]) => {
    const usedText = at(object.status, "used", resource);
    const [hard, used] = [parseQuantity(hardText), parseQuantity(usedText)];
    return hard === undefined || used === undefined || used >= hard
      ? []
      : [{ resource, hardText, usedText: String(usedText), left: hard - used, hard }];
  });
}

function podShortfall(quota: Seen, rest: Rest, maker: Seen | undefined, measured: "cpu" | "memory"): readonly Finding[] {
  if (!maker) return [];
  const need = podRequests(podSpecOf(maker.object))[measured];
  const text = measured === "memory" ? `${Math.ceil(need / 2 ** 20)}Mi` : `${Math.ceil(need * 1000)}m`;
  const evidence = fieldEvidence(
    maker.object,
    `spec.template.spec resources.requests.${measured}`,
    text,
    getFieldCommand(maker.object, ".spec.template.spec"),
  );
  return [told(quota, rest, `a pod of ${displayName(maker)} requests ${text}`, evidence)];
}

function storageShortfall(quota: Seen, rest: Rest, view: NeighbourView): readonly Finding[] {
  for (const set of view.ofKind("StatefulSet", quota.namespace).filter(isSeen).filter(lacksPods)) {
    const requests = objectsAt(set.object.spec, "volumeClaimTemplates").map((template) =>
      at(template, "spec", "resources", "requests", "storage"),
    );
    const need = requests.find((request) => (parseQuantity(request) ?? 0) > rest.left);
    if (need !== undefined) {
      const evidence = fieldEvidence(
        set.object,
        "spec.volumeClaimTemplates",
        String(need),
        getFieldCommand(set.object, ".spec.volumeClaimTemplates"),
      );
      return [told(quota, rest, `a claim of ${displayName(set)} requests ${String(need)}`, evidence)];
    }
  }
  const isScarce = rest.left < rest.hard * (1 - STORAGE_NEARLY_FULL) || rest.left <= STORAGE_SCARCE_BYTES;
  return isScarce ? missingClaim(quota, rest, view) : [];
}

function missingClaim(quota: Seen, rest: Rest, view: NeighbourView): readonly Finding[] {
  if (!view.complete("PersistentVolumeClaim")) return [];
  for (const pod of view.ofKind("Pod", quota.namespace).filter(isSeen)) {
    const claim = view.neighbours(pod, "USES", "out").find((used) => used.kind === "PersistentVolumeClaim" && !isSeen(used));
    if (claim)
      return [
        told(
          quota,
          rest,
          `${displayName(pod)} waits for ${displayName(claim)}, which does not exist`,
          fieldEvidence(pod.object, "spec.volumes", claim.name, describeCommand(pod.object)),
        ),
      ];
  }
  return [];
}

function told(quota: Seen, { resource, hardText, usedText }: Rest, need: string, evidence: Finding["evidence"][number]): Finding {
  return finding(quotaReason(resource), {
    discriminator: resource,
    message: `${displayName(quota)} leaves too little: ${resource} ${usedText} of ${hardText} is used, and ${need}`,
    evidence: [
      fieldEvidence(quota.object, `status.used[${resource}]`, `${usedText} of hard ${hardText}`, describeCommand(quota.object)),
      evidence,
    ],
  });
}

/** A workload that has not made all its pods, as far as it says. */
function lacksPods({ kind, object }: Seen): boolean {
  if (kind === "Job")
    return (
      (numberAt(object.status, "active") ?? 0) + (numberAt(object.status, "succeeded") ?? 0) + (numberAt(object.status, "failed") ?? 0) ===
      0
    );
  return (numberAt(object.status, "replicas") ?? 0) < (numberAt(object.spec, "replicas") ?? 1);
}
