// The time slider under the graph: drag it back and only what had happened by then is shown. Arrow keys go from one happening to the next.
import { clock, plural, utc } from "../format.ts";
import { button, h, setText } from "./dom.ts";

/** What the slider stands on. `stops` are the moments at which something began, ascending, epoch milliseconds. */
export type ScrubberState = {
  readonly stops: readonly number[];
  readonly atMs: number | undefined;
  readonly shown: number;
  readonly total: number;
  readonly nowMs: number;
};

/** `changed` gets a moment, or undefined for the whole incident. */
export function createScrubber(changed: (atMs: number | undefined) => void): {
  readonly element: HTMLElement;
  update(state: ScrubberState): void;
} {
  const label = h("output", { class: "scrub-label", attrs: { "aria-live": "off" } });
  const slider = h("input", { class: "scrub-range", attrs: { type: "range", step: 1, min: 0, "aria-label": "Show the graph as of" } });
  const ticks = h("div", { class: "scrub-ticks", attrs: { "aria-hidden": "true" } });
  const all = button("Show all", () => changed(undefined), { class: "small" });
  let stops: readonly number[] = [];
  const settle = (ms: number): void => changed(ms >= (stops.at(-1) ?? 0) ? undefined : ms);
  slider.addEventListener("input", () => settle((stops[0] ?? 0) + Number(slider.value)));
  slider.addEventListener("keydown", (event) => {
    const step =
      event.key === "ArrowRight" || event.key === "ArrowUp" ? 1 : event.key === "ArrowLeft" || event.key === "ArrowDown" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const at = (stops[0] ?? 0) + Number(slider.value);
    settle((step > 0 ? stops.find((stop) => stop > at) : stops.findLast((stop) => stop < at)) ?? at);
  });
  const element = h("div", { class: "scrubber" }, label, h("div", { class: "scrub-track" }, slider, ticks), all);
  let drawn = "";
  return {
    element,
    update: (state) => {
      const from = state.stops[0] ?? 0;
      const span = Math.max(1, (state.stops.at(-1) ?? from) - from);
      element.hidden = state.stops.length < 2;
      if (drawn !== state.stops.join()) {
        drawn = state.stops.join();
        stops = state.stops;
        slider.max = String(span);
        ticks.replaceChildren(...tickShares(state.stops, from, span).map(tick));
      }
      slider.value = String((state.atMs ?? from + span) - from);
      const iso = new Date(state.atMs ?? from + span).toISOString();
      const text =
        state.atMs === undefined
          ? `All of it, to ${clock(iso, state.nowMs)}`
          : `As of ${clock(iso, state.nowMs)}: ${state.shown} of ${plural(state.total, "card")}`;
      setText(label, text);
      label.title = utc(iso);
      slider.setAttribute("aria-valuetext", text);
      all.disabled = state.atMs === undefined;
    },
  };
}

/** Ticks closer than a two-hundredth are one tick. */
function tickShares(stops: readonly number[], from: number, span: number): number[] {
  return [...new Set(stops.map((stop) => Math.round(((stop - from) / span) * 200) / 200))];
}

function tick(at: number): HTMLElement {
  const mark = h("span", { class: "scrub-tick" });
  mark.style.insetInlineStart = `${at * 100}%`;
  return mark;
}
