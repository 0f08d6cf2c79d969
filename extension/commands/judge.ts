// Confirm or reject a root cause: the agent remembers it, names it in similar incidents, and can say how well its confidences hold.
import { l10n, window } from "vscode";
import { harmless, resourceName } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { type Choice, chooseCause, chooseIncident } from "./choose-incident.ts";

/** The command for one of the two verdicts. */
export function judge(session: AgentSession, choice: Choice, verdict: "confirmed" | "rejected"): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const incident = await chooseIncident(argument, choice);
    if (!incident) return;
    const cause = await chooseCause(argument, incident);
    if (!cause) {
      void window.showInformationMessage(l10n.t("This incident names no cause."));
      return;
    }
    await session.call("feedback", { incident: incident.id, cluster: incident.cluster, rid: cause.rid, verdict });
    const name = harmless(resourceName(cause));
    const words = verdict === "confirmed" ? l10n.t("Confirmed as root cause: {0}.", name) : l10n.t("Rejected as root cause: {0}.", name);
    void window.setStatusBarMessage(words, 5_000);
  };
}
