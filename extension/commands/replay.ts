// Replay a recording into the agent.
import { l10n, window } from "vscode";
import type { AgentSession } from "../session/agent-session.ts";
import { askAgentFile } from "./agent-file.ts";
import { longCall } from "./long-call.ts";

/** The command. */
export function replay(session: AgentSession): () => Promise<void> {
  return async () => {
    const title = l10n.t("Replay a recording");
    const file = await askAgentFile(session.state, { title, filters: { [l10n.t("Recordings")]: ["jsonl", "ndjson", "gz"] } });
    if (file === undefined) return;
    const { records, applied, dropped, refused } = await longCall(session, title, "admin/replay", { file });
    void window.showInformationMessage(
      l10n.t("{0} records replayed: {1} applied, {2} not worth keeping, {3} refused.", records, applied, dropped, refused),
    );
  };
}
