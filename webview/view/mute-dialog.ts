// The question before muting: what exactly, for how long, and why.
import type { MuteRequest } from "../../agent/protocol/graph.ts";
import type { WireCause, WireIncident } from "../../agent/protocol/incident.ts";
import { oneLine } from "../format.ts";
import type { Session } from "../session.ts";
import { button, h } from "./dom.ts";
import { subjectText } from "./parts.ts";

const HOUR_MS = 3_600_000;
const DURATIONS = [
  ["1 hour", HOUR_MS],
  ["4 hours", 4 * HOUR_MS],
  ["1 day", 24 * HOUR_MS],
  ["7 days", 168 * HOUR_MS],
  ["until unmuted", 0],
] as const;

/** The dialog; `open` shows it for an incident. */
export function createMuteDialog(session: Session): { readonly element: HTMLDialogElement; open(incident: WireIncident): void } {
  const scope = h("div", { class: "choices", role: "radiogroup", attrs: { "aria-label": "What to mute" } });
  const until = h("select", { id: "mute-until" }, ...DURATIONS.map(([text, ms]) => h("option", { attrs: { value: ms } }, text)));
  const comment = h("input", {
    id: "mute-comment",
    attrs: { type: "text", required: true, maxlength: 500, placeholder: "Known, ticket …" },
  });
  const form = h(
    "form",
    { attrs: { method: "dialog" } },
    h("h2", {}, "Mute incidents"),
    scope,
    h("div", { class: "field" }, h("label", { attrs: { for: "mute-until" } }, "For"), until),
    h("div", { class: "field" }, h("label", { attrs: { for: "mute-comment" } }, "Why"), comment),
    h(
      "div",
      { class: "dialog-buttons" },
      button("Cancel", () => element.close()),
      h("button", { class: "primary", attrs: { type: "submit" } }, "Mute"),
    ),
  );
  const element = h("dialog", { class: "dialog", attrs: { "aria-label": "Mute incidents" } }, form);
  let requests: readonly Omit<MuteRequest, "comment">[] = [];
  form.addEventListener("submit", () => {
    const chosen = requests[Number(new FormData(form).get("mute-scope"))];
    const forMs = Number(until.value);
    if (chosen)
      session.mute({
        ...chosen,
        comment: comment.value.trim(),
        ...(forMs > 0 ? { until: new Date(Date.now() + forMs).toISOString() } : {}),
      });
  });
  return {
    element,
    open: (incident) => {
      const choices = scopes(incident);
      requests = choices.map((one) => one.request);
      scope.replaceChildren(...choices.map((one, index) => scopeChoice(one.text, index)));
      comment.value = "";
      element.showModal();
    },
  };
}

type Scope = { readonly text: string; readonly request: Omit<MuteRequest, "comment"> };

function scopes(incident: WireIncident): Scope[] {
  const cause = incident.root_cause ?? incident.causes[0];
  if (cause) return causeScopes(incident.cluster, cause);
  const namespace = incident.namespaces[0];
  if (namespace) return [{ text: `Everything in namespace ${oneLine(namespace)}`, request: { cluster: incident.cluster, namespace } }];
  return incident.affected
    .slice(0, 3)
    .map((one) => ({ text: `Everything on ${subjectText(one)}`, request: { cluster: incident.cluster, kind: one.kind, name: one.name } }));
}

function causeScopes(cluster: string, cause: WireCause): Scope[] {
  const where = cause.namespace ? { namespace: cause.namespace } : {};
  const base = { cluster, kind: cause.kind, reason: cause.reason, ...where };
  return [
    { text: `${oneLine(cause.reason)} on ${subjectText(cause)}`, request: { ...base, name: cause.name } },
    {
      text: `${oneLine(cause.reason)} on any ${oneLine(cause.kind)}${cause.namespace ? ` in ${oneLine(cause.namespace)}` : ""}`,
      request: base,
    },
  ];
}

function scopeChoice(text: string, index: number): HTMLElement {
  return h(
    "label",
    { class: "check" },
    h("input", { attrs: { type: "radio", name: "mute-scope", value: index, checked: index === 0 } }),
    text,
  );
}
