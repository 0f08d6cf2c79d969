// Where an arrow key leads in the graph: along links to causes and effects, across to the neighbours in the same column.
import type { Layout, Point } from "./layout.ts";
import type { VisibleGraph } from "./view-model.ts";

/** The four arrow keys and the two ends. */
export type GraphKey = "ArrowLeft" | "ArrowRight" | "ArrowUp" | "ArrowDown" | "Home" | "End";

/** The card that a key leads to from `current`; `current` itself when there is none that way. Home is the first card in time, End the last. Only `shown` cards count. */
export function moveFrom(
  current: string,
  key: GraphKey,
  graph: VisibleGraph,
  at: { readonly layout: Layout; readonly shown: ReadonlySet<string> },
): string {
  const nodes = graph.nodes.filter((node) => at.shown.has(node.id));
  if (key === "Home") return nodes[0]?.id ?? current;
  if (key === "End") return nodes.at(-1)?.id ?? current;
  const down = at.layout.direction === "down";
  const toEffect = down ? "ArrowDown" : "ArrowRight";
  const toCause = down ? "ArrowUp" : "ArrowLeft";
  if (key === toEffect) return strongest(graph, current, "cause", at.shown) ?? current;
  if (key === toCause) return strongest(graph, current, "effect", at.shown) ?? current;
  const step = key === "ArrowDown" || key === "ArrowRight" ? 1 : -1;
  return nextInColumn(current, step, at) ?? current;
}

function strongest(graph: VisibleGraph, from: string, end: "cause" | "effect", shown: ReadonlySet<string>): string | undefined {
  const other = end === "cause" ? "effect" : "cause";
  const links = graph.links.filter((link) => link[end] === from && shown.has(link[other]));
  return links.reduce<(typeof links)[number] | undefined>((best, link) => (best && best.score >= link.score ? best : link), undefined)?.[
    other
  ];
}

function nextInColumn(
  current: string,
  step: 1 | -1,
  at: { readonly layout: Layout; readonly shown: ReadonlySet<string> },
): string | undefined {
  const { layout, shown } = at;
  const along = (point: Point): number => (layout.direction === "right" ? point.y : point.x);
  const across = (point: Point): number => (layout.direction === "right" ? point.x : point.y);
  const here = layout.nodes.get(current);
  if (!here) return undefined;
  let found: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [id, point] of layout.nodes) {
    const distance = (along(point) - along(here)) * step;
    if (!shown.has(id) || across(point) !== across(here) || distance <= 0 || distance >= least) continue;
    least = distance;
    found = id;
  }
  return found;
}
