// Repeats of one thing about one resource as one episode (contracts.md §8 Folding) and its severity after escalation (§6). Pure functions of the set of
// occurrences, so that the order in which they arrive does not matter.
import type { Episode, Occurred } from "../domain/episode.ts";
import type { EpisodeId } from "../domain/identity.ts";
import type { ReasoningSettings } from "../domain/settings.ts";
import { raiseSeverity, type Severity, worseSeverity } from "../domain/severity.ts";

/** Occurrences kept apart per episode; older neighbours are joined beyond it. 32 x about 100 B. */
const OCCURRENCES_MAX = 32;

/** Other ids that an episode answers to; an id beyond the bound is forgotten, oldest first. */
const ALIASES_MAX = 200;

/** The occurrences of an episode; one without a list is its own only occurrence. */
export function occurrencesOf(episode: Episode): readonly Occurred[] {
  return episode.occurrences ?? [{ id: episode.eid, firstMs: episode.firstMs, lastMs: episode.lastMs, count: episode.count }];
}

/** Whether an occurrence at [firstMs, lastMs] is near enough to belong to the episode. A condition that still holds reaches to any later time. */
export function belongs(episode: Episode, firstMs: number, lastMs: number, foldMs: number): boolean {
  const endMs = episode.holds ? (episode.clearedMs ?? Number.POSITIVE_INFINITY) : episode.lastMs;
  return lastMs >= episode.firstMs - foldMs && firstMs <= Math.max(endMs, episode.lastMs) + foldMs;
}

/** Joins episodes of one thing into one. `parts` are in any order; text and evidence come from the latest. */
export function joinEpisodes(parts: readonly Episode[], settings: ReasoningSettings): Episode {
  const latest = parts.reduce((a, b) => (isLater(b, a) ? b : a));
  const occurrences = joinOccurrences(parts.flatMap(occurrencesOf));
  const ids = new Set<EpisodeId>([...parts.flatMap((part) => [part.eid, ...part.aliases]), ...occurrences.map((one) => one.id)]);
  const eid = earliest(occurrences).id;
  ids.delete(eid);
  const baseSeverity = parts.map((part) => part.baseSeverity).reduce(worseSeverity);
  const { clearedMs: _cleared, ...rest } = latest;
  const cleared = clearedTime(parts);
  return {
    ...rest,
    eid,
    baseSeverity,
    severity: escalated(baseSeverity, occurrences, settings.escalation),
    firstMs: Math.min(...occurrences.map((one) => one.firstMs)),
    lastMs: Math.max(...occurrences.map((one) => one.lastMs)),
    count: occurrences.reduce((sum, one) => sum + one.count, 0),
    ...(cleared === undefined ? {} : { clearedMs: cleared }),
    exact: parts.some((part) => part.exact && part.firstMs === Math.min(...parts.map((p) => p.firstMs))),
    aliases: [...ids].slice(-ALIASES_MAX).sort(),
    ...(occurrences.length > 1 ? { occurrences } : {}),
  };
}

/** The severity after escalation: a step up for every `everyRepeats` occurrences within the best sliding window. */
export function escalated(base: Severity, occurrences: readonly Occurred[], escalation: ReasoningSettings["escalation"]): Severity {
  return raiseSeverity(base, Math.floor(repeatsWithin(occurrences, escalation.windowMs) / escalation.everyRepeats));
}

/** Most repeats within any window of that length. A counted occurrence that lasts longer than the window counts in proportion. */
function repeatsWithin(occurrences: readonly Occurred[], windowMs: number): number {
  let best = 0;
  for (const start of occurrences) {
    let repeats = 0;
    for (const one of occurrences) {
      if (one.firstMs < start.firstMs || one.firstMs > start.firstMs + windowMs) continue;
      const spanMs = one.lastMs - one.firstMs;
      repeats += spanMs <= windowMs ? one.count : Math.max(1, Math.floor((one.count * windowMs) / spanMs));
    }
    best = Math.max(best, repeats);
  }
  return best;
}

function joinOccurrences(all: readonly Occurred[]): readonly Occurred[] {
  const byId = new Map<EpisodeId, Occurred>();
  for (const one of all) {
    const known = byId.get(one.id);
    byId.set(one.id, known ? widest(known, one) : one);
  }
  const sorted = [...byId.values()].sort(byTime);
  while (sorted.length > OCCURRENCES_MAX) {
    const [first, second] = sorted.splice(0, 2) as [Occurred, Occurred];
    sorted.unshift({
      id: first.id,
      firstMs: first.firstMs,
      lastMs: Math.max(first.lastMs, second.lastMs),
      count: first.count + second.count,
      joined: true,
    });
  }
  return sorted;
}

/** The same occurrence told twice: an Event's later update has the higher count and the later time. */
function widest(a: Occurred, b: Occurred): Occurred {
  const joined = a.joined ?? b.joined;
  return {
    id: a.id,
    firstMs: Math.min(a.firstMs, b.firstMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
    count: Math.max(a.count, b.count),
    ...(joined ? { joined } : {}),
  };
}

function byTime(a: Occurred, b: Occurred): number {
  return a.firstMs - b.firstMs || (a.id < b.id ? -1 : 1);
}

function earliest(occurrences: readonly Occurred[]): Occurred {
  return occurrences.reduce((a, b) => (byTime(b, a) < 0 ? b : a));
}

function isLater(a: Episode, b: Episode): boolean {
  return a.lastMs !== b.lastMs ? a.lastMs > b.lastMs : a.eid > b.eid;
}

/** A joined condition has cleared when no part of it holds any more, at the latest of its ends. */
function clearedTime(parts: readonly Episode[]): number | undefined {
  const latest = parts.reduce((a, b) => (isLater(b, a) ? b : a));
  if (!latest.holds) return undefined;
  if (latest.clearedMs === undefined) return undefined;
  return Math.max(...parts.map((part) => part.clearedMs ?? 0));
}
