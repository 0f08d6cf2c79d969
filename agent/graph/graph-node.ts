// How the working set keeps one resource and its edges.
import type { ResourceId } from "../domain/identity.ts";
import type { Relation, RelationType } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";

/** An edge in memory: `earlier` are the times it held before, `declarers` are the objects that say it holds; it ends when the last one stops saying so. */
export type EdgeEntry = {
  relation: Relation;
  earlier: readonly Relation[];
  readonly declarers: Set<string>;
  /** The target was named without uid: the edge follows the name when a new life takes it over. */
  byName: boolean;
};

/** Edges of one node in one direction, by type and then by relation id. */
export type EdgeSet = Map<RelationType, Map<string, EdgeEntry>>;

/** A resource in memory. */
export type GraphNode = {
  resource: Resource;
  readonly out: EdgeSet;
  readonly in: EdgeSet;
  /** Relation ids that this resource's own object declares. */
  declared: Set<string>;
};

/** A node without edges. */
export function graphNode(resource: Resource): GraphNode {
  return { resource, out: new Map(), in: new Map(), declared: new Set() };
}

/** Puts an edge into one direction's set. */
export function putEdge(set: EdgeSet, edge: EdgeEntry): void {
  const ofType = set.get(edge.relation.type);
  if (ofType) ofType.set(edge.relation.id, edge);
  else set.set(edge.relation.type, new Map([[edge.relation.id, edge]]));
}

/** Takes an edge out of one direction's set. */
export function dropEdge(set: EdgeSet, relation: Relation): void {
  set.get(relation.type)?.delete(relation.id);
}

/** Every edge of a set. */
export function* edgesIn(set: EdgeSet): Iterable<EdgeEntry> {
  for (const ofType of set.values()) yield* ofType.values();
}

/** The key under which a live resource is found by name. */
export function nameKey(kind: string, namespace: string | undefined, name: string): string {
  return `${kind.toLowerCase()}\n${namespace ?? ""}\n${name}`;
}

/** Whether an edge or a resource's life overlaps [fromMs, toMs]. */
export function overlaps(validFromMs: number, validToMs: number | undefined, fromMs: number, toMs: number): boolean {
  return validFromMs <= toMs && (validToMs === undefined || validToMs >= fromMs);
}

/** The other end of an edge, seen from one of its ends. */
export function otherEnd(relation: Relation, direction: "out" | "in"): ResourceId {
  return direction === "out" ? relation.target : relation.source;
}
