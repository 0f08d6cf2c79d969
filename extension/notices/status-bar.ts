// The one item in the status bar: how many incidents are open, or that what is shown may be old.
import { type Disposable, l10n, StatusBarAlignment, type StatusBarItem, ThemeColor, window } from "vscode";
import { INCIDENTS_VIEW } from "../contributions.ts";
import type { IncidentFeed } from "../incidents/incident-feed.ts";
import type { AgentSession } from "../session/agent-session.ts";

/** Shown while there is an agent; a click opens the view. */
export function statusBar(session: AgentSession, feed: IncidentFeed): Disposable[] {
  const item = window.createStatusBarItem("kgroot", StatusBarAlignment.Left);
  item.name = "kgroot";
  item.command = `${INCIDENTS_VIEW}.focus`;
  const update = () => draw(item, session, feed);
  return [item, session.onState(update), feed.onChange(update)];
}

function draw(item: StatusBarItem, session: AgentSession, feed: IncidentFeed): void {
  const { state } = session.state;
  if (state === "none") {
    item.hide();
    return;
  }
  const open = feed.set.open.size;
  const isBusy = state === "starting" || state === "connecting";
  const isWrong = state === "stale" || state === "failed";
  item.text = `$(${isBusy ? "loading~spin" : isWrong ? "debug-disconnect" : "pulse"}) kgroot${isBusy || state === "failed" ? "" : `: ${open}`}`;
  item.backgroundColor = isWrong ? new ThemeColor("statusBarItem.warningBackground") : undefined;
  const label = isBusy
    ? l10n.t("kgroot: connecting to the agent")
    : isWrong
      ? l10n.t("kgroot: no connection to the agent")
      : l10n.t("kgroot: {0} open incidents", open);
  item.tooltip = label;
  item.accessibilityInformation = { label };
  item.show();
}
