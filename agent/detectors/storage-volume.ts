// Volumes whose reclamation or provisioning failed.
import { displayName } from "../domain/identity.ts";
import type { StateDetector } from "./detector.ts";
import { describeCommand, fieldEvidence, finding } from "./finding.ts";
import { textAt, timeMsAt } from "./read-json.ts";

/** Tells PersistentVolumeFailed of a volume. */
export const storageVolume: StateDetector = {
  id: "storage-volume",
  kinds: ["PersistentVolume"],
  reasons: ["PersistentVolumeFailed"],
  source: "kubernetes.io: Persistent Volumes, Phase",
  detect({ object, ...volume }) {
    if (textAt(object.status, "phase") !== "Failed") return [];
    const why = textAt(object.status, "message") ?? textAt(object.status, "reason") ?? "no reason given";
    return [
      finding("PersistentVolumeFailed", {
        message: `${displayName(volume)} failed: ${why}`,
        sinceMs: timeMsAt(object.status, "lastPhaseTransitionTime"),
        evidence: [fieldEvidence(object, "status", `phase Failed, ${why}`, describeCommand(object))],
      }),
    ];
  },
};
