// The kubectl commands that show what an incident speaks of.
import type { WireIncident } from "../../agent/protocol/incident.ts";
import type { TreeNode } from "../incidents/tree-node.ts";

type Named = { readonly kind: string; readonly namespace?: string; readonly name: string };

/** Commands for a tree item: those of its evidence, then the description of the resource itself. */
export function commandsFor(node: TreeNode): string[] {
  switch (node.type) {
    case "cause":
      return unique([...node.cause.evidence.flatMap(({ command }) => command ?? []), describe(node.cause)]);
    case "resource":
      return [describe(node.resource)];
    case "incident":
    case "section":
      return incidentCommands(node.incident);
    default:
      return [];
  }
}

/** Commands for an incident: its causes' evidence, then the descriptions of what it names. */
export function incidentCommands({ causes, affected }: WireIncident): string[] {
  const shown = causes.flatMap(({ evidence }) => evidence.flatMap(({ command }) => command ?? []));
  return unique([...shown, ...causes.map(describe), ...affected.filter(({ role }) => role === "symptom").map(describe)]);
}

function describe({ kind, namespace, name }: Named): string {
  const place = namespace === undefined ? "" : ` -n ${shellWord(namespace)}`;
  return `kubectl${place} describe ${shellWord(`${kind.toLowerCase()}/${name}`)}`;
}

/** The word as a POSIX shell reads it back unchanged, and never as an option. */
function shellWord(word: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)];
}
