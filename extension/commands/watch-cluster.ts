// Watch a cluster: an agent on this machine for a context of the kubeconfig, with a store of its own.
import { existsSync } from "node:fs";
import { commands, l10n, Uri, window } from "vscode";
import { COMMANDS } from "../contributions.ts";
import { FAILURE_CHARS_MAX, harmless } from "../incidents/words.ts";
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
    if (names.length === 0) return tellNoContext(files);
    const currentFirst = [...names].sort((a, b) => Number(b === current) - Number(a === current));
    const items = currentFirst.map((name) => ({ label: harmless(name), description: name === current ? l10n.t("current") : "", name }));
    const picked = await window.showQuickPick(items, { ignoreFocusOut: true, title: l10n.t("Watch a cluster: which context?") });
    if (!picked || !(await openTarget(session, { kind: "cluster", context: picked.name }))) return;
    await new Promise((resolve) => setTimeout(resolve, FIRST_LOOK_MS));
    await tellIfBlind(session, picked.name);
  };
}

/** No kubeconfig, one without contexts, or one that is broken: what to do is the same. */
async function tellNoContext(files: readonly string[]): Promise<void> {
  const [first] = files;
  const isThere = first !== undefined && existsSync(first);
  const open = l10n.t("Open File");
  const words = isThere
    ? l10n.t("{0} names no context that can be read. `kubectl config get-contexts` says what is wrong with it.", files.join(", "))
    : l10n.t("There is no kubeconfig at {0}. Set KUBECONFIG before VS Code starts, or put one there.", files.join(", "));
  const chosen = await window.showErrorMessage(harmless(words, FAILURE_CHARS_MAX), ...(isThere ? [open] : []));
  if (chosen === open && first !== undefined) await window.showTextDocument(Uri.file(first));
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
  const chosen = await window.showWarningMessage(harmless(worst.text, FAILURE_CHARS_MAX), health, logs);
  if (chosen === health) await commands.executeCommand(COMMANDS.doctor);
  if (chosen === logs) await commands.executeCommand(COMMANDS.openLogs);
}
