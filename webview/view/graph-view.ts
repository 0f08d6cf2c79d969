// The graph section: toolbar, canvas, tooltip, time slider, details pane and the table twin, around one set of choices.
import type { WireIncidentGraph } from "../../agent/protocol/incident.ts";
import { plural } from "../format.ts";
import { withFlags } from "../framing.ts";
import type { Box } from "../layout.ts";
import { type GraphKey, moveFrom } from "../navigation.ts";
import { FIRST_SHOWING, moments, type Showing } from "../view-model.ts";
import { detailsOf } from "./details-view.ts";
import { h, replaceKeeping, svg } from "./dom.ts";
import { type Choice, GraphCanvas, type Picture } from "./graph-canvas.ts";
import { type GraphSettings, PictureMaker } from "./graph-picture.ts";
import { graphTable } from "./graph-table.ts";
import { createToolbar } from "./graph-toolbar.ts";
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

const FRESH: GraphSettings = { choice: undefined, focus: undefined, showing: FIRST_SHOWING, atMs: undefined };
const HELP = "Arrow keys follow the links, Enter unfolds or opens, Space opens, Escape closes, + − 0 zoom";

/** Draws one incident's graph and keeps the reader's place in it while it changes. */
export class GraphView {
  readonly element: HTMLElement;
  readonly #options: GraphViewOptions;
  readonly #canvas: GraphCanvas;
  readonly #stage: HTMLElement;
  readonly #table: HTMLElement;
  readonly #pane: HTMLElement;
  readonly #toolbar: ReturnType<typeof createToolbar>;
  readonly #foot: HTMLElement;
  readonly #scrubber: ReturnType<typeof createScrubber>;
  readonly #tooltip: ReturnType<typeof createTooltip>;
  readonly #maker: PictureMaker;
  #wire: WireIncidentGraph | undefined;
  #settings: GraphSettings = FRESH;
  #picture: Picture | undefined;
  /** The view is the reader's own: it is not fitted again. */
  #moved = false;
  /** Direction and sizes are to be chosen for the room there is. */
  #replan = true;
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
      unfold: (id) => this.#unfold(id),
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
    this.#toolbar = createToolbar({
      twin: () => this.#toggleTable(),
      show: (showing) => this.#show(showing),
      zoom: (factor) => this.#scale(factor),
      fit: () => this.#fitWhole(),
    });
    this.#scrubber = createScrubber((atMs) => this.#set({ atMs }));
    this.#foot = h("div", { class: "graph-foot" }, createLegend(), h("p", { id: "graph-help", class: "graph-help" }, HELP));
    this.#stage = h("div", { class: "stage" }, drawing, this.#tooltip.element);
    const drawn = h("div", { class: "graph-main" }, this.#toolbar.element, this.#stage, this.#table, this.#foot, this.#scrubber.element);
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
    this.#replan = true;
    this.#set(FRESH);
  }

  /** The drawn graph as an SVG file. */
  exportSvg(): string {
    return this.#picture ? exportedSvg(this.#canvas.element, withFlags(this.#picture.layout.box)) : "";
  }

  /** All of it if it can be read, else the root cause and the first critical failure. */
  #fitLegible(picture: Picture): void {
    const { nodes } = picture.graph;
    const must = [nodes.find((node) => node.role === "root_cause"), nodes.find((node) => node.firstCritical), nodes[0]];
    this.#canvas.fit(
      withFlags(picture.layout.box),
      must.flatMap((node) => (node ? this.#boxOf(node.id, picture) : [])),
    );
  }

  #fitWhole(): void {
    this.#moved = true;
    if (this.#picture) this.#canvas.fit(withFlags(this.#picture.layout.box));
  }

  #boxOf(id: string, { layout, measures }: Picture): Box[] {
    const at = layout.nodes.get(id);
    return at ? [withFlags({ ...at, width: measures.width, height: measures.height })] : [];
  }

  #set(part: Partial<GraphSettings>): void {
    this.#settings = { ...this.#settings, ...part };
    if (!this.#wire) return;
    const former = this.#picture?.layout;
    const room = this.#replan ? this.#canvas.room : undefined;
    if (room) this.#replan = false;
    const picture = this.#maker.make(this.#wire, this.#settings, { nowMs: this.#options.nowMs(), room });
    this.#picture = picture;
    this.#canvas.draw(picture);
    if (!this.#moved && former !== picture.layout) this.#fitLegible(picture);
    this.#around(picture);
  }

  /** Everything beside the canvas. */
  #around(picture: Picture): void {
    const nowMs = this.#options.nowMs();
    const { atMs, choice, showing } = this.#settings;
    const { graph } = picture;
    const shown = graph.nodes.filter((node) => picture.shown.has(node.id)).length;
    this.#scrubber.update({ stops: moments(graph), atMs, shown, total: graph.nodes.length, nowMs });
    this.#toolbar.update({ asTable: this.#asTable, showing, graph, truncated: this.#wire?.truncated === true });
    this.#canvas.element.setAttribute(
      "aria-label",
      `Causal graph: ${plural(graph.nodes.length, "card")}, ${plural(graph.links.length, "link")}`,
    );
    if (this.#asTable) replaceKeeping(this.#table, [graphTable({ picture, choose: (next) => this.#choose(next), nowMs })]);
    const details = choice && this.#wire ? detailsOf(choice, this.#detailsContext(this.#wire, picture)) : [];
    this.#pane.hidden = details.length === 0;
    replaceKeeping(this.#pane, details);
  }

  #detailsContext(wire: WireIncidentGraph, picture: Picture): Parameters<typeof detailsOf>[1] {
    return {
      wire,
      graph: this.#asTable ? picture.whole : picture.graph,
      nowMs: this.#options.nowMs(),
      choose: (choice) => this.#choose(choice),
      jump: (eventId) => this.#jump(eventId),
      unfold: (id) => this.#unfold(id),
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

  /** Goes to the card of an episode; counts are drawn when it is one of these. */
  #jump(eventId: string): void {
    const find = (picture: Picture | undefined) =>
      (this.#asTable ? picture?.whole : picture?.graph)?.nodes.find((node) => node.members.some((member) => member.event_id === eventId));
    if (!find(this.#picture)) this.#show({ ...this.#settings.showing, counts: true });
    const card = find(this.#picture);
    if (card) this.#choose({ kind: "card", id: card.id, ...(card.folded ? { event: eventId } : {}) });
  }

  /** Changes what is drawn; the new graph is brought into view. */
  #show(showing: Showing): void {
    this.#moved = false;
    this.#replan = true;
    this.#set({ showing });
  }

  /** Shows the episodes of a fold apart; the keyboard stays on the oldest of them. */
  #unfold(id: string): void {
    const { showing } = this.#settings;
    const first = this.#picture?.graph.nodes.find((node) => node.id === id)?.members[0]?.event_id;
    this.#set({
      showing: { ...showing, unfolded: { ...showing.unfolded, ids: new Set([...showing.unfolded.ids, id]) } },
      choice: undefined,
    });
    const there = this.#picture?.graph.nodes.find((node) => node.members.some((member) => member.event_id === first));
    if (!there || this.#asTable) return;
    this.#set({ focus: there.id });
    this.#reveal(there.id);
    this.#canvas.focus(there.id);
    this.#options.announce("Unfolded");
  }

  #reveal(id: string): void {
    const box = this.#picture ? this.#boxOf(id, this.#picture)[0] : undefined;
    if (!box) return;
    const covered = this.#pane.hidden ? 0 : this.#stage.getBoundingClientRect().right - this.#pane.getBoundingClientRect().left;
    this.#canvas.reveal(box, Math.max(0, covered));
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
    } else if ((event.key === "Enter" || event.key === " ") && focus !== undefined) this.#open(focus, picture, event.key === "Enter");
    else if (event.key === "Escape") {
      this.#tooltip.hide();
      this.#choose(undefined);
    } else if (event.key === "+" || event.key === "=") this.#scale(1.3);
    else if (event.key === "-") this.#scale(1 / 1.3);
    else if (event.key === "0") this.#fitWhole();
    else return;
    event.preventDefault();
  }

  #open(id: string, picture: Picture, unfold: boolean): void {
    if (unfold && picture.graph.nodes.some((node) => node.id === id && node.folded)) {
      this.#unfold(id);
      return;
    }
    this.#choose({ kind: "card", id });
    this.#pane.querySelector<HTMLElement>("button")?.focus();
  }

  /** A click or a screen reader may move the focus too. */
  #focused(event: FocusEvent): void {
    const card = event.target instanceof Element ? event.target.closest("g.node") : null;
    const index = card ? [...(card.parentElement?.children ?? [])].indexOf(card) : -1;
    const id = this.#picture?.graph.nodes[index]?.id;
    if (id !== undefined && id !== this.#picture?.focus) this.#set({ focus: id });
    this.#canvas.attend(id);
  }

  #scale(factor: number): void {
    this.#moved = true;
    this.#canvas.scaleBy(factor);
  }

  #toggleTable(): void {
    this.#asTable = !this.#asTable;
    this.#table.hidden = !this.#asTable;
    this.#stage.hidden = this.#asTable;
    this.#foot.hidden = this.#asTable;
    this.#set({});
    this.#options.announce(this.#asTable ? "Shown as a table" : "Shown as a graph");
  }

  #resized(): void {
    if (!this.#picture || !this.#canvas.room) return;
    const { choice } = this.#settings;
    const opened = !this.#pane.hidden;
    if (!this.#moved && !opened) {
      this.#replan = true;
      this.#set({});
      this.#fitLegible(this.#picture);
    } else if (choice?.kind === "card") this.#reveal(choice.id);
  }
}
