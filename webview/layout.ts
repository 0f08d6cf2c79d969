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

/** Top left corners of the cards, ways of the links, and the box around the cards. `centres` is what the next layout needs to leave things where they are. */
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
  const { slots, near, bends } = slotsOf(ids, input.links, layering);
  const { nodeSize, gap } = alongColumn(input);
  const spacing = { nodeSize, bendSize: BEND_SIZE, gap, groupGap: gap * GROUP_GAP_FACTOR };
  const kept = keptCentres(slots, layering, input.direction, previous);
  const layers = orderLayers(slots, near);
  const centres = kept.size * 2 > slots.length ? placeBeside(layers, near, spacing, kept) : placeFresh(layers, near, spacing);
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
    box: boxOf([...nodes.values()], input.measures),
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

type Slots = { readonly slots: readonly Slot[]; readonly near: Neighbours; readonly bends: ReadonlyMap<string, readonly string[]> };

function slotsOf(ids: readonly string[], links: readonly LayoutLink[], layering: Layering): Slots {
  const group = groupsOf(ids, links);
  const layerOf = (id: string): number => layering.layer.get(id) ?? 0;
  const slots: Slot[] = ids.map((id) => ({ id, layer: layerOf(id), group: group.get(id) ?? 0, bend: false }));
  const before = new Map<string, string[]>();
  const after = new Map<string, string[]>();
  const bends = new Map<string, string[]>();
  for (const link of links) {
    const [from, to] = layering.reversed.has(link.id) ? [link.target, link.source] : [link.source, link.target];
    const passed: string[] = [];
    for (let layer = layerOf(from) + 1; layer < layerOf(to); layer += 1) {
      const id = `${link.id}\u0000${layer}`;
      slots.push({ id, layer, group: group.get(from) ?? 0, bend: true });
      passed.push(id);
    }
    bends.set(link.id, passed);
    const chain = [from, ...passed, to];
    for (const [at, id] of chain.entries()) {
      const next = chain[at + 1];
      if (next === undefined) continue;
      for (let pull = link.weight ?? 1; pull > 0; pull -= 1) {
        after.set(id, [...(after.get(id) ?? []), next]);
        before.set(next, [...(before.get(next) ?? []), id]);
      }
    }
  }
  return { slots, near: { before, after }, bends };
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
    return { x: at.x + measures.width / 2 + shift, y: at.y + (side === "out" ? measures.height : 0) };
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

/** Spreads the links of one side of a card, in the order of where they go, so that arrow heads do not lie on each other. */
function portOffsets(input: LayoutInput, layering: Layering, centres: ReadonlyMap<string, number>): Map<string, number> {
  const sides = new Map<string, { link: string; toward: number }[]>();
  for (const link of input.links) {
    const [from, to] = layering.reversed.has(link.id) ? [link.target, link.source] : [link.source, link.target];
    const out = `out\u0000${from}`;
    const into = `in\u0000${to}`;
    sides.set(out, [...(sides.get(out) ?? []), { link: link.id, toward: centres.get(to) ?? 0 }]);
    sides.set(into, [...(sides.get(into) ?? []), { link: link.id, toward: centres.get(from) ?? 0 }]);
  }
  const offsets = new Map<string, number>();
  const room = alongColumn(input).nodeSize * 0.7;
  for (const [key, ends] of sides) {
    const side = key.slice(0, key.indexOf("\u0000"));
    const step = Math.min(PORT_GAP, room / Math.max(1, ends.length - 1));
    ends.sort((a, b) => a.toward - b.toward);
    for (const [index, end] of ends.entries()) offsets.set(`${side}\u0000${end.link}`, (index - (ends.length - 1) / 2) * step);
  }
  return offsets;
}

/** The box around cards that stand at these corners; empty without any. */
export function boxOf(corners: readonly Point[], measures: Measures): Box {
  if (corners.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  const x = Math.min(...corners.map((at) => at.x));
  const y = Math.min(...corners.map((at) => at.y));
  const width = Math.max(...corners.map((at) => at.x)) + measures.width - x;
  const height = Math.max(...corners.map((at) => at.y)) + measures.height - y;
  return { x, y, width, height };
}
