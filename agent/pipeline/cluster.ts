// Stage 6: which episodes belong together. Components over causal links, and over time and place; each with an ERROR or FATAL episode is an incident.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, IncidentId, ResourceId } from "../domain/identity.ts";
import { severityRank } from "../domain/severity.ts";
import { workloadOf } from "../graph/workload.ts";
import { ruleById } from "../knowledge/rules.ts";
import { occurrenceId } from "../sources/occurrence-id.ts";
import type { ClusterState } from "./cluster-state.ts";

/** A link joins two episodes into one incident from this rule strength on: weaker ones are worth showing, not worth merging two faults for. */
const JOINING_STRENGTH_MIN = 0.3;

/** An incident as clustering finds it; ranking says the rest. */
export type Component = { readonly id: IncidentId; readonly members: readonly Episode[]; readonly aliases: readonly IncidentId[] };

/** The incidents that the touched episodes make now. Incidents that lost their last member, or were merged, are removed from the book. */
export function clusterBatch(state: ClusterState, touched: ReadonlySet<EpisodeId>): readonly Component[] {
  const start = startOf(state, touched);
  const walk: Walk = { state, visited: new Set(), seedsByPlace: new Map() };
  const formers = new Set<IncidentId>();
  const components: { seed: Episode; members: readonly Episode[]; formers: ReadonlySet<IncidentId> }[] = [];
  for (let at = 0; at < start.length; at += 1) {
    const episode = start[at] as Episode;
    if (walk.visited.has(episode.eid)) continue;
    const members = componentOf(walk, episode);
    const ids = new Set(members.flatMap((member) => state.incidents.of(member.eid) ?? []));
    for (const id of ids) if (!formers.has(id)) start.push(...membersOf(state, id));
    for (const id of ids) formers.add(id);
    const seeds = members.filter(isSeed).sort(byTime);
    if (seeds[0]) components.push({ seed: seeds[0], members: members.sort(byTime), formers: ids });
  }
  return named(state, components, formers);
}

function startOf(state: ClusterState, touched: ReadonlySet<EpisodeId>): Episode[] {
  const start: Episode[] = [];
  for (const eid of touched) {
    const episode = state.book.get(eid);
    if (!episode) continue;
    if (isSeed(episode) || state.incidents.of(episode.eid) || isLinked(state, episode)) start.push(episode);
    // What else is known of a resource is part of the verdict on it.
    for (const other of state.book.about(episode.rid)) if (state.incidents.of(other.eid)) start.push(other);
    for (const alias of episode.aliases) {
      const former = state.incidents.of(alias);
      if (former) start.push(...membersOf(state, former));
    }
  }
  // A verdict names resources: that one of them was seen for the first time, learnt its uid or ended changes what is to be said.
  for (const rid of state.livesChanged) for (const id of state.incidents.namedIn(rid)) start.push(...membersOf(state, id).slice(0, 1));
  state.livesChanged.clear();
  return start;
}

function isLinked(state: ClusterState, { eid }: Episode): boolean {
  if (state.links.causesOf(eid).length > 0) return true;
  for (const _link of state.links.effectsOf(eid)) return true;
  return false;
}

function membersOf(state: ClusterState, id: IncidentId): readonly Episode[] {
  return [...state.incidents.membersOf(id)].flatMap((eid) => state.book.get(eid) ?? []);
}

/** What a walk over components remembers: where it has been, and the ERROR and FATAL episodes of each workload it met. */
type Walk = { readonly state: ClusterState; readonly visited: Set<EpisodeId>; readonly seedsByPlace: Map<ResourceId, readonly Episode[]> };

function componentOf(walk: Walk, first: Episode): Episode[] {
  const { visited } = walk;
  const members: Episode[] = [];
  const stack = [first];
  visited.add(first.eid);
  for (let episode = stack.pop(); episode; episode = stack.pop()) {
    members.push(episode);
    for (const other of joined(walk, episode)) {
      if (visited.has(other.eid)) continue;
      visited.add(other.eid);
      stack.push(other);
    }
  }
  return members;
}

function* joined(walk: Walk, episode: Episode): Iterable<Episode> {
  const { state } = walk;
  for (const link of state.links.causesOf(episode.eid)) if (joins(link)) yield* present(state, link.cause);
  for (const link of state.links.effectsOf(episode.eid)) if (joins(link)) yield* present(state, link.effect);
  if (isSeed(episode)) yield* nearby(walk, episode);
}

function* present(state: ClusterState, eid: EpisodeId): Iterable<Episode> {
  const episode = state.book.get(eid);
  if (episode) yield episode;
}

function joins(link: CausalLink): boolean {
  return (ruleById(link.ruleId)?.strength ?? 0) >= JOINING_STRENGTH_MIN;
}

/** Time and place: other ERROR and FATAL episodes of the same workload, no more than the incident window apart. */
function* nearby(walk: Walk, episode: Episode): Iterable<Episode> {
  const { state, visited } = walk;
  for (const other of seedsAt(walk, workloadOf(state.graph, episode.rid)))
    if (!visited.has(other.eid) && isClose(episode, other, state.settings.incidentWindowMs)) yield other;
}

function seedsAt({ state, seedsByPlace }: Walk, workload: ResourceId): readonly Episode[] {
  const known = seedsByPlace.get(workload);
  if (known) return known;
  const seeds = [...state.places.membersOf(workload)].flatMap((rid) => [...state.book.about(rid)].filter(isSeed));
  seedsByPlace.set(workload, seeds);
  return seeds;
}

/** What an incident is made of: ERROR and FATAL, but no mere change and no count of ours. */
export function isSeed(episode: Episode): boolean {
  return severityRank(episode.severity) >= 2 && episode.etype !== "k8s.change" && episode.etype !== "anomaly";
}

function isClose(a: Episode, b: Episode, windowMs: number): boolean {
  return a.firstMs <= endOf(b) + windowMs && b.firstMs <= endOf(a) + windowMs;
}

function endOf(episode: Episode): number {
  return episode.holds ? (episode.clearedMs ?? Number.POSITIVE_INFINITY) : episode.lastMs;
}

function byTime(a: Episode, b: Episode): number {
  return a.firstMs - b.firstMs || (a.eid < b.eid ? -1 : 1);
}

/** An incident's id is made from its earliest ERROR or FATAL episode: the older one survives a merge, whatever the order of arrival. */
function named(
  state: ClusterState,
  found: readonly { seed: Episode; members: readonly Episode[]; formers: ReadonlySet<IncidentId> }[],
  formers: ReadonlySet<IncidentId>,
): readonly Component[] {
  const components = found.map(({ seed, members, formers: own }) => {
    const id = incidentId(state.cluster, seed.eid);
    const aliases = new Set([...own].flatMap((former) => [former, ...(state.incidents.get(former)?.aliases ?? [])]));
    aliases.delete(id);
    return { id, members, aliases: [...aliases].sort() };
  });
  const taken = new Map(components.map(({ id }) => [id, true]));
  for (const former of formers) {
    if (taken.has(former)) continue;
    state.incidents.remove(state.cluster, former, components.find(({ aliases }) => aliases.includes(former))?.id);
  }
  // A former id answers for one incident only: after a split, for the one that is older.
  const answered = new Set<IncidentId>(taken.keys());
  return components.map((component) => ({
    ...component,
    aliases: component.aliases.filter((alias) => !answered.has(alias) && answered.add(alias)),
  }));
}

function incidentId(cluster: string, seed: EpisodeId): IncidentId {
  return occurrenceId({
    cluster,
    etype: "anomaly",
    subject: { kind: "Incident", name: seed },
    reason: "incident",
    discriminator: "",
    timeMs: 0,
  }) as IncidentId;
}
