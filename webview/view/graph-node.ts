// One card of the graph: kind, place and time; name; severity and reason; what marks the root cause, and a fold with the button that opens it.
import { FLAT_BELOW } from "../framing.ts";
import { clock, fitText, plural } from "../format.ts";
import type { Measures } from "../layout.ts";
import { etypeWord, kindGlyph, severityMark } from "../marks.ts";
import { cardTitle, type VisibleNode } from "../view-model.ts";
import { svg } from "./dom.ts";
import { textWidth } from "./measure.ts";

/** How a card looks now. `begun` and `cleared` count its episodes at the time shown, `resources` what they are about. Times of the day of `dayMs` are shown without it. */
export type NodeLook = {
  readonly begun: number;
  readonly cleared: number;
  readonly resources: number;
  readonly measures: Measures;
  readonly severalPlaces: boolean;
  readonly nowMs: number;
  readonly dayMs: number;
  readonly family: string;
  readonly mono: string;
};

const PAD = 12;
const OPENER = 18;

/** The contents of a card, drawn from its top left corner. */
export function nodeContents(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width, height } = look.measures;
  const behind = node.resources > 1 ? [svg("rect", { class: "card-behind", x: 5, y: 5, width, height, rx: 6 })] : [];
  const flat = height < FLAT_BELOW;
  return [
    ...behind,
    svg("rect", { class: "card", width, height, rx: 6 }),
    ...(flat ? flatLine(node, look) : fullLines(node, look)),
    ...mark(node, height),
    ...bottomLine(node, look, flat ? timeOf(node, look) : ""),
    ...(node.folded ? opener(node, look) : []),
    ...flag(node, look),
  ];
}

/** What a screen reader says of a card. */
export function nodeLabel(
  node: VisibleNode,
  look: Pick<NodeLook, "begun" | "cleared" | "resources" | "nowMs">,
  links: { readonly causes: number; readonly effects: number },
): string {
  const role = flagWords(node);
  const where = node.namespace ? ` in ${node.namespace}` : "";
  const title = cardTitle(node, look.resources);
  const what = node.resources > 1 ? `${title}${where}` : `${node.kind} ${title}${where}`;
  const state = look.cleared === look.begun ? ", cleared" : "";
  const time = clock(new Date(node.firstMs).toISOString(), look.nowMs);
  const folded = node.folded ? ` ${plural(look.begun, "record")} folded, Enter unfolds.` : "";
  return `${role ? `${role}. ` : ""}${what}: ${node.reason}, ${severityMark(node.severity).word}${state}, ${time}. ${plural(links.causes, "cause")}, ${plural(links.effects, "effect")}.${folded}`;
}

function fullLines(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width } = look.measures;
  const font = `12px ${look.family}`;
  const time = timeOf(node, look);
  const [kind, from] = kindBox(node, look, 10);
  const place = fit(node.namespace, width - from - PAD - 8 - textWidth(time, font), font, "end");
  return [
    ...kind,
    text("node-place", { x: from, y: 22 }, place),
    text("node-time", { x: width - PAD, y: 22, anchor: "end" }, time),
    text(
      "node-name",
      { x: PAD, y: 46 },
      fit(cardTitle(node, look.resources), width - 2 * PAD, `600 15px ${look.family}`, "middle"),
    ),
  ];
}

function flatLine(node: VisibleNode, look: NodeLook): SVGElement[] {
  const [kind, from] = kindBox(node, look, 9);
  const title = cardTitle(node, look.resources);
  const name = look.severalPlaces && node.namespace ? `${node.namespace}/${title}` : title;
  return [...kind, text("node-name", { x: from, y: 22 }, fit(name, look.measures.width - from - PAD, `600 15px ${look.family}`, "middle"))];
}

/** The kind in its box, and where what follows it begins. */
function kindBox(node: VisibleNode, look: NodeLook, y: number): [SVGElement[], number] {
  const glyph = kindGlyph(node.kind);
  const width = textWidth(glyph, `600 12px ${look.mono}`) + 10;
  return [
    [
      svg("rect", { class: "kind-box", x: PAD, y, width, height: 17, rx: 3 }),
      text("kind-text", { x: PAD + width / 2, y: y + 12.5, anchor: "middle" }, glyph),
    ],
    PAD + width + 7,
  ];
}

function timeOf(node: VisibleNode, look: NodeLook): string {
  const cleared = look.cleared > 0 && look.cleared === look.begun;
  return cleared ? "cleared" : clock(new Date(node.firstMs).toISOString(), look.dayMs);
}

function mark(node: VisibleNode, height: number): SVGElement[] {
  const { token, shape, sign } = severityMark(node.severity);
  return [
    svg(
      "g",
      { class: `mark ${token}`, transform: `translate(${PAD},${height - 24}) scale(0.875)` },
      svg("path", { class: "mark-shape", d: shape }),
      svg("path", { class: "mark-sign", d: sign }),
    ),
  ];
}

/** Reason, and at the end `last`, else how often, else what sort of record it is if there is room. */
function bottomLine(node: VisibleNode, look: NodeLook, last: string): SVGElement[] {
  const { width, height } = look.measures;
  const end = width - PAD - (node.folded ? OPENER + 4 : 0);
  const [font, smallFont] = [`13.5px ${look.family}`, `12px ${look.family}`];
  const room = end - PAD - 20;
  const times = node.count > 1 && node.members[0]?.etype !== "k8s.change" ? `×${node.count}` : "";
  const word = node.folded ? "" : etypeWord(node.members[0]?.etype ?? "");
  const wordFits = textWidth(node.reason, font) + textWidth(word, smallFont) + 8 <= room;
  const beside = last || times || (wordFits ? word : "");
  const besideWidth = beside ? textWidth(beside, smallFont) + 6 : 0;
  return [
    text("node-reason", { x: PAD + 20, y: height - 12 }, fit(node.reason, room - besideWidth, font, "end")),
    text("node-times", { x: end, y: height - 12, anchor: "end" }, beside),
  ];
}

/** Opens the fold. Who uses the keyboard presses Enter on the card. */
function opener(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width, height } = look.measures;
  const [x, y] = [width - PAD - OPENER + 4, height - OPENER - 7];
  const middle = OPENER / 2;
  return [
    svg(
      "g",
      { class: "opener", transform: `translate(${x},${y})`, "data-unfold": node.id },
      svg("title", {}, `Show ${plural(node.members.length, "record")} apart`),
      svg("rect", { class: "opener-hit", x: -5, y: -5, width: OPENER + 10, height: OPENER + 10 }),
      svg("rect", { class: "opener-box", width: OPENER, height: OPENER, rx: 4 }),
      svg("path", { class: "opener-sign", d: `M${middle} 5v${OPENER - 10}M5 ${middle}h${OPENER - 10}` }),
    ),
  ];
}

function flagWords(node: VisibleNode): string {
  if (node.role === "root_cause") return "Root cause";
  if (node.firstCritical) return "First critical failure";
  return node.rival ? "Other hypothesis" : "";
}

/** The flag on top of the card. */
function flag(node: VisibleNode, look: NodeLook): SVGElement[] {
  const words = flagWords(node).toUpperCase();
  if (!words) return [];
  const width = textWidth(words, `700 12px ${look.family}`) + 14;
  const sort = node.role === "root_cause" ? "root" : node.firstCritical ? "critical" : "rival";
  return [
    svg("rect", { class: `tag tag-${sort}`, x: PAD - 4, y: -11, width, height: 18, rx: 3 }),
    text(`tag-text tag-text-${sort}`, { x: PAD - 4 + width / 2, y: 2.5, anchor: "middle" }, words),
  ];
}

type At = { readonly x: number; readonly y: number; readonly anchor?: "middle" | "end" };

function text(name: string, at: At, words: string): SVGTextElement {
  return svg("text", { class: name, x: at.x, y: at.y, "text-anchor": at.anchor ?? "start" }, words);
}

function fit(words: string, width: number, font: string, cut: "middle" | "end"): string {
  return fitText(words, Math.max(0, width), (part) => textWidth(part, font), cut);
}
