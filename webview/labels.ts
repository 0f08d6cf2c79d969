// Where a link's score is written: on its curve, beside no card and on no other label.
import type { Box, LinkRoute, Point } from "./layout.ts";

/** Places to try along a curve, middle first. */
const TRIES = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8] as const;

/** The SVG path of a route: every piece leaves and arrives along the direction of the graph. */
export function curve(route: LinkRoute, direction: "right" | "down"): string {
  const [start, ...rest] = route.points;
  if (!start) return "";
  let path = `M${start.x},${start.y}`;
  let from = start;
  for (const to of rest) {
    const [a, b] = handles(from, to, direction);
    path += `C${a.x},${a.y} ${b.x},${b.y} ${to.x},${to.y}`;
    from = to;
  }
  return path;
}

/** The route without its last pixels, so that a thick line does not stand out of its arrow head. */
export function shortened(route: LinkRoute, direction: "right" | "down"): LinkRoute {
  const tip = route.points.at(-1);
  if (!tip) return route;
  const back = route.reversed ? 5 : -5;
  const end = direction === "right" ? { x: tip.x + back, y: tip.y } : { x: tip.x, y: tip.y + back };
  return { ...route, points: [...route.points.slice(0, -1), end] };
}

/** The arrow head at the end of a route, as an SVG path; `size` 1 is 8 pixels long. */
export function arrowHead(route: LinkRoute, direction: "right" | "down", size = 1): string {
  const tip = route.points.at(-1);
  if (!tip) return "";
  const back = (route.reversed ? 8 : -8) * size;
  const half = 4.5 * size;
  return direction === "right" ? `M${tip.x},${tip.y}l${back},${-half}v${2 * half}z` : `M${tip.x},${tip.y}l${-half},${back}h${2 * half}z`;
}

/** Centres for labels of the given size, strongest link first; a link whose curve has no free place gets none. */
export function placeLabels(
  routes: readonly (readonly [string, LinkRoute])[],
  direction: "right" | "down",
  size: { readonly width: number; readonly height: number },
  cards: readonly Box[],
): Map<string, Point> {
  const taken: Box[] = [...cards];
  const placed = new Map<string, Point>();
  for (const [id, route] of routes) {
    const spot = spots(route, direction).find((at) => !taken.some((box) => overlaps(box, around(at, size))));
    if (!spot) continue;
    placed.set(id, spot);
    taken.push(around(spot, size));
  }
  return placed;
}

function handles(from: Point, to: Point, direction: "right" | "down"): [Point, Point] {
  if (direction === "right")
    return [
      { x: (from.x + to.x) / 2, y: from.y },
      { x: (from.x + to.x) / 2, y: to.y },
    ];
  return [
    { x: from.x, y: (from.y + to.y) / 2 },
    { x: to.x, y: (from.y + to.y) / 2 },
  ];
}

/** Along the longest piece first: there a label covers least of the link. */
function spots(route: LinkRoute, direction: "right" | "down"): Point[] {
  const pieces = route.points.slice(1).map((to, index) => ({ from: route.points[index] ?? to, to }));
  const length = ({ from, to }: (typeof pieces)[number]): number => Math.hypot(to.x - from.x, to.y - from.y);
  pieces.sort((a, b) => length(b) - length(a));
  return TRIES.flatMap((t) => pieces.map(({ from, to }) => onCurve(from, to, direction, t)));
}

function onCurve(from: Point, to: Point, direction: "right" | "down", t: number): Point {
  const [a, b] = handles(from, to, direction);
  const u = 1 - t;
  const weigh = (p: number, q: number, r: number, s: number): number => u ** 3 * p + 3 * u * u * t * q + 3 * u * t * t * r + t ** 3 * s;
  return { x: weigh(from.x, a.x, b.x, to.x), y: weigh(from.y, a.y, b.y, to.y) };
}

function around(at: Point, size: { readonly width: number; readonly height: number }): Box {
  return { x: at.x - size.width / 2, y: at.y - size.height / 2, ...size };
}

function overlaps(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
