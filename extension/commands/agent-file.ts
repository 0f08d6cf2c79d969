// Asks for a file on the agent's machine: by dialog where that is this machine, else by its path.
import { l10n, Uri, window } from "vscode";
import { type SessionState, targetOf } from "../session/session-state.ts";

/** What is asked for. `filters` as VS Code's dialogs take them; `suggested` a file name for saving. */
export type FileQuestion = {
  readonly title: string;
  readonly filters: Record<string, string[]>;
  readonly suggested?: string;
};

/** The absolute path; undefined when the person thought better of it. */
export async function askAgentFile(state: SessionState, question: FileQuestion): Promise<string | undefined> {
  if (targetOf(state)?.kind === "remote") return askPath(question);
  const { title, filters, suggested } = question;
  if (suggested !== undefined) {
    const file = await window.showSaveDialog({ title, filters, defaultUri: Uri.file(suggested) });
    return file?.fsPath;
  }
  const [file] = (await window.showOpenDialog({ title, filters, canSelectMany: false })) ?? [];
  return file?.fsPath;
}

async function askPath({ title }: FileQuestion): Promise<string | undefined> {
  return window.showInputBox({
    title,
    prompt: l10n.t("Absolute path on the machine where the agent runs"),
    ignoreFocusOut: true,
    validateInput: (text) => (/^(?:\/|[A-Za-z]:[\\/])./.test(text) ? undefined : l10n.t("This is not an absolute path.")),
  });
}
