// What of an incident's graph is drawn: like effects folded into one card when there are many, and what had happened by a given time.
import type { WireGraphLink, WireGraphNode, WireIncidentGraph, WireSeverity } from "../agent/protocol/incident.ts";
import { oneLine, pluralKind, timeMs } from "./format.ts";
import { worst } from "./marks.ts";

/** One card: a single episode, or several alike (`folded`). `members` oldest first, never empty. */
export type VisibleNode = {
  readonly id: string;
  readonly members: readonly WireGraphNode[];
  readonly folded: boolean;
  readonly role: WireGraphNode["role"];
  readonly firstCritical: boolean;
  readonly kind: string;
  readonly title: string;
  readonly namespace: string;
  readonly reason: string;
  readonly severity: WireSeverity;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
};

/** One drawn link; `links` are those it stands for, best first. */
export type VisibleLink = {
  readonly id: string;
  readonly cause: string;
  readonly effect: string;
  readonly score: number;
  readonly links: readonly WireGraphLink[];
};

/** Cards in the order of their first episode, and links among them. `folds` counts the cards that stand for several episodes. */
export type VisibleGraph = { readonly nodes: readonly VisibleNode[]; readonly links: readonly VisibleLink[]; readonly folds: number };

/** Above so many cards like effects are folded: more do not fit a screen legibly. */
export const FOLD_ABOVE = 40;
/** Fewer alike are left apart: a fold hides names and must save room to be worth it. */
const FOLD_MIN = 3;

/** What counts as alike, ever more broadly, until the graph is small enough. */
const FOLD_KEYS: readonly ((node: WireGraphNode) => string)[] = [
  (node) => [node.resource.kind, node.etype, node.reason, node.resource.namespace ?? ""].join("\u0000"),
  (node) => [node.resource.kind, node.etype, node.reason].join("\u0000"),
  (node) => [node.resource.kind, node.category].join("\u0000"),
];

/** The graph to draw. Cards whose id is in `unfolded` are shown member by member. */
export function visibleGraph(graph: WireIncidentGraph, unfolded: ReadonlySet<string>): VisibleGraph {
  const sorted = [...graph.nodes].sort((a, b) => startMs(a) - startMs(b) || (a.event_id < b.event_id ? -1 : 1));
  const critical = graph.incident.first_critical_failure;
  const groups = foldGroups(sorted, (node) => node.role === "root_cause" || node.event_id === critical);
  const cardOf = new Map<string, string>();
  const nodes: VisibleNode[] = [];
  for (const [id, members] of groups) {
    const apart = members.length === 1 || unfolded.has(id) ? members.map((member) => [member]) : [members];
    for (const part of apart) {
      const cardId = part.length > 1 ? id : (part[0]?.event_id ?? id);
      nodes.push(card(cardId, part, critical));
      for (const member of part) cardOf.set(member.event_id, cardId);
    }
  }
  nodes.sort((a, b) => a.firstMs - b.firstMs || (a.id < b.id ? -1 : 1));
  return { nodes, links: visibleLinks(graph.links, cardOf), folds: nodes.filter((node) => node.folded).length };
}

/** The fold that an episode would be in, if like ones were folded. */
export function foldOf(graph: WireIncidentGraph, eventId: string): string | undefined {
  const whole = visibleGraph(graph, new Set());
  return whole.nodes.find((node) => node.folded && node.members.some((member) => member.event_id === eventId))?.id;
}

/** How many of a card's episodes had begun by `atMs` and how many of these had cleared. A card with none is not drawn. */
export function happenedBy(node: VisibleNode, atMs: number): { readonly begun: number; readonly cleared: number } {
  const begun = node.members.filter((member) => startMs(member) <= atMs);
  return {
    begun: begun.length,
    cleared: begun.filter((member) => (timeMs(member.cleared_time) ?? Number.POSITIVE_INFINITY) <= atMs).length,
  };
}

/** The distinct moments at which something began, ascending, in epoch milliseconds: the stops of the time slider. */
export function moments(graph: VisibleGraph): number[] {
  const starts = graph.nodes.flatMap((node) => node.members.map(startMs));
  return [...new Set(starts)].sort((a, b) => a - b);
}

/** The cards that lead to `id` and that follow from it, with itself: what is lit up when it is chosen. */
export function related(graph: VisibleGraph, id: string): ReadonlySet<string> {
  const found = new Set([id]);
  for (const [from, to] of [
    ["cause", "effect"],
    ["effect", "cause"],
  ] as const) {
    const reached = [id];
    for (const next of reached) {
      for (const link of graph.links) {
        if (link[from] !== next || reached.includes(link[to])) continue;
        reached.push(link[to]);
        found.add(link[to]);
      }
    }
  }
  return found;
}

/** The name on a card: the resource's own, or how many of what when folded (`count` of them). */
export function cardTitle(node: VisibleNode, count: number): string {
  return node.folded ? `${count} ${pluralKind(node.kind)}` : node.title;
}

function startMs(node: WireGraphNode): number {
  return timeMs(node.first_time) ?? 0;
}

function foldGroups(sorted: readonly WireGraphNode[], stays: (node: WireGraphNode) => boolean): Map<string, WireGraphNode[]> {
  let groups = new Map(sorted.map((node) => [node.event_id, [node]]));
  for (const [level, keyOf] of FOLD_KEYS.entries()) {
    if (groups.size <= FOLD_ABOVE) break;
    const alike = new Map<string, WireGraphNode[]>();
    for (const node of sorted) {
      const key = stays(node) ? node.event_id : `fold:${level}:${keyOf(node)}`;
      alike.set(key, [...(alike.get(key) ?? []), node]);
    }
    groups = new Map();
    for (const [key, members] of alike) {
      if (members.length >= FOLD_MIN) groups.set(key, members);
      else for (const member of members) groups.set(member.event_id, [member]);
    }
  }
  return groups;
}

function card(id: string, members: readonly WireGraphNode[], critical: string | undefined): VisibleNode {
  const resources = members.map((member) => member.resource);
  const first = resources[0];
  const namespaces = new Set(resources.map((resource) => resource.namespace ?? ""));
  const reasons = new Set(members.map((member) => member.reason));
  const folded = members.length > 1;
  const roles = members.map((member) => member.role);
  return {
    id,
    members,
    folded,
    role: roles.includes("root_cause") ? "root_cause" : roles.includes("cause") ? "cause" : "symptom",
    firstCritical: members.some((member) => member.event_id === critical),
    kind: oneLine(first?.kind ?? ""),
    title: oneLine(first?.name ?? ""),
    namespace: namespaces.size === 1 ? oneLine(first?.namespace ?? "") : `${namespaces.size} namespaces`,
    reason: reasons.size === 1 ? oneLine(members[0]?.reason ?? "") : `${reasons.size} reasons`,
    severity: worst(members.map((member) => member.severity)),
    firstMs: Math.min(...members.map(startMs)),
    lastMs: Math.max(...members.map((member) => timeMs(member.last_time) ?? startMs(member))),
    count: members.reduce((sum, member) => sum + member.count, 0),
  };
}

function visibleLinks(links: readonly WireGraphLink[], cardOf: ReadonlyMap<string, string>): VisibleLink[] {
  const merged = new Map<string, { cause: string; effect: string; links: WireGraphLink[] }>();
  for (const link of links) {
    const cause = cardOf.get(link.cause);
    const effect = cardOf.get(link.effect);
    if (cause === undefined || effect === undefined || cause === effect) continue;
    const id = `${cause}\u0000${effect}`;
    const entry = merged.get(id) ?? { cause, effect, links: [] };
    entry.links.push(link);
    merged.set(id, entry);
  }
  const drawn = [...merged].map(([id, entry]) => {
    const best = entry.links.sort((a, b) => b.confidence - a.confidence || (a.cause + a.effect < b.cause + b.effect ? -1 : 1));
    return { id, cause: entry.cause, effect: entry.effect, links: best, score: best[0]?.confidence ?? 0 };
  });
  return drawn.sort((a, b) => (a.id < b.id ? -1 : 1));
}
