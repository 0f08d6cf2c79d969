// The table twin of the graph, for who cannot or would rather not look at it: the same cards, links and choices, and the counts too.
import { clock, score, utc } from "../format.ts";
import { cardTitle, type VisibleLink, type VisibleNode } from "../view-model.ts";
import { button, h } from "./dom.ts";
import type { Choice, Picture } from "./graph-canvas.ts";
import { kindBadge, severityIcon } from "./parts.ts";

type TableContext = { readonly picture: Picture; readonly choose: (choice: Choice) => void; readonly nowMs: number };

const HEADS = ["Since", "Resource", "What", "Part", "Caused by (score)", "Led to (score)"];

/** The table of what is shown now. */
export function graphTable(context: TableContext): HTMLElement {
  const { whole: graph, shown } = context.picture;
  const rows = graph.nodes.filter((node) => shown.has(node.id)).map((node) => tableRow(node, context));
  const heads = HEADS.map((head) => h("th", { attrs: { scope: "col" } }, head));
  return h(
    "table",
    { class: "grid" },
    h("caption", { class: "sr-only" }, "The causal graph as a table"),
    h("thead", {}, h("tr", {}, ...heads)),
    h("tbody", {}, ...rows),
  );
}

function tableRow(node: VisibleNode, context: TableContext): HTMLElement {
  const { picture, choose, nowMs } = context;
  const chosen = picture.choice?.kind === "card" && picture.choice.id === node.id;
  const since = new Date(node.firstMs).toISOString();
  const name = button(title(node, picture), () => choose({ kind: "card", id: node.id }), {
    class: "link-button",
    attrs: { "data-focus": `row ${node.id}` },
  });
  return h(
    "tr",
    { class: chosen ? "chosen" : "" },
    h("td", { class: "cell-time" }, h("time", { title: utc(since) }, clock(since, nowMs))),
    h("th", { attrs: { scope: "row" } }, h("span", { class: "subject" }, kindBadge(node.kind), name)),
    h("td", {}, h("span", { class: "cell-what" }, severityIcon(node.severity), h("span", {}, node.reason))),
    h("td", {}, roleWord(node)),
    neighbours(
      picture.whole.links.filter((link) => link.effect === node.id),
      "cause",
      context,
    ),
    neighbours(
      picture.whole.links.filter((link) => link.cause === node.id),
      "effect",
      context,
    ),
  );
}

function neighbours(links: readonly VisibleLink[], end: "cause" | "effect", { picture, choose }: TableContext): HTMLElement {
  const items = links.flatMap((link) => {
    const node = picture.whole.nodes.find((one) => one.id === link[end]);
    if (!node || !picture.shown.has(node.id)) return [];
    return [
      h(
        "li",
        {},
        h("span", { class: "muted" }, score(link.score)),
        button(`${title(node, picture)}: ${node.reason}`, () => choose({ kind: "card", id: node.id }), { class: "link-button" }),
      ),
    ];
  });
  return h("td", {}, h("ul", { class: "plain" }, ...items));
}

function title(node: VisibleNode, picture: Picture): string {
  return cardTitle(node, picture.looks.get(node.id)?.resources ?? node.resources, true);
}

function roleWord(node: VisibleNode): string {
  if (node.role === "root_cause") return "root cause";
  if (node.firstCritical) return "first critical failure";
  return node.rival ? "other hypothesis" : node.role;
}
