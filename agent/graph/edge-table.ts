// The edges of one cluster with the time in which they held, and who says so.
import type { ResourceId } from "../domain/identity.ts";
import type { Relation, RelationType } from "../domain/relation.ts";
import { relationId } from "../domain/relation.ts";
import { dropEdge, type EdgeEntry, edgesIn, type GraphNode, otherEnd, overlaps, putEdge } from "./graph-node.ts";

/** An edge as an object declares it, its ends resolved. */
export type DeclaredEdge = {
  readonly type: RelationType;
  readonly source: ResourceId;
  readonly target: ResourceId;
  readonly byName: boolean;
  readonly evidence?: string | undefined;
};

/** Declares what no object states: edges that others report, calls that were observed. */
export const EXTERNAL = "external";

/** Declares the edges from a resource's selector. */
export function selectDeclarer(rid: ResourceId): string {
  return `select:${rid}`;
}

/** Times that an edge held before, remembered at most. */
const EARLIER_MAX = 8;

/** Opens and closes edges between the nodes it is given. */
export class EdgeTable {
  private readonly cluster: string;
  private readonly nodes: ReadonlyMap<ResourceId, GraphNode>;
  /** Edges changed since the last `takeChanged`, by id and beginning: each time in which an edge held is a row of its own. */
  private changed = new Map<string, Relation>();

  constructor(cluster: string, nodes: ReadonlyMap<ResourceId, GraphNode>) {
    this.cluster = cluster;
    this.nodes = nodes;
  }

  takeChanged(): readonly Relation[] {
    const taken = [...this.changed.values()];
    this.changed = new Map();
    return taken;
  }

  /** Makes the edges that a node's object declares exactly these, from `atMs` on. Gives the relations that opened or closed. */
  declare(node: GraphNode, edges: readonly DeclaredEdge[], atMs: number): Relation[] {
    const declarer = node.resource.rid;
    const changed: Relation[] = [];
    const wanted = new Set<string>();
    for (const edge of edges) {
      wanted.add(relationId(edge.source, edge.type, edge.target));
      const opened = this.open(edge, declarer, atMs);
      if (opened) changed.push(opened);
    }
    for (const id of node.declared) {
      if (wanted.has(id)) continue;
      const closed = this.retract(id, declarer, atMs);
      if (closed) changed.push(closed);
    }
    node.declared = wanted;
    return changed;
  }

  /** Opens an edge, or notes one more declarer. Gives the relation if it was not open before. */
  open(edge: DeclaredEdge, declarer: string, atMs: number): Relation | undefined {
    const source = this.nodes.get(edge.source);
    const target = this.nodes.get(edge.target);
    if (!source || !target) return undefined;
    const id = relationId(edge.source, edge.type, edge.target);
    const known = source.out.get(edge.type)?.get(id);
    if (known) {
      const { validToMs: endedMs, ...open } = known.relation;
      // Told again of a time that is over.
      if (declarer === EXTERNAL && endedMs !== undefined && atMs <= endedMs) return undefined;
      known.declarers.add(declarer);
      known.byName ||= edge.byName;
      if (endedMs === undefined) return undefined;
      if (atMs <= endedMs) return this.note(known, open);
      known.earlier = [...known.earlier, known.relation].slice(-EARLIER_MAX);
      return this.note(known, { ...open, validFromMs: atMs });
    }
    const { type, evidence } = edge;
    const relation: Relation = {
      cluster: this.cluster,
      id,
      type,
      source: edge.source,
      target: edge.target,
      validFromMs: atMs,
      ...(evidence ? { evidence } : {}),
    };
    const entry: EdgeEntry = { relation, earlier: [], declarers: new Set([declarer]), byName: edge.byName };
    putEdge(source.out, entry);
    putEdge(target.in, entry);
    return this.note(entry, relation);
  }

  /** Takes one declarer away from an edge; the edge ends with its last declarer. Gives the relation if it ended. */
  retract(id: string, declarer: string, atMs: number): Relation | undefined {
    const entry = this.get(id);
    if (!entry || (declarer === EXTERNAL && atMs < entry.relation.validFromMs)) return undefined;
    entry.declarers.delete(declarer);
    if (entry.declarers.size > 0 || entry.relation.validToMs !== undefined) return undefined;
    return this.note(entry, { ...entry.relation, validToMs: Math.max(atMs, entry.relation.validFromMs) });
  }

  /** The edge of this id, ended ones included while they are remembered. */
  get(id: string): EdgeEntry | undefined {
    const [source, type] = id.split("|", 2) as [ResourceId, RelationType];
    return this.nodes.get(source)?.out.get(type)?.get(id);
  }

  /** Edges of one type and direction that held at some time within [fromMs, toMs]. */
  *during(
    rid: ResourceId,
    type: RelationType,
    direction: "out" | "in",
    span: { readonly fromMs: number; readonly toMs: number },
  ): Iterable<Relation> {
    const entries = this.nodes.get(rid)?.[direction].get(type)?.values() ?? [];
    for (const { relation, earlier } of entries) {
      const held = [relation, ...earlier].find((time) => overlaps(time.validFromMs, time.validToMs, span.fromMs, span.toMs));
      if (held) yield held;
    }
  }

  /** The nodes at the other end of open edges of one type and direction. */
  *neighbours(rid: ResourceId, type: RelationType, direction: "out" | "in"): Iterable<GraphNode> {
    for (const { relation } of this.nodes.get(rid)?.[direction].get(type)?.values() ?? []) {
      if (relation.validToMs !== undefined) continue;
      const other = this.nodes.get(otherEnd(relation, direction));
      if (other) yield other;
    }
  }

  /** A node got another rid: its edges, and what declares them, follow. */
  rename(node: GraphNode, from: ResourceId, to: ResourceId): void {
    for (const edge of [...edgesIn(node.out), ...edgesIn(node.in)]) this.renameEnd(edge, from, to);
  }

  private renameEnd(edge: EdgeEntry, from: ResourceId, to: ResourceId): void {
    const old = edge.relation;
    const source = old.source === from ? to : old.source;
    const target = old.target === from ? to : old.target;
    const relation: Relation = { ...old, id: relationId(source, old.type, target), source, target };
    const sourceNode = this.nodes.get(source);
    const targetNode = this.nodes.get(target);
    if (sourceNode) dropEdge(sourceNode.out, old);
    if (targetNode) dropEdge(targetNode.in, old);
    this.redeclare(edge, { from, to, id: relation.id });
    for (const time of [old, ...edge.earlier]) this.changed.delete(timeKey(time));
    edge.earlier = edge.earlier.map((time) => ({ ...time, id: relation.id, source, target }));
    for (const time of edge.earlier) this.changed.set(timeKey(time), time);
    this.note(edge, relation);
    if (sourceNode) putEdge(sourceNode.out, edge);
    if (targetNode) putEdge(targetNode.in, edge);
  }

  /** Who declares an edge, and what they declare, are called by their new names. */
  private redeclare(edge: EdgeEntry, { from, to, id }: { readonly from: ResourceId; readonly to: ResourceId; readonly id: string }): void {
    if (edge.declarers.delete(from)) edge.declarers.add(to);
    if (edge.declarers.delete(selectDeclarer(from))) edge.declarers.add(selectDeclarer(to));
    for (const declarer of edge.declarers) {
      const declared = this.nodes.get(declarer as ResourceId)?.declared;
      if (declared?.delete(edge.relation.id)) declared.add(id);
    }
  }

  /** Two nodes turn out to be one: the edges of the first are the other's. */
  merge({ resource: { rid: from }, ...gone }: GraphNode, { resource: { rid: to } }: GraphNode): void {
    for (const edge of new Set([...edgesIn(gone.out), ...edgesIn(gone.in)])) {
      const { source, target, type } = edge.relation;
      const ends = { source: source === from ? to : source, target: target === from ? to : target };
      const id = relationId(ends.source, type, ends.target);
      const known = this.nodes.get(ends.source)?.out.get(type)?.get(id);
      if (ends.source === ends.target) this.forget(edge);
      else if (!known) this.renameEnd(edge, from, to);
      else {
        this.redeclare(edge, { from, to, id });
        this.forget(edge);
        for (const declarer of edge.declarers) known.declarers.add(declarer);
        known.byName ||= edge.byName;
        this.hold(
          known,
          [known, edge].flatMap(({ relation, earlier }) => [relation, ...earlier]).map((time) => ({ ...time, id, ...ends })),
        );
      }
    }
  }

  /** Makes these the times in which an edge held; those that overlap are one. */
  private hold(edge: EdgeEntry, times: readonly Relation[]): void {
    const joined: Relation[] = [];
    for (const time of [...times].sort((a, b) => a.validFromMs - b.validFromMs)) {
      const last = joined.at(-1);
      if (!last || (last.validToMs !== undefined && last.validToMs < time.validFromMs)) joined.push(time);
      else if (last.validToMs !== undefined)
        joined[joined.length - 1] = { ...last, validToMs: time.validToMs && Math.max(time.validToMs, last.validToMs) };
    }
    for (const time of joined) this.changed.set(timeKey(time), time);
    edge.relation = joined.pop() ?? edge.relation;
    edge.earlier = joined.slice(-EARLIER_MAX);
  }

  /** Edges that were declared by name follow the name to its new life. */
  moveNamed(previous: GraphNode, next: GraphNode, atMs: number): void {
    for (const edge of [...edgesIn(previous.in)]) {
      if (!edge.byName || edge.relation.validToMs !== undefined) continue;
      const { id, source, type, evidence } = edge.relation;
      const moved = { source, type, target: next.resource.rid, byName: true, evidence };
      for (const declarer of [...edge.declarers]) {
        this.retract(id, declarer, atMs);
        this.open(moved, declarer, atMs);
        const declared = this.nodes.get(declarer as ResourceId)?.declared;
        if (declared?.delete(id)) declared.add(relationId(source, type, moved.target));
      }
    }
  }

  /** Forgets an edge in memory. */
  forget({ relation }: EdgeEntry): void {
    const source = this.nodes.get(relation.source);
    const target = this.nodes.get(relation.target);
    if (source) dropEdge(source.out, relation);
    if (target) dropEdge(target.in, relation);
  }

  /** Puts an edge read from the store into memory; who declares it is learnt as objects are bound again, until `adopt`. */
  restore(relation: Relation): void {
    const source = this.nodes.get(relation.source);
    const target = this.nodes.get(relation.target);
    if (!source || !target) return;
    const known = source.out.get(relation.type)?.get(relation.id);
    if (known) {
      const times = [...known.earlier, known.relation, relation].sort((a, b) => a.validFromMs - b.validFromMs);
      known.relation = times.pop() as Relation;
      known.earlier = times.slice(-EARLIER_MAX);
      return;
    }
    const entry: EdgeEntry = { relation, earlier: [], declarers: new Set(), byName: target.resource.uid === undefined };
    putEdge(source.out, entry);
    putEdge(target.in, entry);
  }

  /** All objects are bound: an open edge that none of them declares was told by somebody else, who speaks of names. */
  adopt(): void {
    for (const node of this.nodes.values())
      for (const edge of edgesIn(node.out))
        if (edge.relation.validToMs === undefined && edge.declarers.size === 0) {
          edge.declarers.add(EXTERNAL);
          edge.byName = true;
        }
  }

  private note(entry: EdgeEntry, relation: Relation): Relation {
    entry.relation = relation;
    this.changed.set(timeKey(relation), relation);
    return relation;
  }
}

function timeKey({ id, validFromMs }: Relation): string {
  return `${id}|${validFromMs}`;
}
