// One card of the graph: kind, place and time; name; severity and reason; and what marks the root cause, a fold and what has cleared.
import { clock, fitText, plural } from "../format.ts";
import type { Measures } from "../layout.ts";
import { etypeWord, kindGlyph, severityMark } from "../marks.ts";
import { cardTitle, type VisibleNode } from "../view-model.ts";
import { svg } from "./dom.ts";
import { textWidth } from "./measure.ts";

/** How a card looks now. `begun` and `cleared` count its episodes at the time shown. */
export type NodeLook = {
  readonly begun: number;
  readonly cleared: number;
  readonly measures: Measures;
  readonly nowMs: number;
  readonly family: string;
  readonly mono: string;
};

const PAD = 12;

/** The contents of a card, drawn from its top left corner. */
export function nodeContents(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width, height } = look.measures;
  const { token, shape, sign } = severityMark(node.severity);
  const behind = node.folded ? [svg("rect", { class: "card-behind", x: 5, y: 5, width, height, rx: 6 })] : [];
  return [
    ...behind,
    svg("rect", { class: "card", width, height, rx: 6 }),
    ...tag(node, look),
    ...topLine(node, look),
    text("node-name", { x: PAD, y: 42 }, fit(cardTitle(node, look.begun), width - 2 * PAD, `600 14px ${look.family}`, "middle")),
    svg(
      "g",
      { class: `mark ${token}`, transform: `translate(${PAD},${height - 20}) scale(0.8)` },
      svg("path", { class: "mark-shape", d: shape }),
      svg("path", { class: "mark-sign", d: sign }),
    ),
    ...bottomLine(node, look),
  ];
}

/** What a screen reader says of a card. */
export function nodeLabel(
  node: VisibleNode,
  look: Pick<NodeLook, "begun" | "cleared" | "nowMs">,
  links: { readonly causes: number; readonly effects: number },
): string {
  const role = node.role === "root_cause" ? "Root cause. " : node.firstCritical ? "First critical failure. " : "";
  const where = node.namespace ? ` in ${node.namespace}` : "";
  const what = node.folded ? `${cardTitle(node, look.begun)}${where}, folded` : `${node.kind} ${node.title}${where}`;
  const state = look.cleared === look.begun ? ", cleared" : "";
  const time = clock(new Date(node.firstMs).toISOString(), look.nowMs);
  return `${role}${what}: ${node.reason}, ${severityMark(node.severity).word}${state}, ${time}. ${plural(links.causes, "cause")}, ${plural(links.effects, "effect")}.`;
}

function topLine(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width } = look.measures;
  const glyph = kindGlyph(node.kind);
  const font = `11.5px ${look.family}`;
  const badge = textWidth(glyph, `600 10px ${look.mono}`) + 10;
  const cleared = look.cleared > 0 && look.cleared === look.begun;
  const time = cleared ? "cleared" : clock(new Date(node.firstMs).toISOString(), look.nowMs);
  const timeWidth = textWidth(time, font);
  return [
    svg("rect", { class: "kind-box", x: PAD, y: 9, width: badge, height: 15, rx: 3 }),
    text("kind-text", { x: PAD + badge / 2, y: 20, anchor: "middle" }, glyph),
    text("node-place", { x: PAD + badge + 6, y: 20 }, fit(node.namespace, width - 2 * PAD - badge - 14 - timeWidth, font, "end")),
    text("node-time", { x: width - PAD, y: 20, anchor: "end" }, time),
  ];
}

function bottomLine(node: VisibleNode, look: NodeLook): SVGElement[] {
  const { width, height } = look.measures;
  const times = node.folded ? "" : (node.members[0]?.count ?? 1) > 1 ? `×${node.members[0]?.count}` : "";
  const room = width - 2 * PAD - 19;
  const word = etypeWord(node.members[0]?.etype ?? "");
  const wordFits = textWidth(node.reason, `13px ${look.family}`) + textWidth(word, `11.5px ${look.family}`) + 8 <= room;
  const sort = times || (wordFits ? word : "");
  const font = `13px ${look.family}`;
  const sortWidth = textWidth(sort, `11.5px ${look.family}`);
  return [
    text("node-reason", { x: PAD + 19, y: height - 10 }, fit(node.reason, width - 2 * PAD - 26 - sortWidth, font, "end")),
    text("node-times", { x: width - PAD, y: height - 10, anchor: "end" }, sort),
  ];
}

/** The flag on top of the card. */
function tag(node: VisibleNode, look: NodeLook): SVGElement[] {
  const words = node.role === "root_cause" ? "ROOT CAUSE" : node.firstCritical ? "FIRST CRITICAL FAILURE" : "";
  if (!words) return [];
  const width = textWidth(words, `700 10px ${look.family}`) + 14;
  return [
    svg("rect", { class: `tag tag-${node.role === "root_cause" ? "root" : "critical"}`, x: PAD - 4, y: -8, width, height: 15, rx: 3 }),
    text(
      `tag-text tag-text-${node.role === "root_cause" ? "root" : "critical"}`,
      { x: PAD - 4 + width / 2, y: 3, anchor: "middle" },
      words,
    ),
  ];
}

type At = { readonly x: number; readonly y: number; readonly anchor?: "middle" | "end" };

function text(name: string, at: At, words: string): SVGTextElement {
  return svg("text", { class: name, x: at.x, y: at.y, "text-anchor": at.anchor ?? "start" }, words);
}

function fit(words: string, width: number, font: string, cut: "middle" | "end"): string {
  return fitText(words, Math.max(0, width), (part) => textWidth(part, font), cut);
}
