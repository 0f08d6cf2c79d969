// The timeline: a table in the order of time, with a bar for how long each thing went on.
import type { WireIncidentGraph } from "../../agent/protocol/incident.ts";
import { clock, oneLine, timeMs, utc } from "../format.ts";
import { etypeWord } from "../marks.ts";
import { type TimelineRow, timelineOf } from "../timeline-model.ts";
import { h } from "./dom.ts";
import { severityIcon, subjectLabel, timeText } from "./parts.ts";

/** The whole section. */
export function timelineSection(graph: WireIncidentGraph, nowMs: number): HTMLElement[] {
  const { rows, marks } = timelineOf(graph);
  if (rows.length === 0) return [h("p", { class: "note" }, "Nothing of this incident is kept any more.")];
  const axis = h(
    "div",
    { class: "axis", attrs: { "aria-hidden": "true" } },
    ...marks.map((mark) => axisMark(mark.at, clock(new Date(mark.ms).toISOString(), nowMs))),
  );
  const columns = ["Time", "Resource", "What", "Message"].map((name) => h("th", { attrs: { scope: "col" } }, name));
  return [
    h(
      "table",
      { class: "timeline" },
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          ...columns,
          h("th", { class: "axis-cell", attrs: { scope: "col" } }, h("span", { class: "sr-only" }, "Duration"), axis),
        ),
      ),
      h("tbody", {}, ...rows.map((row) => timelineRow(row, nowMs))),
    ),
    ...(graph.truncated ? [h("p", { class: "note" }, "There was more than can be shown; the oldest and the worst are kept.")] : []),
  ];
}

function axisMark(at: number, text: string): HTMLElement {
  const mark = h("span", { class: at > 0.75 ? "axis-mark at-end" : "axis-mark" }, text);
  mark.style.insetInlineStart = `${at * 100}%`;
  return mark;
}

function timelineRow(row: TimelineRow, nowMs: number): HTMLElement {
  const { entry } = row;
  const flag =
    row.role === "root_cause"
      ? h("span", { class: "flag flag-root" }, "root cause")
      : row.role === "first_critical"
        ? h("span", { class: "flag" }, "first critical failure")
        : undefined;
  return h(
    "tr",
    { class: `timeline-row role-${row.role}` },
    h("td", { class: "cell-time" }, timeText(entry.event_time, nowMs)),
    h("th", { class: "cell-subject", attrs: { scope: "row" } }, subjectLabel(entry.resource)),
    h(
      "td",
      {},
      h(
        "div",
        { class: "cell-what" },
        severityIcon(entry.severity),
        h("div", {}, h("strong", {}, oneLine(entry.reason)), " ", sortText(entry), " ", flag),
      ),
    ),
    h("td", { class: "cell-message" }, h("span", { class: "clamp", title: oneLine(entry.message).slice(0, 2000) }, oneLine(entry.message))),
    h("td", { class: "axis-cell" }, barOf(row)),
  );
}

function sortText(entry: TimelineRow["entry"]): HTMLElement {
  return h("span", { class: "muted" }, `${etypeWord(oneLine(entry.etype))}${entry.count > 1 ? ` ×${entry.count}` : ""}`);
}

function barOf(row: TimelineRow): HTMLElement {
  const length = h("span", { class: `timeline-bar sev-${row.entry.severity.toLowerCase()}${row.clearedAt ? " is-cleared" : ""}` });
  length.style.insetInlineStart = `${row.from * 100}%`;
  length.style.inlineSize = `max(6px, ${(row.to - row.from) * 100}%)`;
  length.title = `${utc(row.entry.event_time)} to ${utc(endOf(row))}`;
  return h("div", { class: "track", attrs: { "aria-hidden": "true" } }, length);
}

function endOf(row: TimelineRow): string {
  const { last_time } = row.entry;
  return row.clearedAt !== undefined && (timeMs(row.clearedAt) ?? 0) > (timeMs(last_time) ?? 0) ? row.clearedAt : last_time;
}
