// Turns what objects say into edges of the graph, and keeps them true as either end changes.
import type { ResourceId, ResourceRef } from "../domain/identity.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Relation } from "../domain/relation.ts";
import { relationId } from "../domain/relation.ts";
import type { ClusterGraph } from "./cluster-graph.ts";
import { type DeclaredEdge, selectDeclarer } from "./edge-table.ts";
import { edgesIn, type GraphNode, nameKey } from "./graph-node.ts";
import { SelectorIndex } from "./selector-index.ts";
import { callsOf } from "./topology/calls.ts";
import { edgesOf } from "./topology/edges.ts";
import { referencesOf } from "./topology/references.ts";
import { selectsOf } from "./topology/selects.ts";

/** Kinds whose pod template is followed for CALLS; a ReplicaSet only repeats its Deployment's. */
const CALLERS = new Set(["Pod", "Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Rollout"]);

/** The edges of one cluster, kept as its objects state them. */
export class TopologyBinder {
  private readonly graph: ClusterGraph;
  private readonly selectors = new SelectorIndex();
  /** Resources whose text names a Service, by the Service's name key: looked at again when it comes or goes. */
  private readonly callersByService = new Map<string, Set<ResourceId>>();

  constructor(graph: ClusterGraph) {
    this.graph = graph;
  }

  /** Makes the edges of a node what its object says from `atMs` on. Gives the relations that opened or closed. */
  bind(node: GraphNode, atMs: number): readonly Relation[] {
    const object = node.resource.object;
    if (!object) return [];
    const changed = this.graph.edges.declare(node, this.declaredEdges(node, object, atMs), atMs);
    changed.push(...this.bindSelection(node, object, atMs));
    if (object.kind === "Service") changed.push(...this.rebindCallers(node, atMs));
    if (object.kind === "ConfigMap") changed.push(...this.rebindUsers(node, atMs));
    return changed;
  }

  /** Ends the edges that lead to or from a resource because of its object; references by name from others stay. */
  unbind(node: GraphNode, atMs: number): readonly Relation[] {
    const { kind, namespace, rid } = node.resource;
    const changed: Relation[] = [];
    if (kind === "Pod") {
      this.selectors.setPod(namespace ?? "", rid, undefined);
      for (const edge of edgesIn(node.in))
        for (const declarer of selectDeclarers(edge.declarers))
          changed.push(...listOf(this.graph.edges.retract(edge.relation.id, declarer, atMs)));
    }
    this.selectors.setSelector(namespace ?? "", rid, undefined);
    for (const edge of edgesIn(node.out)) changed.push(...listOf(this.graph.edges.retract(edge.relation.id, selectDeclarer(rid), atMs)));
    changed.push(...this.graph.edges.declare(node, [], atMs));
    return changed;
  }

  /** A resource got another rid. */
  rename(from: ResourceId, to: ResourceId): void {
    this.selectors.rename(from, to);
    for (const callers of this.callersByService.values()) if (callers.delete(from)) callers.add(to);
  }

  private declaredEdges(node: GraphNode, object: KubeObject, atMs: number): readonly DeclaredEdge[] {
    const self = node.resource.rid;
    const edges: DeclaredEdge[] = [];
    for (const { type, direction, ref, evidence } of referencesOf(object)) {
      const other = this.resolveEnd(ref, atMs);
      if (other === self) continue;
      const ends = direction === "out" ? { source: self, target: other } : { source: other, target: self };
      edges.push({ type, ...ends, byName: direction === "out" && !ref.uid, evidence });
    }
    for (const { type, source, target, evidence } of edgesOf(object)) {
      edges.push({ type, source: this.resolveEnd(source, atMs), target: this.resolveEnd(target, atMs), byName: false, evidence });
    }
    if (CALLERS.has(object.kind)) edges.push(...this.callEdges(node, object));
    return edges;
  }

  private resolveEnd(ref: ResourceRef, atMs: number): ResourceId {
    return this.graph.resolve(ref, atMs).resource.rid;
  }

  private callEdges(node: GraphNode, object: KubeObject): readonly DeclaredEdge[] {
    const edges: DeclaredEdge[] = [];
    const seen = new Set<string>();
    for (const { service, namespace, evidence } of this.callsThrough(node, object)) {
      const key = nameKey("Service", namespace, service);
      addCaller(this.callersByService, key, node.resource.rid);
      const target = this.graph.liveByName("Service", namespace, service);
      if (!target?.resource.object || seen.has(key)) continue;
      seen.add(key);
      edges.push({ type: "CALLS", source: node.resource.rid, target: target.resource.rid, byName: true, evidence });
    }
    return edges;
  }

  /** What a caller's own text names, and what the ConfigMaps it uses name. */
  private *callsThrough(node: GraphNode, object: KubeObject): Iterable<{ service: string; namespace: string; evidence: string }> {
    yield* callsOf(object);
    for (const reference of referencesOf(object)) {
      if (reference.type !== "USES" || reference.ref.kind !== "ConfigMap" || reference.direction !== "out") continue;
      const configMap = this.graph.liveByName("ConfigMap", node.resource.namespace, reference.ref.name)?.resource.object;
      if (configMap) yield* callsOf(configMap);
    }
  }

  private bindSelection(node: GraphNode, object: KubeObject, atMs: number): readonly Relation[] {
    const { rid, namespace = "" } = node.resource;
    if (object.kind === "Pod") {
      this.selectors.setPod(namespace, rid, node.resource.labels);
      return this.selectPod(node, atMs);
    }
    const selects = selectsOf(object);
    this.selectors.setSelector(namespace, rid, selects ? { rid, type: selects.type, selector: selects.selector } : undefined);
    return this.selectPods(node, atMs);
  }

  /** Edges from one selecting resource to the pods it selects now. */
  private selectPods(node: GraphNode, atMs: number): readonly Relation[] {
    const { rid, namespace = "" } = node.resource;
    const declarer = selectDeclarer(rid);
    const type = node.resource.kind === "Service" ? "SELECTS" : "GUARDS";
    const wanted = new Set<ResourceId>(this.selectors.podsOf(namespace, rid));
    const changed: Relation[] = [];
    for (const edge of node.out.get(type)?.values() ?? []) {
      if (edge.declarers.has(declarer) && !wanted.has(edge.relation.target))
        changed.push(...listOf(this.graph.edges.retract(edge.relation.id, declarer, atMs)));
    }
    for (const pod of wanted)
      changed.push(...listOf(this.graph.edges.open({ type, source: rid, target: pod, byName: false }, declarer, atMs)));
    return changed;
  }

  /** Edges to one pod from everything that selects it now. */
  private selectPod(node: GraphNode, atMs: number): readonly Relation[] {
    const { rid, namespace = "" } = node.resource;
    const selecting = this.selectors.selectingOf(namespace, rid);
    const wanted = new Set(selecting.map((by) => relationId(by.rid, by.type, rid)));
    const changed: Relation[] = [];
    for (const edge of edgesIn(node.in)) {
      if (wanted.has(edge.relation.id)) continue;
      for (const declarer of selectDeclarers(edge.declarers))
        changed.push(...listOf(this.graph.edges.retract(edge.relation.id, declarer, atMs)));
    }
    for (const by of selecting)
      changed.push(
        ...listOf(this.graph.edges.open({ type: by.type, source: by.rid, target: rid, byName: false }, selectDeclarer(by.rid), atMs)),
      );
    return changed;
  }

  private rebindCallers(service: GraphNode, atMs: number): readonly Relation[] {
    const { namespace, name } = service.resource;
    return this.rebindAll([...(this.callersByService.get(nameKey("Service", namespace, name)) ?? [])], atMs);
  }

  private rebindUsers(configMap: GraphNode, atMs: number): readonly Relation[] {
    const users = [...this.graph.edges.neighbours(configMap.resource.rid, "USES", "in")].filter((user) => CALLERS.has(user.resource.kind));
    return this.rebindAll(
      users.map((user) => user.resource.rid),
      atMs,
    );
  }

  private rebindAll(rids: readonly ResourceId[], atMs: number): readonly Relation[] {
    return rids.flatMap((rid) => {
      const node = this.graph.node(rid);
      const object = node?.resource.object;
      return node && object && node.resource.endedAtMs === undefined
        ? this.graph.edges.declare(node, this.declaredEdges(node, object, atMs), atMs)
        : [];
    });
  }
}

function selectDeclarers(declarers: ReadonlySet<string>): readonly string[] {
  return [...declarers].filter((declarer) => declarer.startsWith("select:"));
}

function addCaller(callers: Map<string, Set<ResourceId>>, key: string, rid: ResourceId): void {
  const known = callers.get(key);
  if (known) known.add(rid);
  else callers.set(key, new Set([rid]));
}

function listOf<T>(value: T | undefined): readonly T[] {
  return value === undefined ? [] : [value];
}
