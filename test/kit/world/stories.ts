// Every story by the name of its scenario.
import * as cluster from "./stories-cluster.ts";
import * as faults from "./stories-faults.ts";

/** What each scenario under test/scenarios plays. */
export const STORIES: Readonly<Record<string, faults.Story>> = {
  "bad-image-rollout": faults.badImageRollout,
  "memory-limit-too-low": faults.memoryLimitTooLow,
  "database-down": faults.databaseDown,
  "config-key-removed": faults.configKeyRemoved,
  "missing-secret": faults.missingSecret,
  "readiness-probe-port": faults.probePortChanged,
  "two-faults": faults.twoFaults,
  "quota-blocks": cluster.quotaBlocks,
  "too-much-cpu": cluster.tooMuchCpu,
  "cordoned-nodes": cluster.cordoned,
  "node-lost": cluster.nodeLost,
  "claim-without-class": cluster.claimWithoutClass,
  "selector-typo": cluster.selectorTypo,
  "wrong-target-port": cluster.wrongTargetPort,
  "network-policy-cut": cluster.policyCut,
  "healthy-rollout": cluster.healthyRollout,
  "healthy-scale": cluster.healthyScale,
  "healthy-cron-job": cluster.healthyCronJob,
  "healed-warnings": cluster.healedWarnings,
};
