// Stage 5: links episodes that are new or changed, and those whose neighbourhood changed, to their possible causes.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";
import type { Relation } from "../domain/relation.ts";
import { allEdges } from "../graph/cluster-graph.ts";
import { workloadOf } from "../graph/workload.ts";
import { canBeEffect, effectsOf, linksFor } from "../reasoning/link.ts";
import { gatherKills, type RecordTally } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";

/** A changed edge can matter to episodes this many edges away from either end: a rule's path has at most three. */
const REACH_HOPS = 2;

/** Kinds that a walk ends at: no rule passes through them, and they have thousands of edges. */
const HUBS = new Set(["Node", "Namespace", "ServiceAccount", "PriorityClass", "StorageClass", "RuntimeClass"]);

/** Resources looked at around one changed edge. */
const REACH_MAX = 500;

/** What linking did: the episodes whose place in incidents must be looked at, and the links that are new. */
export type Linked = { readonly touched: ReadonlySet<EpisodeId>; readonly newLinks: readonly CausalLink[] };

/** Links what the batch touched. Links are a function of the episodes and edges that are there, not of the order they came in. */
export function linkBatch(state: ClusterState, tally: RecordTally): Linked {
  if (state.relationsChanged.length > 0) gatherKills(state, tally);
  const changed = [...state.book.takeChanged()].flatMap(([eid, former]): Changed[] => {
    const now = state.book.get(eid);
    return now ? [{ now, former: now.eid === eid ? former : undefined }] : [];
  });
  const touched = new Set<EpisodeId>(changed.map(({ now }) => now.eid));
  for (const { now } of changed) state.episodesToStore.add(now.eid);
  const newLinks: CausalLink[] = [];
  for (const { now } of changed) if (canBeEffect(now)) state.places.set(now.rid, workloadOf(state.graph, now.rid));
  const around = [...aroundRelations(state)];
  for (const { rid, eid } of around) {
    state.places.set(rid, workloadOf(state.graph, rid));
    touched.add(eid);
  }
  for (const effect of effectsToLink(state, changed, around)) {
    const added = state.links.set(effect.eid, linksFor(effect, state.view, state.settings));
    if (added === undefined) continue;
    newLinks.push(...added);
    touched.add(effect.eid);
  }
  return { touched, newLinks };
}

function effectsToLink(state: ClusterState, changed: readonly Changed[], around: readonly Episode[]): Iterable<Episode> {
  const effects = new Map<EpisodeId, Episode>();
  for (const { now, former } of changed) {
    for (const alias of now.aliases) state.links.forget(alias);
    const repeated = former && isRepeat(former, now) ? former : undefined;
    if (canBeEffect(now) && !(repeated && keepsCauses(repeated, now, state))) effects.set(now.eid, now);
    if (repeated && holdsOn(repeated, now)) continue;
    // A cause that goes on longer counts otherwise only for what began after its former end.
    const sinceMs = repeated ? Math.min(endOf(repeated), endOf(now)) : Number.NEGATIVE_INFINITY;
    for (const effect of effectsOf(now, state.view, state.settings)) if (effect.firstMs > sinceMs) effects.set(effect.eid, effect);
  }
  for (const episode of around) effects.set(episode.eid, episode);
  // What could have caused an older effect may be forgotten here already: its links stay as they were found.
  return [...effects.values()].filter((effect) => effect.firstMs - state.settings.windowMs >= state.horizonMs);
}

/** An episode that changed since it was last linked. */
type Changed = { readonly now: Episode; readonly former: Episode | undefined };

/** The same thing, begun at the same time: it happened again, ended, or is told in other words. */
function isRepeat(former: Episode, now: Episode): boolean {
  return (
    former.firstMs === now.firstMs &&
    former.rid === now.rid &&
    former.reason === now.reason &&
    former.discriminator === now.discriminator &&
    former.target === now.target &&
    former.exact === now.exact &&
    former.holds === now.holds &&
    canBeEffect(former) === canBeEffect(now)
  );
}

/** Causes lie before an effect's beginning, so its end matters only where a beginning is uncertain: there a cause may have begun until that end. */
function keepsCauses(former: Episode, now: Episode, { book, settings }: ClusterState): boolean {
  const [a, b] = [lastTime(former), lastTime(now)];
  return a === b || (now.exact && book.latestInexactMs <= Math.min(a, b) + settings.skewMs);
}

function holdsOn(former: Episode, now: Episode): boolean {
  return now.holds && former.clearedMs === undefined && now.clearedMs === undefined;
}

function lastTime({ holds, clearedMs, lastMs }: Episode): number {
  return holds ? (clearedMs ?? Number.POSITIVE_INFINITY) : lastMs;
}

function endOf({ clearedMs, lastMs }: Episode): number {
  return Math.min(lastMs, clearedMs ?? lastMs);
}

/** Episodes that a changed edge may bring to other causes or into another place; the rest have no part in either. */
function* aroundRelations(state: ClusterState): Iterable<Episode> {
  const relations = state.relationsChanged;
  state.relationsChanged = [];
  if (state.book.size === 0) return;
  const reached = new Set<ResourceId>();
  for (const relation of relations) reach(state, relation, reached);
  for (const rid of reached) for (const episode of state.book.about(rid)) if (canBeEffect(episode)) yield episode;
}

function reach(state: ClusterState, relation: Relation, reached: Set<ResourceId>): void {
  let frontier: ResourceId[] = [relation.source, relation.target].filter((rid) => !reached.has(rid));
  for (const rid of frontier) reached.add(rid);
  const from = reached.size;
  for (let hop = 0; hop < REACH_HOPS; hop += 1) {
    const next: ResourceId[] = [];
    for (const rid of frontier) {
      const node = state.graph.node(rid);
      if (!node || HUBS.has(node.resource.kind)) continue;
      for (const { relation: edge } of allEdges(node)) {
        const other = edge.source === rid ? edge.target : edge.source;
        if (reached.has(other) || reached.size - from > REACH_MAX) continue;
        reached.add(other);
        next.push(other);
      }
    }
    frontier = next;
  }
}
