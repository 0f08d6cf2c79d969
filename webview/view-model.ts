// What of an incident's graph is drawn: what is alike folded into one card, the links that matter, and what had happened by a given time.
import type { WireGraphLink, WireGraphNode, WireIncidentGraph, WireSeverity } from "../agent/protocol/incident.ts";
import { type Essence, essenceOf } from "./essential.ts";
import { type Fold, foldsOf, type Unfolded } from "./fold.ts";
import { oneLine, pluralKind, timeMs } from "./format.ts";
import { worst } from "./marks.ts";

/** What the reader has set. `counts`: anomalies are drawn too; `allLinks`: also those that others imply. */
export type Showing = { readonly unfolded: Unfolded; readonly allLinks: boolean; readonly counts: boolean };

/** What is shown to who has set nothing. */
export const FIRST_SHOWING: Showing = { unfolded: { all: false, ids: new Set() }, allLinks: false, counts: false };

/** One card: a single episode, or several (`folded`) of one or of several `resources`. `members` oldest first, never empty. `count`: how often it happened. */
export type VisibleNode = {
  readonly id: string;
  readonly members: readonly WireGraphNode[];
  readonly folded: boolean;
  readonly resources: number;
  readonly workload: string | undefined;
  readonly role: WireGraphNode["role"];
  readonly firstCritical: boolean;
  /** It competes with the root cause and was not ruled out. */
  readonly rival: boolean;
  /** The verdict's path runs over it. */
  readonly onChain: boolean;
  readonly kind: string;
  readonly title: string;
  readonly namespace: string;
  /** All reasons in one line; `reasons`, most telling first, are apart where there is room. */
  readonly reason: string;
  readonly reasons: readonly string[];
  readonly severity: WireSeverity;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly count: number;
};

/** `chain`: the verdict's path runs along it; `aside`: it starts at what the root cause does not explain. */
export type Emphasis = "chain" | "plain" | "aside";

/** One drawn link; `links` are those it stands for, best first. */
export type VisibleLink = {
  readonly id: string;
  readonly cause: string;
  readonly effect: string;
  readonly score: number;
  readonly links: readonly WireGraphLink[];
  readonly emphasis: Emphasis;
};

/** Cards in the order of their first episode, and links among them. `folds` counts cards of several episodes, `spareLinks` and `spareCounts` what is not drawn unless asked for. */
export type VisibleGraph = {
  readonly nodes: readonly VisibleNode[];
  readonly links: readonly VisibleLink[];
  readonly folds: number;
  readonly spareLinks: number;
  readonly spareCounts: number;
};

/** The graph to draw. */
export function visibleGraph(graph: WireIncidentGraph, showing: Showing): VisibleGraph {
  const { incident } = graph;
  const spare = spareCounts(graph);
  const sorted = graph.nodes.filter((node) => showing.counts || !spare.has(node.event_id)).sort(byStart);
  const stays = (node: WireGraphNode): boolean => node.role === "root_cause" || node.event_id === incident.first_critical_failure;
  const cards = foldsOf(sorted, showing.unfolded, stays)
    .map((fold) => cardOf(fold, incident))
    .sort((a, b) => a.firstMs - b.firstMs || (a.id < b.id ? -1 : 1));
  const merged = mergedLinks(graph.links, cards);
  const stations = cards.map((card) => ({ ...card, rids: card.members.map((member) => member.resource.rid) }));
  // What a count leads to has better causes: else it would not be spare.
  const telling = merged.filter((link) => !link.links.every(({ cause }) => spare.has(cause)));
  const essence = essenceOf(stations, telling, incident.path);
  const links = merged
    .filter((link) => showing.allLinks || essence.essential.has(link.id))
    .map((link) => ({ ...link, emphasis: emphasisOf(link, essence) }));
  const onChain = new Set(links.filter((link) => link.emphasis === "chain").flatMap((link) => [link.cause, link.effect]));
  return {
    nodes: cards.map((card) => ({ ...card, onChain: onChain.has(card.id) })),
    links,
    folds: cards.filter((card) => card.folded).length,
    spareLinks: merged.length - essence.essential.size,
    spareCounts: spare.size,
  };
}

/** How many of a card's episodes had begun by `atMs`, on how many resources, and how many of these episodes had cleared. A card with none is not drawn. */
export function happenedBy(
  node: VisibleNode,
  atMs: number,
): { readonly begun: number; readonly cleared: number; readonly resources: number } {
  const begun = node.members.filter((member) => startMs(member) <= atMs);
  return {
    begun: begun.length,
    cleared: begun.filter((member) => (timeMs(member.cleared_time) ?? Number.POSITIVE_INFINITY) <= atMs).length,
    resources: new Set(begun.map((member) => member.resource.rid)).size,
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

/** The name on a card: the resource's own; of several, how many of what, as kubectl calls them (`resources` of them). `placed`: with its namespace. */
export function cardTitle(node: VisibleNode, resources: number, placed = false): string {
  const place = placed && node.namespace ? `${node.namespace}/` : "";
  if (node.resources === 1) return `${place}${node.title}`;
  const kind = (resources === 1 ? node.kind : pluralKind(node.kind)).toLowerCase();
  if (node.workload !== undefined) return `${resources} ${kind} of ${place}${node.workload}`;
  return `${resources} ${kind}${place ? ` in ${node.namespace}` : ""}`;
}

/**
 * Anomalies are sums over other episodes: they say nothing that is not drawn already. Those that must be drawn all the same: what the verdict names,
 * the only known cause of something, and when there is nothing else.
 */
function spareCounts({ incident, nodes, links }: WireIncidentGraph): ReadonlySet<string> {
  const anomalies = new Set(nodes.filter((node) => node.etype === "anomaly").map((node) => node.event_id));
  if (anomalies.size === nodes.length) return new Set();
  const explained = new Set(links.filter((link) => !anomalies.has(link.cause)).map((link) => link.effect));
  const needed = new Set(links.filter((link) => !anomalies.has(link.effect) && !explained.has(link.effect)).map((link) => link.cause));
  const named = (node: WireGraphNode): boolean => node.role === "root_cause" || node.event_id === incident.first_critical_failure;
  return new Set(
    nodes.filter((node) => anomalies.has(node.event_id) && !needed.has(node.event_id) && !named(node)).map((node) => node.event_id),
  );
}

function startMs(node: WireGraphNode): number {
  return timeMs(node.first_time) ?? 0;
}

function byStart(a: WireGraphNode, b: WireGraphNode): number {
  return startMs(a) - startMs(b) || (a.event_id < b.event_id ? -1 : 1);
}

function emphasisOf(link: { readonly id: string; readonly cause: string }, essence: Essence): Emphasis {
  if (essence.chain.has(link.id)) return "chain";
  return essence.explained.has(link.cause) ? "plain" : "aside";
}

function cardOf(fold: Fold, incident: WireIncidentGraph["incident"]): Omit<VisibleNode, "onChain"> {
  const members = [...fold.members].sort(byStart);
  const first = members[0];
  const rids = new Set(members.map((member) => member.resource.rid));
  const namespaces = new Set(members.map((member) => member.resource.namespace ?? ""));
  const roles = members.map((member) => member.role);
  const role = roles.includes("root_cause") ? "root_cause" : roles.includes("cause") ? "cause" : "symptom";
  const reasons = reasonsOf(members, incident);
  const rivals = new Set(incident.causes.filter((cause) => cause.rejected_because === undefined).map((cause) => cause.event_id));
  return {
    id: fold.id,
    members,
    folded: members.length > 1,
    resources: rids.size,
    workload: fold.workload === undefined ? undefined : oneLine(fold.workload),
    role,
    firstCritical: members.some((member) => member.event_id === incident.first_critical_failure),
    rival: role !== "root_cause" && incident.root_cause !== null && members.some((member) => rivals.has(member.event_id)),
    kind: oneLine(first?.resource.kind ?? ""),
    title: oneLine(first?.resource.name ?? ""),
    namespace: namespaces.size === 1 ? oneLine(first?.resource.namespace ?? "") : `${namespaces.size} namespaces`,
    reason: reasons.length === 1 || rids.size === 1 ? reasons.join(", ") : `${reasons.length} reasons`,
    reasons,
    severity: worst(members.map((member) => member.severity)),
    firstMs: Math.min(...members.map(startMs)),
    lastMs: Math.max(...members.map((member) => timeMs(member.last_time) ?? startMs(member))),
    count: timesOf(members),
  };
}

/** Those that the verdict ranks come first. */
function reasonsOf(members: readonly WireGraphNode[], { causes }: WireIncidentGraph["incident"]): string[] {
  const ranked = causes.map((cause) => cause.event_id);
  const rank = ({ event_id }: WireGraphNode): number => (ranked.includes(event_id) ? ranked.indexOf(event_id) : ranked.length);
  return [...new Set([...members].sort((a, b) => rank(a) - rank(b)).map((member) => oneLine(member.reason)))];
}

/** Two records of one thing count it twice: of each resource and reason the record that saw it most often counts. */
function timesOf(members: readonly WireGraphNode[]): number {
  const seen = new Map<string, Map<string, number>>();
  for (const { resource, reason, etype, count } of members) {
    const thing = `${resource.rid}\u0000${reason}`;
    const records = seen.get(thing) ?? new Map<string, number>();
    seen.set(thing, records.set(etype, (records.get(etype) ?? 0) + count));
  }
  return [...seen.values()].reduce((sum, records) => sum + Math.max(...records.values()), 0);
}

function mergedLinks(links: readonly WireGraphLink[], cards: readonly Omit<VisibleNode, "onChain">[]): Omit<VisibleLink, "emphasis">[] {
  const cardOfEpisode = new Map(cards.flatMap((card) => card.members.map((member) => [member.event_id, card.id])));
  const merged = new Map<string, { cause: string; effect: string; links: WireGraphLink[] }>();
  for (const link of links) {
    const cause = cardOfEpisode.get(link.cause);
    const effect = cardOfEpisode.get(link.effect);
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
