// What state detectors see of the working set.

import type { NeighbourView } from "../detectors/detector.ts";
import type { Resource } from "../domain/resource.ts";
import type { ClusterGraph } from "../graph/cluster-graph.ts";

/** Most neighbours shown to a detector over one edge type. */
const NEIGHBOURS_MAX = 2_000;

/** The view of one cluster's graph. A neighbour that has ended is shown as a stub: it is named, but not there. */
export function neighbourView(graph: ClusterGraph): NeighbourView {
  return {
    neighbours: (resource, type, direction) => {
      const found: Resource[] = [];
      for (const { resource: other } of graph.edges.neighbours(resource.rid, type, direction)) {
        found.push(other.endedAtMs === undefined ? other : stubOf(other));
        if (found.length >= NEIGHBOURS_MAX) break;
      }
      return found;
    },
    byName: (kind, namespace, name) => {
      const resource = graph.liveByName(kind, namespace, name)?.resource;
      return resource?.object ? resource : undefined;
    },
    ofKind: (kind, namespace) => [...graph.ofKind(kind, namespace)],
    complete: (kind) => graph.completeKinds.has(kind),
  };
}

function stubOf({ object: _gone, ...resource }: Resource): Resource {
  return resource;
}
