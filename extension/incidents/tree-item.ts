// How a node of the incident tree looks: words, icon, tooltip, what a click does, and what a screen reader says.
import { l10n, MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from "vscode";
import type { WireCause, WireIncident, WireSeverity, WireTimelineEntry } from "../../agent/protocol/incident.ts";
import { COLOURS, COMMANDS, ITEMS } from "../contributions.ts";
import type { Section, TreeNode } from "./tree-node.ts";
import { age, hitCount, oneLine, percent, resourceName } from "./words.ts";

const { Collapsed, Expanded, None } = TreeItemCollapsibleState;

/** The item of a node. */
export function treeItem(node: TreeNode, nowMs: number): TreeItem {
  switch (node.type) {
    case "group":
      return item(node.id, groupLabel(node), {
        description: `${node.count}${node.isPartial ? "+" : ""}`,
        collapsibleState: node.by === "resolved" ? Collapsed : Expanded,
        iconPath: groupIcon(node),
      });
    case "incident":
      return incidentItem(node.id, node.incident, nowMs);
    case "section":
      return item(node.id, SECTIONS[node.section](), {
        description: String(node.count),
        collapsibleState: node.section === "causes" ? Expanded : Collapsed,
      });
    case "cause":
      return causeItem(node.id, node.incident, node.cause);
    case "resource":
      return item(node.id, resourceName(node.resource), {
        ...(node.resource.since === undefined ? {} : { description: age(node.resource.since, nowMs) }),
        iconPath: new ThemeIcon(node.resource.role === "symptom" ? "circle-filled" : "circle-outline"),
        contextValue: ITEMS.resource,
      });
    case "moment":
      return momentItem(node.id, node.entry);
    case "similar":
      return item(node.id, oneLine(node.similar.title), {
        description: node.similar.confirmed ? l10n.t("confirmed then") : percent(node.similar.score),
        tooltip: plainTooltip([node.similar.because]),
        iconPath: new ThemeIcon("history"),
      });
    case "gap":
      return item(node.id, oneLine(node.text), { iconPath: new ThemeIcon("eye-closed"), tooltip: plainTooltip([node.text]) });
    case "more":
      return item(node.id, node.hiddenCount > 0 ? l10n.t("Show more ({0} hidden)", node.hiddenCount) : l10n.t("Show older"), {
        iconPath: new ThemeIcon("ellipsis"),
        command: { command: COMMANDS.showMore, title: l10n.t("Show more"), arguments: [node.group] },
      });
  }
}

const SEVERITY: Readonly<Record<WireSeverity, readonly [icon: string, colour: string]>> = {
  FATAL: ["flame", COLOURS.fatal],
  ERROR: ["error", "editorError.foreground"],
  WARNING: ["warning", "editorWarning.foreground"],
  INFO: ["info", "editorInfo.foreground"],
};

const SECTIONS: Readonly<Record<Section, () => string>> = {
  causes: () => l10n.t("Causes"),
  symptoms: () => l10n.t("Hit"),
  "at-risk": () => l10n.t("Could be hit"),
  timeline: () => l10n.t("Timeline"),
  similar: () => l10n.t("Similar incidents"),
  gaps: () => l10n.t("What could not be seen"),
};

function item(id: string, label: string, rest: Partial<TreeItem>): TreeItem {
  return Object.assign(new TreeItem(label, None), { id, ...rest });
}

function incidentItem(id: string, incident: WireIncident, nowMs: number): TreeItem {
  const sure = incident.root_cause ? l10n.t("{0} sure", percent(incident.confidence)) : l10n.t("not sure");
  const since = age(incident.first_seen, nowMs);
  const hit = l10n.t("{0} hit", hitCount(incident));
  const title = oneLine(incident.title);
  const isAcknowledged = incident.acknowledged_at !== undefined;
  const seen = isAcknowledged ? [l10n.t("acknowledged")] : [];
  const { label, rest } = shortTitle(incident);
  return item(id, label, {
    description: [incident.root_cause ? percent(incident.confidence) : sure, ...seen, since, hit, ...(rest === "" ? [] : [rest])].join(
      " · ",
    ),
    collapsibleState: Collapsed,
    iconPath: isAcknowledged
      ? acknowledgedIcon(incident.severity)
      : incident.state === "open"
        ? severityIcon(incident.severity)
        : new ThemeIcon("pass", new ThemeColor("testing.iconPassed")),
    tooltip: plainTooltip([
      incident.title,
      [`${incident.severity}, ${incident.state}`, ...seen, sure, since, hit].join(" · "),
      incident.summary,
      [incident.cluster, ...incident.namespaces].join(" · "),
    ]),
    contextValue: isAcknowledged ? ITEMS.acknowledged : ITEMS.incident,
    command: { command: COMMANDS.showGraph, title: l10n.t("Show graph"), arguments: [{ type: "incident", id, incident }] },
    accessibilityInformation: {
      label: l10n.t("{0} incident, {1}: {2}. {3}, since {4}, {5}", incident.severity, incident.state, title, sure, since, hit),
    },
  });
}

/** A side bar is narrow: the root cause's name comes first, what happened to it last, where it may be cut off. */
function shortTitle({ title, root_cause: root }: WireIncident): { readonly label: string; readonly rest: string } {
  if (!root) return { label: oneLine(title), rest: "" };
  return { label: oneLine(root.namespace === undefined ? root.name : `${root.namespace}/${root.name}`), rest: oneLine(title) };
}

function causeItem(id: string, incident: WireIncident, cause: WireCause): TreeItem {
  const { root_cause: root } = incident;
  const isRoot = root !== null && root.rid === cause.rid && root.reason === cause.reason;
  const dropped = cause.rejected_because !== undefined;
  return item(id, resourceName(cause), {
    description: `${oneLine(cause.reason)} · ${percent(cause.confidence)}${isRoot ? ` · ${l10n.t("root cause")}` : ""}${dropped ? ` · ${l10n.t("ranked lower")}` : ""}`,
    tooltip: plainTooltip([cause.explanation, ...(cause.rejected_because === undefined ? [] : [cause.rejected_because])]),
    iconPath: isRoot
      ? new ThemeIcon("target", new ThemeColor(COLOURS.rootCause))
      : new ThemeIcon(dropped ? "circle-slash" : "question", dropped ? new ThemeColor("disabledForeground") : undefined),
    contextValue: ITEMS.cause,
  });
}

function severityIcon(severity: WireSeverity): ThemeIcon {
  const [icon, colour] = SEVERITY[severity] ?? SEVERITY.INFO;
  return new ThemeIcon(icon, new ThemeColor(colour));
}

/** Somebody looks after it: an eye in the severity's colour. */
function acknowledgedIcon(severity: WireSeverity): ThemeIcon {
  return new ThemeIcon("eye", new ThemeColor((SEVERITY[severity] ?? SEVERITY.INFO)[1]));
}

function momentItem(id: string, { event_time: at, reason, severity, message, count, resource }: WireTimelineEntry): TreeItem {
  const times = count > 1 ? ` (${count}×)` : "";
  return item(id, `${new Date(at).toLocaleTimeString()} ${oneLine(reason)}${times}`, {
    description: resourceName(resource),
    iconPath: severityIcon(severity),
    tooltip: plainTooltip([`${resourceName(resource)}: ${reason}`, message, at]),
  });
}

type Group = Extract<TreeNode, { type: "group" }>;

function groupLabel({ by, text }: Group): string {
  if (by === "resolved") return l10n.t("Resolved");
  return text === "" ? l10n.t("No namespace") : oneLine(text);
}

function groupIcon({ by, text }: Group): ThemeIcon {
  if (by === "severity") return severityIcon(text as WireSeverity);
  return new ThemeIcon(by === "resolved" ? "pass" : by === "cluster" ? "server" : "symbol-namespace");
}

/** Paragraphs of text in which nothing is markup. */
function plainTooltip(paragraphs: readonly string[]): MarkdownString {
  const tooltip = new MarkdownString();
  paragraphs.forEach((text, at) => {
    if (at > 0) tooltip.appendMarkdown("\n\n");
    tooltip.appendText(oneLine(text));
  });
  return tooltip;
}
