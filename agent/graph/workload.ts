// Which workload a resource belongs to: the top of its chain of controllers.
import { type ResourceId, stubId } from "../domain/identity.ts";
import type { Relation } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";
import type { ClusterGraph } from "./cluster-graph.ts";

/** Pod, ReplicaSet, Deployment and one more (an operator's own kind): longer chains, and cycles, end here. */
const CHAIN_MAX = 5;

const EVER = { fromMs: 0, toMs: Number.POSITIVE_INFINITY };

/** Names that the ReplicaSet controller makes: workload, hash of the template, five random characters. */
const REPLICA_NAME = /^(.+)-[bcdfghjklmnpqrstvwxz2456789]{6,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/;

/**
 * The rid of the top controller, or the resource itself when nothing controls it. Ended edges count: a deleted pod still belongs to its workload.
 * A pod whose owner was never told (a table of kubectl's, a log file's name) goes by its name: the rid then names no node, but replicas share it.
 */
export function workloadOf(graph: ClusterGraph, rid: ResourceId): ResourceId {
  let top = rid;
  for (let step = 0; step < CHAIN_MAX; step += 1) {
    const owner = controllerOf(graph, top);
    if (owner === undefined) break;
    top = owner;
  }
  const resource = top === rid ? graph.node(rid)?.resource : undefined;
  return resource ? (byName(resource) ?? top) : top;
}

/** The controller; of several (an orphan that was adopted) the present one, then that with the smaller rid. */
function controllerOf(graph: ClusterGraph, rid: ResourceId): ResourceId | undefined {
  let found: Relation | undefined;
  for (const relation of graph.edges.during(rid, "CONTROLS", "in", EVER)) if (!found || isRather(relation, found)) found = relation;
  return found?.source;
}

function isRather(a: Relation, b: Relation): boolean {
  const [aHolds, bHolds] = [a.validToMs === undefined, b.validToMs === undefined];
  return aHolds !== bHolds ? aHolds : a.source < b.source;
}

function byName({ kind, namespace, name, object }: Resource): ResourceId | undefined {
  if (kind !== "Pod" || (object && !object.partial)) return undefined;
  const base = REPLICA_NAME.exec(name)?.[1];
  return base === undefined ? undefined : stubId("Workload", namespace, base);
}
