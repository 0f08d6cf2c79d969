// What the working sets know of objects, for those that read the next version of one.
import { resourceId } from "../domain/identity.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { KnownObjects } from "./normalise.ts";

/** Looks objects up in the working sets of all clusters. */
export function knownObjects(states: ReadonlyMap<string, ClusterState>): KnownObjects {
  return {
    of: (cluster, kind, uid) => states.get(cluster)?.graph.node(resourceId(kind, uid))?.resource.object,
    under(cluster, kind, owner) {
      const controlled = states.get(cluster)?.graph.edges.neighbours(resourceId(owner.kind, owner.uid), "CONTROLS", "out") ?? [];
      for (const { resource } of controlled) if (resource.kind === kind && resource.object) return resource.object;
      return undefined;
    },
  };
}
