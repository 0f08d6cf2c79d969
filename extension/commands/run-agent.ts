// Start, stop and restart the agent on this machine; disconnect from any.
import { l10n, window } from "vscode";
import type { AgentSession } from "../session/agent-session.ts";
import { openTarget, settle } from "./open-target.ts";

/** Starts this machine's agent, or joins it when another window did. */
export function startAgent(session: AgentSession): () => Promise<void> {
  return async () => void (await openTarget(session, { kind: "local" }));
}

/** Ends it for every window. */
export function stopAgent(session: AgentSession): () => Promise<void> {
  return async () => {
    await session.stop();
    void window.setStatusBarMessage(l10n.t("The kgroot agent was stopped."), 5_000);
  };
}

/** Ends and starts it; what it stored stays. */
export function restartAgent(session: AgentSession): () => Promise<void> {
  return async () => void (await settle(session, () => session.restart()));
}

/** Turns away from the agent. */
export function disconnect(session: AgentSession): () => Promise<void> {
  return () => session.close();
}
