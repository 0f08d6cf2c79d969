// What a person can do with an incident: acknowledge it, confirm or reject its root cause, mute it, copy its link, export it.
import type { WireIncident } from "../../agent/protocol/incident.ts";
import { markdownReport } from "../report.ts";
import type { Session } from "../session.ts";
import { button, h, setText } from "./dom.ts";
import { createMuteDialog } from "./mute-dialog.ts";

/** The buttons. */
export function createActions(
  session: Session,
  exportSvg: () => string,
): { readonly element: HTMLElement; update(incident: WireIncident, whyNot: string | undefined): void } {
  let shown: WireIncident | undefined;
  const withShown = (act: (incident: WireIncident) => void) => (): void => {
    if (shown) act(shown);
  };
  const judge = (verdict: "confirmed" | "rejected") =>
    withShown((incident) => incident.root_cause && session.judge(incident, incident.root_cause, verdict));
  const muteDialog = createMuteDialog(session);
  const confirm = button("Confirm cause", judge("confirmed"));
  const reject = button("Reject cause", judge("rejected"));
  const mute = button(
    "Mute…",
    withShown((incident) => (incident.muted_by === undefined ? muteDialog.open(incident) : session.unmute(incident.muted_by))),
  );
  const acknowledge = button(
    "Acknowledge",
    withShown((incident) => session.acknowledge(incident, incident.acknowledged_at === undefined)),
  );
  const link = button(
    "Copy link",
    withShown((incident) => session.tell({ type: "copy-link", incident: incident.id, cluster: incident.cluster })),
  );
  const exports = exportMenu(session, withShown, exportSvg);
  const element = h(
    "div",
    { class: "actions", role: "group", attrs: { "aria-label": "Actions" } },
    acknowledge,
    confirm,
    reject,
    mute,
    link,
    exports,
    muteDialog.element,
  );
  return {
    element,
    update: (incident, whyNot) => {
      shown = incident;
      confirm.hidden = reject.hidden = incident.root_cause === null;
      acknowledge.hidden = incident.state !== "open";
      setText(acknowledge, incident.acknowledged_at === undefined ? "Acknowledge" : "Take back acknowledgement");
      setText(mute, incident.muted_by === undefined ? "Mute…" : "Unmute");
      for (const control of [acknowledge, confirm, reject, mute]) {
        control.disabled = whyNot !== undefined;
        control.title = whyNot ?? "";
      }
    },
  };
}

type WithShown = (act: (incident: WireIncident) => void) => () => void;

function exportMenu(session: Session, withShown: WithShown, exportSvg: () => string): HTMLElement {
  const save = (ending: string, mime: string, textOf: (incident: WireIncident) => string): (() => void) =>
    withShown((incident) =>
      session.tell({
        type: "save",
        name: `incident-${incident.id.replace(/[^\w-]+/g, "-").slice(0, 60)}.${ending}`,
        mime,
        text: textOf(incident),
      }),
    );
  const items = [
    button("Graph as SVG", save("svg", "image/svg+xml", exportSvg)),
    button(
      "Incident as JSON",
      save("json", "application/json", (incident) =>
        JSON.stringify(session.state.detail.state === "shown" ? session.state.detail.graph : incident, null, 2),
      ),
    ),
    button("Report as Markdown", save("md", "text/markdown", markdownReport)),
    button(
      "Copy report",
      withShown((incident) => session.tell({ type: "copy", text: markdownReport(incident) })),
    ),
  ];
  const menu = h("details", { class: "menu" }, h("summary", { class: "button" }, "Export"), h("div", { class: "menu-items" }, ...items));
  const close = (): void => {
    menu.open = false;
  };
  for (const item of items) item.addEventListener("click", close);
  menu.addEventListener("focusout", (event) => {
    if (!(event.relatedTarget instanceof Node && menu.contains(event.relatedTarget))) close();
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    close();
    menu.querySelector("summary")?.focus();
  });
  return menu;
}
