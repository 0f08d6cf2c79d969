// A notification for each new FATAL incident, if the user wants them.
import { type Disposable, l10n, window, workspace } from "vscode";
import type { WireIncident } from "../../agent/protocol/incident.ts";
import { SETTINGS } from "../contributions.ts";
import type { IncidentFeed } from "../incidents/incident-feed.ts";
import { harmless } from "../incidents/words.ts";
import type { GraphPanels } from "../panels/graph-panels.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { targetOf } from "../session/session-state.ts";

/** A storm of incidents is told in one line. */
const TOLD_MAX = 3;

/** Tells of new ones; not in the demo, which is looked at already. */
export function fatalNotice(session: AgentSession, feed: IncidentFeed, panels: GraphPanels): Disposable {
  return feed.onNew((incidents) => {
    if (targetOf(session.state)?.kind === "demo") return;
    if (!workspace.getConfiguration("kgroot").get<boolean>(SETTINGS.notifyFatal, true)) return;
    const fatal = incidents.filter(({ severity }) => severity === "FATAL");
    for (const incident of fatal.slice(0, TOLD_MAX)) void tell(incident, panels);
    if (fatal.length > TOLD_MAX) void window.showWarningMessage(l10n.t("kgroot: {0} more new FATAL incidents", fatal.length - TOLD_MAX));
  });
}

async function tell(incident: WireIncident, panels: GraphPanels): Promise<void> {
  const show = l10n.t("Show Graph");
  const chosen = await window.showWarningMessage(l10n.t("FATAL: {0}", harmless(incident.title)), show);
  if (chosen === show) panels.show({ id: incident.id, cluster: incident.cluster });
}
