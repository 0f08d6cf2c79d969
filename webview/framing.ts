// How a graph is first brought into view: which way it runs, how dense, at what scale, and what must be seen when not all of it can be.
import { type Box, type Direction, type LayoutInput, layOut, type Measures } from "./layout.ts";

/** A way to lay out: direction and sizes of cards and gaps, in pixels. */
export type Plan = { readonly direction: Direction; readonly measures: Measures };

/** A size in pixels. */
export type Room = { readonly width: number; readonly height: number };

/** Scale and shift of the scene. */
export type Frame = { readonly scale: number; readonly x: number; readonly y: number };

/** Card texts are 12 pixels at least; at this scale the smallest still has 11. */
export const LEGIBLE = 11 / 12;

/** Free at the sides, and above and below, where flags stand out and the focus ring needs room. */
const PAD = { side: 18, top: 12, bottom: 12 } as const;
/** How far a card's flag stands out above it, in pixels of the scene. */
export const FLAG = 14;

const WIDE: Measures = { width: 222, height: 84, layerGap: 72, gap: 30 };
const TIGHT: Measures = { width: 212, height: 84, layerGap: 50, gap: 20 };
/** Cards of two lines. */
const FLAT: Measures = { width: 226, height: 56, layerGap: 50, gap: 22 };

/** Cards of two lines for long names. */
const LONG: Measures = { ...FLAT, width: 304 };

/** From the most comfortable to the densest. */
export const PLANS: readonly Plan[] = [
  { direction: "right", measures: WIDE },
  { direction: "right", measures: TIGHT },
  { direction: "right", measures: LONG },
  { direction: "right", measures: FLAT },
  { direction: "down", measures: { ...WIDE, layerGap: 56, gap: 26 } },
  { direction: "down", measures: { ...TIGHT, layerGap: 42 } },
  { direction: "down", measures: { ...LONG, layerGap: 34, gap: 18 } },
  { direction: "down", measures: { ...FLAT, layerGap: 34, gap: 18 } },
];

/** Cards of less height have two lines instead of three. */
export const FLAT_BELOW = 70;

/** Narrower than this, what does not fit runs from top to bottom, because people scroll downwards. */
const NARROW_PX = 680;
/** Larger graphs fit no screen: laying them out eight times would tell nothing and take too long. */
const TRIED_MAX = { cards: 60, links: 200 } as const;

/** Where many links leave one card, columns stand further apart, so that the links can be told from each other. */
const FAN_MANY = 8;
const FAN_LAYER_GAP = 120;

const NO_BOX: Box = { x: 0, y: 0, width: 0, height: 0 };

type Graph = Pick<LayoutInput, "ids" | "links">;

/** The first plan by which all is legible; when there is none, cards of two lines in the direction in which most is in view. */
export function planFor(graph: Graph, room: Room): Plan {
  const flat = PLANS.filter((plan) => plan.measures.height < FLAT_BELOW);
  if (graph.ids.length > TRIED_MAX.cards || graph.links.length > TRIED_MAX.links) {
    const direction = room.width < NARROW_PX ? "down" : "right";
    return flat.findLast((plan) => plan.direction === direction) ?? { direction, measures: FLAT };
  }
  const boxes = new Map(PLANS.map((plan) => [plan, boxFor(graph, plan)]));
  const fits = (plan: Plan): boolean => wholeScale(boxes.get(plan) ?? NO_BOX, room) >= LEGIBLE;
  const share = (plan: Plan): number => shareInView(boxes.get(plan) ?? NO_BOX, room);
  const fullest = flat.reduce((a, b) => (share(b) > share(a) ? b : a), flat[0] ?? { direction: "right", measures: FLAT });
  return PLANS.find(fits) ?? fullest;
}

/** The measures with room for the widest fan of links. */
export function fanned(measures: Measures, links: Graph["links"]): Measures {
  const fans = new Map<string, number>();
  for (const link of links) fans.set(link.source, (fans.get(link.source) ?? 0) + 1);
  return Math.max(0, ...fans.values()) > FAN_MANY ? { ...measures, layerGap: FAN_LAYER_GAP } : measures;
}

function boxFor(graph: Graph, { direction, measures }: Plan): Box {
  return withFlags(layOut({ ...graph, direction, measures: fanned(measures, graph.links) }).box);
}

/** The box with the flags on its uppermost cards. */
export function withFlags(box: Box): Box {
  return { ...box, y: box.y - FLAG, height: box.height + FLAG };
}

/** All of the box, in the middle, never enlarged. */
export function wholeFrame(box: Box, room: Room): Frame {
  return centred(box, room, wholeScale(box, room));
}

/** All of the box if that is legible; else a legible part from its start, shifted until the boxes that `must` be seen are in view, the first of them above all. */
export function legibleFrame(box: Box, room: Room, must: readonly Box[]): Frame {
  const whole = wholeScale(box, room);
  if (whole >= LEGIBLE) return centred(box, room, whole);
  return [...must].reverse().reduce((frame, one) => revealed(one, room, frame), centred(box, room, LEGIBLE));
}

/** Shifted just so far that the box is in view; its start, when it is too large. */
export function revealed(box: Box, room: Room, frame: Frame): Frame {
  const shift = (from: number, length: number, start: number, end: number): number => {
    const back = Math.min(0, end - (from + length));
    return from + back < start ? start - from : back;
  };
  const left = box.x * frame.scale + frame.x;
  const top = box.y * frame.scale + frame.y;
  return {
    scale: frame.scale,
    x: frame.x + shift(left, box.width * frame.scale, PAD.side, room.width - PAD.side),
    y: frame.y + shift(top, box.height * frame.scale, PAD.top, room.height - PAD.bottom),
  };
}

/** How much of the box is seen at the smallest legible scale, 0..1. */
function shareInView(box: Box, room: Room): number {
  const wide = (room.width - 2 * PAD.side) / Math.max(1, box.width * LEGIBLE);
  const high = (room.height - PAD.top - PAD.bottom) / Math.max(1, box.height * LEGIBLE);
  return Math.min(1, wide) * Math.min(1, high);
}

function wholeScale(box: Box, room: Room): number {
  const wide = (room.width - 2 * PAD.side) / Math.max(1, box.width);
  const high = (room.height - PAD.top - PAD.bottom) / Math.max(1, box.height);
  return Math.max(0.05, Math.min(1, wide, high));
}

/** In the middle; what is longer than the room begins at its start. */
function centred(box: Box, room: Room, scale: number): Frame {
  const start = (from: number, free: number, length: number): number => from + Math.max(0, (free - length * scale) / 2);
  return {
    scale,
    x: start(PAD.side, room.width - 2 * PAD.side, box.width) - box.x * scale,
    y: start(PAD.top, room.height - PAD.top - PAD.bottom, box.height) - box.y * scale,
  };
}
