// Edits of labels by which others select: pods, workloads, Services, namespaces and nodes.
import type { KubeObject } from "../domain/kube-object.ts";
import { changesFrom, type Edit } from "./change-found.ts";
import { leaves } from "./change-leaves.ts";
import { editorOf } from "./change-owners.ts";
import type { ChangeDetector } from "./detector.ts";

/** Labels that say where an object comes from or which version it is, or that controllers put on what they make: nothing selects by them on purpose. */
const NOT_SELECTED_BY =
  /^(?:helm\.sh\/|app\.kubernetes\.io\/(?:version|managed-by)$|argocd\.argoproj\.io\/|kustomize\.toolkit\.fluxcd\.io\/|helm\.toolkit\.fluxcd\.io\/|chart$|heritage$|release$|pod-template-hash$|rollouts-pod-template-hash$|controller-revision-hash$|pod-template-generation$|statefulset\.kubernetes\.io\/|apps\.kubernetes\.io\/pod-index$|batch\.kubernetes\.io\/|controller-uid$|job-name$|feature\.node\.kubernetes\.io\/)/;

/** Controllers and kubelets label what they make or run on. */
const CONTROLLERS = /^(?:kube-controller-manager|kubelet|cloud-controller-manager|nfd-)/;

/** Tells labels that were added, removed or given another value. */
export const changeLabels: ChangeDetector = {
  id: "change-labels",
  kinds: ["Pod", "Service", "Deployment", "StatefulSet", "DaemonSet", "Namespace", "Node"],
  reasons: ["LabelsChanged"],
  detect: (before, after) => changesFrom(before, after, labelEdits(before, after)),
};

function labelEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  const { labels } = after.metadata;
  if (after.partial && !labels) return [];
  return leaves(before.metadata.labels ?? {}, labels ?? {}, "metadata.labels").flatMap((leaf) => {
    const key = leaf.owned.slice("metadata.labels.".length);
    const editor = editorOf(before, after, leaf.owned);
    // The kubelet or the API server copies a node's topology to its pods.
    if (
      NOT_SELECTED_BY.test(key) ||
      (after.kind === "Pod" && key.startsWith("topology.kubernetes.io/")) ||
      (editor && CONTROLLERS.test(editor.manager))
    )
      return [];
    return [{ reason: "LabelsChanged", ...leaf, what: `label ${key} of ${after.kind} ${after.metadata.name}` } as const];
  });
}
