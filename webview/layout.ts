// Where everything in the causal graph stands: a pure function from nodes, links and the former layout to positions. Causes left (or on top), effects right.
import { assignLayers, type Layering, type LayoutLink } from "./layout/layers.ts";
import { type Neighbours, orderLayers, type Slot } from "./layout/order.ts";
import { placeBeside, placeFresh } from "./layout/place.ts";

/** `right`: cause to effect from left to right; `down`: from top to bottom, for narrow screens. */
export type Direction = "right" | "down";

/** Pixels. `layerGap` lies between columns, `gap` between cards of one column. */
export type Measures = { readonly width: number; readonly height: number; readonly layerGap: number; readonly gap: number };

/** A point in pixels. */
export type Point = { readonly x: number; readonly y: number };

/** The way of a link from the cause's edge to the effect's edge. `reversed` ones run against the direction, because of a cycle. */
export type LinkRoute = { readonly points: readonly Point[]; readonly reversed: boolean };

/** Top left corners of the cards, ways of the links, and the box around all. `centres` is what the next layout needs to leave things where they are. */
export type Layout = {
  readonly direction: Direction;
  readonly nodes: ReadonlyMap<string, Point>;
  readonly links: ReadonlyMap<string, LinkRoute>;
  readonly layers: ReadonlyMap<string, number>;
  readonly centres: ReadonlyMap<string, number>;
  readonly shelfFrom: number;
  readonly box: Box;
};

/** A rectangle in pixels. */
export type Box = Point & { readonly width: number; readonly height: number };

/** What to lay out. `ids` in a fixed order, oldest first: order decides ties. */
export type LayoutInput = {
  readonly ids: readonly string[];
  readonly links: readonly LayoutLink[];
  readonly direction: Direction;
  readonly measures: Measures;
};

const BEND_SIZE = 10;
const GROUP_GAP_FACTOR = 2.5;
/** From top to bottom, links run along the start of the cards, so that their flags stand free at the end. */
const DOWN_PORT = 28;
const DOWN_PORT_ROOM = 18;
/** Ports of one side of a card are at most this far apart. */
const PORT_GAP = 9;

/**
 * Lays the graph out. With `previous`, every node that keeps its column keeps its exact place and new ones are fitted in; when more than half is new,
 * everything is laid out afresh. Nodes without any link stand on a shelf below (or beside) the rest.
 */
export function layOut(input: LayoutInput, previous?: Layout): Layout {
  const linked = new Set(input.links.flatMap((link) => [link.source, link.target]));
  const ids = input.ids.filter((id) => linked.has(id));
  const layering = assignLayers(ids, input.links);
  const { slots, near, straight, bends } = slotsOf(ids, input.links, layering);
  const { nodeSize, gap } = alongColumn(input);
  const spacing = { nodeSize, bendSize: BEND_SIZE, gap, groupGap: gap * GROUP_GAP_FACTOR };
  const kept = keptCentres(slots, layering, input.direction, previous);
  const layers = orderLayers(slots, near);
  const centres = kept.size * 2 > slots.length ? placeBeside(layers, straight, spacing, kept) : placeFresh(layers, straight, spacing);
  const across = (id: string): number => centres.get(id) ?? 0;
  const nodes = new Map(ids.map((id) => [id, corner(input, layering.layer.get(id) ?? 0, across(id) - nodeSize / 2)]));
  const bottom = Math.max(0, ...slots.map((slot) => across(slot.id) + nodeSize / 2)) + (slots.length > 0 ? gap * GROUP_GAP_FACTOR : 0);
  const shelfFrom = Math.max(bottom, previous?.direction === input.direction ? previous.shelfFrom : 0);
  for (const [id, point] of shelf(
    input,
    input.ids.filter((id) => !linked.has(id)),
    layers.length,
    shelfFrom,
  ))
    nodes.set(id, point);
  const links = routes(input, layering, { bends, centres, nodes });
  return {
    direction: input.direction,
    nodes,
    links,
    layers: layering.layer,
    centres,
    shelfFrom,
    box: boxOf(
      [...nodes.values()],
      [...links.values()].flatMap((route) => route.points),
      input.measures,
    ),
  };
}

function alongColumn({ direction, measures }: LayoutInput): { nodeSize: number; gap: number } {
  return direction === "right" ? { nodeSize: measures.height, gap: measures.gap } : { nodeSize: measures.width, gap: measures.gap };
}

function corner({ direction, measures }: LayoutInput, layer: number, along: number): Point {
  return direction === "right"
    ? { x: layer * (measures.width + measures.layerGap), y: along }
    : { x: along, y: layer * (measures.height + measures.layerGap) };
}

/** `straight`: of a slot with a heavy link only the neighbour at its other end, to stand in line with. */
type Slots = {
  readonly slots: readonly Slot[];
  readonly near: Neighbours;
  readonly straight: Neighbours;
  readonly bends: ReadonlyMap<string, readonly string[]>;
};

function slotsOf(ids: readonly string[], links: readonly LayoutLink[], layering: Layering): Slots {
  const group = groupsOf(ids, links);
  const layerOf = (id: string): number => layering.layer.get(id) ?? 0;
  const heaviest = new Map<string, number>();
  for (const { source, target, weight = 1 } of links)
    for (const id of [source, target]) heaviest.set(id, Math.max(heaviest.get(id) ?? 1, weight));
  const slots: Slot[] = ids.map((id) => ({
    id,
    layer: layerOf(id),
    group: group.get(id) ?? 0,
    bend: false,
    weight: heaviest.get(id) ?? 1,
  }));
  const before = new Map<string, string[]>();
  const after = new Map<string, string[]>();
  const bends = new Map<string, string[]>();
  const inLine = { before: new Map<string, string[]>(), after: new Map<string, string[]>() };
  for (const link of links) {
    const [from, to] = layering.reversed.has(link.id) ? [link.target, link.source] : [link.source, link.target];
    const passed: string[] = [];
    for (let layer = layerOf(from) + 1; layer < layerOf(to); layer += 1) {
      const id = `${link.id}\u0000${layer}`;
      slots.push({ id, layer, group: group.get(from) ?? 0, bend: true, weight: link.weight ?? 1 });
      passed.push(id);
    }
    bends.set(link.id, passed);
    const chain = [from, ...passed, to];
    for (const [at, id] of chain.entries()) {
      const next = chain[at + 1];
      if (next === undefined) continue;
      after.set(id, [...(after.get(id) ?? []), next]);
      before.set(next, [...(before.get(next) ?? []), id]);
      if ((link.weight ?? 1) === 1) continue;
      inLine.after.set(id, [next]);
      inLine.before.set(next, [id]);
    }
  }
  const straight = { before: new Map([...before, ...inLine.before]), after: new Map([...after, ...inLine.after]) };
  return { slots, near: { before, after }, straight, bends };
}

/** Numbers the connected parts by their oldest node. */
function groupsOf(ids: readonly string[], links: readonly LayoutLink[]): Map<string, number> {
  const beside = new Map<string, string[]>(ids.map((id) => [id, []]));
  for (const link of links) {
    beside.get(link.source)?.push(link.target);
    beside.get(link.target)?.push(link.source);
  }
  const group = new Map<string, number>();
  let groupCount = 0;
  for (const id of ids) {
    if (group.has(id)) continue;
    const reached = [id];
    for (const next of reached) {
      if (group.has(next)) continue;
      group.set(next, groupCount);
      reached.push(...(beside.get(next) ?? []));
    }
    groupCount += 1;
  }
  return group;
}

function keptCentres(slots: readonly Slot[], layering: Layering, direction: Direction, previous: Layout | undefined): Map<string, number> {
  const kept = new Map<string, number>();
  if (previous?.direction !== direction) return kept;
  for (const slot of slots) {
    const at = previous.centres.get(slot.id);
    const sameLayer = slot.bend || previous.layers.get(slot.id) === layering.layer.get(slot.id);
    if (at !== undefined && sameLayer) kept.set(slot.id, at);
  }
  return kept;
}

function shelf(input: LayoutInput, ids: readonly string[], layerCount: number, from: number): Map<string, Point> {
  const { nodeSize, gap } = alongColumn(input);
  const perRow = Math.max(3, layerCount);
  return new Map(ids.map((id, index) => [id, corner(input, index % perRow, from + Math.floor(index / perRow) * (nodeSize + gap))]));
}

type Drawn = {
  readonly bends: ReadonlyMap<string, readonly string[]>;
  readonly centres: ReadonlyMap<string, number>;
  readonly nodes: ReadonlyMap<string, Point>;
};

function routes(input: LayoutInput, layering: Layering, drawn: Drawn): Map<string, LinkRoute> {
  const ports = portOffsets(input, layering, drawn.centres);
  const { measures, direction } = input;
  const edge = (id: string, link: string, side: "in" | "out"): Point => {
    const at = drawn.nodes.get(id) ?? { x: 0, y: 0 };
    const shift = ports.get(`${side}\u0000${link}`) ?? 0;
    if (direction === "right") return { x: at.x + (side === "out" ? measures.width : 0), y: at.y + measures.height / 2 + shift };
    return { x: at.x + DOWN_PORT + shift, y: at.y + (side === "out" ? measures.height : 0) };
  };
  const result = new Map<string, LinkRoute>();
  for (const link of input.links) {
    const reversed = layering.reversed.has(link.id);
    const [from, to] = reversed ? [link.target, link.source] : [link.source, link.target];
    const first = (layering.layer.get(from) ?? 0) + 1;
    const passed = (drawn.bends.get(link.id) ?? []).flatMap((bend, index) => through(input, first + index, drawn.centres.get(bend) ?? 0));
    const points = [edge(from, link.id, "out"), ...passed, edge(to, link.id, "in")];
    result.set(link.id, { points: reversed ? points.reverse() : points, reversed });
  }
  return result;
}

/** A bend goes straight through its whole column, so that the curve never cuts a card. */
function through(input: LayoutInput, layer: number, along: number): Point[] {
  const { measures, direction } = input;
  const start = corner(input, layer, along);
  return [start, direction === "right" ? { x: start.x + measures.width, y: start.y } : { x: start.x, y: start.y + measures.height }];
}

type End = { readonly link: string; readonly toward: number; readonly weight: number };

/** Spreads the links of one side of a card, in the order of where they go, so that arrow heads do not lie on each other. The heaviest is in the middle. */
function portOffsets(input: LayoutInput, layering: Layering, centres: ReadonlyMap<string, number>): Map<string, number> {
  const sides = new Map<string, End[]>();
  for (const { id: link, source, target, weight = 1 } of input.links) {
    const [from, to] = layering.reversed.has(link) ? [target, source] : [source, target];
    const out = `out\u0000${from}`;
    const into = `in\u0000${to}`;
    sides.set(out, [...(sides.get(out) ?? []), { link, toward: centres.get(to) ?? 0, weight }]);
    sides.set(into, [...(sides.get(into) ?? []), { link, toward: centres.get(from) ?? 0, weight }]);
  }
  const offsets = new Map<string, number>();
  const room = input.direction === "right" ? input.measures.height * 0.35 : DOWN_PORT_ROOM;
  for (const [key, ends] of sides) {
    const side = key.slice(0, key.indexOf("\u0000"));
    ends.sort((a, b) => a.toward - b.toward);
    const middle = middleOf(ends);
    const step = Math.min(PORT_GAP, room / Math.max(1, middle, ends.length - 1 - middle));
    for (const [index, end] of ends.entries()) offsets.set(`${side}\u0000${end.link}`, (index - middle) * step);
  }
  return offsets;
}

/** The index that is drawn in the middle of a side; between two when no end is heavier than the others. */
function middleOf(ends: readonly End[]): number {
  const heaviest = ends.reduce((most, end) => Math.max(most, end.weight), 0);
  const heavy = ends.flatMap((end, index) => (end.weight === heaviest ? [index] : []));
  return heavy.length === 1 && heavy[0] !== undefined ? heavy[0] : (ends.length - 1) / 2;
}

/** The box around cards that stand at these corners, and around the points of links; empty without any. */
function boxOf(corners: readonly Point[], points: readonly Point[], { width, height }: Measures): Box {
  if (corners.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const all = [...corners, ...corners.map((at) => ({ x: at.x + width, y: at.y + height })), ...points];
  const [xs, ys] = [all.map((at) => at.x), all.map((at) => at.y)];
  const [x, y] = [least(xs), least(ys)];
  return { x, y, width: -least(xs.map((one) => -one)) - x, height: -least(ys.map((one) => -one)) - y };
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
}
