// One card of the graph: kind, place and time; name; severity and reason; what marks the root cause, and a fold with the button that opens it.

import { clock, fitText, plural } from "../format.ts";
import { FLAG, FLAT_BELOW } from "../framing.ts";
import type { Box, Measures } from "../layout.ts";
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
  readonly flagAtEnd: boolean;
  /** How often something happened is known for the whole incident only. */
  readonly past: boolean;
  readonly nowMs: number;
  readonly dayMs: number;
  readonly family: string;
  readonly mono: string;
};

const PAD = 12;
const OPENER = 18;
const OPENER_ROOM = OPENER + 6;
/** Baselines and boxes from the top of the card. */
const FIRST_LINE = { base: 25, box: 12 } as const;
const FLAT_LINE = { base: 22, box: 9 } as const;

/** The contents of a card, drawn from its top left corner. */
export function nodeContents(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width, height } = look.measures;
  const behind = look.resources > 1 ? [svg("rect", { class: "card-behind", x: 5, y: 5, width, height, rx: 6 })] : [];
  const flat = height < FLAT_BELOW;
  const listed = isListed(node, look);
  const lines = flat || listed ? [...nameLine(node, look, flat), ...(listed ? secondReason(node, look) : [])] : placeAndName(node, look);
  return [
    ...behind,
    svg("rect", { class: "card", width, height, rx: 6 }),
    ...lines,
    ...mark(node, height - (listed ? 44 : flat ? 22 : 24)),
    ...(listed ? firstReason(node, look) : bottomLine(node, look)),
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

/** Kind, place and time; below them the name. */
function placeAndName(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width } = look.measures;
  const font = `12px ${look.family}`;
  const time = timeOf(node, look);
  const [kind, from] = kindBox(node, look, FIRST_LINE.box);
  const place = fit(node.namespace, width - from - PAD - 8 - textWidth(time, font), font, "end");
  return [
    ...kind,
    text("node-place", { x: from, y: FIRST_LINE.base }, place),
    text("node-time", { x: width - PAD, y: FIRST_LINE.base, anchor: "end" }, time),
    text(
      "node-name",
      { x: PAD, y: 48 },
      fit(cardTitle(node, look.resources), width - 2 * PAD - (node.folded ? OPENER_ROOM : 0), nameFont(look), "middle"),
    ),
  ];
}

/** Kind and name in one line, and the time if there is room; where only the reasons stand below, there always is. */
function nameLine(node: VisibleNode, look: NodeLook, flat: boolean): SVGElement[] {
  const line = flat ? FLAT_LINE : FIRST_LINE;
  const end = look.measures.width - PAD - (isOpenedAbove(node, look) ? OPENER_ROOM : 0);
  const [kind, from] = kindBox(node, look, line.box);
  const name = cardTitle(node, look.resources, look.severalPlaces);
  const time = timeOf(node, look);
  const beforeTime = end - textWidth(time, `12px ${look.family}`) - 8;
  const timed = !flat || from + textWidth(name, nameFont(look)) <= beforeTime;
  return [
    ...kind,
    text("node-name", { x: from, y: line.base }, fit(name, (timed ? beforeTime : end) - from, nameFont(look), "middle")),
    ...(timed ? [text("node-time", { x: end, y: line.base, anchor: "end" }, time)] : []),
  ];
}

/** The name's size is set in cards.css, smaller on flat cards. */
function nameFont(look: NodeLook): string {
  return `600 ${look.measures.height < FLAT_BELOW ? 14 : 15}px ${look.family}`;
}

/** Several reasons in one line need all of it. */
function isOpenedAbove(node: VisibleNode, { measures }: NodeLook): boolean {
  return measures.height < FLAT_BELOW && node.resources === 1 && node.reasons.length > 1;
}

/** The reasons of one resource stand one below the other where there is room. */
function isListed(node: VisibleNode, { measures }: NodeLook): boolean {
  return measures.height >= FLAT_BELOW && node.resources === 1 && node.reasons.length > 1;
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

function mark(node: VisibleNode, y: number): SVGElement[] {
  const { token, shape, sign } = severityMark(node.severity);
  return [
    svg(
      "g",
      { class: `mark ${token}`, transform: `translate(${PAD},${y}) scale(0.875)` },
      svg("path", { class: "mark-shape", d: shape }),
      svg("path", { class: "mark-sign", d: sign }),
    ),
  ];
}

/** Reason, and at the end how often, else what sort of record it is if there is room. */
function bottomLine(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width, height } = look.measures;
  const flat = height < FLAT_BELOW;
  const [font, smallFont] = [`13.5px ${look.family}`, `12px ${look.family}`];
  const end = width - PAD - (flat && node.folded && !isOpenedAbove(node, look) ? OPENER_ROOM : 0);
  const room = end - PAD - 20;
  const [first = "", ...others] = node.reasons;
  const short = isOpenedAbove(node, look) && textWidth(node.reason, font) > room;
  const reason = short ? `${first} +${others.length}` : node.reason;
  const times = node.count > 1 && !look.past && node.members[0]?.etype !== "k8s.change" ? `×${node.count}` : "";
  const word = node.folded ? "" : etypeWord(node.members[0]?.etype ?? "");
  const wish = times || word;
  const wishWidth = textWidth(wish, smallFont) + 6;
  const reasonWidth = textWidth(reason, font);
  // Rather no number than half a reason; a reason that is cut anyway can spare the room.
  const fits = reasonWidth + wishWidth <= room || (times !== "" && reasonWidth > room);
  const beside = fits ? wish : "";
  const y = height - (flat ? 11 : 12);
  return [reasonText(reason, y, room - (beside ? wishWidth : 0), look), text("node-times", { x: end, y, anchor: "end" }, beside)];
}

function firstReason(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width, height } = look.measures;
  return [reasonText(node.reasons[0] ?? "", height - 32, width - 2 * PAD - 20, look)];
}

function secondReason(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width, height } = look.measures;
  const more = node.reasons.length > 2 ? `, ${node.reasons.length - 2} more` : "";
  return [reasonText(`${node.reasons[1] ?? ""}${more}`, height - 12, width - 2 * PAD - 20 - OPENER_ROOM, look)];
}

function reasonText(words: string, y: number, width: number, look: NodeLook): SVGElement {
  return text("node-reason", { x: PAD + 20, y }, fit(words, width, `13.5px ${look.family}`, "end"));
}

/** Opens the fold. Who uses the keyboard presses Enter on the card. */
function opener(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width, height } = look.measures;
  const below = isListed(node, look) || (height < FLAT_BELOW && !isOpenedAbove(node, look));
  const y = below ? height - OPENER - 7 : height < FLAT_BELOW ? 8 : 34;
  const middle = OPENER / 2;
  return [
    svg(
      "g",
      { class: "opener", transform: `translate(${width - PAD - OPENER + 2},${y})` },
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

/** Where the flag on top of a card stands, from the card's top left corner; nothing on a card without one. */
export function flagBox(node: VisibleNode, look: NodeLook): Box | undefined {
  const words = flagWords(node).toUpperCase();
  if (!words) return undefined;
  const width = Math.ceil(textWidth(words, `700 12px ${look.family}`)) + 14;
  return { x: look.flagAtEnd ? look.measures.width - width + 2 : PAD - 4, y: 1 - FLAG, width, height: 17 };
}

function flag(node: VisibleNode, look: NodeLook): SVGElement[] {
  const box = flagBox(node, look);
  if (!box) return [];
  const sort = node.role === "root_cause" ? "root" : node.firstCritical ? "critical" : "rival";
  return [
    svg("rect", { class: `tag tag-${sort}`, ...box, rx: 3 }),
    text(`tag-text tag-text-${sort}`, { x: box.x + box.width / 2, y: box.y + 13, anchor: "middle" }, flagWords(node).toUpperCase()),
  ];
}

type At = { readonly x: number; readonly y: number; readonly anchor?: "middle" | "end" };

function text(name: string, at: At, words: string): SVGTextElement {
  return svg("text", { class: name, x: at.x, y: at.y, "text-anchor": at.anchor ?? "start" }, words);
}

function fit(words: string, width: number, font: string, cut: "middle" | "end"): string {
  return fitText(words, Math.max(0, width), (part) => textWidth(part, font), cut);
}
