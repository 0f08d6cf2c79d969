// Turns to an agent, with progress in the view, and says what is wrong when that fails.
import { commands, l10n, window, workspace } from "vscode";
import { COMMANDS, INCIDENTS_VIEW } from "../contributions.ts";
import { failureMessage } from "../incidents/incident-tree.ts";
import { FAILURE_CHARS_MAX, harmless } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import type { Target } from "../session/session-state.ts";

/** Whether there is a connection now. Throws in a workspace that is not trusted. */
export async function openTarget(session: AgentSession, target: Target): Promise<boolean> {
  if (!workspace.isTrusted) throw new Error(l10n.t("In a workspace that is not trusted, kgroot starts nothing."));
  await commands.executeCommand(`${INCIDENTS_VIEW}.focus`);
  return settle(session, () => session.open(target));
}

/** Does what leads to a connection, and waits for it. */
export async function settle(session: AgentSession, begin: () => Promise<void>): Promise<boolean> {
  const state = await window.withProgress({ location: { viewId: INCIDENTS_VIEW } }, async () => {
    await begin();
    return session.settled();
  });
  if (state.state === "failed") void tellFailure(harmless(failureMessage(state), FAILURE_CHARS_MAX));
  return state.state === "ready";
}

async function tellFailure(message: string): Promise<void> {
  const logs = l10n.t("Open Logs");
  const connect = l10n.t("Connect…");
  const chosen = await window.showErrorMessage(message, logs, connect);
  if (chosen === logs) await commands.executeCommand(COMMANDS.openLogs);
  if (chosen === connect) await commands.executeCommand(COMMANDS.connect);
}
