// Explain an incident as a document.
import { l10n } from "vscode";
import type { Documents } from "../documents/documents.ts";
import { explanation } from "../documents/explanation.ts";
import { harmless } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { type Choice, chooseIncident } from "./choose-incident.ts";

const NAME_CHARS_MAX = 60;

/** The command. */
export function explain(session: AgentSession, documents: Documents, choice: Choice): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const incident = await chooseIncident(argument, choice);
    if (!incident) return;
    const { id, cluster, title } = incident;
    const graph = await session.call("incidents/graph", { id, cluster });
    await documents.show(l10n.t("{0} ({1})", harmless(title).slice(0, NAME_CHARS_MAX), id.slice(0, 8)), explanation(graph));
  };
}
