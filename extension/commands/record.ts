// Record what the watched clusters hold and do, to be replayed later or elsewhere; the agent goes on recording while windows come and go.
import { commands, type Disposable, l10n, window } from "vscode";
import type { RecordingInfo } from "../../agent/protocol/rpc.ts";
import { CONTEXTS } from "../contributions.ts";
import { harmless } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { roleOf } from "../session/session-state.ts";
import { askAgentFile } from "./agent-file.ts";
import { defaultFile } from "./default-file.ts";

/** Begins one. */
export function record(session: AgentSession): () => Promise<void> {
  return async () => {
    const title = l10n.t("Record the clusters into a file");
    const suggested = defaultFile("kgroot-recording", "jsonl.gz");
    const file = await askAgentFile(session.state, { title, filters: { [l10n.t("Recordings")]: ["gz"] }, suggested });
    if (file === undefined) return;
    const info = await session.call("admin/record", { action: "start", file });
    await tell(info);
    void window.showInformationMessage(l10n.t("Recording into {0}. Stop Recording ends it.", harmless(file)));
  };
}

/** Ends it, and says what it holds. */
export function stopRecording(session: AgentSession): () => Promise<void> {
  return async () => {
    const info = await session.call("admin/record", { action: "stop" });
    await tell(info);
    const { records, bytes, file = "", fault } = info;
    if (fault !== undefined) throw new Error(l10n.t("The recording broke off after {0} records: {1}", records, fault));
    void window.showInformationMessage(l10n.t("{0} records, {1} bytes, in {2}.", records, bytes, harmless(file)));
  };
}

/** Knows after each connection whether the agent records, so that the right one of the two commands is offered. */
export function followRecording(session: AgentSession): Disposable {
  return session.onState(({ state }) => {
    if (state !== "ready" || roleOf(session.state) !== "admin") return void tell(undefined);
    session.call("admin/record", { action: "status" }).then(tell, () => tell(undefined));
  });
}

async function tell(info: RecordingInfo | undefined): Promise<void> {
  await commands.executeCommand("setContext", CONTEXTS.recording, info?.state === "recording");
}
