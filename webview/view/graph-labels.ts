// Scores on the links: always on the verdict's path, elsewhere only where the reader points, has the focus or has chosen. Never over a card or each other.
import type { Selection } from "d3";
import { score } from "../format.ts";
import { placeLabels } from "../labels.ts";
import type { VisibleLink } from "../view-model.ts";
import type { Picture } from "./graph-canvas.ts";
import { flagBox } from "./graph-node.ts";

const LABEL = { width: 38, height: 19 };
/** Free around cards: the fold's shadow, and arrow heads. */
const NEAR = 5;

/** Draws the scores into a layer. `attended`: ids of links, or of cards whose links the reader looks at. */
export function drawLabels(
  layer: Selection<SVGGElement, unknown, null, undefined>,
  { graph, layout, measures, looks, shown, lit }: Picture,
  attended: readonly (string | undefined)[],
): void {
  const isAttended = (link: VisibleLink): boolean => [link.id, link.cause, link.effect].some((id) => attended.includes(id));
  const wanted = graph.links
    .filter((link) => shown.has(link.cause) && shown.has(link.effect) && (link.emphasis === "chain" || isAttended(link)))
    .sort((a, b) => Number(b.emphasis === "chain") - Number(a.emphasis === "chain") || b.score - a.score);
  const cards = graph.nodes.flatMap((node) => {
    const [at, look] = [layout.nodes.get(node.id), looks.get(node.id)];
    if (!at || !look) return [];
    const flag = flagBox(node, look);
    const card = { x: at.x - NEAR, y: at.y - NEAR, width: measures.width + 2 * NEAR, height: measures.height + 2 * NEAR };
    return [card, ...(flag ? [{ ...flag, x: at.x + flag.x, y: at.y + flag.y }] : [])];
  });
  const routes = wanted.map((link) => [link.id, layout.links.get(link.id) ?? { points: [], reversed: false }] as const);
  const places = placeLabels(routes, layout.direction, LABEL, cards);
  const labels = layer
    .selectAll<SVGGElement, VisibleLink>("g.label")
    .data(
      wanted.filter((link) => places.has(link.id)),
      (link) => link.id,
    )
    .join((enter) => {
      const group = enter.append("g").attr("aria-hidden", "true");
      group
        .append("rect")
        .attr("x", -LABEL.width / 2)
        .attr("y", -LABEL.height / 2)
        .attr("width", LABEL.width)
        .attr("height", LABEL.height)
        .attr("rx", LABEL.height / 2);
      group.append("text").attr("text-anchor", "middle").attr("y", 4.5);
      return group;
    });
  labels
    .attr("class", (link) => `label is-${link.emphasis}`)
    .attr("transform", (link) => `translate(${places.get(link.id)?.x ?? 0},${places.get(link.id)?.y ?? 0})`)
    .classed("dim", (link) => lit !== undefined && !(lit.has(link.cause) && lit.has(link.effect)));
  labels.select("text").text((link) => score(link.score));
}
