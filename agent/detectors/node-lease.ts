// Nodes whose heartbeat is old while other nodes' heartbeats are fresh: their kubelet has stopped, perhaps before anyone has noticed.
import type { KubeObject } from "../domain/kube-object.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getCommand, timeText } from "./finding.ts";
import { timeMsAt } from "./read-json.ts";
import { isDeleting } from "./read-pod.ts";

/** Kubelets renew every 10 s and are given 40 to 50 s by the node controller (kubernetes.io: Nodes, Heartbeats). */
const STALE_MS = 2 * 60_000;

/** How far another node must be ahead: when all are old, it is the news that is old and not the nodes. */
const AHEAD_MS = 90_000;

/** NodeLeaseStale, from `status.leaseRenewTime` or the Lease of the node's name. */
export const nodeLease: StateDetector = {
  id: "node-lease",
  kinds: ["Node"],
  reasons: ["NodeLeaseStale"],
  source: "kubernetes.io: Leases, Node heartbeats",
  crossObject: true,
  detect({ object }, view, nowMs) {
    const renewedMs = renewTimeMs(object, view);
    if (isDeleting(object) || renewedMs === undefined || nowMs - renewedMs <= STALE_MS) return [];
    const others = view
      .ofKind("Node")
      .flatMap((node) => (node.object && node.name !== object.metadata.name ? (renewTimeMs(node.object, view) ?? []) : []));
    if (!others.some((otherMs) => otherMs - renewedMs >= AHEAD_MS)) return [];
    const command = getCommand(
      { ...object, metadata: { ...object.metadata, namespace: "kube-node-lease" } },
      `lease/${object.metadata.name}`,
      "-o",
      "jsonpath={.spec.renewTime}",
    );
    return [
      finding("NodeLeaseStale", {
        message: `The kubelet's last heartbeat is from ${timeText(renewedMs)}, while other nodes go on reporting.`,
        sinceMs: renewedMs,
        evidence: [fieldEvidence(object, "lease renewTime", new Date(renewedMs).toISOString(), command)],
      }),
    ];
  },
};

function renewTimeMs(node: KubeObject, view: NeighbourView): number | undefined {
  const lease = view.byName("Lease", "kube-node-lease", node.metadata.name)?.object;
  return timeMsAt(lease?.spec, "renewTime") ?? timeMsAt(node.status, "leaseRenewTime");
}
