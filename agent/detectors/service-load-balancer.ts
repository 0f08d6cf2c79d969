// Services of type LoadBalancer that never got an address.
import { displayName } from "../domain/identity.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, durationText, fieldEvidence, finding } from "./finding.ts";
import { objectsAt, parseTimeMs, textAt } from "./read-json.ts";

/** Cloud load balancers take minutes. */
const PENDING_MS = 5 * 60_000;

/** Tells LoadBalancerPending of a Service. */
export const serviceLoadBalancer: StateDetector = {
  id: "service-load-balancer",
  kinds: ["Service"],
  reasons: ["LoadBalancerPending"],
  source: "kubernetes.io: Services, type LoadBalancer",
  detect(service, _view, nowMs) {
    const { object } = service;
    const createdMs = parseTimeMs(object.metadata.creationTimestamp);
    if (object.partial || textAt(object.spec, "type") !== "LoadBalancer" || createdMs === undefined || nowMs - createdMs < PENDING_MS)
      return [];
    if (objectsAt(object.status, "loadBalancer", "ingress").length > 0) return [];
    return [
      finding("LoadBalancerPending", {
        message: `${displayName(service)} has been waiting for a load balancer address for ${durationText(nowMs - createdMs)}`,
        sinceMs: createdMs,
        evidence: [fieldEvidence(object, "status.loadBalancer.ingress", "empty", describeCommand(object))],
      }),
    ];
  },
};
