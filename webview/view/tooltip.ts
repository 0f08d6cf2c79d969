// What the pointer is on, in a few words beside it. Everything in it is also in the details pane.
import { clock, oneLine, plural, score } from "../format.ts";
import type { Point } from "../layout.ts";
import { severityMark } from "../marks.ts";
import { cardTitle, type VisibleLink, type VisibleNode } from "../view-model.ts";
import { h } from "./dom.ts";
import type { Picture } from "./graph-canvas.ts";

const OFFSET = 14;

/** The tooltip; `show` with nothing hides it. */
export function createTooltip(nowMs: () => number): {
  readonly element: HTMLElement;
  show(what: VisibleNode | VisibleLink | undefined, picture: Picture | undefined, at: Point): void;
  hide(): void;
} {
  const element = h("div", { class: "tooltip", role: "tooltip", hidden: true });
  let on: string | undefined;
  const hide = (): void => {
    element.hidden = true;
    on = undefined;
  };
  return {
    element,
    hide,
    show: (what, picture, at) => {
      if (!what || !picture) return hide();
      if (on !== what.id) element.replaceChildren(...("cause" in what ? linkWords(what) : nodeWords(what, picture, nowMs())));
      on = what.id;
      element.hidden = false;
      place(element, at);
    },
  };
}

function nodeWords(node: VisibleNode, picture: Picture, nowMs: number): HTMLElement[] {
  const look = picture.looks.get(node.id);
  const name = cardTitle(node, look?.resources ?? node.resources);
  const where = node.namespace ? `${node.namespace}/` : "";
  const first = new Date(node.firstMs).toISOString();
  const last = new Date(node.lastMs).toISOString();
  const when = node.lastMs > node.firstMs ? `${clock(first, nowMs)} to ${clock(last, nowMs)}` : clock(first, nowMs);
  return [
    h("strong", {}, node.resources > 1 ? name : `${node.kind} ${where}${name}`),
    h(
      "span",
      {},
      `${node.reason} (${severityMark(node.severity).word}), ${when}${node.count > 1 ? `, ${plural(node.count, "time")}` : ""}`,
    ),
    h("span", { class: "tooltip-text" }, oneLine(node.members[0]?.message ?? "").slice(0, 300)),
  ];
}

function linkWords(link: VisibleLink): HTMLElement[] {
  const best = link.links[0];
  const more = link.links.length > 1 ? `, best of ${link.links.length} links` : "";
  return [
    h("strong", {}, `Score ${score(link.score)}${more}`),
    h("span", { class: "tooltip-text" }, oneLine(best?.sentence ?? "").slice(0, 300)),
  ];
}

/** Beside the pointer, inside the window. */
function place(element: HTMLElement, at: Point): void {
  const { offsetWidth, offsetHeight } = element;
  const x = at.x + OFFSET + offsetWidth > innerWidth ? at.x - OFFSET - offsetWidth : at.x + OFFSET;
  const y = at.y + OFFSET + offsetHeight > innerHeight ? at.y - OFFSET - offsetHeight : at.y + OFFSET;
  element.style.insetInlineStart = `${Math.max(4, x)}px`;
  element.style.insetBlockStart = `${Math.max(4, y)}px`;
}
