// Try the demo: an agent with an empty store of its own, and a recorded failure replayed into it.
import { l10n, window } from "vscode";
import type { IncidentFeed } from "../incidents/incident-feed.ts";
import { byUrgency } from "../incidents/incident-set.ts";
import type { IncidentTree } from "../incidents/incident-tree.ts";
import type { AgentSession } from "../session/agent-session.ts";
import type { LocalAgent } from "../session/local-agent.ts";
import { longCall } from "./long-call.ts";
import { openTarget } from "./open-target.ts";

/** What the command needs. `recording` is the path of the bundled one. */
export type Demo = {
  readonly session: AgentSession;
  readonly agent: LocalAgent;
  readonly feed: IncidentFeed;
  readonly tree: IncidentTree;
  readonly recording: string;
};

/** The command. A demo that another window began is joined. */
export function tryDemo({ session, agent, feed, tree, recording }: Demo): () => Promise<void> {
  return async () => {
    await agent.forget();
    if (!(await openTarget(session, { kind: "demo" }))) return;
    const { episodic_events: known } = await session.call("graph/stats", {});
    if (known === 0) {
      const { refused } = await longCall(session, l10n.t("Replaying a recorded failure…"), "admin/replay", { file: recording });
      if (refused > 0) void window.showWarningMessage(l10n.t("{0} records of the recording were refused.", refused));
    }
    await feed.list();
    const [worst] = [...feed.set.open.values()].sort(byUrgency);
    if (worst) await tree.reveal(worst);
  };
}
