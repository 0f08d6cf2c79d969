// Copy the kubectl command that shows a cause, a resource, or something of an incident.
import { env, l10n, window } from "vscode";
import { harmless } from "../incidents/words.ts";
import { type Choice, chooseIncident, treeNodeIn } from "./choose-incident.ts";
import { commandsFor, incidentCommands } from "./kubectl.ts";

/** The command. Where there are several it asks which one. */
export function copyCommand(choice: Choice): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const node = treeNodeIn(argument);
    const incident = node ? undefined : await chooseIncident(argument, choice);
    const lines = node ? commandsFor(node) : incident ? incidentCommands(incident) : [];
    const [first, ...others] = lines;
    if (first === undefined) return;
    const items = lines.map((line) => ({ label: harmless(line), line }));
    const picked =
      others.length === 0 ? { line: first } : await window.showQuickPick(items, { ignoreFocusOut: true, title: l10n.t("Which command?") });
    if (picked === undefined) return;
    await env.clipboard.writeText(picked.line);
    void window.setStatusBarMessage(l10n.t("Copied: {0}", harmless(picked.line)), 5_000);
  };
}
