// What the marks mean, in a corner of the graph.
import type { WireSeverity } from "../../agent/protocol/incident.ts";
import { h } from "./dom.ts";
import { severityIcon } from "./parts.ts";

const SHOWN: readonly WireSeverity[] = ["INFO", "WARNING", "ERROR", "FATAL"];

/** The legend. */
export function createLegend(): HTMLElement {
  const marks = SHOWN.map((severity) => h("span", { class: "legend-item" }, severityIcon(severity, false), severity.toLowerCase()));
  return h("div", { class: "legend" }, ...marks, h("span", { class: "legend-item muted" }, "cause → effect, with the link's score"));
}
