// Which of the links among cards are worth drawing: the verdict's chain, each effect's best cause, and whatever no longer way already says.
import type { WireIncident } from "../agent/protocol/incident.ts";
import { assignLayers } from "./layout/layers.ts";

/** A card, as far as links are concerned. `rids`: the resources it is about. Cards come oldest first. */
export type Station = {
  readonly id: string;
  readonly rids: readonly string[];
  readonly role: "root_cause" | "cause" | "symptom";
  readonly firstCritical: boolean;
};

/** A link among cards, with its score 0..1. */
export type Tie = { readonly id: string; readonly cause: string; readonly effect: string; readonly score: number };

/** `essential`: ids of the links to draw. `chain`: those of them along which the verdict's path runs. `explained`: cards that the root cause leads to, itself included; all when none is named. */
export type Essence = {
  readonly essential: ReadonlySet<string>;
  readonly chain: ReadonlySet<string>;
  readonly explained: ReadonlySet<string>;
};

/** Links by the card at one of their ends. */
type Ends = ReadonlyMap<string, readonly Tie[]>;

/** A graph without cycles: cards from cause to effect, and the links at both ends of each. */
type Dag = { readonly order: readonly Station[]; readonly into: Ends; readonly outOf: Ends };

/** The essence of a graph. Cycles are broken at the root cause, else at the oldest card: the links back to it are not essential. */
export function essenceOf(stations: readonly Station[], ties: readonly Tie[], path: WireIncident["path"]): Essence {
  const dag = withoutCycles(stations, ties);
  const root = stations.find((station) => station.role === "root_cause");
  const chain = root ? chainOf(dag, root, path) : [];
  const kept = new Set([...unimplied(dag), ...chain]);
  for (const incoming of dag.into.values()) {
    const best = bestOf(incoming);
    if (best && !incoming.some((tie) => kept.has(tie.id) && asShown(tie) === asShown(best))) kept.add(best.id);
  }
  const explained = root ? reachedFrom(root.id, dag) : new Set(stations.map((station) => station.id));
  return { essential: kept, chain: new Set(chain), explained };
}

/** Scores that read the same are the same. */
function asShown(tie: Tie): number {
  return Math.round(tie.score * 100);
}

function bestOf(ties: readonly Tie[]): Tie | undefined {
  return ties.reduce<Tie | undefined>((best, tie) => (best && best.score >= tie.score ? best : tie), undefined);
}

function withoutCycles(stations: readonly Station[], ties: readonly Tie[]): Dag {
  const rootFirst = [...stations].sort((a, b) => Number(b.role === "root_cause") - Number(a.role === "root_cause"));
  const ids = rootFirst.map((station) => station.id);
  const { layer, reversed } = assignLayers(
    ids,
    ties.map((tie) => ({ id: tie.id, source: tie.cause, target: tie.effect })),
  );
  const forward = ties.filter((tie) => !reversed.has(tie.id));
  const order = [...stations].sort((a, b) => (layer.get(a.id) ?? 0) - (layer.get(b.id) ?? 0));
  return { order, into: byEnd(forward, "effect"), outOf: byEnd(forward, "cause") };
}

function byEnd(ties: readonly Tie[], end: "cause" | "effect"): Ends {
  const ends = new Map<string, Tie[]>();
  for (const tie of ties) {
    const known = ends.get(tie[end]);
    if (known) known.push(tie);
    else ends.set(tie[end], [tie]);
  }
  return ends;
}

/** Transitive reduction: links whose effect is not reached by a longer way as well. */
function unimplied({ order, outOf }: Dag): string[] {
  const rank = new Map(order.map((station, at) => [station.id, at]));
  const beyond = new Map<string, ReadonlySet<string>>();
  const kept: string[] = [];
  for (const { id } of [...order].reverse()) {
    const reached = new Set<string>();
    const nearestFirst = [...(outOf.get(id) ?? [])].sort((a, b) => (rank.get(a.effect) ?? 0) - (rank.get(b.effect) ?? 0));
    for (const tie of nearestFirst) {
      if (reached.has(tie.effect)) continue;
      kept.push(tie.id);
      reached.add(tie.effect);
      for (const further of beyond.get(tie.effect) ?? []) reached.add(further);
    }
    beyond.set(id, reached);
  }
  return kept;
}

function reachedFrom(id: string, { outOf }: Dag): ReadonlySet<string> {
  const reached = new Set([id]);
  for (const next of reached) for (const tie of outOf.get(next) ?? []) reached.add(tie.effect);
  return reached;
}

/** A way from the root cause: `width` is its weakest score as shown, in hundredths. */
type Way = { readonly width: number; readonly ties: readonly Tie[] };

/**
 * The links from the root cause to the end of the verdict's path. The path is told between resources, so the way goes over cards about these; if there is none,
 * over any; without a path, to the first critical failure.
 */
function chainOf(dag: Dag, root: Station, path: WireIncident["path"]): string[] {
  const last = path.at(-1)?.to.rid;
  const told = new Set(path.flatMap((step) => [step.from.rid, step.to.rid]));
  const isEnd = (station: Station): boolean => (last === undefined ? station.firstCritical : station.rids.includes(last));
  const ends = dag.order.filter((station) => station !== root && isEnd(station));
  const way =
    waysTo(dag, root, (station) => station.rids.some((rid) => told.has(rid)), ends) ??
    waysTo(dag, root, () => true, ends) ??
    waysTo(
      dag,
      root,
      () => true,
      dag.order.filter((station) => station !== root && station.firstCritical),
    );
  return way?.ties.map((tie) => tie.id) ?? [];
}

/** The way whose weakest link is strongest; among equals the one of most links, because it tells most. */
function waysTo(dag: Dag, root: Station, allowed: (station: Station) => boolean, ends: readonly Station[]): Way | undefined {
  const best = new Map<string, Way>([[root.id, { width: 100, ties: [] }]]);
  for (const station of dag.order) {
    if (station === root || !allowed(station)) continue;
    for (const tie of dag.into.get(station.id) ?? []) {
      const before = best.get(tie.cause);
      if (!before) continue;
      const way = { width: Math.min(before.width, asShown(tie)), ties: [...before.ties, tie] };
      if (isBetter(way, best.get(station.id))) best.set(station.id, way);
    }
  }
  return ends.reduce<Way | undefined>((found, end) => {
    const way = best.get(end.id);
    return way && isBetter(way, found) ? way : found;
  }, undefined);
}

function isBetter(way: Way, than: Way | undefined): boolean {
  if (!than) return true;
  return way.width > than.width || (way.width === than.width && way.ties.length > than.ties.length);
}
