// The support bundle of kgroot itself: what the agent tells of itself, and what the extension knows; without names, addresses and secrets.
import { arch, platform } from "node:process";
import { env, l10n, Uri, version, window, workspace } from "vscode";
import type { AgentSession } from "../session/agent-session.ts";
import { roleOf, targetOf } from "../session/session-state.ts";
import { defaultFile } from "./default-file.ts";

/** The command; also without a connection, when it is needed most. */
export function supportBundle(session: AgentSession, extensionVersion: string): () => Promise<void> {
  return async () => {
    const defaultUri = Uri.file(defaultFile("kgroot-support", "json"));
    const file = await window.showSaveDialog({ title: l10n.t("Save the support bundle"), filters: { JSON: ["json"] }, defaultUri });
    if (!file) return;
    const bundle = { extension: ownFacts(session, extensionVersion), ...(await agentFacts(session)) };
    await workspace.fs.writeFile(file, new TextEncoder().encode(`${JSON.stringify(bundle, null, 2)}\n`));
    await window.showTextDocument(file);
    void window.showInformationMessage(l10n.t("The support bundle holds no names, addresses or secrets. Read it before you send it."));
  };
}

/** A viewer's token may not ask for it; an agent that is away cannot be asked: the bundle says so. */
async function agentFacts(session: AgentSession): Promise<{ readonly agent: unknown }> {
  if (session.state.state !== "ready") return { agent: `no connection: ${session.state.state}` };
  try {
    const { bundle } = await session.call("support", {});
    return { agent: bundle };
  } catch (error) {
    return { agent: `did not answer: ${error instanceof Error ? error.name : "unknown"}` };
  }
}

function ownFacts(session: AgentSession, extensionVersion: string): Record<string, unknown> {
  const { state } = session;
  return {
    version: extensionVersion,
    vscode: version,
    host: env.appHost,
    remote: env.remoteName ?? null,
    platform,
    arch,
    state: state.state,
    ...(state.state === "failed" ? { because: state.because } : {}),
    agent: targetOf(state)?.kind ?? null,
    role: roleOf(state) ?? null,
    trusted: workspace.isTrusted,
  };
}
