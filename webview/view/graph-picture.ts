// From the incident's graph and what the reader has set to the picture to draw: folding, layout, time and what is lit.
import type { WireIncidentGraph } from "../../agent/protocol/incident.ts";
import { fanned, PLANS, type Plan, planFor, type Room } from "../framing.ts";
import { type Layout, type LayoutInput, layOut } from "../layout.ts";
import { happenedBy, related, type Showing, type VisibleGraph, type VisibleNode, visibleGraph } from "../view-model.ts";
import type { Choice, Picture } from "./graph-canvas.ts";
import type { NodeLook } from "./graph-node.ts";

/** What the reader has set. `atMs` undefined: all of it. */
export type GraphSettings = {
  readonly choice: Choice | undefined;
  readonly focus: string | undefined;
  readonly showing: Showing;
  readonly atMs: number | undefined;
};

/** The verdict's path is drawn straight, and what stands beside it gives way. */
const CHAIN_WEIGHT = 10_000;
const NOTHING: VisibleGraph = { nodes: [], links: [], folds: 0, spareLinks: 0, spareCounts: 0 };

type Fonts = { readonly family: string; readonly mono: string };

/** Remembers the last folding and layout, so that only what is new has to find a place. */
export class PictureMaker {
  #wire: WireIncidentGraph | undefined;
  #showing: Showing | undefined;
  #graph = NOTHING;
  #whole = NOTHING;
  #plan: Plan = PLANS[0] as Plan;
  #laidOut: { readonly plan: Plan; readonly graph: VisibleGraph; readonly layout: Layout } | undefined;
  readonly #fonts: Fonts;

  constructor(fonts: Fonts) {
    this.#fonts = fonts;
  }

  /** The picture for an incident; another incident, other links, or folds against none are laid out afresh. With `room` the plan is made again too. */
  make(wire: WireIncidentGraph, settings: GraphSettings, at: { readonly nowMs: number; readonly room: Room | undefined }): Picture {
    const { showing } = settings;
    const keepsPlaces = sameIncident(this.#wire, wire) && this.#showing !== undefined && sameShape(this.#showing, showing);
    if (this.#wire !== wire || this.#showing !== showing) {
      this.#graph = visibleGraph(wire, showing);
      this.#whole = showing.counts || this.#graph.spareCounts === 0 ? this.#graph : visibleGraph(wire, { ...showing, counts: true });
    }
    this.#wire = wire;
    this.#showing = showing;
    const input = layoutInput(this.#graph);
    if (at.room) this.#plan = planFor(input, at.room);
    const plan = { ...this.#plan, measures: fanned(this.#plan.measures, input.links) };
    const former = this.#laidOut;
    const current = former?.graph === this.#graph && samePlan(former.plan, plan);
    const previous = keepsPlaces && former && sameCards(former.plan, plan) ? former.layout : undefined;
    const laidOut = current ? former : { plan, graph: this.#graph, layout: layOut({ ...input, ...plan }, previous) };
    this.#laidOut = laidOut;
    const drawn = { graph: this.#graph, whole: this.#whole, layout: laidOut.layout, measures: plan.measures };
    return picture(drawn, settings, { nowMs: at.nowMs, ...this.#fonts });
  }
}

function sameIncident(a: WireIncidentGraph | undefined, b: WireIncidentGraph): boolean {
  return a?.incident.id === b.incident.id && a.incident.cluster === b.incident.cluster;
}

function sameShape(a: Showing, b: Showing): boolean {
  return a.allLinks === b.allLinks && a.unfolded.all === b.unfolded.all;
}

function samePlan(a: Plan, b: Plan): boolean {
  return a.direction === b.direction && JSON.stringify(a.measures) === JSON.stringify(b.measures);
}

/** Then places along a column are good for both. */
function sameCards(a: Plan, b: Plan): boolean {
  return samePlan(a, { ...b, measures: { ...b.measures, layerGap: a.measures.layerGap } });
}

function layoutInput(graph: VisibleGraph): Pick<LayoutInput, "ids" | "links"> {
  return {
    ids: graph.nodes.map((node) => node.id),
    links: graph.links.map((link) => ({
      id: link.id,
      source: link.cause,
      target: link.effect,
      ...(link.emphasis === "chain" ? { weight: CHAIN_WEIGHT } : {}),
    })),
  };
}

type Look = Pick<NodeLook, "nowMs" | "family" | "mono">;

function picture(drawn: Pick<Picture, "graph" | "whole" | "layout" | "measures">, settings: GraphSettings, look: Look): Picture {
  const { graph, whole, measures } = drawn;
  const looks = new Map<string, NodeLook>();
  const shown = new Set<string>();
  const common = {
    ...look,
    measures,
    dayMs: graph.nodes[0]?.firstMs ?? look.nowMs,
    severalPlaces: new Set(graph.nodes.map((node) => node.namespace).filter(Boolean)).size > 1,
    flagAtEnd: drawn.layout.direction === "down",
    past: settings.atMs !== undefined,
  };
  for (const node of [...graph.nodes, ...(whole === graph ? [] : whole.nodes)]) {
    const happened = happenedBy(node, settings.atMs ?? Number.MAX_SAFE_INTEGER);
    if (happened.begun > 0) shown.add(node.id);
    looks.set(node.id, { ...common, ...happened });
  }
  const lit = litBy(graph, settings.choice);
  const there = graph.nodes.filter((node) => shown.has(node.id));
  const focus = there.some((node) => node.id === settings.focus) ? settings.focus : startOf(there);
  return { ...drawn, looks, shown, lit, choice: settings.choice, focus };
}

function litBy(graph: VisibleGraph, choice: Choice | undefined): ReadonlySet<string> | undefined {
  if (!choice) return undefined;
  if (choice.kind === "card") return graph.nodes.some((node) => node.id === choice.id) ? related(graph, choice.id) : undefined;
  const link = graph.links.find((one) => one.id === choice.id);
  return link ? new Set([link.cause, link.effect]) : undefined;
}

/** Where the keyboard enters the graph: the root cause, else the oldest card. */
function startOf(there: readonly VisibleNode[]): string | undefined {
  return (there.find((node) => node.role === "root_cause") ?? there[0])?.id;
}
