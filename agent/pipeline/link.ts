// Stage 5: links episodes that are new or changed, and those whose neighbourhood changed, to their possible causes.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";
import type { Relation } from "../domain/relation.ts";
import { allEdges } from "../graph/cluster-graph.ts";
import { workloadOf } from "../graph/workload.ts";
import { spreadersOver, walkersOver } from "../reasoning/edge-reach.ts";
import { canBeEffect, effectsOf, linksFor } from "../reasoning/link.ts";
import { gatherKills, type RecordTally } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";

const EVER = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

/** How far below a changed owner its workload can change: as many steps as a chain of controllers has (graph/workload.ts). */
const OWNED_STEPS_MAX = 5;

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
  const relations = [...state.relationsChanged, ...renamedRelations(state)];
  state.relationsChanged = [];
  const around = new Map<EpisodeId, Episode>();
  for (const relation of relations) for (const rid of walkersOver(state.view, relation)) noteEffects(state, rid, around);
  for (const eid of around.keys()) touched.add(eid);
  for (const eid of placedAnew(state, relations)) touched.add(eid);
  for (const eid of spreadingAnew(state, relations)) touched.add(eid);
  for (const effect of effectsToLink(state, changed, around.values())) {
    const added = state.links.set(effect.eid, linksFor(effect, state.view, state.settings));
    if (added === undefined) continue;
    newLinks.push(...added);
    touched.add(effect.eid);
  }
  return { touched, newLinks };
}

function effectsToLink(state: ClusterState, changed: readonly Changed[], around: Iterable<Episode>): Iterable<Episode> {
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

/** The edges of what got another rid: paths that lead over them name it by the former one. */
function renamedRelations(state: ClusterState): readonly Relation[] {
  const nodes = [...state.renamed].flatMap((rid) => state.graph.node(rid) ?? []);
  state.renamed.clear();
  return nodes.flatMap((node) => [...allEdges(node)].map(({ relation }) => relation));
}

function noteEffects(state: ClusterState, rid: ResourceId, found: Map<EpisodeId, Episode>): void {
  for (const episode of state.book.about(rid)) if (canBeEffect(episode)) found.set(episode.eid, episode);
}

/** Episodes whose workload may be another one, because an owner came or went. */
function* placedAnew(state: ClusterState, relations: readonly Relation[]): Iterable<EpisodeId> {
  let owned = new Set(relations.flatMap(({ type, target }) => (type === "CONTROLS" ? target : [])));
  for (let step = 0; step < OWNED_STEPS_MAX && owned.size > 0; step += 1) {
    const below = new Set<ResourceId>();
    for (const rid of owned) {
      for (const episode of state.book.about(rid)) {
        if (!canBeEffect(episode)) continue;
        state.places.set(rid, workloadOf(state.graph, rid));
        yield episode.eid;
      }
      for (const { target } of state.view.edges(rid, "CONTROLS", "out", EVER)) below.add(target);
    }
    owned = below;
  }
}

/** An episode of each incident whose trouble can spread over a changed edge. */
function* spreadingAnew(state: ClusterState, relations: readonly Relation[]): Iterable<EpisodeId> {
  const seen = new Set<ResourceId>();
  for (const relation of relations) {
    for (const rid of spreadersOver(state.view, relation)) {
      if (seen.has(rid)) continue;
      seen.add(rid);
      for (const { eid } of state.book.about(rid)) if (state.incidents.of(eid)) yield eid;
    }
  }
}
