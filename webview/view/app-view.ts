// The frame of the page: top bar, banner, list and incident, and the two places where the page speaks: a short notice and a live region.
import { type AppState, selectedIncident } from "../app-state.ts";
import { count, oneLine } from "../format.ts";
import type { Session } from "../session.ts";
import { createAnnouncer } from "./announcer.ts";
import { createBanner } from "./banner-view.ts";
import { button, h, setText } from "./dom.ts";
import { createIncidentView } from "./incident-view.ts";
import { createListView } from "./list-view.ts";
import { tickAges } from "./parts.ts";

const NOTICE_MS = 4000;

/** Builds the page inside `root` and keeps it in step with the session. */
export function mountApp(root: HTMLElement, session: Session, nowMs: () => number): void {
  const announcer = createAnnouncer();
  const banner = createBanner(session, nowMs);
  const list = createListView(session, nowMs);
  const incident = createIncidentView(session, { nowMs, announce: announcer.say });
  const status = h("span", { class: "connection" });
  const stats = h("span", { class: "stats muted" });
  const notice = createNotice();
  const skip = button("Skip to the incident", () => incident.element.focus(), { class: "skip" });
  const columns = h("div", { class: "columns" }, list.element, incident.element);
  root.replaceChildren(
    skip,
    h("header", { class: "top" }, h("strong", { class: "brand" }, "kgroot"), stats, status),
    banner.element,
    columns,
    notice.element,
    announcer.element,
  );
  const update = (state: AppState): void => {
    banner.update(state);
    list.update(state);
    incident.update(state);
    columns.classList.toggle("has-incident", state.route.incident !== undefined);
    columns.classList.toggle("is-stale", state.lostAtMs !== undefined);
    status.className = `connection is-${state.connection.state}`;
    setText(status, connectionWord(state));
    setText(
      stats,
      state.stats ? `${count(state.stats.resources)} resources watched, ${count(state.stats.episodic_events)} happenings kept` : "",
    );
    document.title = titleOf(state);
  };
  session.onChange((state, before) => {
    update(state);
    announcer.compare(before, state);
    if (state.notice.serial !== before.notice.serial) notice.show(state.notice.text);
  });
  update(session.state);
  setInterval(() => banner.tick(), 1000);
  setInterval(() => tickAges(root, nowMs()), 10_000);
}

function connectionWord(state: AppState): string {
  const { connection } = state;
  switch (connection.state) {
    case "ready":
      return connection.hello.role === "viewer" ? "Live, read only" : "Live";
    case "connecting":
      return "Connecting…";
    case "waiting":
      return "Disconnected";
    case "refused":
      return "Refused";
  }
}

function titleOf(state: AppState): string {
  const open = [...state.list.incidents.values()].filter((one) => one.state === "open" && one.muted_by === undefined).length;
  const chosen = selectedIncident(state);
  return `${open > 0 ? `(${open}) ` : ""}${chosen ? `${oneLine(chosen.title).slice(0, 120)} · ` : ""}kgroot`;
}

function createNotice(): { readonly element: HTMLElement; show(text: string): void } {
  const element = h("div", { class: "notice", role: "status", hidden: true });
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    element,
    show: (text) => {
      clearTimeout(timer);
      element.textContent = text;
      element.hidden = false;
      timer = setTimeout(() => {
        element.hidden = true;
      }, NOTICE_MS);
    },
  };
}
