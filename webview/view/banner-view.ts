// The line on top when something stands between the page and the agent: lost connection with a countdown, wrong token, other version.
import type { AppState } from "../app-state.ts";
import { clock, span } from "../format.ts";
import type { Session } from "../session.ts";
import { button, h, replaceKeeping, setText } from "./dom.ts";

/** The banner; `tick` moves the countdown. */
export function createBanner(
  session: Session,
  nowMs: () => number,
): { readonly element: HTMLElement; update(state: AppState): void; tick(): void } {
  const countdown = h("span", { class: "countdown" });
  const element = h("div", { class: "banner", hidden: true });
  let retryAtMs = 0;
  let drawn: string | undefined;
  let isTried = true;
  const tick = (): void =>
    setText(countdown, !isTried ? "" : retryAtMs > nowMs() ? `Next try in ${span(retryAtMs - nowMs() + 999)}.` : "Trying…");
  return {
    element,
    tick,
    update: (state) => {
      const { connection } = state;
      retryAtMs = connection.state === "waiting" ? connection.retryAtMs : 0;
      // A host that names no time tries nothing by itself: it waits to be told.
      isTried = connection.state !== "waiting" || retryAtMs > 0;
      tick();
      const look =
        connection.state === "refused"
          ? connection.because
          : connection.state === "ready" || (connection.state === "connecting" && !state.lostAtMs)
            ? ""
            : "lost";
      const signature = `${look}${connection.state === "waiting" ? connection.why : ""}${state.lostAtMs ?? ""}`;
      element.hidden = look === "";
      if (signature === drawn) return;
      drawn = signature;
      element.className = `banner${look === "lost" ? "" : " is-refused"}`;
      replaceKeeping(
        element,
        look === "lost"
          ? lost(state, countdown, { session, nowMs: nowMs() })
          : connection.state === "refused"
            ? refused(connection.because, connection.detail, session)
            : [],
      );
    },
  };
}

function lost(state: AppState, countdown: HTMLElement, by: { readonly session: Session; readonly nowMs: number }): HTMLElement[] {
  const why = state.connection.state === "waiting" ? state.connection.why : "";
  const stale =
    state.lostAtMs === undefined
      ? ""
      : ` What you see is as of ${clock(new Date(state.lostAtMs).toISOString(), by.nowMs)} and may be out of date.`;
  return [
    h("strong", {}, state.lostAtMs === undefined ? "Not connected." : "Connection lost."),
    h("span", {}, `${why}${stale}`),
    countdown,
    button("Try now", () => by.session.tell({ type: "reconnect" }), { class: "small", attrs: { "data-focus": "reconnect" } }),
  ];
}

function refused(because: "token" | "version", detail: string, session: Session): HTMLElement[] {
  if (because === "version") {
    return [
      h("strong", {}, "This page and the agent do not fit together."),
      h("span", {}, `${detail} Reload the page; if that does not help, bring both to the same version.`),
      button("Reload", () => location.reload(), { class: "small" }),
    ];
  }
  const field = h("input", {
    id: "token",
    attrs: { type: "password", autocomplete: "off", required: true, "aria-label": "Token", placeholder: "Token" },
  });
  const form = h("form", { class: "token-form" }, field, h("button", { class: "small primary", attrs: { type: "submit" } }, "Connect"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    session.tell({ type: "token", token: field.value.trim() });
  });
  return [h("strong", {}, "No access."), h("span", {}, `${detail} Open the address that the agent printed, or enter its token.`), form];
}
