// What the marks and lines mean, in a row below the graph.
import type { WireSeverity } from "../../agent/protocol/incident.ts";
import { h, svg } from "./dom.ts";
import { severityIcon } from "./parts.ts";

const SHOWN: readonly WireSeverity[] = ["INFO", "WARNING", "ERROR", "FATAL"];

/** The legend. */
export function createLegend(): HTMLElement {
  const marks = SHOWN.map((severity) => item(severityIcon(severity, false), severity.toLowerCase()));
  return h(
    "div",
    { class: "legend" },
    ...marks,
    item(line("chain"), "root-cause path"),
    item(line("plain"), "other links"),
    item(line("aside"), "other causes"),
  );
}

function item(sign: Element, words: string): HTMLElement {
  return h("span", { class: "legend-item" }, sign, words);
}

function line(emphasis: "chain" | "plain" | "aside"): SVGSVGElement {
  return svg(
    "svg",
    { class: `legend-line link is-${emphasis}`, viewBox: "0 0 26 10", "aria-hidden": "true" },
    svg("path", { class: "link-line", d: "M1 5h17", "stroke-width": emphasis === "chain" ? 3.5 : 1.6 }),
    svg("path", { class: "link-head", d: "M25 5l-8,-4.5v9z" }),
  );
}
