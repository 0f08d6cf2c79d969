// The topology of one cluster in memory: whose life a record speaks of, and the edges between lives.
import type { ResourceId, ResourceRef } from "../domain/identity.ts";
import { resourceId, ridOf, stubId } from "../domain/identity.ts";
import type { Relation } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";
import { EdgeTable } from "./edge-table.ts";
import { edgesIn, type GraphNode, graphNode } from "./graph-node.ts";
import { ResourceIndex } from "./resource-index.ts";

/** What a batch changed in the graph; rows are read at the end of the batch. */
export type GraphChanges = {
  readonly resources: ReadonlySet<ResourceId>;
  readonly relations: readonly Relation[];
  readonly rekeyed: readonly { readonly from: ResourceId; readonly to: ResourceId }[];
};

/** Kind of what is referred to by uid alone. */
const UNKNOWN_KIND = "Unknown";

/** Clocks differ: a record may be stamped this long before the life it speaks of began. */
const SKEW_MS = 5_000;

/** The topology of one cluster. */
export class ClusterGraph {
  readonly cluster: string;
  readonly nodes = new Map<ResourceId, GraphNode>();
  readonly edges: EdgeTable;
  /** Kinds whose list is complete, so that absence means something. */
  readonly completeKinds = new Set<string>();
  private readonly index = new ResourceIndex();
  private readonly onRename: (from: ResourceId, to: ResourceId) => void;
  private changedResources = new Set<ResourceId>();
  private rekeyed: { from: ResourceId; to: ResourceId }[] = [];

  /** `onRename` is told when a resource gets another rid: whatever else is kept under the old one must follow. */
  constructor(cluster: string, onRename: (from: ResourceId, to: ResourceId) => void = () => undefined) {
    this.cluster = cluster;
    this.edges = new EdgeTable(cluster, this.nodes);
    this.onRename = onRename;
  }

  /** The changes since the last call. */
  takeChanges(): GraphChanges {
    const taken = { resources: this.changedResources, relations: this.edges.takeChanged(), rekeyed: this.rekeyed };
    this.changedResources = new Set();
    this.rekeyed = [];
    return taken;
  }

  node(rid: ResourceId): GraphNode | undefined {
    return this.nodes.get(rid);
  }

  /** The live resource of a name, stubs included. */
  liveByName(kind: string, namespace: string | undefined, name: string): GraphNode | undefined {
    const rid = this.index.liveOf({ kind, namespace, name });
    return rid ? this.nodes.get(rid) : undefined;
  }

  /** Every remembered resource of a kind, stubs and ended ones included; in one namespace, or in all when undefined. */
  ridsOfKind(kind: string, namespace?: string): Iterable<ResourceId> {
    return this.index.ofKind(kind, namespace);
  }

  /** Live, really seen resources of a kind; in one namespace, or in all when undefined. */
  *ofKind(kind: string, namespace?: string): Iterable<Resource> {
    for (const rid of this.index.ofKind(kind, namespace)) {
      const resource = this.nodes.get(rid)?.resource;
      if (resource?.object && resource.endedAtMs === undefined) yield resource;
    }
  }

  /** Finds or makes the node that a reference names at a time; what is unknown becomes a stub. */
  resolve(ref: ResourceRef, atMs: number): GraphNode {
    const uid = usefulUid(ref);
    const known = uid ? this.nodeByUid(ref.kind, uid) : undefined;
    if (known) return saysMore(ref, known.resource) ? this.identify(known, ref) : known;
    const named = ref.kind === UNKNOWN_KIND ? undefined : this.liveByName(ref.kind, ref.namespace, ref.name);
    if (uid) return this.resolveNewUid({ ...ref, uid }, named, atMs);
    return this.holderAt(named, ref, atMs) ?? this.addStub(ref, atMs);
  }

  /** The node that a reference names at a time, if it is remembered. */
  find(ref: ResourceRef, atMs: number): GraphNode | undefined {
    const uid = usefulUid(ref);
    if (uid) return this.nodeByUid(ref.kind, uid);
    return this.holderAt(this.liveByName(ref.kind, ref.namespace, ref.name), ref, atMs);
  }

  /** Who held a name at a time: the present holder, or the one before if that was too early for it by more than clocks differ. */
  private holderAt(named: GraphNode | undefined, ref: ResourceRef, atMs: number): GraphNode | undefined {
    if (named && (named.resource.createdAtMs <= atMs || !named.resource.object)) return named;
    const lives = this.index.endedOf(ref).flatMap((rid) => this.nodes.get(rid) ?? []);
    const then = lives.find(({ resource }) => (resource.endedAtMs ?? 0) >= atMs);
    if (then || (named && named.resource.createdAtMs <= atMs + SKEW_MS)) return then ?? named;
    return lives.at(-1) ?? named;
  }

  /** A uid is unique among all kinds, so a record that gives only a uid finds its resource. */
  private nodeByUid(kind: string, uid: string): GraphNode | undefined {
    const rid = this.index.ofUid(uid);
    const node = rid ? this.nodes.get(rid) : undefined;
    const known = node?.resource.kind;
    return known !== undefined && (kind === UNKNOWN_KIND || known === UNKNOWN_KIND || known.toLowerCase() === kind.toLowerCase())
      ? node
      : undefined;
  }

  /** What was known by uid only turns out to be this. */
  private identify(node: GraphNode, { kind, namespace, name }: ResourceRef): GraphNode {
    const rid = resourceId(kind, node.resource.uid ?? "");
    const resource = { ...node.resource, rid, kind, ...(namespace ? { namespace } : {}), name };
    if (rid === node.resource.rid) this.setResource(node, resource);
    else this.rename(node, resource);
    const named = this.liveByName(kind, namespace, name);
    if (named && isNameOnly(named.resource)) this.merge(named, node);
    if (!this.index.liveOf(node.resource)) this.index.takeName(node.resource);
    return node;
  }

  /** What was known by name only is a resource that is known by uid: its edges, and whatever else is kept under its rid, are that one's. */
  merge(stub: GraphNode, node: GraphNode): void {
    const from = stub.resource.rid;
    const to = node.resource.rid;
    this.edges.merge(stub, node);
    this.nodes.delete(from);
    this.index.remove(stub.resource);
    this.index.forgetName(stub.resource);
    this.changedResources.delete(from);
    this.changedResources.add(to);
    this.rekeyed.push({ from, to });
    this.onRename(from, to);
  }

  private resolveNewUid(ref: ResourceRef & { uid: string }, named: GraphNode | undefined, atMs: number): GraphNode {
    if (named && isMirrorOf(named.resource, ref.uid)) return named;
    if (named && named.resource.uid === undefined) return this.learnUid(named, ref.uid);
    const node = this.addNode(stubResource(this.cluster, ref, atMs));
    if (!named && ref.kind !== UNKNOWN_KIND) this.takeName(node, atMs);
    return node;
  }

  private addStub(ref: ResourceRef, atMs: number): GraphNode {
    const node = this.addNode(stubResource(this.cluster, ref, atMs));
    this.index.takeName(node.resource);
    return node;
  }

  private addNode(resource: Resource): GraphNode {
    const node = graphNode(resource);
    this.nodes.set(resource.rid, node);
    this.index.add(resource);
    this.changedResources.add(resource.rid);
    return node;
  }

  /** Makes a node the live one of its name; ends the life that held the name before and moves edges by name over. */
  takeName(node: GraphNode, atMs: number): void {
    const liveRid = this.index.liveOf(node.resource);
    const formerRid = liveRid && liveRid !== node.resource.rid ? liveRid : this.index.endedOf(node.resource).at(-1);
    this.index.takeName(node.resource);
    const previous = formerRid && formerRid !== node.resource.rid ? this.nodes.get(formerRid) : undefined;
    if (!previous) return;
    if (previous.resource.endedAtMs === undefined) this.endLife(previous, atMs);
    this.edges.moveNamed(previous, node, atMs);
  }

  /** Replaces a node's row. */
  setResource(node: GraphNode, resource: Resource): void {
    const { kind, namespace, name } = node.resource;
    // What was known by uid only, or by its kind in another spelling, learns its name.
    if (kind !== resource.kind || namespace !== resource.namespace || name !== resource.name) {
      this.index.remove(node.resource);
      this.index.forgetName(node.resource);
      this.index.add(resource);
    }
    node.resource = resource;
    this.changedResources.add(resource.rid);
  }

  /** Ends a resource's life: its row stays, what it declares ends, its name is free. */
  endLife(node: GraphNode, atMs: number): void {
    this.setResource(node, { ...node.resource, endedAtMs: atMs, updatedAtMs: Math.max(atMs, node.resource.updatedAtMs) });
    this.edges.declare(node, [], atMs);
    this.endName(node.resource);
  }

  /** Gives a stub its uid: the node moves to its new rid with all its edges. */
  private learnUid(node: GraphNode, uid: string): GraphNode {
    this.rename(node, { ...node.resource, rid: resourceId(node.resource.kind, uid), uid });
    this.index.takeName(node.resource);
    return node;
  }

  private rename(node: GraphNode, resource: Resource): void {
    const from = node.resource.rid;
    const to = resource.rid;
    this.nodes.delete(from);
    this.index.remove(node.resource);
    node.resource = resource;
    this.nodes.set(to, node);
    this.index.add(resource);
    this.edges.rename(node, from, to);
    this.changedResources.delete(from);
    this.changedResources.add(to);
    this.rekeyed.push({ from, to });
    this.onRename(from, to);
  }

  /** Forgets an ended resource and its edges; the store keeps them. */
  forget(node: GraphNode): void {
    for (const edge of [...allEdges(node)]) this.edges.forget(edge);
    this.nodes.delete(node.resource.rid);
    this.index.remove(node.resource);
    this.index.forgetName(node.resource);
  }

  /** The lives of a name stand in the order in which they ended, whatever the order in which they are read. */
  private endName(resource: Resource): void {
    const later = this.index.endedOf(resource).filter((rid) => (this.nodes.get(rid)?.resource.endedAtMs ?? 0) > (resource.endedAtMs ?? 0));
    for (const ended of [resource, ...later.flatMap((rid) => this.nodes.get(rid)?.resource ?? [])]) this.index.endName(ended);
  }

  /** Puts a row read from the store into memory, as it was. */
  restoreResource(resource: Resource): void {
    this.nodes.set(resource.rid, graphNode(resource));
    this.index.add(resource);
    if (resource.endedAtMs === undefined) this.index.takeName(resource);
    else this.endName(resource);
  }
}

/** A reference that names what was known by its uid alone: of no kind, or with the uid in place of a name. */
function saysMore({ kind, name, uid }: ResourceRef, known: Resource): boolean {
  if (kind === UNKNOWN_KIND || known.object) return false;
  return known.kind === UNKNOWN_KIND || (known.name === known.uid && name !== uid);
}

/** Named by others, never seen itself, and its uid is not known. */
export function isNameOnly({ uid, object, endedAtMs }: Resource): boolean {
  return uid === undefined && object === undefined && endedAtMs === undefined;
}

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
  const { kind, namespace, name } = ref;
  const uid = usefulUid(ref);
  return {
    cluster,
    rid: uid ? ridOf({ ...ref, uid }) : stubId(kind, namespace, name),
    kind,
    ...(namespace ? { namespace } : {}),
    name,
    ...(uid ? { uid } : {}),
    labels: {},
    createdAtMs: atMs,
    updatedAtMs: atMs,
  };
}

/** Every edge of a node, both directions. */
export function* allEdges(node: GraphNode): Iterable<ReturnType<EdgeTable["get"]> & object> {
  yield* edgesIn(node.out);
  yield* edgesIn(node.in);
}
