// The right side: the head of the chosen incident and its tabs, or what to say when there is none.
import type { WireIncident } from "../../agent/protocol/incident.ts";
import { type AppState, selectedIncident, whyNot } from "../app-state.ts";
import { SECTIONS, type Section } from "../router.ts";
import type { Session } from "../session.ts";
import { causesSection } from "./causes-view.ts";
import { button, type Child, h, replaceKeeping, setText } from "./dom.ts";
import { emptyText } from "./empty-view.ts";
import { GraphView } from "./graph-view.ts";
import { blastSection, gapsSection, similarSection } from "./impact-view.ts";
import { timelineSection } from "./timeline-view.ts";
import { createVerdictView } from "./verdict-view.ts";

/** What the view needs of the page. */
export type IncidentViewOptions = { readonly nowMs: () => number; readonly announce: (text: string) => void };

const NAMES: Readonly<Record<Section, string>> = {
  graph: "Graph",
  timeline: "Timeline",
  blast: "Blast radius",
  causes: "Causes",
  gaps: "Evidence gaps",
  similar: "Similar",
};

/** The right side. */
export function createIncidentView(
  session: Session,
  options: IncidentViewOptions,
): { readonly element: HTMLElement; update(state: AppState): void } {
  const graphView = new GraphView({ ...options, copy: (text) => session.tell({ type: "copy", text }) });
  const verdict = createVerdictView(session, { nowMs: options.nowMs, exportSvg: () => graphView.exportSvg() });
  const tabs = createTabs(session);
  const panels = new Map(SECTIONS.map((section) => [section, panelOf(section, section === "graph" ? graphView.element : undefined)]));
  const empty = h("div", { class: "empty" });
  const back = button("‹ Incidents", () => session.go({ section: "graph" }), { class: "back small" });
  const body = h("div", { class: "incident" }, back, verdict.element, tabs.element, ...panels.values());
  const element = h("main", { id: "main", class: "main", tabindex: -1 }, body, empty);
  const drawn = new Map<Section, string>();
  return {
    element,
    update: (state) => {
      const incident = selectedIncident(state);
      const nothing = emptyText(state, incident !== undefined, session);
      body.hidden = nothing !== undefined;
      empty.hidden = nothing === undefined;
      if (nothing) replaceKeeping(empty, nothing);
      if (nothing || !incident) return;
      verdict.update(state);
      tabs.update(incident, state.route.section);
      for (const [section, panel] of panels) panel.hidden = section !== state.route.section;
      if (state.route.section === "graph") {
        if (state.detail.state === "shown") graphView.update(state.detail.graph);
        return;
      }
      drawSection(state.route.section, { state, incident, session, nowMs: options.nowMs() }, { panels, drawn });
    },
  };
}

type SectionContext = { readonly state: AppState; readonly incident: WireIncident; readonly session: Session; readonly nowMs: number };

/** Draws a section again only when what it shows has changed. */
function drawSection(
  section: Section,
  context: SectionContext,
  kept: { readonly panels: ReadonlyMap<Section, HTMLElement>; readonly drawn: Map<Section, string> },
): void {
  const panel = kept.panels.get(section);
  const { state, incident } = context;
  const { last_seen: _often, event_count: _count, ...lasting } = incident;
  const graph = state.detail.state === "shown" ? state.detail.graph : undefined;
  const signature = JSON.stringify([lasting, section === "timeline" && graph?.timeline, whyNot(state) === undefined]);
  if (!panel || kept.drawn.get(section) === signature) return;
  kept.drawn.set(section, signature);
  replaceKeeping(panel, contents(section, context));
}

function contents(section: Section, { state, incident, session, nowMs }: SectionContext): Child[] {
  switch (section) {
    case "timeline":
      return state.detail.state === "shown" ? timelineSection(state.detail.graph, nowMs) : [h("p", { class: "note" }, "Loading…")];
    case "blast":
      return blastSection(incident, nowMs);
    case "causes":
      return causesSection(incident, session, whyNot(state) === undefined);
    case "gaps":
      return gapsSection(incident);
    case "similar":
      return similarSection(incident, session);
    case "graph":
      return [];
  }
}

function panelOf(section: Section, child: HTMLElement | undefined): HTMLElement {
  return h(
    "section",
    {
      class: `panel panel-${section}`,
      id: `panel-${section}`,
      role: "tabpanel",
      hidden: true,
      ...(child ? {} : { tabindex: 0 }),
      attrs: { "aria-labelledby": `tab-${section}` },
    },
    child,
  );
}

function createTabs(session: Session): { readonly element: HTMLElement; update(incident: WireIncident, section: Section): void } {
  const tabs = new Map(SECTIONS.map((section) => [section, tabOf(section, session)]));
  const element = h("div", { class: "tabs", role: "tablist", attrs: { "aria-label": "Parts of the incident" } }, ...tabs.values());
  element.addEventListener("keydown", (event) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = SECTIONS[(SECTIONS.indexOf(session.state.route.section) + step + SECTIONS.length) % SECTIONS.length] ?? "graph";
    session.go({ ...session.state.route, section: next });
    tabs.get(next)?.focus();
  });
  return {
    element,
    update: (incident, chosen) => {
      for (const [section, tab] of tabs) {
        setText(tab.lastElementChild ?? tab, countOf(section, incident));
        tab.setAttribute("aria-selected", String(section === chosen));
        tab.tabIndex = section === chosen ? 0 : -1;
      }
    },
  };
}

function tabOf(section: Section, session: Session): HTMLButtonElement {
  const open = (): void => session.go({ ...session.state.route, section });
  return h(
    "button",
    {
      class: "tab",
      id: `tab-${section}`,
      role: "tab",
      attrs: { type: "button", "aria-controls": `panel-${section}` },
      on: { click: open },
    },
    NAMES[section],
    h("span", { class: "tab-count" }),
  );
}

function countOf(section: Section, incident: WireIncident): string {
  const counts: Readonly<Partial<Record<Section, number>>> = {
    blast: incident.affected.length,
    causes: incident.causes.length,
    gaps: incident.evidence_gaps.length,
    similar: incident.similar.length,
  };
  const known = counts[section];
  return known === undefined || known === 0 ? "" : String(known);
}
