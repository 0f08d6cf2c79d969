// State detectors for services, routes, storage, scaling, quotas and policies, as one list.
import type { StateDetector } from "./detector.ts";
import { policyDisruptionBudget } from "./policy-disruption-budget.ts";
import { policyNamespace } from "./policy-namespace.ts";
import { policyNetwork } from "./policy-network.ts";
import { policyWebhook } from "./policy-webhook.ts";
import { quotaExhausted } from "./quota-exhausted.ts";
import { quotaLimitRange } from "./quota-limit-range.ts";
import { quotaShortfall } from "./quota-shortfall.ts";
import { routeBackends } from "./route-backends.ts";
import { routeMisdirected } from "./route-misdirected.ts";
import { scalingAutoscaler } from "./scaling-autoscaler.ts";
import { serviceAddress } from "./service-address.ts";
import { serviceEndpoints } from "./service-endpoints.ts";
import { serviceLoadBalancer } from "./service-load-balancer.ts";
import { servicePorts } from "./service-ports.ts";
import { serviceSelector } from "./service-selector.ts";
import { storageClaim } from "./storage-claim.ts";
import { storageVolume } from "./storage-volume.ts";

/** Detectors beyond pods, workloads and nodes. */
export const MORE_STATE_DETECTORS: readonly StateDetector[] = [
  serviceEndpoints,
  serviceSelector,
  servicePorts,
  serviceLoadBalancer,
  serviceAddress,
  routeBackends,
  routeMisdirected,
  storageClaim,
  storageVolume,
  scalingAutoscaler,
  quotaExhausted,
  quotaShortfall,
  quotaLimitRange,
  policyNetwork,
  policyWebhook,
  policyDisruptionBudget,
  policyNamespace,
];
