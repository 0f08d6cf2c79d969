// The drawn graph: cards and links in one SVG, patched by d3 so that what did not change stays; zoom and pan.
import { type Selection, select, type ZoomBehavior, zoom, zoomIdentity } from "d3";
import { FLAT_BELOW, type Frame, legibleFrame, type Room, revealed, wholeFrame } from "../framing.ts";
import { arrowHead, curve, shortened } from "../labels.ts";
import type { Box, Layout, LinkRoute, Measures, Point } from "../layout.ts";
import { linkWidth } from "../marks.ts";
import type { VisibleGraph, VisibleLink, VisibleNode } from "../view-model.ts";
import { drawLabels } from "./graph-labels.ts";
import { type NodeLook, nodeContents, nodeLabel } from "./graph-node.ts";

/** What is chosen: a card (and, in a fold, one of its episodes) or a link. */
export type Choice =
  | { readonly kind: "card"; readonly id: string; readonly event?: string }
  | { readonly kind: "link"; readonly id: string };

/** One picture. `whole` is the graph with its counts, for the table; `shown` holds the cards that had begun at the time shown; `lit` those that belong to the choice, or nothing when all do. */
export type Picture = {
  readonly graph: VisibleGraph;
  readonly whole: VisibleGraph;
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
  readonly unfold: (id: string) => void;
  readonly over: (what: VisibleNode | VisibleLink | undefined, at: Point) => void;
  readonly moved: () => void;
};

type Root<E extends Element> = Selection<E, unknown, null, undefined>;

/** Later ones lie over earlier ones. */
const DRAWING_ORDER = { aside: 0, plain: 1, chain: 2 } as const;
const NOWHERE: LinkRoute = { points: [], reversed: false };

/** The SVG and what can be done with its view. */
export class GraphCanvas {
  readonly element: SVGSVGElement;
  readonly #events: CanvasEvents;
  readonly #root: Root<SVGSVGElement>;
  readonly #scene: Root<SVGGElement>;
  readonly #zoom: ZoomBehavior<SVGSVGElement, unknown>;
  #frame: Frame = { scale: 1, x: 0, y: 0 };
  #picture: Picture | undefined;
  #pointed: string | undefined;
  #focused: string | undefined;

  constructor(svg: SVGSVGElement, events: CanvasEvents) {
    this.element = svg;
    this.#events = events;
    this.#root = select<SVGSVGElement, unknown>(svg);
    this.#scene = this.#root.append("g").attr("class", "scene");
    for (const layer of ["links", "labels", "nodes"]) this.#scene.append("g").attr("class", layer);
    this.#zoom = zoom<SVGSVGElement, unknown>()
      .scaleExtent([0.05, 2.5])
      .on("zoom", ({ transform, sourceEvent }: { transform: { k: number; x: number; y: number }; sourceEvent: unknown }) => {
        this.#frame = { scale: transform.k, x: transform.x, y: transform.y };
        this.#scene.attr("transform", String(transform));
        if (sourceEvent) events.moved();
      });
    this.#root.call(this.#zoom).on("dblclick.zoom", null);
    this.#root.on("click", (event: MouseEvent) => {
      if (event.target === svg) events.choose(undefined);
    });
    svg.addEventListener("focusout", () => this.attend(undefined));
  }

  /** What of the canvas there is to show cards in; nothing while it is hidden. */
  get room(): Room | undefined {
    const { clientWidth: width, clientHeight: height } = this.element;
    return width > 0 && height > 0 ? { width, height } : undefined;
  }

  /** Brings the picture up to date. */
  draw(picture: Picture): void {
    this.#picture = picture;
    this.#drawLinks(picture);
    this.#drawLabels();
    this.#drawNodes(picture);
  }

  /** Shows the whole box; with `must`, rather a part with these boxes in it than names too small to read. */
  fit(box: Box, must?: readonly Box[]): void {
    if (this.room) this.#show(must ? legibleFrame(box, this.room, must) : wholeFrame(box, this.room));
  }

  /** Zooms about the middle. */
  scaleBy(factor: number): void {
    this.#root.call(this.#zoom.scaleBy, factor);
  }

  /** Pans just so far that the box is in view. `covered`: how many pixels at the end something lies over. */
  reveal(box: Box, covered: number): void {
    if (this.room) this.#show(revealed(box, { ...this.room, width: this.room.width - covered }, this.#frame));
  }

  /** Puts the keyboard on a card. */
  focus(id: string): void {
    this.#scene
      .selectAll<SVGGElement, VisibleNode>("g.node")
      .filter((node) => node.id === id)
      .node()
      ?.focus({ preventScroll: true });
  }

  /** The keyboard is on this card: the scores of its links are written. */
  attend(id: string | undefined): void {
    if (this.#focused === id) return;
    this.#focused = id;
    this.#drawLabels();
  }

  #show({ scale, x, y }: Frame): void {
    this.#root.call(this.#zoom.transform, zoomIdentity.translate(x, y).scale(scale));
  }

  #over(what: VisibleNode | VisibleLink | undefined, event: PointerEvent): void {
    this.#events.over(what, { x: event.clientX, y: event.clientY });
    if (this.#pointed === what?.id) return;
    this.#pointed = what?.id;
    this.#drawLabels();
  }

  #drawLabels(): void {
    if (!this.#picture) return;
    const { choice } = this.#picture;
    drawLabels(this.#scene.select<SVGGElement>("g.labels"), this.#picture, [this.#pointed, this.#focused, choice?.id]);
  }

  #drawLinks({ graph, layout, shown, lit, choice }: Picture): void {
    const route = (link: VisibleLink): LinkRoute => layout.links.get(link.id) ?? NOWHERE;
    const line = (link: VisibleLink): string => curve(shortened(route(link), layout.direction), layout.direction);
    const links = this.#scene
      .select<SVGGElement>("g.links")
      .selectAll<SVGGElement, VisibleLink>("g.link")
      .data(
        [...graph.links].sort((a, b) => DRAWING_ORDER[a.emphasis] - DRAWING_ORDER[b.emphasis]),
        (link) => link.id,
      )
      .join((enter) => {
        const group = enter.append("g").attr("aria-hidden", "true");
        for (const name of ["link-hit", "link-line", "link-head"]) group.append("path").attr("class", name);
        return group
          .on("click", (_event: MouseEvent, link) => this.#events.choose({ kind: "link", id: link.id }))
          .on("pointermove", (event: PointerEvent, link) => this.#over(link, event))
          .on("pointerleave", (event: PointerEvent) => this.#over(undefined, event));
      });
    links
      .attr("class", (link) => `link is-${link.emphasis}`)
      .classed("later", (link) => !shown.has(link.cause) || !shown.has(link.effect))
      .classed("dim", (link) => lit !== undefined && !(lit.has(link.cause) && lit.has(link.effect)))
      .classed("chosen", (link) => choice?.kind === "link" && choice.id === link.id);
    links.select("path.link-hit").attr("d", line);
    links
      .select("path.link-line")
      .attr("d", line)
      .attr("stroke-width", (link) => linkWidth(link.score, link.emphasis));
    links.select("path.link-head").attr("d", (link) => arrowHead(route(link), layout.direction, link.emphasis === "chain" ? 1.25 : 1));
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
          .on("click", (event: MouseEvent, node) => this.#pressed(event, node))
          .on("dblclick", (_event: MouseEvent, node) => node.folded && this.#events.unfold(node.id))
          .on("pointermove", (event: PointerEvent, node) => this.#over(node, event))
          .on("pointerleave", (event: PointerEvent) => this.#over(undefined, event)),
      );
    const flat = picture.measures.height < FLAT_BELOW ? " flat" : "";
    cards
      .attr("class", (node) => `node role-${node.role}${node.folded ? " folded" : ""}${node.onChain ? " on-chain" : ""}${flat}`)
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

  #pressed(event: MouseEvent, node: VisibleNode): void {
    if (event.target instanceof Element && event.target.closest(".opener")) this.#events.unfold(node.id);
    else this.#events.choose({ kind: "card", id: node.id });
  }
}

function isCleared(look: NodeLook | undefined): boolean {
  return look !== undefined && look.begun > 0 && look.cleared === look.begun;
}

/** What each card was last drawn from; an equal card is left untouched. */
const drawnCards = new WeakMap<Element, string>();

function patchCard(element: SVGGElement, node: VisibleNode, look: NodeLook, graph: VisibleGraph): void {
  const { members, lastMs: _often, ...face } = node;
  const { nowMs: _always, ...lasting } = look;
  const signature = JSON.stringify([face, members.length, lasting]);
  if (drawnCards.get(element) !== signature) {
    drawnCards.set(element, signature);
    element.replaceChildren(...nodeContents(node, look));
  }
  const causes = graph.links.filter((link) => link.effect === node.id).length;
  const effects = graph.links.filter((link) => link.cause === node.id).length;
  element.setAttribute("aria-label", nodeLabel(node, look, { causes, effects }));
}
