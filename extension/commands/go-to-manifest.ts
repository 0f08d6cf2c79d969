// Go to the manifest that defines what an incident speaks of: the item's own resource, or the incident's root cause, else what it hit.
import { l10n, window, workspace } from "vscode";
import type { WireIncident } from "../../agent/protocol/incident.ts";
import { harmless, resourceName } from "../incidents/words.ts";
import type { ManifestPlace } from "../manifests/manifest-files.ts";
import type { Manifests } from "../manifests/manifests.ts";
import type { Subject } from "../manifests/marks.ts";
import { type Choice, chooseIncident, treeNodeIn } from "./choose-incident.ts";

/** The command. */
export function goToManifest(manifests: Manifests, choice: Choice): (argument: unknown) => Promise<void> {
  return async (argument) => {
    const subjects = await subjectsOf(argument, choice);
    if (subjects.length === 0) return;
    if (!workspace.workspaceFolders?.length) {
      void window.showInformationMessage(l10n.t("Open the folder with your manifests first."));
      return;
    }
    for (const subject of subjects) {
      const places = await manifests.find(subject);
      if (places.length > 0) return open(subject, places);
    }
    const [first] = subjects;
    const name = harmless(first ? resourceName(named(first)) : "");
    void window.showInformationMessage(l10n.t("No manifest in this workspace defines {0}.", name));
  };
}

async function subjectsOf(argument: unknown, choice: Choice): Promise<readonly Subject[]> {
  const node = treeNodeIn(argument);
  if (node?.type === "cause") return [node.cause];
  if (node?.type === "resource") return [node.resource];
  const incident = await chooseIncident(argument, choice);
  return incident ? incidentSubjects(incident) : [];
}

function incidentSubjects({ root_cause: root, causes, affected }: WireIncident): Subject[] {
  return [...(root ? [root] : []), ...causes.filter((cause) => cause !== root), ...affected.filter(({ role }) => role === "symptom")];
}

/** One place is opened, of several one is picked. */
async function open(subject: Subject, places: readonly ManifestPlace[]): Promise<void> {
  const items = places.map((place) => ({
    label: workspace.asRelativePath(place.uri),
    description: `:${place.range.start.line + 1}`,
    place,
  }));
  const title = l10n.t("Which manifest of {0}?", harmless(resourceName(named(subject))));
  const picked = items.length === 1 ? items[0] : await window.showQuickPick(items, { title, ignoreFocusOut: true });
  if (picked) await window.showTextDocument(picked.place.uri, { selection: picked.place.range });
}

function named({ kind, namespace, name }: Subject) {
  return { kind, name, ...(namespace === undefined ? {} : { namespace }) };
}
