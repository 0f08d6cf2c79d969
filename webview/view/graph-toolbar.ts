// The row above the graph: graph or table, what is folded, which links and counts are drawn, and the zoom.
import { plural } from "../format.ts";
import type { Showing, VisibleGraph } from "../view-model.ts";
import { button, h, setText } from "./dom.ts";

/** What the row says. */
export type ToolbarState = {
  readonly asTable: boolean;
  readonly showing: Showing;
  readonly graph: VisibleGraph;
  readonly truncated: boolean;
};

/** What its buttons do. `zoom`: by a factor. */
export type ToolbarEvents = {
  readonly twin: () => void;
  readonly show: (showing: Showing) => void;
  readonly zoom: (factor: number) => void;
  readonly fit: () => void;
};

/** The row. A button that would change nothing is not there. */
export function createToolbar(events: ToolbarEvents): { readonly element: HTMLElement; update(state: ToolbarState): void } {
  let state: ToolbarState | undefined;
  const change = (how: (showing: Showing) => Showing) => (): void => {
    if (state) events.show(how(state.showing));
  };
  const twin = button("View as table", events.twin, { class: "small" });
  const all = toggle(
    "Unfold all",
    change((now) => ({ ...now, unfolded: { all: !now.unfolded.all, ids: new Set() } })),
  );
  const refold = button(
    "Fold again",
    change((now) => ({ ...now, unfolded: { all: false, ids: new Set() } })),
    { class: "small" },
  );
  const links = toggle(
    "All links",
    change((now) => ({ ...now, allLinks: !now.allLinks })),
  );
  const counts = toggle(
    "Counts",
    change((now) => ({ ...now, counts: !now.counts })),
  );
  const note = h("span", { class: "muted toolbar-note" }, "");
  const zooming = zoomGroup(events);
  return {
    element: h(
      "div",
      { class: "toolbar", role: "group", attrs: { "aria-label": "What is shown" } },
      twin,
      all,
      refold,
      links,
      counts,
      note,
      zooming,
    ),
    update: (next) => {
      state = next;
      const { showing, graph } = next;
      setText(twin, next.asTable ? "View as graph" : "View as table");
      zooming.hidden = next.asTable;
      press(all, showing.unfolded.all, graph.folds > 0 || showing.unfolded.all);
      all.title = "Show every record as a card of its own";
      refold.hidden = showing.unfolded.all || showing.unfolded.ids.size === 0;
      press(links, showing.allLinks, graph.spareLinks > 0);
      setText(links, `All links (+${graph.spareLinks})`);
      links.title = `${plural(graph.spareLinks, "link")} that a longer way already says`;
      press(counts, showing.counts, graph.spareCounts > 0 && !next.asTable);
      setText(counts, `Counts (${graph.spareCounts})`);
      counts.title = "Error spikes, cascading failures and other sums over what is drawn already";
      setText(note, next.truncated ? "cut off: there was more than can be shown" : "");
    },
  };
}

function toggle(label: string, pressed: () => void): HTMLButtonElement {
  return button(label, pressed, { class: "small toggle", attrs: { "aria-pressed": "false" } });
}

function press(element: HTMLButtonElement, on: boolean, there: boolean): void {
  element.hidden = !there;
  element.setAttribute("aria-pressed", String(on));
}

function zoomGroup(events: ToolbarEvents): HTMLElement {
  const zoomButton = (sign: string, name: string, factor: number): HTMLButtonElement =>
    button(sign, () => events.zoom(factor), { class: "icon", title: name, attrs: { "aria-label": name } });
  return h(
    "div",
    { class: "zooming", role: "group", attrs: { "aria-label": "Zoom" } },
    zoomButton("−", "Zoom out", 1 / 1.3),
    zoomButton("+", "Zoom in", 1.3),
    button("Fit", events.fit, { class: "small", title: "Show the whole graph" }),
  );
}
