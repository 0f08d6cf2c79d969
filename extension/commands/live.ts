// What the cluster holds now, by the agent: an object as read-only YAML, and the log of a pod.
import { l10n, window } from "vscode";
import type { WireIncident } from "../../agent/protocol/incident.ts";
import type { Documents } from "../documents/documents.ts";
import type { TreeNode } from "../incidents/tree-node.ts";
import { harmless, resourceName } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { type Choice, chooseIncident, treeNodeIn } from "./choose-incident.ts";

type Named = { readonly kind: string; readonly namespace?: string; readonly name: string };
type Found = { readonly cluster: string; readonly subject: Named };

const LOG_LINES = 2_000;

/** Opens the object that a tree item names, or one of an incident's. */
export function openObject(session: AgentSession, documents: Documents, choice: Choice): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const found = await chooseResource(argument, choice, () => true);
    if (!found) return;
    const { kind, namespace, name } = found.subject;
    const asked = { cluster: found.cluster, kind, name, ...(namespace === undefined ? {} : { namespace }) };
    const { yaml } = await session.call("live/object", asked);
    const note = l10n.t("As the API server has it now; secrets are masked, long texts cut. Read only.");
    await documents.open(`${harmless(resourceName(found.subject))}.yaml`, `# ${note}\n${yaml}`);
  };
}

/** Opens the log of the pod that a tree item names, or of one of an incident's. */
export function openPodLog(session: AgentSession, documents: Documents, choice: Choice): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const found = await chooseResource(argument, choice, ({ kind }) => kind === "Pod");
    if (!found) return;
    const { namespace = "default", name } = found.subject;
    const run = await window.showQuickPick(
      [
        { label: l10n.t("The log of the present run"), previous: false },
        { label: l10n.t("The log of the run before"), description: l10n.t("what it said before it ended"), previous: true },
      ],
      { ignoreFocusOut: true, title: l10n.t("Log of {0}", harmless(resourceName(found.subject))) },
    );
    if (!run) return;
    const { previous } = run;
    const { text, container } = await session.call("live/log", {
      cluster: found.cluster,
      namespace,
      pod: name,
      previous,
      lines: LOG_LINES,
    });
    const title = `${harmless(`${namespace}-${name}-${container}`)}${previous ? "-previous" : ""}.log`;
    await documents.open(title, text === "" ? l10n.t("The log is empty.") : text);
  };
}

/** The resource of the tree item, else one of the incident's that is wanted. */
async function chooseResource(argument: unknown, choice: Choice, isWanted: (subject: Named) => boolean): Promise<Found | undefined> {
  const named = resourceOf(treeNodeIn(argument));
  if (named && isWanted(named.subject)) return named;
  const incident = named ? incidentOf(treeNodeIn(argument)) : await chooseIncident(argument, choice);
  if (!incident) return undefined;
  const items = resourcesOf(incident)
    .filter(isWanted)
    .map((subject) => ({ label: harmless(resourceName(subject)), subject }));
  if (items.length === 0) {
    void window.showInformationMessage(l10n.t("This incident names no such object."));
    return undefined;
  }
  const [only, ...others] = items;
  const picked = others.length === 0 ? only : await window.showQuickPick(items, { ignoreFocusOut: true, title: l10n.t("Which object?") });
  return picked && { cluster: incident.cluster, subject: picked.subject };
}

function resourceOf(node: TreeNode | undefined): Found | undefined {
  if (node?.type === "cause") return { cluster: node.incident.cluster, subject: node.cause };
  return node?.type === "resource" ? { cluster: node.incident.cluster, subject: node.resource } : undefined;
}

function incidentOf(node: TreeNode | undefined): WireIncident | undefined {
  return node && "incident" in node ? node.incident : undefined;
}

/** Causes first, then what was hit; each once. */
function resourcesOf({ causes, affected }: WireIncident): Named[] {
  const all: Named[] = [...causes, ...affected];
  return [...new Map(all.map((one) => [resourceName(one), one])).values()];
}
