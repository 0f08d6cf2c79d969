// Which classes an episode belongs to, answered by one look-up.
import { EPISODE_TYPES } from "../domain/episode.ts";
import { CLASSES } from "./class-table.ts";
import { EVENT_REASONS } from "./event-reasons.ts";
import type { EpisodeClass } from "./rule.ts";
import { ALERTS } from "./vocabulary.ts";

const BY_ID: ReadonlyMap<string, EpisodeClass> = new Map(CLASSES.map((entry) => [entry.id, entry]));

/** Per etype: reason to class ids, and the classes of reasons that no class names. */
type Index = { readonly byReason: ReadonlyMap<string, readonly string[]>; readonly fallback: readonly string[] };

const INDEX: ReadonlyMap<string, Index> = new Map(EPISODE_TYPES.map((etype) => [etype, indexOf(etype)]));

const NONE: readonly string[] = [];

/** The class with this id; undefined for an id that no table names. */
export function classById(id: string): EpisodeClass | undefined {
  return BY_ID.get(id);
}

/** Ids of the classes of an episode, most exact first; the same array for the same etype and reason. Empty for what has no part in causation. */
export function classesOf({ etype, reason }: { readonly etype: string; readonly reason: string }): readonly string[] {
  const index = INDEX.get(etype);
  return index?.byReason.get(reason) ?? index?.fallback ?? NONE;
}

function indexOf(etype: string): Index {
  const byReason = new Map<string, string[]>(expectedWords(etype).map((reason) => [reason, []]));
  const fallback: string[] = [];
  for (const { id, members } of CLASSES) {
    for (const member of members) {
      if (member.etype !== undefined && member.etype !== etype) continue;
      for (const reason of member.reasons) {
        const ids = reason === "*" ? fallback : entryOf(byReason, reason);
        if (!ids.includes(id)) ids.push(id);
      }
    }
  }
  return { byReason, fallback };
}

function entryOf(byReason: Map<string, string[]>, reason: string): string[] {
  const known = byReason.get(reason) ?? [];
  byReason.set(reason, known);
  return known;
}

/** Words we know to mean nothing bad: they do not fall back to the class of unknown words. */
function expectedWords(etype: string): readonly string[] {
  const table = etype === "k8s.event" ? EVENT_REASONS : etype === "prom.alert" ? ALERTS : {};
  return Object.entries(table).flatMap(([reason, { severity }]) => (severity === "INFO" ? [reason] : []));
}
