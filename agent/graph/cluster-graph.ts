// The topology of one cluster in memory: resources by identity, edges with the time they held. Invariant: at most one live resource per name.
import type { ResourceId, ResourceRef } from "../domain/identity.ts";
import { resourceId, ridOf, stubId } from "../domain/identity.ts";
import type { RelationType } from "../domain/relation.ts";
import type { Relation } from "../domain/relation.ts";
import { relationId } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";
import { type GraphChanges, graphChanges } from "./graph-changes.ts";
import { dropEdge, type EdgeEntry, type EdgeSet, edgesIn, type GraphNode, graphNode, nameKey, otherEnd, overlaps, putEdge } from "./graph-node.ts";

/** Kind of what is referred to by uid alone. */
const UNKNOWN_KIND = "Unknown";

/** A new life that took over a name: the resource before it, if one lived. */
export type Takeover = { readonly node: GraphNode; readonly previous?: GraphNode | undefined };

/** The topology of one cluster. */
export class ClusterGraph {
  readonly cluster: string;
  readonly nodes = new Map<ResourceId, GraphNode>();
  /** Kinds whose list is complete, so that absence means something. */
  readonly completeKinds = new Set<string>();
  changes: GraphChanges = graphChanges();
  private readonly live = new Map<string, ResourceId>();
  private readonly lastEnded = new Map<string, ResourceId>();
  private readonly byUid = new Map<string, ResourceId>();
  private readonly kindsByNamespace = new Map<string, Set<ResourceId>>();

  private readonly onRename: (from: ResourceId, to: ResourceId) => void;

  /** `onRename` is told when a resource gets another rid: whatever else is kept under the old one must follow. */
  constructor(cluster: string, onRename: (from: ResourceId, to: ResourceId) => void = () => undefined) {
    this.cluster = cluster;
    this.onRename = onRename;
  }

  /** The changes since the last call. */
  takeChanges(): GraphChanges {
    const taken = this.changes;
    this.changes = graphChanges();
    return taken;
  }

  node(rid: ResourceId): GraphNode | undefined {
    return this.nodes.get(rid);
  }

  /** The live resource of a name, stubs included. */
  liveByName(kind: string, namespace: string | undefined, name: string): GraphNode | undefined {
    const rid = this.live.get(nameKey(kind, namespace, name));
    return rid ? this.nodes.get(rid) : undefined;
  }

  /** Every remembered resource of a kind, stubs and ended ones included; in one namespace, or in all when undefined. */
  ridsOfKind(kind: string, namespace?: string): Iterable<ResourceId> {
    return this.kindsByNamespace.get(namespace === undefined ? kind : `${kind}\n${namespace}`) ?? [];
  }

  /** Live, really seen resources of a kind; in one namespace, or in all when undefined. */
  *ofKind(kind: string, namespace?: string): Iterable<Resource> {
    for (const rid of this.ridsOfKind(kind, namespace)) {
      const resource = this.nodes.get(rid)?.resource;
      if (resource?.object && resource.endedAtMs === undefined) yield resource;
    }
  }

  /** Finds or makes the node that a reference names at a time; what is unknown becomes a stub. */
  resolve(ref: ResourceRef, atMs: number): GraphNode {
    const uid = usefulUid(ref);
    const known = uid ? this.nodeByUid(ref.kind, uid) : undefined;
    if (known) return ref.kind !== UNKNOWN_KIND && known.resource.kind === UNKNOWN_KIND ? this.identify(known, ref) : known;
    const named = ref.kind === UNKNOWN_KIND ? undefined : this.liveByName(ref.kind, ref.namespace, ref.name);
    if (uid) return this.resolveNewUid({ ...ref, uid }, named, atMs);
    if (named && (named.resource.createdAtMs <= atMs + 5_000 || !named.resource.object)) return named;
    const ended = this.lastEnded.get(nameKey(ref.kind, ref.namespace, ref.name));
    const endedNode = ended ? this.nodes.get(ended) : undefined;
    return endedNode ?? named ?? this.addStub(ref, atMs);
  }

  /** A uid is unique among all kinds, so a record that gives only a uid finds its resource. */
  private nodeByUid(kind: string, uid: string): GraphNode | undefined {
    const rid = this.byUid.get(uid);
    const node = rid ? this.nodes.get(rid) : undefined;
    return node && (kind === UNKNOWN_KIND || node.resource.kind === UNKNOWN_KIND || node.resource.kind.toLowerCase() === kind.toLowerCase()) ? node : undefined;
  }

  /** What was known by uid only turns out to be this. A stub of the same name, if there is one, keeps its own node. */
  private identify(node: GraphNode, ref: ResourceRef): GraphNode {
    const { kind, namespace, name } = ref;
    const identified = this.rename(node, { ...node.resource, rid: resourceId(kind, node.resource.uid ?? ""), kind, ...(namespace ? { namespace } : {}), name });
    const key = nameKey(kind, namespace, name);
    if (!this.live.has(key)) this.live.set(key, identified.resource.rid);
    return identified;
  }

  private resolveNewUid(ref: ResourceRef & { uid: string }, named: GraphNode | undefined, atMs: number): GraphNode {
    if (named && isMirrorOf(named.resource, ref.uid)) return named;
    if (named && named.resource.uid === undefined) return this.rekey(named, ref.uid);
    const node = this.addNode(stubResource(this.cluster, ref, atMs));
    if (!named) this.live.set(nameKey(ref.kind, ref.namespace, ref.name), node.resource.rid);
    return node;
  }

  private addStub(ref: ResourceRef, atMs: number): GraphNode {
    const node = this.addNode(stubResource(this.cluster, ref, atMs));
    this.live.set(nameKey(ref.kind, ref.namespace, ref.name), node.resource.rid);
    return node;
  }

  /** Makes `rid`'s node the live one of its name and ends the life that held the name before. */
  takeName(node: GraphNode, atMs: number): Takeover {
    const { kind, namespace, name, rid } = node.resource;
    const key = nameKey(kind, namespace, name);
    const formerRid = this.live.get(key);
    this.live.set(key, rid);
    if (!formerRid || formerRid === rid) return { node };
    const previous = this.nodes.get(formerRid);
    if (!previous) return { node };
    if (previous.resource.endedAtMs === undefined) this.endLife(previous, atMs);
    this.moveNamedEdges(previous, node, atMs);
    return { node, previous };
  }

  /** Adds a node under its resource's rid. */
  addNode(resource: Resource): GraphNode {
    const node = graphNode(resource);
    this.nodes.set(resource.rid, node);
    this.indexKind(resource);
    this.changes.resources.add(resource.rid);
    return node;
  }

  /** Replaces a node's row. */
  setResource(node: GraphNode, resource: Resource): void {
    node.resource = resource;
    this.changes.resources.add(resource.rid);
  }

  /** Ends a resource's life: its row stays, what it declares ends, its name is free. */
  endLife(node: GraphNode, atMs: number): void {
    const { kind, namespace, name, rid } = node.resource;
    this.setResource(node, { ...node.resource, endedAtMs: atMs, updatedAtMs: Math.max(atMs, node.resource.updatedAtMs) });
    this.declare(node, [], atMs);
    const key = nameKey(kind, namespace, name);
    if (this.live.get(key) === rid) this.live.delete(key);
    this.lastEnded.set(key, rid);
  }

  /** Makes the edges that a node's object declares exactly these, from `atMs` on. Gives the relations that opened or closed. */
  declare(node: GraphNode, edges: readonly DeclaredEdge[], atMs: number): Relation[] {
    const declarer = node.resource.rid;
    const changed: Relation[] = [];
    const wanted = new Set<string>();
    for (const edge of edges) {
      wanted.add(relationId(edge.source, edge.type, edge.target));
      const opened = this.openEdge(edge, declarer, atMs);
      if (opened) changed.push(opened);
    }
    for (const id of node.declared) {
      if (wanted.has(id)) continue;
      const closed = this.retractEdge(id, declarer, atMs);
      if (closed) changed.push(closed);
    }
    node.declared = wanted;
    return changed;
  }

  /** Opens an edge, or notes one more declarer. Gives the relation if it was not open before. */
  openEdge(edge: DeclaredEdge, declarer: string, atMs: number): Relation | undefined {
    const source = this.nodes.get(edge.source);
    const target = this.nodes.get(edge.target);
    if (!source || !target) return undefined;
    const id = relationId(edge.source, edge.type, edge.target);
    const known = source.out.get(edge.type)?.get(id);
    if (known) {
      known.declarers.add(declarer);
      known.byName ||= edge.byName;
      if (known.relation.validToMs === undefined) return undefined;
      const { validToMs: _ended, ...open } = known.relation;
      return this.noteEdge(known, open);
    }
    const relation: Relation = { cluster: this.cluster, id, type: edge.type, source: edge.source, target: edge.target, validFromMs: atMs, ...(edge.evidence ? { evidence: edge.evidence } : {}) };
    const entry: EdgeEntry = { relation, declarers: new Set([declarer]), byName: edge.byName };
    putEdge(source.out, entry);
    putEdge(target.in, entry);
    this.changes.relations.set(id, relation);
    return relation;
  }

  /** Takes one declarer away from an edge; the edge ends with its last declarer. Gives the relation if it ended. */
  retractEdge(id: string, declarer: string, atMs: number): Relation | undefined {
    const entry = this.edge(id);
    if (!entry) return undefined;
    entry.declarers.delete(declarer);
    if (entry.declarers.size > 0 || entry.relation.validToMs !== undefined) return undefined;
    return this.noteEdge(entry, { ...entry.relation, validToMs: Math.max(atMs, entry.relation.validFromMs) });
  }

  /** The edge of this id, ended ones included while they are remembered. */
  edge(id: string): EdgeEntry | undefined {
    const [source, type] = id.split("|", 2) as [ResourceId, RelationType];
    return this.nodes.get(source)?.out.get(type)?.get(id);
  }

  /** Edges of one type and direction that held at some time within [fromMs, toMs]. */
  *edgesDuring(rid: ResourceId, type: RelationType, direction: "out" | "in", fromMs: number, toMs: number): Iterable<Relation> {
    const node = this.nodes.get(rid);
    const entries = node?.[direction].get(type)?.values() ?? [];
    for (const { relation } of entries) if (overlaps(relation.validFromMs, relation.validToMs, fromMs, toMs)) yield relation;
  }

  /** Ids over open edges of one type and direction. */
  *neighbours(rid: ResourceId, type: RelationType, direction: "out" | "in"): Iterable<GraphNode> {
    const node = this.nodes.get(rid);
    for (const { relation } of node?.[direction].get(type)?.values() ?? []) {
      if (relation.validToMs !== undefined) continue;
      const other = this.nodes.get(otherEnd(relation, direction));
      if (other) yield other;
    }
  }

  /** Gives a stub its uid: the node moves to its new rid with all its edges. */
  rekey(node: GraphNode, uid: string): GraphNode {
    const to = resourceId(node.resource.kind, uid);
    this.live.set(nameKey(node.resource.kind, node.resource.namespace, node.resource.name), to);
    return this.rename(node, { ...node.resource, rid: to, uid });
  }

  private rename(node: GraphNode, resource: Resource): GraphNode {
    const from = node.resource.rid;
    const to = resource.rid;
    this.nodes.delete(from);
    this.unindexKind(node.resource);
    node.resource = resource;
    this.nodes.set(to, node);
    this.indexKind(resource);
    for (const edge of [...edgesIn(node.out)]) this.renameEdge(edge, from, to);
    for (const edge of [...edgesIn(node.in)]) this.renameEdge(edge, from, to);
    this.changes.resources.delete(from);
    this.changes.resources.add(to);
    this.changes.rekeyed.push({ from, to });
    this.onRename(from, to);
    return node;
  }

  private renameEdge(edge: EdgeEntry, from: ResourceId, to: ResourceId): void {
    const old = edge.relation;
    const source = old.source === from ? to : old.source;
    const target = old.target === from ? to : old.target;
    const relation: Relation = { ...old, id: relationId(source, old.type, target), source, target };
    const sourceNode = this.nodes.get(source);
    const targetNode = this.nodes.get(target);
    if (sourceNode) dropEdge(sourceNode.out, old);
    if (targetNode) dropEdge(targetNode.in, old);
    edge.relation = relation;
    if (edge.declarers.delete(from)) edge.declarers.add(to);
    if (sourceNode) putEdge(sourceNode.out, edge);
    if (targetNode) putEdge(targetNode.in, edge);
    for (const declarer of edge.declarers) {
      const declared = this.nodes.get(declarer as ResourceId)?.declared;
      if (declared?.delete(old.id)) declared.add(relation.id);
    }
    this.changes.relations.delete(old.id);
    this.changes.relations.set(relation.id, relation);
  }

  /** Edges that were declared by name follow the name to its new life. */
  private moveNamedEdges(previous: GraphNode, next: GraphNode, atMs: number): void {
    for (const edge of [...edgesIn(previous.in)]) {
      if (!edge.byName || edge.relation.validToMs !== undefined) continue;
      for (const declarer of [...edge.declarers]) {
        this.retractEdge(edge.relation.id, declarer, atMs);
        const moved = { source: edge.relation.source, type: edge.relation.type, target: next.resource.rid, byName: true, evidence: edge.relation.evidence };
        this.openEdge(moved, declarer, atMs);
        const declared = this.nodes.get(declarer as ResourceId)?.declared;
        if (declared?.delete(edge.relation.id)) declared.add(relationId(moved.source, moved.type, moved.target));
      }
    }
  }

  private noteEdge(entry: EdgeEntry, relation: Relation): Relation {
    entry.relation = relation;
    this.changes.relations.set(relation.id, relation);
    return relation;
  }

  /** Forgets an ended resource and its edges; the store keeps them. */
  forget(node: GraphNode): void {
    const { rid, kind, namespace, name } = node.resource;
    for (const edge of [...edgesIn(node.out)]) this.forgetEdge(edge);
    for (const edge of [...edgesIn(node.in)]) this.forgetEdge(edge);
    this.nodes.delete(rid);
    this.unindexKind(node.resource);
    const key = nameKey(kind, namespace, name);
    if (this.lastEnded.get(key) === rid) this.lastEnded.delete(key);
    if (this.live.get(key) === rid) this.live.delete(key);
  }

  /** Forgets an edge in memory. */
  forgetEdge(edge: EdgeEntry): void {
    const source = this.nodes.get(edge.relation.source);
    const target = this.nodes.get(edge.relation.target);
    if (source) dropEdge(source.out, edge.relation);
    if (target) dropEdge(target.in, edge.relation);
  }

  /** Puts a row read from the store into memory, as it was. */
  restoreResource(resource: Resource): void {
    const node = graphNode(resource);
    this.nodes.set(resource.rid, node);
    this.indexKind(resource);
    const key = nameKey(resource.kind, resource.namespace, resource.name);
    if (resource.endedAtMs === undefined) this.live.set(key, resource.rid);
    else this.lastEnded.set(key, resource.rid);
  }

  /** Puts an edge read from the store into memory; who declared it is learnt when its declarer is seen again. */
  restoreRelation(relation: Relation): void {
    const source = this.nodes.get(relation.source);
    const target = this.nodes.get(relation.target);
    if (!source || !target) return;
    const entry: EdgeEntry = { relation, declarers: new Set(["stored"]), byName: target.resource.uid === undefined };
    putEdge(source.out, entry);
    putEdge(target.in, entry);
  }

  private indexKind(resource: Resource): void {
    if (resource.uid) this.byUid.set(resource.uid, resource.rid);
    for (const key of [resource.kind, `${resource.kind}\n${resource.namespace ?? ""}`]) {
      const rids = this.kindsByNamespace.get(key);
      if (rids) rids.add(resource.rid);
      else this.kindsByNamespace.set(key, new Set([resource.rid]));
    }
  }

  private unindexKind(resource: Resource): void {
    if (resource.uid && this.byUid.get(resource.uid) === resource.rid) this.byUid.delete(resource.uid);
    for (const key of [resource.kind, `${resource.kind}\n${resource.namespace ?? ""}`]) this.kindsByNamespace.get(key)?.delete(resource.rid);
  }
}

/** An edge as an object declares it, its ends resolved. */
export type DeclaredEdge = {
  readonly type: RelationType;
  readonly source: ResourceId;
  readonly target: ResourceId;
  readonly byName: boolean;
  readonly evidence?: string | undefined;
};

/** Kubelets report their Node with its name in place of a uid. */
function usefulUid(ref: ResourceRef): string | undefined {
  return ref.kind === "Node" && ref.uid === ref.name ? undefined : ref.uid;
}

/** Kubelets report a static pod under its configuration hash, the API server under another uid. */
function isMirrorOf(resource: Resource, uid: string): boolean {
  const annotations = resource.object?.metadata.annotations;
  return annotations?.["kubernetes.io/config.hash"] === uid || annotations?.["kubernetes.io/config.mirror"] === uid;
}

function stubResource(cluster: string, ref: ResourceRef, atMs: number): Resource {
  const uid = usefulUid(ref);
  return {
    cluster,
    rid: uid ? ridOf({ ...ref, uid }) : stubId(ref.kind, ref.namespace, ref.name),
    kind: ref.kind,
    ...(ref.namespace ? { namespace: ref.namespace } : {}),
    name: ref.name,
    ...(uid ? { uid } : {}),
    labels: {},
    createdAtMs: atMs,
    updatedAtMs: atMs,
  };
}

/** Every edge of a node, both directions. */
export function* allEdges(node: GraphNode): Iterable<EdgeEntry> {
  yield* edgesIn(node.out);
  yield* edgesIn(node.in);
}

export type { EdgeSet };
