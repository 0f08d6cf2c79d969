// What a batch changed in the graph, gathered for the store and for the stages after apply.
import type { ResourceId } from "../domain/identity.ts";
import type { Relation } from "../domain/relation.ts";

/** Gathers changed rows by key; the latest row of a key is read at the end of the batch. */
export type GraphChanges = {
  readonly resources: Set<ResourceId>;
  readonly relations: Map<string, Relation>;
  readonly rekeyed: { from: ResourceId; to: ResourceId }[];
};

/** An empty gathering. */
export function graphChanges(): GraphChanges {
  return { resources: new Set(), relations: new Map(), rekeyed: [] };
}
