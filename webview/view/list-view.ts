// The list of incidents: one link per incident, patched in place so that focus, selection and scroll stay.
import type { WireIncident } from "../../agent/protocol/incident.ts";
import { type AppState, selectedKey, severalClusters } from "../app-state.ts";
import { oneLine, plural, sureness } from "../format.ts";
import { incidentKey, shownIncidents } from "../incident-list.ts";
import { formatHash, parseHash } from "../router.ts";
import type { Session } from "../session.ts";
import { button, h, nodes, reconcile, setAttributes, setText } from "./dom.ts";
import { createFilters } from "./filters-view.ts";
import { ageText, severityIcon } from "./parts.ts";

/** The left side. */
export function createListView(session: Session, nowMs: () => number): { readonly element: HTMLElement; update(state: AppState): void } {
  const filters = createFilters(session);
  const summary = h("p", { class: "list-summary muted", attrs: { "aria-live": "off" } });
  const rows = h("ul", {
    class: "rows",
    attrs: { "aria-label": "Incidents" },
    on: { keydown: moveAmongRows, click: (event) => follow(event, session) },
  });
  const more = button("Show older", () => session.loadList(true), { class: "more" });
  const scroller = h("div", { class: "list-scroll" }, rows, more);
  const element = h("nav", { class: "side", attrs: { "aria-label": "Incidents" } }, filters.element, summary, scroller);
  let drawn: Pick<AppState, "list" | "route" | "connection"> | undefined;
  return {
    element,
    update: (state) => {
      filters.update(state);
      if (drawn && drawn.list === state.list && drawn.route === state.route && drawn.connection === state.connection) return;
      drawn = state;
      const selected = selectedKey(state);
      const shown = shownIncidents(state.list, selected);
      setText(summary, summaryText(state, shown.length));
      const several = severalClusters(state);
      reconcile(rows, shown, {
        key: incidentKey,
        make: () => h("li", {}),
        update: (row, incident) =>
          updateRow(row, incident, { selected: incidentKey(incident) === selected, severalClusters: several, nowMs: nowMs() }),
      });
      more.hidden = state.list.cursor === undefined;
    },
  };
}

function summaryText(state: AppState, shown: number): string {
  const { list } = state;
  if (list.status === "failed") return `The list could not be loaded: ${list.problem}`;
  if (list.status === "loading" && list.order.length === 0) return state.connection.state === "refused" ? "Not connected" : "Loading…";
  const which = list.filters.state === "all" ? "" : `${list.filters.state} `;
  if (shown > 0) return `${plural(shown, `${which}incident`)}${list.cursor ? ", more to load" : ""}`;
  return `No ${which}incidents${list.filters.text || list.filters.severity || list.filters.namespace ? " match" : ""}`;
}

type RowLook = { readonly selected: boolean; readonly severalClusters: boolean; readonly nowMs: number };

/** What each row was last drawn from; an equal row is left untouched. */
const drawnRows = new WeakMap<Element, string>();

function updateRow(row: Element, incident: WireIncident, look: RowLook): void {
  const { nowMs: _later, ...lasting } = look;
  const signature = JSON.stringify([
    incident.title,
    incident.severity,
    incident.state,
    incident.first_seen,
    incident.confidence,
    incident.muted_by,
    incident.acknowledged_at !== undefined,
    incident.namespaces,
    incident.affected.length,
    incident.root_cause !== null,
    lasting,
  ]);
  if (drawnRows.get(row) === signature) return;
  drawnRows.set(row, signature);
  let link = row.querySelector("a");
  if (!link) {
    link = h("a", { class: "row", attrs: { href: formatHash({ incident: incident.id, cluster: incident.cluster, section: "graph" }) } });
    row.append(link);
  }
  setAttributes(link, { "aria-current": look.selected ? "true" : undefined });
  link.className = `row${incident.state === "resolved" ? " is-resolved" : ""}${incident.muted_by ? " is-muted" : ""}`;
  link.replaceChildren(severityIcon(incident.severity), rowText(incident, look));
}

function rowText(incident: WireIncident, look: RowLook): HTMLElement {
  const hit = incident.affected.filter((one) => one.role === "symptom").length;
  const where = [...(look.severalClusters ? [incident.cluster] : []), namespacesText(incident.namespaces)]
    .map(oneLine)
    .filter(Boolean)
    .join(" · ");
  const flags = [
    incident.acknowledged_at !== undefined && "acknowledged",
    incident.muted_by !== undefined && "muted",
    incident.state === "resolved" && "resolved",
  ].filter((flag) => flag !== false);
  return h(
    "span",
    { class: "row-text" },
    h("span", { class: "row-title", title: oneLine(incident.title) }, oneLine(incident.title)),
    h(
      "span",
      { class: "row-facts" },
      ...nodes([h("span", { class: "row-where" }, where || "cluster-wide"), ageText(incident.first_seen, look.nowMs)]),
    ),
    h(
      "span",
      { class: "row-facts" },
      h("span", { class: incident.root_cause ? "sure" : "unsure" }, sureness(incident)),
      h("span", { class: "row-where" }, `${hit} hit`),
      ...flags.map((flag) => h("span", { class: "flag" }, flag)),
    ),
  );
}

function namespacesText(namespaces: readonly string[]): string {
  return namespaces.length > 2 ? `${namespaces[0]} and ${namespaces.length - 1} more` : namespaces.join(", ");
}

/** A plain click stays in the page, also where fragments do not navigate; with a modifier the browser opens a tab. */
function follow(event: MouseEvent, session: Session): void {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  session.go(parseHash(link.hash).route);
}

function moveAmongRows(event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (step === 0 || !(event.currentTarget instanceof HTMLElement)) return;
  const links = [...event.currentTarget.querySelectorAll("a")];
  const here = document.activeElement?.closest("a");
  const at = here ? links.indexOf(here) : -1;
  links[Math.min(links.length - 1, Math.max(0, at + step))]?.focus();
  event.preventDefault();
}
