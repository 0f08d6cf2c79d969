// An episode as stores keep it: some of it in columns or properties of their own, the rest as one JSON text, the same in every store.
import { CATEGORIES, EPISODE_TYPES, type Episode, type Evidence, type FieldChange, type Occurred } from "../domain/episode.ts";
import { SEVERITIES, type Severity } from "../domain/severity.ts";
import { HOLDS_MS, isMap, map, oneOf, optionalNumber, text } from "./stored-values.ts";

/** What every store keeps where it can be searched. `etype` may be of a later kgroot. */
export type EpisodeColumns = Pick<
  Episode,
  "cluster" | "eid" | "rid" | "reason" | "message" | "firstMs" | "lastMs" | "count" | "aliases"
> & {
  readonly etype: string;
  readonly severity: Severity;
};

/** What has no place of its own. */
export function episodeDetail(episode: Episode): object {
  const { discriminator, baseSeverity, category, clearedMs, holds, exact, evidence, change, target, occurrences } = episode;
  return { discriminator, baseSeverity, category, clearedMs, holds, exact, evidence, change, target, occurrences };
}

/** Until when an episode holds or was seen. */
export function endMs({ holds, lastMs, clearedMs }: Episode): number {
  return holds && clearedMs === undefined ? HOLDS_MS : Math.max(lastMs, clearedMs ?? lastMs);
}

/** The episode of its columns and its detail; what is damaged in the detail has its default. */
export function storedEpisode(columns: EpisodeColumns, detailValue: unknown): Episode {
  const detail = map(detailValue);
  const clearedMs = optionalNumber(detail.clearedMs);
  return {
    ...columns,
    etype: oneOf(EPISODE_TYPES, columns.etype) ?? "k8s.event",
    discriminator: text(detail.discriminator),
    baseSeverity: oneOf(SEVERITIES, detail.baseSeverity) ?? columns.severity,
    category: oneOf(CATEGORIES, detail.category) ?? "unknown",
    ...(clearedMs === undefined ? {} : { clearedMs }),
    holds: detail.holds === true,
    exact: detail.exact !== false,
    evidence: Array.isArray(detail.evidence) ? (detail.evidence as Evidence[]) : [],
    ...(isMap(detail.change) ? { change: detail.change as FieldChange } : {}),
    ...(typeof detail.target === "string" ? { target: detail.target } : {}),
    ...(Array.isArray(detail.occurrences) ? { occurrences: detail.occurrences as Occurred[] } : {}),
  };
}
