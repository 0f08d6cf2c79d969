// From the incident's graph and what the reader has set to the picture to draw: folding, layout, time and what is lit.
import type { WireIncidentGraph } from "../../agent/protocol/incident.ts";
import { type Direction, type Layout, layOut, type Measures } from "../layout.ts";
import { happenedBy, related, type VisibleGraph, visibleGraph } from "../view-model.ts";
import type { Choice, Picture } from "./graph-canvas.ts";
import type { NodeLook } from "./graph-node.ts";

/** What the reader has set. `atMs` undefined: all of it. */
export type GraphSettings = {
  readonly choice: Choice | undefined;
  readonly focus: string | undefined;
  readonly unfolded: ReadonlySet<string>;
  readonly atMs: number | undefined;
  readonly direction: Direction;
};

/** Card sizes and distances, in pixels. */
export const MEASURES: Readonly<Record<Direction, Measures>> = {
  right: { width: 210, height: 74, layerGap: 52, gap: 24 },
  down: { width: 206, height: 74, layerGap: 56, gap: 20 },
};

/** Where many links leave one card, columns stand further apart, so that the links can be told from each other. */
const FAN_MANY = 8;
const FAN_LAYER_GAP = 120;

function measuresFor(graph: VisibleGraph, direction: Direction): Measures {
  const fans = new Map<string, number>();
  for (const link of graph.links) fans.set(link.cause, (fans.get(link.cause) ?? 0) + 1);
  const measures = MEASURES[direction];
  return Math.max(0, ...fans.values()) > FAN_MANY ? { ...measures, layerGap: FAN_LAYER_GAP } : measures;
}

/** Remembers the last folding and layout, so that only what is new has to find a place. */
export class PictureMaker {
  #wire: WireIncidentGraph | undefined;
  #unfolded: ReadonlySet<string> | undefined;
  #graph: VisibleGraph = { nodes: [], links: [], folds: 0 };
  #layout: Layout | undefined;
  readonly #fonts: { readonly family: string; readonly mono: string };

  constructor(fonts: { readonly family: string; readonly mono: string }) {
    this.#fonts = fonts;
  }

  /** The picture for an incident; another incident is laid out afresh. */
  make(wire: WireIncidentGraph, settings: GraphSettings, nowMs: number): Picture {
    const sameIncident = this.#wire?.incident.id === wire.incident.id && this.#wire.incident.cluster === wire.incident.cluster;
    if (this.#wire !== wire || this.#unfolded !== settings.unfolded) this.#graph = visibleGraph(wire, settings.unfolded);
    if (this.#wire !== wire || this.#unfolded !== settings.unfolded || this.#layout?.direction !== settings.direction) {
      const links = this.#graph.links.map((link) => ({ id: link.id, source: link.cause, target: link.effect }));
      const input = {
        ids: this.#graph.nodes.map((node) => node.id),
        links,
        direction: settings.direction,
        measures: measuresFor(this.#graph, settings.direction),
      };
      this.#layout = layOut(input, sameIncident ? this.#layout : undefined);
    }
    this.#wire = wire;
    this.#unfolded = settings.unfolded;
    return picture(this.#graph, this.#layout as Layout, settings, { nowMs, ...this.#fonts });
  }
}

function picture(graph: VisibleGraph, layout: Layout, settings: GraphSettings, look: Pick<NodeLook, "nowMs" | "family" | "mono">): Picture {
  const measures = MEASURES[settings.direction];
  const looks = new Map<string, NodeLook>();
  const shown = new Set<string>();
  for (const node of graph.nodes) {
    const happened = happenedBy(node, settings.atMs ?? Number.MAX_SAFE_INTEGER);
    if (happened.begun > 0) shown.add(node.id);
    looks.set(node.id, { ...look, measures, ...happened });
  }
  const lit = litBy(graph, settings.choice);
  const focus = settings.focus !== undefined && shown.has(settings.focus) ? settings.focus : startOf(graph, shown);
  return { graph, layout, measures, looks, shown, lit, choice: settings.choice, focus };
}

function litBy(graph: VisibleGraph, choice: Choice | undefined): ReadonlySet<string> | undefined {
  if (!choice) return undefined;
  if (choice.kind === "card") return graph.nodes.some((node) => node.id === choice.id) ? related(graph, choice.id) : undefined;
  const link = graph.links.find((one) => one.id === choice.id);
  return link ? new Set([link.cause, link.effect]) : undefined;
}

/** Where the keyboard enters the graph: the root cause, else the oldest card. */
function startOf(graph: VisibleGraph, shown: ReadonlySet<string>): string | undefined {
  const there = graph.nodes.filter((node) => shown.has(node.id));
  return (there.find((node) => node.role === "root_cause") ?? there[0])?.id;
}
