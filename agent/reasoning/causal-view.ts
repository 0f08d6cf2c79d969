// What linking may ask: the graph as it was around a time, and the episodes about its resources. The working set and a subgraph read from a store both answer it.
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";
import type { Relation, RelationType } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";
import type { ClusterGraph } from "../graph/cluster-graph.ts";
import type { EpisodeBook } from "../graph/episode-book.ts";

/** A question about the graph answers with what held at some time within [fromMs, toMs]. */
export type CausalView = {
  resource(rid: ResourceId): Resource | undefined;
  edges(rid: ResourceId, type: RelationType, direction: "out" | "in", fromMs: number, toMs: number): Iterable<Relation>;
  /** Resources of a kind in a namespace (of the cluster, when undefined) that episodes are about. */
  troubled(kind: string, namespace: string | undefined): Iterable<ResourceId>;
  about(rid: ResourceId): Iterable<Episode>;
  hasEpisodes(rid: ResourceId): boolean;
  episode(eid: EpisodeId): Episode | undefined;
};

/** The view of a graph and its episodes. */
export function causalView(graph: ClusterGraph, book: EpisodeBook): CausalView {
  return {
    resource: (rid) => graph.node(rid)?.resource,
    edges: (rid, type, direction, fromMs, toMs) => graph.edgesDuring(rid, type, direction, fromMs, toMs),
    troubled: function* (kind, namespace) {
      for (const rid of graph.ridsOfKind(kind, namespace)) if (book.has(rid)) yield rid;
    },
    about: (rid) => book.about(rid),
    hasEpisodes: (rid) => book.has(rid),
    episode: (eid) => book.get(eid),
  };
}
