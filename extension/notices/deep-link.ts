// Opens an incident from a link (`vscode://kgroot.kgroot/incident/ID?cluster=NAME`), so that an alert can lead here. A link never says which agent: that is the user's choice.
import { commands, type Disposable, l10n, type Uri, window } from "vscode";
import { failureWords } from "../commands/failure-words.ts";
import { COMMANDS } from "../contributions.ts";
import type { GraphPanels } from "../panels/graph-panels.ts";
import { refOfLink } from "../panels/incident-ref.ts";
import type { AgentSession } from "../session/agent-session.ts";

/** Registers the handler. */
export function deepLinks(session: AgentSession, panels: GraphPanels): Disposable {
  return window.registerUriHandler({
    handleUri: async ({ path, query }: Uri) => {
      const incident = refOfLink(path, query);
      if (!incident) {
        void window.showWarningMessage(l10n.t("This link names no incident of kgroot."));
        return;
      }
      const { state } = await session.settled();
      if (state !== "ready") {
        const connect = l10n.t("Connect…");
        const chosen = await window.showWarningMessage(l10n.t("To open the incident, connect to its agent first."), connect);
        if (chosen === connect) await commands.executeCommand(COMMANDS.connect);
        return;
      }
      try {
        const { id, cluster } = await session.call("incidents/get", {
          id: incident.id,
          ...(incident.cluster === undefined ? {} : { cluster: incident.cluster }),
        });
        panels.show({ id, cluster });
      } catch (error) {
        void window.showWarningMessage(failureWords(error) ?? "");
      }
    },
  });
}
