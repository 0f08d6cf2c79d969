// Which classes an episode belongs to, answered by one look-up.
import { EPISODE_TYPES } from "../domain/episode.ts";
import { CLASSES } from "./class-table.ts";
import { EVENT_REASONS } from "./event-reasons.ts";
import type { EpisodeClass } from "./rule.ts";
import { ALERT_CLASS_WORDS, ALERTS } from "./vocabulary.ts";

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
  const known = index?.byReason.get(reason);
  return known ?? (etype === "prom.alert" ? alertClasses(reason) : undefined) ?? index?.fallback ?? NONE;
}

const ALERT_CLASSES = new Map<string, readonly string[]>();
/** Names of alert rules are the users' own, but no cluster has many. */
const ALERT_NAMES_MAX = 10_000;

/** Classes of an alert that no table names, by the words its name is made of, before the class of all alerts. */
function alertClasses(name: string): readonly string[] | undefined {
  const known = ALERT_CLASSES.get(name);
  if (known) return known;
  const fallback = INDEX.get("prom.alert")?.fallback ?? NONE;
  const classes = [...ALERT_CLASS_WORDS.filter(({ pattern }) => pattern.test(name)).flatMap((word) => word.classes), ...fallback];
  if (ALERT_CLASSES.size < ALERT_NAMES_MAX) ALERT_CLASSES.set(name, classes);
  return classes;
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
