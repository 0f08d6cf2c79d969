// Clean up the store: a dry run says what would go, then a confirmation, then the work, which can be cancelled.
import { l10n, window } from "vscode";
import type { CleanupResult } from "../../agent/protocol/rpc.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { longCall } from "./long-call.ts";

const DAYS = "7";
const DAYS_MIN = 0.04;
const DAYS_MAX = 3_650;

/** The command. */
export function cleanup(session: AgentSession): () => Promise<void> {
  return async () => {
    const title = l10n.t("Clean up the store");
    const typed = await window.showInputBox({
      ignoreFocusOut: true,
      title,
      prompt: l10n.t("Remove what is older than so many days. A dry run comes first."),
      value: DAYS,
      validateInput: (text) => (isDays(text) ? undefined : l10n.t("A number from {0} to {1}.", DAYS_MIN, DAYS_MAX)),
    });
    if (typed === undefined) return;
    const days = Number(typed);
    const would = await longCall(session, l10n.t("Counting what would be removed…"), "admin/cleanup", { days, dry_run: true });
    if (total(would) === 0) {
      void window.showInformationMessage(l10n.t("There is nothing older than {0} days to remove.", days));
      return;
    }
    const remove = l10n.t("Remove");
    const detail = counts(would);
    const chosen = await window.showWarningMessage(
      l10n.t("Remove everything older than {0} days?", days),
      { modal: true, detail: `${detail}\n\n${l10n.t("Live resources and their relations stay. This cannot be undone.")}` },
      remove,
    );
    if (chosen !== remove) return;
    const did = await longCall(session, title, "admin/cleanup", { days });
    void window.showInformationMessage(l10n.t("Removed: {0}.", counts(did)));
  };
}

function isDays(text: string): boolean {
  const days = Number(text);
  return text.trim() !== "" && days >= DAYS_MIN && days <= DAYS_MAX;
}

function total({ episodes, incidents, resources, relations, states }: CleanupResult): number {
  return episodes + incidents + resources + relations + states;
}

function counts({ episodes, incidents, resources, relations, states }: CleanupResult): string {
  return [
    l10n.t("{0} events", episodes),
    l10n.t("{0} incidents", incidents),
    l10n.t("{0} ended resources", resources),
    l10n.t("{0} ended relations", relations),
    l10n.t("{0} former states", states),
  ].join(", ");
}
