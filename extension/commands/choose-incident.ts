// The incident that a command is about: the tree item it was called on, the graph in front, or one that is picked.
import { l10n, window } from "vscode";
import type { WireCause, WireIncident } from "../../agent/protocol/incident.ts";
import type { IncidentFeed } from "../incidents/incident-feed.ts";
import { byTime, byUrgency } from "../incidents/incident-set.ts";
import type { TreeNode } from "../incidents/tree-node.ts";
import { harmless, percent, resourceName } from "../incidents/words.ts";
import type { GraphPanels } from "../panels/graph-panels.ts";

/** Where incidents are looked for. */
export type Choice = { readonly feed: IncidentFeed; readonly panels: GraphPanels };

/** The incident; undefined when none was picked or there is none. */
export async function chooseIncident(argument: unknown, { feed, panels }: Choice): Promise<WireIncident | undefined> {
  const node = treeNodeIn(argument);
  if (node && "incident" in node) return node.incident;
  const { open, resolved } = feed.set;
  const front = panels.active();
  const all = [...[...open.values()].sort(byUrgency), ...[...resolved.values()].sort(byTime)];
  const shown = front && all.find(({ id, cluster }) => id === front.id && (front.cluster ?? cluster) === cluster);
  if (shown) return shown;
  if (all.length === 0) {
    void window.showInformationMessage(l10n.t("There is no incident."));
    return undefined;
  }
  const items = all.map((incident) => ({
    label: harmless(incident.title),
    description: `${incident.severity}, ${incident.state}`,
    detail: harmless(incident.summary),
    incident,
  }));
  const picked = await window.showQuickPick(items, {
    ignoreFocusOut: true,
    title: l10n.t("Which incident?"),
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return picked?.incident;
}

/** The cause that a command is about: the tree item it was called on, that incident's root cause, the only one, or one that is picked. */
export async function chooseCause(argument: unknown, incident: WireIncident): Promise<WireCause | undefined> {
  const node = treeNodeIn(argument);
  if (node?.type === "cause") return node.cause;
  if (node?.type === "incident" && incident.root_cause) return incident.root_cause;
  const [first, ...others] = incident.causes;
  if (others.length === 0) return first;
  const items = incident.causes.map((cause) => ({
    label: harmless(resourceName(cause)),
    description: `${harmless(cause.reason)}, ${percent(cause.confidence)}`,
    detail: harmless(cause.explanation),
    cause,
  }));
  return (await window.showQuickPick(items, { ignoreFocusOut: true, title: l10n.t("Which cause?"), matchOnDescription: true }))?.cause;
}

/** What VS Code hands to a command called on a tree item: the provider's own node. */
export function treeNodeIn(argument: unknown): TreeNode | undefined {
  const isNode = typeof argument === "object" && argument !== null && "type" in argument && "id" in argument;
  return isNode ? (argument as TreeNode) : undefined;
}
