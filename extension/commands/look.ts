// How the tree looks: grouping, order, filter, more of a group, and listing anew.
import { l10n, window } from "vscode";
import type { IncidentFeed } from "../incidents/incident-feed.ts";
import type { Sorting } from "../incidents/incident-set.ts";
import type { IncidentTree } from "../incidents/incident-tree.ts";
import type { Grouping } from "../incidents/tree-node.ts";

/** Asks what to group by. */
export function groupBy(tree: IncidentTree): () => Promise<void> {
  return async () => {
    const items: { readonly label: string; readonly grouping: Grouping }[] = [
      { label: l10n.t("Severity"), grouping: "severity" },
      { label: l10n.t("Namespace"), grouping: "namespace" },
      { label: l10n.t("Cluster"), grouping: "cluster" },
      { label: l10n.t("Not at all"), grouping: "none" },
    ];
    const shown = items.map((item) => (item.grouping === tree.grouping ? { ...item, description: l10n.t("now") } : item));
    const picked = await window.showQuickPick(shown, { ignoreFocusOut: true, title: l10n.t("Group incidents by") });
    if (picked) await tree.groupBy(picked.grouping);
  };
}

/** Asks what to order by. */
export function sort(tree: IncidentTree): () => Promise<void> {
  return async () => {
    const items: { readonly label: string; readonly sorting: Sorting }[] = [
      { label: l10n.t("The worst first"), sorting: "urgency" },
      { label: l10n.t("The last seen first"), sorting: "last-seen" },
      { label: l10n.t("The newest first"), sorting: "first-seen" },
      { label: l10n.t("The most hit first"), sorting: "hit" },
      { label: l10n.t("The surest first"), sorting: "confidence" },
    ];
    const shown = items.map((item) => (item.sorting === tree.sorting ? { ...item, description: l10n.t("now") } : item));
    const picked = await window.showQuickPick(shown, { ignoreFocusOut: true, title: l10n.t("Sort incidents by") });
    if (picked) await tree.sortBy(picked.sorting);
  };
}

/** Asks for words that incidents must hold. */
export function filter(tree: IncidentTree): () => Promise<void> {
  return async () => {
    const text = await window.showInputBox({
      ignoreFocusOut: true,
      title: l10n.t("Filter incidents"),
      prompt: l10n.t("Words of the title, a namespace, a cause, or something that was hit; empty shows all."),
      value: tree.text,
    });
    if (text !== undefined) await tree.filter(text);
  };
}

/** Shows everything again. */
export function clearFilter(tree: IncidentTree): () => Promise<void> {
  return () => tree.filter("");
}

/** One page more of a group. */
export function showMore(tree: IncidentTree): (group: unknown) => Promise<void> {
  return (group) => tree.showMore(typeof group === "string" ? group : undefined);
}

/** Lists everything anew. */
export function refresh(feed: IncidentFeed): () => Promise<void> {
  return () => feed.list();
}
