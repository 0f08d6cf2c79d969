// Which selectors match which pods, kept up to date as either side changes, without trying every selector on every pod.
import type { ResourceId } from "../domain/identity.ts";
import type { RelationType } from "../domain/relation.ts";
import { type Labels, type Selector, selectorMatches } from "./selector.ts";

/** A selecting resource: a Service SELECTS, a NetworkPolicy or PodDisruptionBudget GUARDS. */
export type Selecting = { readonly rid: ResourceId; readonly type: RelationType; readonly selector: Selector };

type Namespace = {
  readonly selecting: Map<ResourceId, Selecting>;
  /** Selecting resources under one of their label pairs; those without an equality requirement under the empty key. */
  readonly byPair: Map<string, Set<ResourceId>>;
  readonly pods: Map<ResourceId, Labels>;
  readonly podsByPair: Map<string, Set<ResourceId>>;
};

/** The selectors and pods of one cluster, by namespace. */
export class SelectorIndex {
  private readonly namespaces = new Map<string, Namespace>();

  /** Sets or replaces (undefined: removes) a selecting resource. */
  setSelector(namespace: string, rid: ResourceId, selecting: Selecting | undefined): void {
    const space = this.space(namespace);
    const former = space.selecting.get(rid);
    if (former) space.byPair.get(pairOf(former.selector))?.delete(rid);
    if (!selecting) {
      space.selecting.delete(rid);
      return;
    }
    space.selecting.set(rid, selecting);
    addTo(space.byPair, pairOf(selecting.selector), rid);
  }

  /** Sets or replaces (undefined: removes) a pod's labels. */
  setPod(namespace: string, rid: ResourceId, labels: Labels | undefined): void {
    const space = this.space(namespace);
    const former = space.pods.get(rid);
    for (const pair of former ? pairsOf(former) : []) space.podsByPair.get(pair)?.delete(rid);
    if (!labels) {
      space.pods.delete(rid);
      return;
    }
    space.pods.set(rid, labels);
    for (const pair of pairsOf(labels)) addTo(space.podsByPair, pair, rid);
  }

  /** The pods that a selecting resource selects now. */
  podsOf(namespace: string, rid: ResourceId): readonly ResourceId[] {
    const space = this.space(namespace);
    const selecting = space.selecting.get(rid);
    if (!selecting) return [];
    const pair = pairOf(selecting.selector);
    const candidates = pair === "" ? space.pods.keys() : (space.podsByPair.get(pair) ?? []);
    return [...candidates].filter((pod) => selectorMatches(selecting.selector, space.pods.get(pod) ?? {}));
  }

  /** What selects a pod now. */
  selectingOf(namespace: string, pod: ResourceId): readonly Selecting[] {
    const space = this.space(namespace);
    const labels = space.pods.get(pod);
    if (!labels) return [];
    const found: Selecting[] = [];
    for (const pair of ["", ...pairsOf(labels)]) {
      for (const rid of space.byPair.get(pair) ?? []) {
        const selecting = space.selecting.get(rid);
        if (selecting && selectorMatches(selecting.selector, labels)) found.push(selecting);
      }
    }
    return found;
  }

  /** A resource got another rid. */
  rename(from: ResourceId, to: ResourceId): void {
    for (const [namespace, { pods, selecting }] of this.namespaces) {
      const labels = pods.get(from);
      const selects = selecting.get(from);
      if (labels) {
        this.setPod(namespace, from, undefined);
        this.setPod(namespace, to, labels);
      }
      if (selects) {
        this.setSelector(namespace, from, undefined);
        this.setSelector(namespace, to, { ...selects, rid: to });
      }
    }
  }

  private space(namespace: string): Namespace {
    const known = this.namespaces.get(namespace);
    if (known) return known;
    const space: Namespace = { selecting: new Map(), byPair: new Map(), pods: new Map(), podsByPair: new Map() };
    this.namespaces.set(namespace, space);
    return space;
  }
}

function pairOf(selector: Selector): string {
  for (const key in selector.matchLabels) return `${key}=${selector.matchLabels[key]}`;
  return "";
}

function pairsOf(labels: Labels): readonly string[] {
  return Object.entries(labels).map(([key, value]) => `${key}=${value}`);
}

function addTo(index: Map<string, Set<ResourceId>>, key: string, rid: ResourceId): void {
  const rids = index.get(key);
  if (rids) rids.add(rid);
  else index.set(key, new Set([rid]));
}
