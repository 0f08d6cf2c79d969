// Which episodes share a card: replicas that say the same, two records of one thing, changes of one edit; and, when there are many, what is alike more broadly.
import type { WireGraphNode } from "../agent/protocol/incident.ts";
import { workloadOf } from "./workload.ts";

/** Episodes of one card, oldest first, never empty. `workload`: they are replicas of it. */
export type Fold = { readonly id: string; readonly members: readonly WireGraphNode[]; readonly workload: string | undefined };

/** What the reader has unfolded: everything, or single folds by id. */
export type Unfolded = { readonly all: boolean; readonly ids: ReadonlySet<string> };

/** Above so many cards what is alike is folded more broadly: more do not fit a screen legibly. */
export const FOLD_ABOVE = 40;
/** Fewer that are only alike are left apart: a broad fold hides names and must save room to be worth it. */
const BROAD_MIN = 3;

/** What counts as alike, ever more broadly, until the graph is small enough. */
const BROAD_KEYS: readonly ((node: WireGraphNode) => readonly string[])[] = [
  (node) => [node.resource.kind, node.reason, node.resource.namespace ?? ""],
  (node) => [node.resource.kind, node.reason],
  (node) => [node.resource.kind, node.category],
];

/**
 * The cards' episodes, in the order of the oldest of each. `sorted`: oldest first. A fold that holds one that `stays` is not folded more broadly.
 * A narrow fold is named after its oldest episode, so that it keeps its name when more join.
 */
export function foldsOf(sorted: readonly WireGraphNode[], unfolded: Unfolded, stays: (node: WireGraphNode) => boolean): Fold[] {
  if (unfolded.all) return sorted.map((node) => foldOf([node]));
  const narrow = grouped(sorted, narrowKey).map(foldOf);
  return broad(narrow, stays).flatMap(({ id, parts }) =>
    (parts.length > 1 && !unfolded.ids.has(id) ? [merged(id, parts)] : parts).flatMap((fold) =>
      unfolded.ids.has(fold.id) ? fold.members.map((member) => foldOf([member])) : [fold],
    ),
  );
}

/** Records that say the same of the same replicas; for changes, those of one edit: same object, same second. */
function narrowKey({ etype, resource, reason, first_time }: WireGraphNode): string {
  if (etype === "k8s.change") return key("change", resource.cluster, resource.rid, first_time.slice(0, "2026-01-01T00:00:00".length));
  const workload = etype === "anomaly" ? undefined : workloadOf(resource);
  const who = workload === undefined ? [resource.rid] : [resource.kind, resource.namespace ?? "", workload];
  return key(etype === "anomaly" ? "anomaly" : "", reason, resource.cluster, ...who);
}

function foldOf(members: readonly WireGraphNode[]): Fold {
  const rids = new Set(members.map((member) => member.resource.rid));
  const first = members[0];
  return { id: first?.event_id ?? "", members, workload: first && rids.size > 1 ? workloadOf(first.resource) : undefined };
}

type Parts = { readonly id: string; readonly parts: readonly Fold[] };

function broad(narrow: readonly Fold[], stays: (node: WireGraphNode) => boolean): Parts[] {
  let groups: Parts[] = narrow.map((fold) => ({ id: fold.id, parts: [fold] }));
  for (const [level, keyOf] of BROAD_KEYS.entries()) {
    if (groups.length <= FOLD_ABOVE) break;
    const idOf = (fold: Fold): string =>
      fold.members.some(stays) || !fold.members[0] ? fold.id : `fold:${level}:${key(...keyOf(fold.members[0]))}`;
    groups = grouped(narrow, idOf).flatMap((parts) =>
      parts.length >= BROAD_MIN && parts[0] ? [{ id: idOf(parts[0]), parts }] : parts.map((fold) => ({ id: fold.id, parts: [fold] })),
    );
  }
  return groups;
}

function merged(id: string, parts: readonly Fold[]): Fold {
  return { id, members: parts.flatMap((fold) => fold.members), workload: undefined };
}

/** In the order of the first of each group. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): T[][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return [...groups.values()];
}

function key(...parts: readonly string[]): string {
  return parts.join("\u0000");
}
