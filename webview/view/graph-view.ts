// The graph section: toolbar, canvas, tooltip, time slider, details pane and the table twin, around one set of choices.
import type { WireIncidentGraph } from "../../agent/protocol/incident.ts";
import { plural } from "../format.ts";
import type { Box } from "../layout.ts";
import { type GraphKey, moveFrom } from "../navigation.ts";
import { foldOf, moments } from "../view-model.ts";
import { detailsOf } from "./details-view.ts";
import { button, h, replaceKeeping, setText, svg } from "./dom.ts";
import { type Choice, GraphCanvas, type Picture } from "./graph-canvas.ts";
import { type GraphSettings, MEASURES, PictureMaker } from "./graph-picture.ts";
import { graphTable } from "./graph-table.ts";
import { createLegend } from "./legend.ts";
import { createScrubber } from "./scrubber.ts";
import { exportedSvg } from "./svg-export.ts";
import { createTooltip } from "./tooltip.ts";

/** What the section needs of the page. */
export type GraphViewOptions = {
  readonly nowMs: () => number;
  readonly copy: (text: string) => void;
  readonly announce: (text: string) => void;
};

/** Narrower than this, the graph runs from top to bottom. */
const NARROW_PX = 680;
const FRESH = { choice: undefined, focus: undefined, unfolded: new Set<string>(), atMs: undefined } satisfies Omit<
  GraphSettings,
  "direction"
>;

/** Draws one incident's graph and keeps the reader's place in it while it changes. */
export class GraphView {
  readonly element: HTMLElement;
  readonly #options: GraphViewOptions;
  readonly #canvas: GraphCanvas;
  readonly #stage: HTMLElement;
  readonly #table: HTMLElement;
  readonly #pane: HTMLElement;
  readonly #note: HTMLElement;
  readonly #refold: HTMLButtonElement;
  readonly #twin: HTMLButtonElement;
  readonly #zooming: HTMLElement;
  readonly #scrubber: ReturnType<typeof createScrubber>;
  readonly #tooltip: ReturnType<typeof createTooltip>;
  readonly #maker: PictureMaker;
  #wire: WireIncidentGraph | undefined;
  #settings: GraphSettings = { ...FRESH, direction: "right" };
  #picture: Picture | undefined;
  #moved = false;
  #asTable = false;

  constructor(options: GraphViewOptions) {
    this.#options = options;
    const drawing = svg("svg", {
      class: "graph",
      role: "application",
      "aria-roledescription": "causal graph",
      "aria-describedby": "graph-help",
    });
    this.#canvas = new GraphCanvas(drawing, {
      choose: (choice) => this.#choose(choice),
      over: (what, at) => this.#tooltip.show(what?.id === this.#settings.choice?.id ? undefined : what, this.#picture, at),
      moved: () => {
        this.#moved = true;
        this.#tooltip.hide();
      },
    });
    drawing.addEventListener("keydown", (event) => this.#key(event));
    drawing.addEventListener("focusin", (event) => this.#focused(event));
    this.#tooltip = createTooltip(options.nowMs);
    const style = getComputedStyle(document.documentElement);
    this.#maker = new PictureMaker({ family: style.getPropertyValue("--font"), mono: style.getPropertyValue("--mono") });
    this.#table = h("div", { class: "graph-table", hidden: true });
    this.#pane = h("aside", {
      class: "pane",
      hidden: true,
      attrs: { "aria-label": "Details" },
      on: { keydown: (event) => event.key === "Escape" && this.#choose(undefined) },
    });
    this.#note = h("span", { class: "muted" });
    this.#refold = button("Fold again", () => this.#set({ unfolded: new Set() }), { class: "small" });
    this.#twin = button("View as table", () => this.#toggleTable(), { class: "small" });
    this.#scrubber = createScrubber((atMs) => this.#set({ atMs }));
    const zoomButton = (sign: string, name: string, press: () => void): HTMLButtonElement =>
      button(sign, press, { class: "icon", title: name, attrs: { "aria-label": name } });
    this.#zooming = h(
      "div",
      { class: "zooming", role: "group", attrs: { "aria-label": "Zoom" } },
      zoomButton("−", "Zoom out", () => this.#scale(1 / 1.3)),
      zoomButton("+", "Zoom in", () => this.#scale(1.3)),
      button("Fit", () => this.fit(false), { class: "small", title: "Show the whole graph" }),
    );
    const help = h("p", { id: "graph-help", class: "graph-help" }, "Arrow keys follow the links, Enter opens, Escape closes, + − 0 zoom.");
    this.#stage = h("div", { class: "stage" }, drawing, this.#tooltip.element, createLegend(), help);
    const toolbar = h("div", { class: "toolbar" }, this.#twin, this.#refold, this.#note, this.#zooming);
    const drawn = h("div", { class: "graph-main" }, toolbar, this.#stage, this.#table, this.#scrubber.element);
    this.element = h("div", { class: "graph-section" }, drawn, this.#pane);
    new ResizeObserver(() => this.#resized()).observe(this.#stage);
  }

  /** Shows a graph; the same incident again keeps choices, time, folds and view. */
  update(wire: WireIncidentGraph): void {
    const same = this.#wire?.incident.id === wire.incident.id && this.#wire.incident.cluster === wire.incident.cluster;
    if (this.#wire === wire) return;
    this.#wire = wire;
    if (same) {
      this.#set({});
      return;
    }
    this.#moved = false;
    this.#set({ ...FRESH });
  }

  /** The drawn graph as an SVG file. */
  exportSvg(): string {
    return this.#picture ? exportedSvg(this.#canvas.element, this.#shownBox(this.#picture)) : "";
  }

  /** Shows the whole graph, or as much of it as is legible. */
  fit(legible: boolean): void {
    this.#moved = !legible;
    if (!this.#picture) return;
    this.#canvas.fit(this.#shownBox(this.#picture), legible);
    if (legible && this.#picture.focus !== undefined) this.#reveal(this.#picture.focus);
  }

  #set(part: Partial<GraphSettings>): void {
    this.#settings = { ...this.#settings, ...part };
    if (!this.#wire) return;
    const former = this.#picture?.layout;
    const picture = this.#maker.make(this.#wire, this.#settings, this.#options.nowMs());
    this.#picture = picture;
    this.#canvas.draw(picture);
    if (!this.#moved && former !== picture.layout) this.fit(true);
    this.#around(picture);
  }

  /** Everything beside the canvas. */
  #around(picture: Picture): void {
    const nowMs = this.#options.nowMs();
    const { atMs, choice, unfolded } = this.#settings;
    this.#scrubber.update({ stops: moments(picture.graph), atMs, shown: picture.shown.size, total: picture.graph.nodes.length, nowMs });
    this.#refold.hidden = unfolded.size === 0;
    const { folds } = picture.graph;
    setText(
      this.#note,
      [
        folds > 0 ? `${plural(this.#wire?.nodes.length ?? 0, "episode")}, like ones folded` : "",
        this.#wire?.truncated ? "cut off: there was more than can be shown" : "",
      ]
        .filter(Boolean)
        .join("; "),
    );
    this.#canvas.element.setAttribute(
      "aria-label",
      `Causal graph: ${plural(picture.graph.nodes.length, "card")}, ${plural(picture.graph.links.length, "link")}`,
    );
    if (this.#asTable) replaceKeeping(this.#table, [graphTable({ picture, choose: (next) => this.#choose(next), nowMs })]);
    const details = choice && this.#wire ? detailsOf(choice, this.#detailsContext(this.#wire, picture)) : [];
    this.#pane.hidden = details.length === 0;
    replaceKeeping(this.#pane, details);
  }

  #detailsContext(wire: WireIncidentGraph, picture: Picture): Parameters<typeof detailsOf>[1] {
    return {
      wire,
      graph: picture.graph,
      nowMs: this.#options.nowMs(),
      choose: (choice) => this.#choose(choice),
      jump: (eventId) => this.#jump(eventId),
      unfold: (id) => this.#set({ unfolded: new Set([...this.#settings.unfolded, id]), choice: undefined }),
      copy: this.#options.copy,
    };
  }

  #choose(choice: Choice | undefined): void {
    const former = this.#settings.choice;
    this.#tooltip.hide();
    this.#set({ choice, ...(choice?.kind === "card" ? { focus: choice.id } : {}) });
    if (choice?.kind === "card") this.#reveal(choice.id);
    if (choice || !former) return;
    const within = this.#pane.contains(document.activeElement) || document.activeElement === document.body;
    if (within && this.#picture?.focus !== undefined && !this.#asTable) this.#canvas.focus(this.#picture.focus);
  }

  #jump(eventId: string): void {
    if (!this.#wire || !this.#picture) return;
    const card = this.#picture.graph.nodes.find((node) => node.members.some((member) => member.event_id === eventId));
    const id = card?.id ?? foldOf(this.#wire, eventId);
    if (id !== undefined) this.#choose({ kind: "card", id, ...(card?.folded ? { event: eventId } : {}) });
  }

  #reveal(id: string): void {
    const at = this.#picture?.layout.nodes.get(id);
    if (!at || !this.#picture) return;
    const covered = this.#pane.hidden ? 0 : this.#stage.getBoundingClientRect().right - this.#pane.getBoundingClientRect().left;
    this.#canvas.reveal({ ...at, width: this.#picture.measures.width, height: this.#picture.measures.height }, Math.max(0, covered));
  }

  #key(event: KeyboardEvent): void {
    const picture = this.#picture;
    if (!picture || event.ctrlKey || event.metaKey || event.altKey) return;
    const focus = picture.focus;
    if (event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End") {
      if (focus === undefined) return;
      const next = moveFrom(focus, event.key as GraphKey, picture.graph, { layout: picture.layout, shown: picture.shown });
      this.#set({ focus: next });
      this.#canvas.focus(next);
      this.#reveal(next);
    } else if ((event.key === "Enter" || event.key === " ") && focus !== undefined) {
      this.#choose({ kind: "card", id: focus });
      this.#pane.querySelector<HTMLElement>("button")?.focus();
    } else if (event.key === "Escape") {
      this.#tooltip.hide();
      this.#choose(undefined);
    } else if (event.key === "+" || event.key === "=") this.#scale(1.3);
    else if (event.key === "-") this.#scale(1 / 1.3);
    else if (event.key === "0") this.fit(false);
    else return;
    event.preventDefault();
  }

  /** A click or a screen reader may move the focus too. */
  #focused(event: FocusEvent): void {
    const card = event.target instanceof Element ? event.target.closest("g.node") : null;
    const index = card ? [...(card.parentElement?.children ?? [])].indexOf(card) : -1;
    const id = this.#picture?.graph.nodes[index]?.id;
    if (id !== undefined && id !== this.#picture?.focus) this.#set({ focus: id });
  }

  #scale(factor: number): void {
    this.#moved = true;
    this.#canvas.scaleBy(factor);
  }

  #toggleTable(): void {
    this.#asTable = !this.#asTable;
    this.#table.hidden = !this.#asTable;
    this.#stage.hidden = this.#asTable;
    this.#zooming.hidden = this.#asTable;
    setText(this.#twin, this.#asTable ? "View as graph" : "View as table");
    this.#set({});
    this.#options.announce(this.#asTable ? "Shown as a table" : "Shown as a graph");
  }

  #resized(): void {
    const width = this.#stage.clientWidth;
    if (width === 0) return;
    const direction = width < NARROW_PX && this.#pane.hidden ? "down" : this.#pane.hidden ? "right" : this.#settings.direction;
    if (direction !== this.#settings.direction) this.#set({ direction });
    const { choice } = this.#settings;
    if (choice?.kind === "card") this.#reveal(choice.id);
    else if (!this.#moved) this.fit(true);
  }

  #shownBox(picture: Picture): Box {
    const { box } = picture.layout;
    const flag = MEASURES[picture.layout.direction].gap / 2;
    return { x: box.x, y: box.y - flag, width: box.width, height: box.height + flag };
  }
}
