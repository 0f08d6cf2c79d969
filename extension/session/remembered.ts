// Which agent this user last turned to, so that a reloaded or a new window finds it again.
import { type Disposable, type Memento, workspace } from "vscode";
import type { AgentSession } from "./agent-session.ts";
import type { LocalAgent } from "./local-agent.ts";
import { parseTarget } from "./session-state.ts";

const KEY = "kgroot.target";

/** Keeps the choice: a connection that was made, or that there is to be none. */
export function remember(session: AgentSession, kept: Memento): Disposable {
  return session.onState(({ state, ...rest }) => {
    if (state === "ready" && "target" in rest) void kept.update(KEY, rest.target);
    if (state === "none") void kept.update(KEY, undefined);
  });
}

/** Turns to the agent that was kept. A demo is joined while it runs, but not begun again. Nothing happens in a workspace that is not trusted. */
export async function resume(session: AgentSession, kept: Memento, demo: LocalAgent): Promise<void> {
  const target = parseTarget(kept.get<unknown>(KEY));
  if (!workspace.isTrusted || target === undefined || session.state.state !== "none") return;
  if (target.kind === "demo" && (await demo.running()) === undefined) return;
  await session.open(target);
}
