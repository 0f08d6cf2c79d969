// The topology of one cluster with its binder, fed with versions of objects.
import type { ResourceId } from "../../agent/domain/identity.ts";
import type { KubeObject } from "../../agent/domain/kube-object.ts";
import type { RelationType } from "../../agent/domain/relation.ts";
import { type Applied, applyObject } from "../../agent/graph/apply-object.ts";
import { ClusterGraph } from "../../agent/graph/cluster-graph.ts";
import { TopologyBinder } from "../../agent/graph/topology-binder.ts";

/** A graph, and what was renamed in it. */
export type GraphUnderTest = {
  readonly graph: ClusterGraph;
  readonly binder: TopologyBinder;
  readonly renamed: (readonly [ResourceId, ResourceId])[];
};

/** An empty graph. */
export function graphUnderTest(): GraphUnderTest {
  const renamed: (readonly [ResourceId, ResourceId])[] = [];
  const graph = new ClusterGraph("test", (from, to) => {
    renamed.push([from, to]);
    binder.rename(from, to);
  });
  const binder = new TopologyBinder(graph);
  return { graph, binder, renamed };
}

/** One version of an object, or its deletion, seen at a time. */
export function applied({ graph, binder }: GraphUnderTest, object: KubeObject, atMs: number, op: "UPSERT" | "DELETE" = "UPSERT"): Applied {
  return applyObject(graph, binder, { kind: "object", cluster: "test", op, atMs, object });
}

/** Which edges: of a resource, of one type, at a time. */
export type Ties = { readonly rid: string; readonly type: RelationType; readonly atMs: number; readonly direction?: "out" | "in" };

/** The other ends of a resource's edges of one type that held at a time. */
export function tied({ graph }: GraphUnderTest, { rid, type, atMs, direction = "out" }: Ties): readonly string[] {
  return [...graph.edges.during(rid as ResourceId, type, direction, { fromMs: atMs, toMs: atMs })]
    .map(({ source, target }) => (direction === "out" ? target : source))
    .sort();
}
