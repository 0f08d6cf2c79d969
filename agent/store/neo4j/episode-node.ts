// Episodes, links and edges as properties and back (contracts.md §2). What is searched by, or read by others, has a property of its own.
import type { CausalLink, PathStep } from "../../domain/causal-link.ts";
import type { Episode } from "../../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../../domain/identity.ts";
import { type Relation, type RelationType, relationId } from "../../domain/relation.ts";
import { SEVERITIES } from "../../domain/severity.ts";
import { endMs, episodeDetail, storedEpisode } from "../stored-episode.ts";
import { json, map, number, oneOf, optionalNumber, optionalText, text, texts } from "../stored-values.ts";
import type { Row } from "./connect.ts";

/** Properties of an episode, `event_time` aside. */
export function episodeProperties(episode: Episode): Row {
  const { eid, etype, reason, severity, message, firstMs, lastMs, count, aliases } = episode;
  return {
    client_id: episode.cluster,
    eid,
    etype,
    severity,
    reason,
    message,
    first_ms: firstMs,
    last_ms: lastMs,
    end_ms: endMs(episode),
    count,
    aliases,
    detail_json: JSON.stringify(episodeDetail(episode)),
  };
}

/** What a record needs to be read by {@link episodeOf}, from `e` and the resource `r` that it is about. */
export const EPISODE = "properties(e) AS episode, r.rid AS rid";

/** The episode that a record stands for. */
export function episodeOf(row: Row): Episode {
  const node = map(row.episode);
  const columns = {
    cluster: text(node.client_id),
    eid: text(node.eid) as EpisodeId,
    rid: text(row.rid) as ResourceId,
    etype: text(node.etype),
    reason: text(node.reason),
    severity: oneOf(SEVERITIES, node.severity) ?? "INFO",
    message: text(node.message),
    firstMs: number(node.first_ms),
    lastMs: number(node.last_ms),
    count: optionalNumber(node.count) ?? 1,
    aliases: texts(node.aliases) as EpisodeId[],
  } as const;
  return storedEpisode(columns, json(node.detail_json));
}

/** Properties of a link: the names of contracts.md §2, and what only we read. */
export function linkProperties(link: CausalLink): Row {
  return {
    confidence: link.score,
    temporal_score: link.temporal,
    distance_score: link.distance,
    domain_score: link.domain,
    hops: link.hops,
    rule_id: link.ruleId,
    path_json: JSON.stringify(link.path),
  };
}

/** What a record needs to be read by {@link linkOf}, from the cause `x`, the link `l` and the effect `e`. */
export const LINK = "e.client_id AS c, x.eid AS cause, e.eid AS effect, properties(l) AS link";

/** The link that a record stands for. */
export function linkOf(row: Row): CausalLink {
  const link = map(row.link);
  const path = json(link.path_json);
  return {
    cluster: text(row.c),
    cause: text(row.cause) as EpisodeId,
    effect: text(row.effect) as EpisodeId,
    temporal: number(link.temporal_score),
    distance: number(link.distance_score),
    domain: number(link.domain_score),
    score: number(link.confidence),
    hops: number(link.hops),
    ruleId: text(link.rule_id),
    path: Array.isArray(path) ? (path as PathStep[]) : [],
  };
}

/** What a record needs to be read by {@link relationOf}, from the source `s`, the edge `l` and the target `t`. */
export const RELATION =
  "s.client_id AS c, type(l) AS type, s.rid AS source, t.rid AS target, l.from_ms AS from, l.to_ms AS to, l.evidence AS evidence";

/** The relation that a record stands for. */
export function relationOf(row: Row): Relation {
  const source = text(row.source) as ResourceId;
  const target = text(row.target) as ResourceId;
  const type = text(row.type) as RelationType;
  const validToMs = optionalNumber(row.to);
  const evidence = optionalText(row.evidence);
  return {
    cluster: text(row.c),
    id: relationId(source, type, target),
    type,
    source,
    target,
    validFromMs: number(row.from),
    ...(validToMs === undefined ? {} : { validToMs }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}
