// Namespaces that do not finish terminating, and what holds them.
import type { StateDetector } from "./detector.ts";
import { durationText, fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { conditionsOf, conditionText } from "./read-conditions.ts";
import { parseTimeMs } from "./read-json.ts";

/** Deleting the content of a namespace takes a while. */
const TERMINATING_MS = 5 * 60_000;

/** Tells NamespaceStuckTerminating of a namespace. */
export const policyNamespace: StateDetector = {
  id: "policy-namespace",
  kinds: ["Namespace"],
  reasons: ["NamespaceStuckTerminating"],
  source: "pkg/controller/namespace/deletion/status_condition_utils.go",
  detect(namespace, _view, nowMs) {
    const { object, name } = namespace;
    const deletedMs = parseTimeMs(object.metadata.deletionTimestamp);
    if (deletedMs === undefined || nowMs - deletedMs < TERMINATING_MS) return [];
    // NamespaceDeletionContentFailure, NamespaceContentRemaining, NamespaceFinalizersRemaining, …: True means that it holds the namespace.
    const held = conditionsOf(object).filter(({ type, status }) => type.startsWith("Namespace") && status === "True");
    const why = held[0]?.message ? `: ${held[0].message}` : "";
    return [
      finding("NamespaceStuckTerminating", {
        message: `Namespace ${name} has been terminating for ${durationText(nowMs - deletedMs)}${why}`,
        sinceMs: deletedMs,
        evidence: [
          fieldEvidence(
            object,
            "metadata.deletionTimestamp",
            object.metadata.deletionTimestamp ?? "",
            getFieldCommand(object, ".metadata.deletionTimestamp"),
          ),
          ...held
            .slice(0, 3)
            .map((condition) =>
              fieldEvidence(
                object,
                `status.conditions[${condition.type}]`,
                conditionText(condition),
                getFieldCommand(object, ".status.conditions"),
              ),
            ),
        ],
      }),
    ];
  },
};
