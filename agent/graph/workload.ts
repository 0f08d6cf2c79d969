// Which workload a resource belongs to: the top of its chain of controllers.
import type { ResourceId } from "../domain/identity.ts";
import type { ClusterGraph } from "./cluster-graph.ts";

/** Pod, ReplicaSet, Deployment and one more (an operator's own kind): longer chains, and cycles, end here. */
const CHAIN_MAX = 5;

/** The rid of the top controller, or the resource itself when nothing controls it. Ended edges count: a deleted pod still belongs to its workload. */
export function workloadOf(graph: ClusterGraph, rid: ResourceId): ResourceId {
  let top = rid;
  for (let step = 0; step < CHAIN_MAX; step += 1) {
    const [owner] = graph.edges.during(top, "CONTROLS", "in", { fromMs: 0, toMs: Number.POSITIVE_INFINITY });
    if (!owner) return top;
    top = owner.source;
  }
  return top;
}
