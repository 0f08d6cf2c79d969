// Watch a cluster: an agent on this machine for a context of the kubeconfig, with a store of its own.
import { commands, l10n, window } from "vscode";
import { COMMANDS } from "../contributions.ts";
import { harmless } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { readContexts } from "../session/kubeconfig.ts";
import { targetOf } from "../session/session-state.ts";
import { openTarget } from "./open-target.ts";

/** The first list of a cluster that answers takes about a second. */
const FIRST_LOOK_MS = 4_000;

/** The command. */
export function watchCluster(session: AgentSession): () => Promise<void> {
  return async () => {
    const { names, current, files } = await readContexts();
    if (names.length === 0) throw new Error(l10n.t("No context was found in {0}.", files.join(", ")));
    const currentFirst = [...names].sort((a, b) => Number(b === current) - Number(a === current));
    const items = currentFirst.map((name) => ({ label: harmless(name), description: name === current ? l10n.t("current") : "", name }));
    const picked = await window.showQuickPick(items, { ignoreFocusOut: true, title: l10n.t("Watch a cluster: which context?") });
    if (!picked || !(await openTarget(session, { kind: "cluster", context: picked.name }))) return;
    await new Promise((resolve) => setTimeout(resolve, FIRST_LOOK_MS));
    await tellIfBlind(session, picked.name);
  };
}

/** "No incident" about a cluster that cannot be seen would be a false all-clear. */
async function tellIfBlind(session: AgentSession, context: string): Promise<void> {
  const target = targetOf(session.state);
  if (session.state.state !== "ready" || target?.kind !== "cluster" || target.context !== context) return;
  const { findings } = await session.call("doctor", {});
  const [worst] = findings.filter(({ component, status }) => component === "sources" && status === "error");
  if (!worst) return;
  const health = l10n.t("Health Check");
  const logs = l10n.t("Open Logs");
  const chosen = await window.showWarningMessage(harmless(worst.text), health, logs);
  if (chosen === health) await commands.executeCommand(COMMANDS.doctor);
  if (chosen === logs) await commands.executeCommand(COMMANDS.openLogs);
}
