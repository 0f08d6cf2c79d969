// Analyze a dump: runs the bundled command line on files of this machine and shows its report. Needs no agent.
import { basename } from "node:path";
import { l10n, ProgressLocation, Uri, window, workspace } from "vscode";
import type { Documents } from "../documents/documents.ts";
import { harmless } from "../incidents/words.ts";
import { runCommandLine } from "../session/agent-process.ts";
import { abortedBy } from "./long-call.ts";

const NOTHING_WRONG = 0;
const INCIDENTS_FOUND = 2;
const COMPLAINT_LINES = 3;

/** The command; from the explorer it is given the item clicked on and all that are selected. */
export function analyze(program: string, documents: Documents): (clicked: unknown, selected: unknown) => Promise<void> {
  return async (clicked, selected) => {
    if (!workspace.isTrusted) throw new Error(l10n.t("In a workspace that is not trusted, kgroot starts nothing."));
    const files = filesIn(selected, clicked) ?? (await window.showOpenDialog(DIALOG()));
    const paths = (files ?? []).filter(({ scheme }) => scheme === "file").map(({ fsPath }) => fsPath);
    const [first] = paths;
    if (first === undefined) return;
    const name = basename(first);
    const { code, text, complaint } = await window.withProgress(
      { location: ProgressLocation.Notification, title: l10n.t("Analyzing {0}…", harmless(name)), cancellable: true },
      (_progress, token) => runCommandLine(program, ["analyze", "--format", "markdown", "--", ...paths], abortedBy(token)),
    );
    if (code !== NOTHING_WRONG && code !== INCIDENTS_FOUND) throw new Error(whyNot(complaint));
    await documents.show(l10n.t("Analysis of {0}", harmless(name)), text);
  };
}

const DIALOG = () => ({
  title: l10n.t("Analyze a dump or support bundle"),
  canSelectFiles: true,
  canSelectFolders: true,
  canSelectMany: true,
  openLabel: l10n.t("Analyze"),
});

function filesIn(selected: unknown, clicked: unknown): readonly Uri[] | undefined {
  if (Array.isArray(selected) && selected.length > 0 && selected.every((one) => one instanceof Uri)) return selected;
  return clicked instanceof Uri ? [clicked] : undefined;
}

function whyNot(complaint: string): string {
  const lines = complaint.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.slice(0, COMPLAINT_LINES).join(" ") || l10n.t("The analysis ended without an answer.");
}
