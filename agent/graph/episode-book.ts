// The episodes of one cluster in memory: by id and alias, by resource, by what they are about; and which changed since the last batch.
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";
import type { ReasoningSettings } from "../domain/settings.ts";
import { belongs, escalated, joinEpisodes, occurrencesOf } from "./fold.ts";
import { type Thing, ThingIndex } from "./thing-index.ts";

/** What recording an occurrence did. `repeats`: how many more occurrences than were known; `parts`: the episodes that became this one. */
export type Recorded = { readonly episode: Episode; readonly repeats: number; readonly parts: readonly Episode[] };

/** The recent episodes of one cluster. */
export class EpisodeBook {
  private readonly settings: ReasoningSettings;
  private readonly byId = new Map<EpisodeId, Episode>();
  private readonly aliases = new Map<EpisodeId, EpisodeId>();
  private readonly things = new ThingIndex();
  /** Of a resource's those that hold. */
  private readonly holdingByResource = new Map<ResourceId, Set<EpisodeId>>();
  /** When the latest of those began whose beginning is only an upper bound. */
  private inexactUntilMs = Number.NEGATIVE_INFINITY;
  /** Episodes new or changed since the last `takeChanged`, each as it was before. */
  private changed = new Map<EpisodeId, Episode | undefined>();

  constructor(settings: ReasoningSettings) {
    this.settings = settings;
  }

  get size(): number {
    return this.byId.size;
  }

  /** By id or alias. */
  get(id: EpisodeId): Episode | undefined {
    return this.byId.get(id) ?? this.byId.get(this.aliases.get(id) ?? id);
  }

  all(): Iterable<Episode> {
    return this.byId.values();
  }

  /** Episodes about a resource, in no particular order. */
  *about(rid: ResourceId): Iterable<Episode> {
    for (const eid of this.things.about(rid)) {
      const episode = this.byId.get(eid);
      if (episode) yield episode;
    }
  }

  /** Conditions of a resource that hold, in no particular order. */
  holdingAbout(rid: ResourceId): readonly Episode[] {
    const ids = this.holdingByResource.get(rid);
    return ids ? [...ids].flatMap((eid) => this.byId.get(eid) ?? []) : [];
  }

  /** No episode whose beginning is uncertain (`exact` false) began later. */
  get latestInexactMs(): number {
    return this.inexactUntilMs;
  }

  /** Resources that episodes are about. */
  rids(): Iterable<ResourceId> {
    return this.things.rids();
  }

  has(rid: ResourceId): boolean {
    return this.things.has(rid);
  }

  /** The ids that changed since the last call, each with the episode as it was then; undefined when it is new, or another one took part in it. */
  takeChanged(): ReadonlyMap<EpisodeId, Episode | undefined> {
    const taken = this.changed;
    this.changed = new Map();
    return taken;
  }

  /** Records one occurrence, given as an episode of its own; folds it with those it belongs to. */
  record(one: Episode): Recorded {
    const known = this.get(one.eid);
    if (known && tellsNothingNew(known, one)) return { episode: known, repeats: 0, parts: [known] };
    const near = this.nearOf(one, known);
    const covering = known ? undefined : near.find((episode) => isCovered(episode, one));
    if (covering) return { episode: covering, repeats: 0, parts: [covering] };
    const before = near.reduce((sum, episode) => sum + episode.count, 0);
    const episode =
      near.length === 0
        ? { ...one, severity: escalated(one.baseSeverity, occurrencesOf(one), this.settings.escalation) }
        : joinEpisodes([...near, one], this.settings);
    for (const part of near) if (part.eid !== episode.eid) this.remove(part);
    this.put(episode);
    return { episode, repeats: Math.max(0, episode.count - before), parts: near };
  }

  /** Episodes of the same thing that this occurrence joins: those near it in time, and the one that already knows its id. */
  private nearOf(one: Episode, known: Episode | undefined): readonly Episode[] {
    const near = new Set<Episode>(known ? [known] : []);
    for (const eid of this.things.of(one)) {
      const episode = this.byId.get(eid);
      if (
        episode &&
        belongs(
          episode,
          one.firstMs,
          one.holds && one.clearedMs !== undefined ? Math.max(one.lastMs, one.clearedMs) : one.lastMs,
          this.settings.foldMs,
        )
      )
        near.add(episode);
    }
    return [...near];
  }

  /** The latest episode of a thing that still holds. */
  holding(thing: Thing): Episode | undefined {
    let found: Episode | undefined;
    for (const eid of this.things.of(thing)) {
      const episode = this.byId.get(eid);
      if (episode?.holds && episode.clearedMs === undefined && (!found || episode.lastMs > found.lastMs)) found = episode;
    }
    return found;
  }

  /** A condition that holds is told in other words, or as better or worse than before. */
  retell(holding: Episode, { message, evidence, baseSeverity }: Pick<Episode, "message" | "evidence" | "baseSeverity">): Episode {
    const severity = escalated(baseSeverity, occurrencesOf(holding), this.settings.escalation);
    const retold = { ...holding, message, evidence, baseSeverity, severity };
    this.put(retold);
    return retold;
  }

  /** A condition stopped holding. */
  clear(episode: Episode, atMs: number): Episode {
    const cleared = { ...episode, clearedMs: Math.max(atMs, episode.lastMs) };
    this.put(cleared);
    return cleared;
  }

  /** Replaces a row as it is. */
  put(episode: Episode): void {
    if (!this.changed.has(episode.eid)) this.changed.set(episode.eid, this.byId.get(episode.eid));
    this.restore(episode);
  }

  /** Puts a row read from the store into memory. */
  restore(episode: Episode): void {
    this.byId.set(episode.eid, episode);
    this.aliases.delete(episode.eid);
    for (const alias of episode.aliases) this.aliases.set(alias, episode.eid);
    this.things.add(episode);
    if (episode.holds && episode.clearedMs === undefined) addTo(this.holdingByResource, episode.rid, episode.eid);
    else dropFrom(this.holdingByResource, episode.rid, episode.eid);
    if (!episode.exact) this.inexactUntilMs = Math.max(this.inexactUntilMs, episode.firstMs);
  }

  /** Moves a re-keyed resource's episodes. */
  rekey(from: ResourceId, to: ResourceId): void {
    for (const episode of [...this.about(from)]) this.move(episode, to);
  }

  /** An episode is about another resource than was thought. */
  move(episode: Episode, to: ResourceId): void {
    this.remove(episode);
    this.record({ ...episode, rid: to });
  }

  /** Forgets an episode in memory; the store keeps it. */
  forget(episode: Episode): void {
    this.remove(episode);
    for (const alias of episode.aliases) if (this.aliases.get(alias) === episode.eid) this.aliases.delete(alias);
  }

  private remove(episode: Episode): void {
    this.byId.delete(episode.eid);
    this.things.remove(episode);
    dropFrom(this.holdingByResource, episode.rid, episode.eid);
    this.changed.delete(episode.eid);
  }
}

/** A delivery that was seen before: no later, no more often, and it neither clears nor reopens. */
function tellsNothingNew(known: Episode, one: Episode): boolean {
  const told = occurrencesOf(known).find(
    (occurred) => occurred.id === one.eid || (occurred.joined && one.firstMs >= occurred.firstMs && one.lastMs <= occurred.lastMs),
  );
  const within = told
    ? one.count <= told.count && one.lastMs <= told.lastMs && one.firstMs >= told.firstMs
    : one.firstMs >= known.firstMs && one.lastMs <= known.lastMs;
  if (!within) return false;
  return (
    !one.holds ||
    one.clearedMs === known.clearedMs ||
    (known.clearedMs !== undefined && (one.clearedMs === undefined || one.clearedMs <= known.clearedMs))
  );
}

/** An occurrence whose id is no longer kept, but whose time lies in a joined stretch, was counted there: a replay must not count it again. */
function isCovered(episode: Episode, one: Episode): boolean {
  return (
    occurrencesOf(episode).some((occurred) => occurred.joined && one.firstMs >= occurred.firstMs && one.lastMs <= occurred.lastMs) &&
    tellsNothingNew(episode, one)
  );
}

function addTo<K>(index: Map<K, Set<EpisodeId>>, key: K, eid: EpisodeId): void {
  const ids = index.get(key);
  if (ids) ids.add(eid);
  else index.set(key, new Set([eid]));
}

function dropFrom<K>(index: Map<K, Set<EpisodeId>>, key: K, eid: EpisodeId): void {
  const ids = index.get(key);
  ids?.delete(eid);
  if (ids?.size === 0) index.delete(key);
}
