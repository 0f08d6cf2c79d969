// Resource quotas that are used up: nothing more of that resource can be created in the namespace.
import { displayName } from "../domain/identity.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding } from "./finding.ts";
import { at, textMapAt } from "./read-json.ts";
import { parseQuantity } from "./read-quantity.ts";

/** With none of these a namespace can run no pod; a zero of anything else (load balancers, node ports) is a plain prohibition. */
const NEEDED_BY_PODS = /^(?:(?:requests|limits)\.)?(?:cpu|memory)$|^(?:count\/)?pods$/;

/** What claims need rather than pods. */
const NEEDED_BY_CLAIMS = /storage|persistentvolumeclaims/;

/** Which word a used-up resource of a quota is told by. */
export function quotaReason(resource: string): "QuotaExhausted" | "StorageQuotaExhausted" {
  return NEEDED_BY_CLAIMS.test(resource) ? "StorageQuotaExhausted" : "QuotaExhausted";
}

/** Tells QuotaExhausted, or of what claims need StorageQuotaExhausted, of a ResourceQuota, once per resource. */
export const quotaExhausted: StateDetector = {
  id: "quota-exhausted",
  kinds: ["ResourceQuota"],
  reasons: ["QuotaExhausted", "StorageQuotaExhausted"],
  source: "kubernetes.io: Resource Quotas",
  detect({ object, ...quota }) {
    return [...textMapAt(object.status, "hard").keys()].flatMap((resource) => {
      const [hardText, usedText] = [at(object.status, "hard", resource), at(object.status, "used", resource)];
      const [hard, used] = [parseQuantity(hardText), parseQuantity(usedText)];
      if (hard === undefined || used === undefined || used < hard || (hard === 0 && used === 0 && !NEEDED_BY_PODS.test(resource)))
        return [];
      return [
        finding(quotaReason(resource), {
          discriminator: resource,
          message: `${displayName(quota)} is used up: ${resource} ${String(usedText)} of ${String(hardText)}`,
          evidence: [
            fieldEvidence(object, `status.used[${resource}]`, `${String(usedText)} of hard ${String(hardText)}`, describeCommand(object)),
          ],
        }),
      ];
    });
  },
};
