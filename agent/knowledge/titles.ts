// A few words for any reason: from the tables where a table has it, else the reason's own words.
import { classById, classesOf } from "./classes.ts";
import { CHANGES, FINDINGS, type FindingKind } from "./findings.ts";

const TITLES: Readonly<Record<string, FindingKind | undefined>> = { ...FINDINGS, ...CHANGES };

/** `container ran out of memory` for OOMKilled; `failed mount` for a reason that no table names. */
export function titleOf(episode: { readonly etype: string; readonly reason: string }): string {
  return TITLES[episode.reason]?.title ?? phraseOf(episode);
}

/** What happened, as the end of a sentence whose subject is the resource: `ran out of memory`. */
export function phraseOf(episode: { readonly etype: string; readonly reason: string }): string {
  const [first] = classesOf(episode);
  return (first ? classById(first)?.phrase : undefined) ?? `reported ${words(episode.reason)}`;
}

/** How likely an episode of this reason is where a failure starts, 0..1; 0.3 for what no class names. */
export function rootnessOf(episode: { readonly etype: string; readonly reason: string }): number {
  const known = classesOf(episode).flatMap((id) => classById(id)?.rootness ?? []);
  return known.length > 0 ? Math.max(...known) : 0.3;
}

function words(reason: string): string {
  return reason
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("_", " ")
    .toLowerCase();
}
