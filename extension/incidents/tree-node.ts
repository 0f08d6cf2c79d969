// The incident tree as plain data: which nodes there are, in which order, under which ids. Ids are stable, so that selection and expansion stay.
import type { WireAffected, WireCause, WireIncident, WireSimilar, WireTimelineEntry } from "../../agent/protocol/incident.ts";
import { byTime, type IncidentSet, incidentKey, inOrder, matches, type Sorting, severityRank } from "./incident-set.ts";

/** What open incidents are grouped by. */
export const GROUPINGS = ["none", "severity", "namespace", "cluster"] as const;
/** One of them. */
export type Grouping = (typeof GROUPINGS)[number];

/** Parts of an incident that can be unfolded. */
export type Section = "causes" | "symptoms" | "at-risk" | "timeline" | "similar" | "gaps";

/** A node. `group`: open incidents by `by` (the text as the cluster has it), or all resolved ones. */
export type TreeNode =
  | {
      readonly type: "group";
      readonly id: string;
      readonly by: Grouping | "resolved";
      readonly text: string;
      readonly count: number;
      readonly isPartial: boolean;
    }
  | { readonly type: "incident"; readonly id: string; readonly incident: WireIncident; readonly group: string | undefined }
  | { readonly type: "section"; readonly id: string; readonly section: Section; readonly count: number; readonly incident: WireIncident }
  | { readonly type: "cause"; readonly id: string; readonly incident: WireIncident; readonly cause: WireCause }
  | { readonly type: "resource"; readonly id: string; readonly incident: WireIncident; readonly resource: WireAffected }
  | { readonly type: "moment"; readonly id: string; readonly incident: WireIncident; readonly entry: WireTimelineEntry }
  | { readonly type: "similar"; readonly id: string; readonly incident: WireIncident; readonly similar: WireSimilar }
  | { readonly type: "gap"; readonly id: string; readonly text: string }
  | { readonly type: "more"; readonly id: string; readonly group: string | undefined; readonly hiddenCount: number };

/** What decides how the tree looks. `shown`: how many incidents of a group are shown, by group id, where more than a page was asked for. */
export type TreeLook = {
  readonly set: IncidentSet;
  readonly grouping: Grouping;
  readonly sorting?: Sorting;
  readonly text: string;
  readonly shown: ReadonlyMap<string, number>;
};

/** Incidents shown of one group at first, and more with each step. */
export const PAGE = 100;

/** Moments shown of a timeline; the document that explains the incident has more. */
const MOMENTS_MAX = 100;

/** Id of the group of resolved incidents. */
export const RESOLVED = "resolved";

/** Id of the group, in `shown`, when there are none. */
export const UNGROUPED = "open";

/** The top of the tree: open incidents, grouped or not, then the resolved ones. */
export function rootsOf(look: TreeLook): TreeNode[] {
  const open = openOnes(look);
  const resolved = resolvedOnes(look);
  const older = look.set.olderResolved !== undefined;
  const tail: TreeNode[] =
    resolved.length > 0 || older
      ? [{ type: "group", id: RESOLVED, by: "resolved", text: "", count: resolved.length, isPartial: older }]
      : [];
  if (look.grouping === "none") return [...page(open, undefined, look), ...tail];
  return [...groupsOf(open, look.grouping), ...tail];
}

/** What lies under a node. */
export function childrenOf(node: TreeNode, look: TreeLook): TreeNode[] {
  switch (node.type) {
    case "group":
      if (node.by === "resolved") return page(resolvedOnes(look), RESOLVED, look);
      return page(
        openOnes(look).filter((incident) => groupId(incident, look.grouping) === node.id),
        node.id,
        look,
      );
    case "incident":
      return sectionsOf(node.incident);
    case "section":
      return membersOf(node.section, node.incident);
    default:
      return [];
  }
}

/** The node that a node lies under; undefined at the top. */
export function parentOf(node: TreeNode, look: TreeLook): TreeNode | undefined {
  if (node.type !== "incident" || node.group === undefined) return undefined;
  return rootsOf(look).find(({ id }) => id === node.group);
}

/** The node of an incident, wherever it is. */
export function nodeOf(incident: WireIncident, grouping: Grouping): TreeNode {
  const group = incident.state === "resolved" ? RESOLVED : grouping === "none" ? undefined : groupId(incident, grouping);
  return { type: "incident", id: `incident:${incidentKey(incident)}`, incident, group };
}

/** Of a group the namespace is the root cause's, else the first that was hit; empty for what has none. */
export function groupText({ severity, cluster, root_cause: cause, namespaces }: WireIncident, grouping: Grouping): string {
  if (grouping === "severity") return severity;
  if (grouping === "cluster") return cluster;
  return cause ? (cause.namespace ?? "") : (namespaces[0] ?? "");
}

function groupId(incident: WireIncident, grouping: Grouping): string {
  return `${grouping}:${groupText(incident, grouping)}`;
}

function openOnes({ set, text, sorting = "urgency" }: TreeLook): WireIncident[] {
  return [...set.open.values()].filter((incident) => matches(incident, text)).sort(inOrder(sorting));
}

function resolvedOnes({ set, text }: TreeLook): WireIncident[] {
  return [...set.resolved.values()].filter((incident) => matches(incident, text)).sort(byTime);
}

/** Groups in the order of their worst incident; severities by themselves. */
function groupsOf(open: readonly WireIncident[], grouping: Grouping): TreeNode[] {
  const members = Map.groupBy(open, (incident) => groupText(incident, grouping));
  const worst = (incidents: readonly WireIncident[]) => Math.max(...incidents.map(({ severity }) => severityRank(severity)));
  return [...members]
    .sort(([a, as], [b, bs]) => worst(bs) - worst(as) || a.localeCompare(b))
    .map(([text, incidents]) => ({
      type: "group",
      id: `${grouping}:${text}`,
      by: grouping,
      text,
      count: incidents.length,
      isPartial: false,
    }));
}

function page(incidents: readonly WireIncident[], group: string | undefined, { shown, set, grouping }: TreeLook): TreeNode[] {
  const count = shown.get(group ?? UNGROUPED) ?? PAGE;
  const nodes = incidents.slice(0, count).map((incident) => nodeOf(incident, grouping));
  const hiddenCount = incidents.length - nodes.length;
  const isMore = hiddenCount > 0 || (group === RESOLVED && set.olderResolved !== undefined);
  return isMore ? [...nodes, { type: "more", id: `more:${group ?? UNGROUPED}`, group, hiddenCount }] : nodes;
}

function sectionsOf(incident: WireIncident): TreeNode[] {
  const sections: readonly Section[] = ["causes", "symptoms", "at-risk", "timeline", "similar", "gaps"];
  return sections.flatMap((section) => {
    const count = section === "timeline" ? incident.event_count : membersOf(section, incident).length;
    return count === 0 ? [] : [{ type: "section", id: `${section}:${incidentKey(incident)}`, section, count, incident }];
  });
}

/** The timeline of an incident, the newest last; at most so many as can be read. */
export function momentsOf(incident: WireIncident, timeline: readonly WireTimelineEntry[]): TreeNode[] {
  return timeline.slice(-MOMENTS_MAX).map((entry) => ({
    type: "moment",
    id: `timeline:${incidentKey(incident)}:${entry.event_id}`,
    incident,
    entry,
  }));
}

function membersOf(section: Section, incident: WireIncident): TreeNode[] {
  const id = (name: string | number) => `${section}:${incidentKey(incident)}:${name}`;
  const affected = (role: WireAffected["role"]): TreeNode[] =>
    incident.affected
      .filter((one) => one.role === role)
      .map((resource) => ({ type: "resource", id: id(resource.rid), incident, resource }));
  switch (section) {
    case "causes":
      return incident.causes.map((cause, at) => ({ type: "cause", id: id(`${cause.rid}:${cause.reason}:${at}`), incident, cause }));
    case "symptoms":
      return affected("symptom");
    case "at-risk":
      return affected("at_risk");
    case "timeline":
      return []; // asked for when it is unfolded: momentsOf
    case "similar":
      return incident.similar.map((similar) => ({ type: "similar", id: id(similar.id), incident, similar }));
    case "gaps":
      return incident.evidence_gaps.map((text, at) => ({ type: "gap", id: id(at), text }));
  }
}
