// A NeighbourView over given objects and edges, for tests of detectors.
import type { NeighbourView } from "../../agent/detectors/detector.ts";
import { stubId } from "../../agent/domain/identity.ts";
import type { KubeObject } from "../../agent/domain/kube-object.ts";
import type { RelationType } from "../../agent/domain/relation.ts";
import type { Resource } from "../../agent/domain/resource.ts";
import { NOW_MS, seen } from "./kube-builders.ts";

/** What is around: objects seen, edges between them, and which kinds are known completely (`"*"`: all). */
export type Surroundings = {
  readonly objects?: readonly KubeObject[];
  /** Objects not among `objects` are added; `stub(…)` stands for something named and never seen. */
  readonly relations?: readonly (readonly [source: KubeObject | Resource, type: RelationType, target: KubeObject | Resource])[];
  readonly complete?: readonly string[];
};

/** A resource that something names and nobody has seen. */
export function stub(kind: string, namespace: string | undefined, name: string): Resource {
  const rid = stubId(kind, namespace, name);
  return { cluster: "test", rid, kind, ...(namespace ? { namespace } : {}), name, labels: {}, createdAtMs: NOW_MS, updatedAtMs: NOW_MS };
}

/** The view of these surroundings; empty surroundings know nothing. */
export function neighbourView(surroundings: Surroundings = {}): NeighbourView {
  const byRid = new Map<string, Resource>();
  const add = (thing: KubeObject | Resource): Resource => {
    const resource = "rid" in thing ? thing : seen(thing);
    const known = byRid.get(resource.rid) ?? resource;
    byRid.set(known.rid, known);
    return known;
  };
  for (const object of surroundings.objects ?? []) add(object);
  const edges = (surroundings.relations ?? []).map(([source, type, target]) => ({
    source: add(source).rid,
    type,
    target: add(target).rid,
  }));
  const complete = new Set(surroundings.complete ?? []);
  return {
    neighbours: (resource, type, direction) =>
      edges
        .filter((edge) => edge.type === type && (direction === "out" ? edge.source : edge.target) === resource.rid)
        .flatMap((edge) => byRid.get(direction === "out" ? edge.target : edge.source) ?? []),
    byName: (kind, namespace, name) =>
      [...byRid.values()].find((it) => it.object !== undefined && it.kind === kind && it.namespace === namespace && it.name === name),
    ofKind: (kind, namespace) =>
      [...byRid.values()].filter(
        (it) => it.object !== undefined && it.kind === kind && (namespace === undefined || it.namespace === namespace),
      ),
    complete: (kind) => complete.has("*") || complete.has(kind),
  };
}
