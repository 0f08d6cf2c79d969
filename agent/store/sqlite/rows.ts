// Episodes, links, relations and incidents as rows and back. Only what is searched by has a column of its own.
import type { CausalLink, PathStep } from "../../domain/causal-link.ts";
import {
  CATEGORIES,
  type Category,
  EPISODE_TYPES,
  type Episode,
  type EpisodeType,
  type Evidence,
  type FieldChange,
  type Occurred,
} from "../../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../../domain/identity.ts";
import type { Incident, MuteRule } from "../../domain/incident.ts";
import { type Relation, type RelationType, relationId } from "../../domain/relation.ts";
import { SEVERITIES, type Severity, severityRank } from "../../domain/severity.ts";
import type { Feedback } from "../port.ts";
import { json, jsonTexts, number, optionalNumber, optionalText, text } from "./columns.ts";
import type { Row } from "./sql.ts";

/** `end_ms` of an episode that still holds. */
export const HOLDS_MS = Number.MAX_SAFE_INTEGER;

/** Columns that {@link episodeOf} needs, from `episode e JOIN node n`. */
export const EPISODE_COLUMNS =
  "e.id, e.cluster, e.eid, n.rid, e.etype, e.reason, e.severity, e.first_ms, e.last_ms, e.end_ms, e.detail, e.aliases";

/** Columns that {@link relationOf} needs, from `relation r JOIN node s JOIN node t`. */
export const RELATION_COLUMNS = "r.source, r.target, s.rid AS source_rid, t.rid AS target_rid, r.type, r.from_ms, r.to_ms, r.evidence";

/** Columns that {@link linkOf} needs, from `link l JOIN episode c JOIN episode e`. */
export const LINK_COLUMNS = "l.effect, l.cause, c.eid AS cause_eid, e.eid AS effect_eid, l.score, l.detail";

/** Until when an episode holds or was seen. */
export function endMs(episode: Episode): number {
  if (episode.holds && episode.clearedMs === undefined) return HOLDS_MS;
  return Math.max(episode.lastMs, episode.clearedMs ?? episode.lastMs);
}

/** The text of an episode's fields that have no column. */
export function episodeDetail(episode: Episode): string {
  const { discriminator, baseSeverity, message, category, count, clearedMs, holds, exact, evidence, change, target, occurrences } = episode;
  const detail = { discriminator, baseSeverity, message, category, count, clearedMs, holds, exact, evidence, change, target, occurrences };
  return JSON.stringify(detail);
}

/** The episode a row stands for. */
export function episodeOf(row: Row, cluster: string): Episode {
  const detail = map(json(row.detail));
  const severity = SEVERITIES[number(row.severity)] ?? "INFO";
  const etype = text(row.etype);
  return {
    cluster,
    eid: text(row.eid) as EpisodeId,
    rid: text(row.rid) as ResourceId,
    etype: isOneOf<EpisodeType>(EPISODE_TYPES, etype) ? etype : "k8s.event",
    reason: text(row.reason),
    discriminator: string(detail.discriminator),
    severity,
    baseSeverity: isOneOf<Severity>(SEVERITIES, detail.baseSeverity) ? detail.baseSeverity : severity,
    message: string(detail.message),
    category: isOneOf<Category>(CATEGORIES, detail.category) ? detail.category : "unknown",
    firstMs: number(row.first_ms),
    lastMs: number(row.last_ms),
    count: typeof detail.count === "number" ? detail.count : 1,
    ...(typeof detail.clearedMs === "number" ? { clearedMs: detail.clearedMs } : {}),
    holds: detail.holds === true,
    exact: detail.exact !== false,
    evidence: Array.isArray(detail.evidence) ? (detail.evidence as Evidence[]) : [],
    ...(isMap(detail.change) ? { change: detail.change as FieldChange } : {}),
    ...(typeof detail.target === "string" ? { target: detail.target } : {}),
    ...(Array.isArray(detail.occurrences) ? { occurrences: detail.occurrences as Occurred[] } : {}),
    aliases: jsonTexts(row.aliases) as EpisodeId[],
  };
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
  const figure = (value: unknown): number => (typeof value === "number" ? value : 0);
  return {
    cluster,
    cause: text(row.cause_eid) as EpisodeId,
    effect: text(row.effect_eid) as EpisodeId,
    temporal: figure(temporal),
    distance: figure(distance),
    domain: figure(domain),
    score: number(row.score),
    hops: figure(hops),
    ruleId: string(ruleId),
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

/** The incident of a row's `body`; undefined when the text is damaged. */
export function incidentOf(row: Row): Incident | undefined {
  const body = json(row.body);
  return isMap(body) && isMap(body.verdict) && Array.isArray(body.episodes) ? (body as unknown as Incident) : undefined;
}

/** The rule of a row's `body`; undefined when the text is damaged. */
export function muteOf(row: Row): MuteRule | undefined {
  const body = json(row.body);
  return isMap(body) && typeof body.id === "string" ? (body as unknown as MuteRule) : undefined;
}

/** The word of a row's `body`; undefined when the text is damaged. */
export function feedbackOf(row: Row): Feedback | undefined {
  const body = json(row.body);
  return isMap(body) && typeof body.incident === "string" ? (body as unknown as Feedback) : undefined;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function map(value: unknown): Record<string, unknown> {
  return isMap(value) ? value : {};
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function isOneOf<T extends string>(choices: readonly T[], value: unknown): value is T {
  return choices.some((choice) => choice === value);
}
