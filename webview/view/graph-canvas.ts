// The drawn graph: cards, links and scores in one SVG, patched by d3 so that what did not change stays; zoom and pan.
import { type Selection, select, type ZoomBehavior, zoom, zoomIdentity } from "d3";
import { score } from "../format.ts";
import { arrowHead, curve, placeLabels } from "../labels.ts";
import type { Box, Layout, LinkRoute, Measures, Point } from "../layout.ts";
import { linkWidth } from "../marks.ts";
import type { VisibleGraph, VisibleLink, VisibleNode } from "../view-model.ts";
import { type NodeLook, nodeContents, nodeLabel } from "./graph-node.ts";

/** What is chosen: a card (and, in a fold, one of its episodes) or a link. */
export type Choice =
  | { readonly kind: "card"; readonly id: string; readonly event?: string }
  | { readonly kind: "link"; readonly id: string };

/** One picture. `shown` holds the cards that had begun at the time shown; `lit` those that belong to the choice, or nothing when all do. */
export type Picture = {
  readonly graph: VisibleGraph;
  readonly layout: Layout;
  readonly measures: Measures;
  readonly looks: ReadonlyMap<string, NodeLook>;
  readonly shown: ReadonlySet<string>;
  readonly lit: ReadonlySet<string> | undefined;
  readonly choice: Choice | undefined;
  readonly focus: string | undefined;
};

/** What the reader does on the canvas. `over` says what the pointer is on, and where. */
export type CanvasEvents = {
  readonly choose: (choice: Choice | undefined) => void;
  readonly over: (what: VisibleNode | VisibleLink | undefined, at: Point) => void;
  readonly moved: () => void;
};

const LABEL = { width: 34, height: 17 };
/** Smaller than the first, names cannot be read: then a part is shown, at the second, and the rest is reached by panning. */
const LEGIBLE = 0.68;
const READABLE = 0.85;
/** Room kept free at the sides, below the toolbar and above the legend. */
const PAD = { side: 20, top: 48, bottom: 40 } as const;

type Root<E extends Element> = Selection<E, unknown, null, undefined>;

/** The SVG and what can be done with its view. */
export class GraphCanvas {
  readonly element: SVGSVGElement;
  readonly #events: CanvasEvents;
  readonly #root: Root<SVGSVGElement>;
  readonly #scene: Root<SVGGElement>;
  readonly #zoom: ZoomBehavior<SVGSVGElement, unknown>;

  constructor(svg: SVGSVGElement, events: CanvasEvents) {
    this.element = svg;
    this.#events = events;
    this.#root = select<SVGSVGElement, unknown>(svg);
    this.#scene = this.#root.append("g").attr("class", "scene");
    for (const layer of ["links", "labels", "nodes"]) this.#scene.append("g").attr("class", layer);
    this.#zoom = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.05, 2.5])
      .on("zoom", (event: { transform: { toString(): string }; sourceEvent: unknown }) => {
        this.#scene.attr("transform", event.transform.toString());
        if (event.sourceEvent) events.moved();
      });
    this.#root.call(this.#zoom).on("dblclick.zoom", null);
    this.#root.on("click", (event: MouseEvent) => {
      if (event.target === svg) events.choose(undefined);
    });
  }

  /** Brings the picture up to date. */
  draw(picture: Picture): void {
    this.#drawLinks(picture);
    this.#drawLabels(picture);
    this.#drawNodes(picture);
  }

  /** Shows the whole box; `legible` rather shows a part from its start than shrink names beyond reading. */
  fit(box: Box, legible: boolean): void {
    const room = this.#room(0);
    const [wide, high] = [room.width / Math.max(1, box.width), room.height / Math.max(1, box.height)];
    const whole = Math.min(1, wide, high);
    const scale = legible && whole < LEGIBLE ? Math.max(LEGIBLE, Math.min(READABLE, Math.max(wide, high))) : whole;
    const start = (from: number, free: number, length: number): number => from + Math.max(0, (free - length * scale) / 2);
    const x = start(room.x, room.width, box.width) - box.x * scale;
    const y = start(room.y, room.height, box.height) - box.y * scale;
    this.#root.call(this.#zoom.transform, zoomIdentity.translate(x, y).scale(scale));
  }

  /** Zooms about the middle. */
  scaleBy(factor: number): void {
    this.#root.call(this.#zoom.scaleBy, factor);
  }

  /** Pans just so far that the box is in view. `covered`: how many pixels at the end something lies over. */
  reveal(box: Box, covered: number): void {
    const room = this.#room(covered);
    const view = this.#scene.node()?.transform.baseVal.consolidate()?.matrix;
    if (!view) return;
    const shift = (from: number, to: number, start: number, end: number): number => (from < start ? start - from : to > end ? end - to : 0);
    const left = box.x * view.a + view.e;
    const top = box.y * view.d + view.f;
    const dx = shift(left, left + box.width * view.a, room.x, room.x + room.width);
    const dy = shift(top, top + box.height * view.d, room.y, room.y + room.height);
    if (dx !== 0 || dy !== 0) this.#root.call(this.#zoom.translateBy, dx / view.a, dy / view.d);
  }

  /** Puts the keyboard on a card. */
  focus(id: string): void {
    this.#scene
      .selectAll<SVGGElement, VisibleNode>("g.node")
      .filter((node) => node.id === id)
      .node()
      ?.focus({ preventScroll: true });
  }

  /** What of the canvas is free to show cards in. */
  #room(covered: number): Box {
    const width = (this.element.clientWidth || 800) - covered - 2 * PAD.side;
    const height = (this.element.clientHeight || 500) - PAD.top - PAD.bottom;
    return { x: PAD.side, y: PAD.top, width: Math.max(100, width), height: Math.max(100, height) };
  }

  #drawLinks({ graph, layout, shown, lit, choice }: Picture): void {
    const route = (link: VisibleLink): LinkRoute => layout.links.get(link.id) ?? { points: [], reversed: false };
    const links = this.#scene
      .select<SVGGElement>("g.links")
      .selectAll<SVGGElement, VisibleLink>("g.link")
      .data(graph.links, (link) => link.id)
      .join((enter) => {
        const group = enter.append("g").attr("class", "link").attr("aria-hidden", "true");
        for (const name of ["link-hit", "link-line", "link-head"]) group.append("path").attr("class", name);
        return group
          .on("click", (_event: MouseEvent, link) => this.#events.choose({ kind: "link", id: link.id }))
          .on("pointermove", (event: PointerEvent, link) => this.#events.over(link, { x: event.clientX, y: event.clientY }))
          .on("pointerleave", () => this.#events.over(undefined, { x: 0, y: 0 }));
      });
    links
      .classed("later", (link) => !shown.has(link.cause) || !shown.has(link.effect))
      .classed("dim", (link) => lit !== undefined && !(lit.has(link.cause) && lit.has(link.effect)))
      .classed("chosen", (link) => choice?.kind === "link" && choice.id === link.id);
    links.select("path.link-hit").attr("d", (link) => curve(route(link), layout.direction));
    links
      .select("path.link-line")
      .attr("d", (link) => curve(route(link), layout.direction))
      .attr("stroke-width", (link) => linkWidth(link.score));
    links.select("path.link-head").attr("d", (link) => arrowHead(route(link), layout.direction));
  }

  #drawLabels({ graph, layout, measures, shown, lit }: Picture): void {
    const visible = graph.links.filter((link) => shown.has(link.cause) && shown.has(link.effect));
    const strongest = [...visible].sort((a, b) => b.score - a.score);
    const routes = strongest.map((link) => [link.id, layout.links.get(link.id) ?? { points: [], reversed: false }] as const);
    const cards = [...layout.nodes.values()].map((at) => ({
      x: at.x - 4,
      y: at.y - 10,
      width: measures.width + 8,
      height: measures.height + 14,
    }));
    const places = placeLabels(routes, layout.direction, LABEL, cards);
    const labels = this.#scene
      .select<SVGGElement>("g.labels")
      .selectAll<SVGGElement, VisibleLink>("g.label")
      .data(
        visible.filter((link) => places.has(link.id)),
        (link) => link.id,
      )
      .join((enter) => {
        const group = enter.append("g").attr("class", "label").attr("aria-hidden", "true");
        group
          .append("rect")
          .attr("x", -LABEL.width / 2)
          .attr("y", -LABEL.height / 2)
          .attr("width", LABEL.width)
          .attr("height", LABEL.height)
          .attr("rx", LABEL.height / 2);
        group.append("text").attr("text-anchor", "middle").attr("y", 4);
        return group;
      });
    labels
      .attr("transform", (link) => `translate(${places.get(link.id)?.x ?? 0},${places.get(link.id)?.y ?? 0})`)
      .classed("dim", (link) => lit !== undefined && !(lit.has(link.cause) && lit.has(link.effect)));
    labels.select("text").text((link) => score(link.score));
  }

  #drawNodes(picture: Picture): void {
    const { graph, layout, shown, lit, choice, focus } = picture;
    const place = (node: VisibleNode): Point => layout.nodes.get(node.id) ?? { x: 0, y: 0 };
    const cards = this.#scene
      .select<SVGGElement>("g.nodes")
      .selectAll<SVGGElement, VisibleNode>("g.node")
      .data(graph.nodes, (node) => node.id)
      .join((enter) =>
        enter
          .append("g")
          .attr("role", "button")
          .on("click", (_event: MouseEvent, node) => this.#events.choose({ kind: "card", id: node.id }))
          .on("pointermove", (event: PointerEvent, node) => this.#events.over(node, { x: event.clientX, y: event.clientY }))
          .on("pointerleave", () => this.#events.over(undefined, { x: 0, y: 0 })),
      );
    cards
      .attr("class", (node) => `node role-${node.role}${node.folded ? " folded" : ""}`)
      .attr("transform", (node) => `translate(${place(node).x},${place(node).y})`)
      .attr("tabindex", (node) => (node.id === focus ? 0 : -1))
      .attr("aria-pressed", (node) => (choice?.kind === "card" && choice.id === node.id ? "true" : "false"))
      .classed("later", (node) => !shown.has(node.id))
      .classed("cleared", (node) => isCleared(picture.looks.get(node.id)))
      .classed("dim", (node) => lit !== undefined && !lit.has(node.id))
      .classed("chosen", (node) => choice?.kind === "card" && choice.id === node.id);
    cards.each(function draw(node) {
      const look = picture.looks.get(node.id);
      if (look) patchCard(this, node, look, graph);
    });
  }
}

function isCleared(look: NodeLook | undefined): boolean {
  return look !== undefined && look.begun > 0 && look.cleared === look.begun;
}

/** What each card was last drawn from; an equal card is left untouched. */
const drawnCards = new WeakMap<Element, string>();

function patchCard(element: SVGGElement, node: VisibleNode, look: NodeLook, graph: VisibleGraph): void {
  const { members, lastMs: _often, ...face } = node;
  const signature = JSON.stringify([face, members[0]?.count, look.begun, look.cleared, look.measures]);
  if (drawnCards.get(element) !== signature) {
    drawnCards.set(element, signature);
    element.replaceChildren(...nodeContents(node, look));
  }
  const causes = graph.links.filter((link) => link.effect === node.id).length;
  const effects = graph.links.filter((link) => link.cause === node.id).length;
  element.setAttribute("aria-label", nodeLabel(node, look, { causes, effects }));
}
