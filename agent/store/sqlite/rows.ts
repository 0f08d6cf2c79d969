// Episodes, links, relations and incidents as rows and back. Only what is searched by has a column of its own.
import type { CausalLink, PathStep } from "../../domain/causal-link.ts";
import type { Episode } from "../../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../../domain/identity.ts";
import type { Incident } from "../../domain/incident.ts";
import { type Relation, type RelationType, relationId } from "../../domain/relation.ts";
import { SEVERITIES, severityRank } from "../../domain/severity.ts";
import { episodeDetail, storedEpisode } from "../stored-episode.ts";
import { json, map, number, optionalNumber, optionalText, text, texts } from "../stored-values.ts";
import type { Row } from "./sql.ts";

/** Columns that {@link episodeOf} needs, from `episode e JOIN node n`. */
export const EPISODE_COLUMNS =
  "e.id, e.cluster, e.eid, n.rid, e.etype, e.reason, e.severity, e.first_ms, e.last_ms, e.end_ms, e.detail, e.aliases";

/** Columns that {@link relationOf} needs, from `relation r JOIN node s JOIN node t`. */
export const RELATION_COLUMNS = "r.source, r.target, s.rid AS source_rid, t.rid AS target_rid, r.type, r.from_ms, r.to_ms, r.evidence";

/** Columns that {@link linkOf} needs, from `link l JOIN episode c JOIN episode e`. */
export const LINK_COLUMNS = "l.effect, l.cause, c.eid AS cause_eid, e.eid AS effect_eid, l.score, l.detail";

/** The text of an episode's fields that have no column. */
export function detailText(episode: Episode): string {
  const { message, count } = episode;
  return JSON.stringify({ message, count, ...episodeDetail(episode) });
}

/** The episode a row stands for. */
export function episodeOf(row: Row, cluster: string): Episode {
  const detail = map(json(row.detail));
  const columns = {
    cluster,
    eid: text(row.eid) as EpisodeId,
    rid: text(row.rid) as ResourceId,
    etype: text(row.etype),
    reason: text(row.reason),
    severity: SEVERITIES[number(row.severity)] ?? "INFO",
    message: text(detail.message),
    firstMs: number(row.first_ms),
    lastMs: number(row.last_ms),
    count: optionalNumber(detail.count) ?? 1,
    aliases: texts(json(row.aliases)) as EpisodeId[],
  } as const;
  return storedEpisode(columns, detail);
}

/** The edge a row stands for. */
export function relationOf(row: Row, cluster: string): Relation {
  const source = text(row.source_rid) as ResourceId;
  const target = text(row.target_rid) as ResourceId;
  const type = text(row.type) as RelationType;
  const validToMs = optionalNumber(row.to_ms);
  const evidence = optionalText(row.evidence);
  return {
    cluster,
    id: relationId(source, type, target),
    type,
    source,
    target,
    validFromMs: number(row.from_ms),
    ...(validToMs === undefined ? {} : { validToMs }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

/** The text of a link's fields that have no column. */
export function linkDetail(link: CausalLink): string {
  return JSON.stringify([link.temporal, link.distance, link.domain, link.hops, link.ruleId, link.path]);
}

/** The link a row stands for. */
export function linkOf(row: Row, cluster: string): CausalLink {
  const detail = json(row.detail);
  const [temporal, distance, domain, hops, ruleId, path] = Array.isArray(detail) ? detail : [];
  return {
    cluster,
    cause: text(row.cause_eid) as EpisodeId,
    effect: text(row.effect_eid) as EpisodeId,
    temporal: number(temporal),
    distance: number(distance),
    domain: number(domain),
    score: number(row.score),
    hops: number(hops),
    ruleId: text(ruleId),
    path: Array.isArray(path) ? (path as PathStep[]) : [],
  };
}

/** The columns of an incident by which it is searched. */
export function incidentColumns(incident: Incident): {
  readonly severity: number;
  readonly muted: number;
  readonly rootKind?: string;
  readonly rootReason?: string;
} {
  const root = incident.verdict.rootCause;
  return {
    severity: severityRank(incident.severity),
    muted: incident.mutedBy === undefined ? 0 : 1,
    ...(root ? { rootKind: root.subject.kind, rootReason: root.reason } : {}),
  };
}
