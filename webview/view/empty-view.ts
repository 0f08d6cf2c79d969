// What stands on the right when no incident does: loading, nothing wrong, choose one, not found, or what went wrong.
import type { WireStats } from "../../agent/protocol/graph.ts";
import type { AppState } from "../app-state.ts";
import { count, oneLine, plural, pluralKind } from "../format.ts";
import type { Session } from "../session.ts";
import { button, h } from "./dom.ts";
import { ageText } from "./parts.ts";

/** The contents, or undefined when the chosen incident can be shown. */
export function emptyText(state: AppState, known: boolean, session: Session): HTMLElement[] | undefined {
  const { detail, list } = state;
  if (detail.state === "failed" && detail.missing) {
    return [
      h("h1", { tabindex: -1 }, "This incident is not here"),
      h("p", {}, "It may have been removed after its retention, or it belongs to another agent."),
      button("Back to the list", () => session.go({ section: "graph" })),
    ];
  }
  if (detail.state === "failed" && !known)
    return [
      h("h1", { tabindex: -1 }, "The incident could not be loaded"),
      h("p", {}, detail.problem),
      button("Try again", () => session.loadGraph()),
    ];
  if (detail.state !== "none") return known ? undefined : [loading("Loading the incident…")];
  if (state.connection.state === "refused" && list.order.length === 0)
    return [h("h1", {}, "Not connected"), h("p", { class: "muted" }, "The line above says why.")];
  if (list.status === "loading" && list.order.length === 0) return [loading(state.everReady ? "Loading…" : "Connecting to the agent…")];
  if (list.status === "failed" && list.order.length === 0)
    return [h("h1", {}, "The incidents could not be loaded"), h("p", {}, list.problem), button("Try again", () => session.loadList())];
  const open = [...list.incidents.values()].filter((incident) => incident.state === "open" && incident.muted_by === undefined).length;
  const filtered =
    list.filters.severity !== "" || list.filters.namespace !== "" || list.filters.cluster !== "" || list.filters.state === "resolved";
  if (open > 0 || filtered)
    return [
      h("h1", {}, open > 0 ? `${plural(open, "open incident")}` : "Choose an incident"),
      h("p", {}, "Choose one on the left to see what broke, because of what, and who else is hit."),
      ...watched(state.stats),
    ];
  return [
    h("div", { class: "all-well", attrs: { "aria-hidden": "true" } }, "✓"),
    h("h1", {}, "Nothing wrong found"),
    h("p", {}, "No open incident. New ones appear here by themselves."),
    ...watched(state.stats),
  ];
}

function loading(text: string): HTMLElement {
  return h("p", { class: "loading", role: "status" }, h("span", { class: "spinner", attrs: { "aria-hidden": "true" } }), text);
}

const KINDS_SHOWN = 5;

/** What is watched, so that "nothing wrong" can be told from "nothing seen". */
function watched(stats: WireStats | undefined): HTMLElement[] {
  if (!stats) return [];
  const kinds = Object.entries(stats.resources_by_kind).sort((a, b) => b[1] - a[1]);
  const some = kinds.slice(0, KINDS_SHOWN).map(([kind, number]) => plural(number, oneLine(kind), oneLine(pluralKind(kind))));
  const rest = kinds.length > KINDS_SHOWN ? ` and ${plural(kinds.length - KINDS_SHOWN, "more kind")}` : "";
  const newest = stats.newest_event === undefined ? [] : [", the newest ", ageText(stats.newest_event, Date.parse(stats.timestamp))];
  return [
    h(
      "p",
      { class: "muted" },
      stats.resources === 0
        ? "Nothing is watched yet: the agent has seen no resource."
        : `Watching ${plural(stats.resources, "resource")}: ${some.join(", ")}${rest}.`,
    ),
    h("p", { class: "muted" }, `${count(stats.episodic_events)} happenings kept`, ...newest, "."),
  ];
}
