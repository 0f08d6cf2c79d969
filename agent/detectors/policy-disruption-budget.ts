// Disruption budgets that allow no eviction while one is needed.
import { displayName } from "../domain/identity.ts";
import type { StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { conditionOf } from "./read-conditions.ts";
import { flagAt, numberAt } from "./read-json.ts";

/** Tells PodDisruptionBudgetBlocks of a budget: pods are missing already, or a node under its pods is cordoned and cannot be drained. */
export const policyDisruptionBudget: StateDetector = {
  id: "policy-disruption-budget",
  kinds: ["PodDisruptionBudget"],
  reasons: ["PodDisruptionBudgetBlocks"],
  source: "kubernetes.io: Specifying a Disruption Budget; API-initiated Eviction",
  dependsOn: { relations: [{ type: "GUARDS", direction: "out" }] },
  crossObject: true,
  detect(budget, view) {
    const { object } = budget;
    const { status } = object;
    const [expected, allowed] = [numberAt(status, "expectedPods") ?? 0, numberAt(status, "disruptionsAllowed")];
    const [healthy, desired] = [numberAt(status, "currentHealthy"), numberAt(status, "desiredHealthy")];
    if (expected === 0 || allowed !== 0 || healthy === undefined || desired === undefined || healthy > desired) return [];
    const cordoned = view
      .neighbours(budget, "GUARDS", "out")
      .flatMap((pod) => view.neighbours(pod, "RUNS_ON", "out"))
      .find((node) => flagAt(node.object?.spec, "unschedulable") === true);
    if (healthy >= desired && !cordoned) return [];
    const why =
      healthy < desired
        ? `${healthy} of the ${desired} pods it wants are healthy`
        : `node ${cordoned?.name} is cordoned and cannot be drained`;
    const condition = conditionOf(object, "DisruptionAllowed");
    return [
      finding("PodDisruptionBudgetBlocks", {
        message: `${displayName(budget)} allows no eviction: ${why}`,
        sinceMs: condition?.status === "False" ? condition.sinceMs : undefined,
        evidence: [
          fieldEvidence(
            object,
            "status",
            `disruptionsAllowed 0, currentHealthy ${healthy}, desiredHealthy ${desired}, expectedPods ${expected}`,
            getFieldCommand(object, ".status"),
          ),
        ],
      }),
    ];
  },
};
