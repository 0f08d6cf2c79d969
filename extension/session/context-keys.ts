// Tells VS Code how things stand, for the `when` clauses of package.json.
import { commands, type Disposable } from "vscode";
import { CONTEXTS } from "../contributions.ts";
import type { AgentSession } from "./agent-session.ts";
import { roleOf, type SessionState, targetOf } from "./session-state.ts";

/** Sets the keys now and after each change. */
export function contextKeys(session: AgentSession): Disposable {
  tell(session.state);
  return session.onState(tell);
}

function tell(state: SessionState): void {
  const values = {
    [CONTEXTS.state]: state.state,
    [CONTEXTS.agent]: targetOf(state)?.kind ?? "",
    [CONTEXTS.role]: roleOf(state) ?? "",
    [CONTEXTS.failure]: state.state === "failed" ? state.because : "",
  };
  for (const [key, value] of Object.entries(values)) void commands.executeCommand("setContext", key, value);
}
