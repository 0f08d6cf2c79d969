// Back up the store into a file, and restore it from one.
import { l10n, window } from "vscode";
import type { AgentSession } from "../session/agent-session.ts";
import { askAgentFile } from "./agent-file.ts";
import { defaultFile } from "./default-file.ts";
import { longCall } from "./long-call.ts";

const FILTERS = { kgroot: ["backup", "db", "gz"] };

/** The backup command. */
export function backup(session: AgentSession): () => Promise<void> {
  return async () => {
    const title = l10n.t("Back up the store");
    const suggested = defaultFile("kgroot", "backup");
    const file = await askAgentFile(session.state, { title, filters: FILTERS, suggested });
    if (file === undefined) return;
    const { rows, as_of: asOf } = await longCall(session, title, "admin/backup", { file });
    void window.showInformationMessage(l10n.t("Backed up {0} rows as of {1} to {2}.", rows, asOf, file));
  };
}

/** The restore command. */
export function restore(session: AgentSession): () => Promise<void> {
  return async () => {
    const title = l10n.t("Restore the store from a backup");
    const file = await askAgentFile(session.state, { title, filters: FILTERS });
    if (file === undefined) return;
    const word = l10n.t("Replace");
    const detail = l10n.t("Everything that the agent has stored is replaced by what the backup holds. This cannot be undone.");
    const chosen = await window.showWarningMessage(l10n.t("Replace the store by {0}?", file), { modal: true, detail }, word);
    if (chosen !== word) return;
    const { rows } = await longCall(session, title, "admin/restore", { file, replace: true });
    void window.showInformationMessage(l10n.t("Restored {0} rows.", rows));
  };
}
