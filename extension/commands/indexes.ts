// The store's indexes: a list with their state; what is missing can be created, one can be dropped, all can be rebuilt.
import { l10n, type QuickPickItem, QuickPickItemKind, window } from "vscode";
import type { IndexInfo } from "../../agent/protocol/rpc.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { longCall } from "./long-call.ts";

type Item = QuickPickItem & { readonly act?: () => Promise<void> };

/** The command. */
export function indexes(session: AgentSession): () => Promise<void> {
  return async () => {
    const found = await session.call("admin/indexes", { action: "list" });
    const missing = found.indexes.filter(({ state }) => state !== "online");
    const items: Item[] = [
      {
        label: `$(add) ${l10n.t("Create what is missing")}`,
        description: l10n.t("{0} missing", missing.length),
        act: () => ensure(session),
      },
      { label: `$(refresh) ${l10n.t("Rebuild all")}`, description: l10n.t("drops and creates them anew"), act: () => rebuild(session) },
      { label: l10n.t("Choose one to drop it"), kind: QuickPickItemKind.Separator },
      ...found.indexes.map((index) => indexItem(index, session)),
    ];
    const picked = await window.showQuickPick(items, {
      ignoreFocusOut: true,
      title: l10n.t("Indexes of the store"),
      matchOnDescription: true,
    });
    await picked?.act?.();
  };
}

function indexItem({ name, on, columns, unique, state }: IndexInfo, session: AgentSession): Item {
  const icon = state === "online" ? "pass" : state === "missing" ? "circle-slash" : "error";
  return {
    label: `$(${icon}) ${name}`,
    description: `${on} (${columns.join(", ")})${unique ? `, ${l10n.t("unique")}` : ""}, ${state}`,
    ...(state === "online" ? { act: () => drop(name, session) } : {}),
  };
}

async function ensure(session: AgentSession): Promise<void> {
  const { changed } = await session.call("admin/indexes", { action: "ensure" }, { timeoutMs: undefined, onProgress: () => undefined });
  void window.showInformationMessage(changed.length === 0 ? l10n.t("No index was missing.") : l10n.t("Created: {0}.", changed.join(", ")));
}

async function rebuild(session: AgentSession): Promise<void> {
  const { changed } = await longCall(session, l10n.t("Rebuilding the indexes"), "admin/indexes", { action: "rebuild" });
  void window.showInformationMessage(l10n.t("Rebuilt: {0}.", changed.join(", ")));
}

async function drop(name: string, session: AgentSession): Promise<void> {
  const word = l10n.t("Drop");
  const detail = l10n.t("Queries that need it become slow until it is created again.");
  const chosen = await window.showWarningMessage(l10n.t("Drop the index {0}?", name), { modal: true, detail }, word);
  if (chosen !== word) return;
  const { changed } = await session.call("admin/indexes", { action: "drop", names: [name] });
  void window.showInformationMessage(changed.length === 0 ? l10n.t("Nothing was dropped.") : l10n.t("Dropped: {0}.", changed.join(", ")));
}
