// Acknowledge an incident, or take that back: others see that somebody looks after it.
import { l10n, window } from "vscode";
import { harmless } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { type Choice, chooseIncident } from "./choose-incident.ts";

/** The command for one of the two. */
export function acknowledge(session: AgentSession, choice: Choice, acknowledged: boolean): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const incident = await chooseIncident(argument, choice);
    if (!incident) return;
    const { id, cluster, title } = incident;
    await session.call("incidents/acknowledge", { id, cluster, acknowledged });
    await choice.feed.list();
    const name = harmless(title);
    const words = acknowledged ? l10n.t("Acknowledged: {0}", name) : l10n.t("No longer acknowledged: {0}", name);
    void window.setStatusBarMessage(words, 5_000);
  };
}
