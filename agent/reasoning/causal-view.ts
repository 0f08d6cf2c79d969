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
  edges(
    rid: ResourceId,
    type: RelationType,
    direction: "out" | "in",
    span: { readonly fromMs: number; readonly toMs: number },
  ): Iterable<Relation>;
  /** Resources of a kind (of any, when undefined) in a namespace (in all, when undefined) that episodes are about. */
  troubled(kind: string | undefined, namespace: string | undefined): Iterable<ResourceId>;
  about(rid: ResourceId): Iterable<Episode>;
  hasEpisodes(rid: ResourceId): boolean;
  episode(eid: EpisodeId): Episode | undefined;
};

/** The first lists of all kinds are in by then. */
const FIRST_LISTS_MS = 120_000;

/** The view of a graph and its episodes. An edge that was there when watching began, at `startedMs()`, may have held before: it counts for earlier times too. */
export function causalView(graph: ClusterGraph, book: EpisodeBook, startedMs: () => number = () => Number.NEGATIVE_INFINITY): CausalView {
  return {
    resource: (rid) => graph.node(rid)?.resource,
    edges: (rid, type, direction, { fromMs, toMs }) => {
      const firstListsMs = startedMs() + FIRST_LISTS_MS;
      return graph.edges.during(rid, type, direction, {
        fromMs,
        toMs: Number.isFinite(firstListsMs) ? Math.max(toMs, firstListsMs) : toMs,
      });
    },
    troubled: (kind, namespace) => troubled(graph, book, kind, namespace),
    about: (rid) => book.about(rid),
    hasEpisodes: (rid) => book.has(rid),
    episode: (eid) => book.get(eid),
  };
}

function* troubled(graph: ClusterGraph, book: EpisodeBook, kind: string | undefined, namespace: string | undefined): Iterable<ResourceId> {
  if (kind === undefined) {
    for (const rid of book.rids()) if (namespace === undefined || graph.node(rid)?.resource.namespace === namespace) yield rid;
    return;
  }
  for (const rid of graph.ridsOfKind(kind, namespace)) if (book.has(rid)) yield rid;
}
