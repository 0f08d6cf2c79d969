// The causal graph of one incident: episodes as nodes with their part in it, links with the sentence of their rule.
import type { CausalLink, PathStep } from "../../domain/causal-link.ts";
import type { Episode } from "../../domain/episode.ts";
import { displayName, type EpisodeId, type ResourceId } from "../../domain/identity.ts";
import type { Incident } from "../../domain/incident.ts";
import type { Subject } from "../../domain/resource.ts";
import { severityRank } from "../../domain/severity.ts";
import type { WireGraphLink, WireGraphNode, WireIncidentGraph, WirePathStep } from "../../protocol/incident.ts";
import { wireEvidence, wireTimelineEntry } from "./episode.ts";
import { given } from "./given.ts";
import { wireIncident } from "./incident.ts";
import { wireSubject } from "./subject.ts";
import { wireTime, wireTimeIf } from "./time.ts";

/** What the graph of an incident is made of. `links` may name episodes that are not among `episodes`: such links are left out. */
export type IncidentGraphParts = {
  readonly incident: Incident;
  /** Members and the causes linked to them. */
  readonly episodes: readonly Episode[];
  readonly links: readonly CausalLink[];
  readonly subjectOf: (rid: ResourceId) => Subject;
  /** The rule's sentence, filled in. */
  readonly sentenceOf: (link: CausalLink, cause: Subject, effect: Subject) => string;
  readonly nodesMax: number;
};

/** The graph of an incident on the wire: root cause first, then the worst, then the earliest; the timeline oldest first. */
export function wireIncidentGraph(parts: IncidentGraphParts): WireIncidentGraph {
  const root = parts.incident.verdict.rootCause?.eid;
  const shown = [...parts.episodes].sort(importance(parts.incident)).slice(0, parts.nodesMax);
  const byId = new Map(shown.map((episode) => [episode.eid, episode]));
  const links = parts.links.filter(({ cause, effect }) => byId.has(cause) && byId.has(effect));
  const causes = new Set(links.map(({ cause }) => cause));
  const roleOf = (eid: EpisodeId): WireGraphNode["role"] => (eid === root ? "root_cause" : causes.has(eid) ? "cause" : "symptom");
  const timeline = [...shown].sort((a, b) => a.firstMs - b.firstMs || compareIds(a.eid, b.eid));
  return {
    incident: wireIncident(parts.incident),
    nodes: shown.map((episode) => wireNode(episode, parts.subjectOf(episode.rid), roleOf(episode.eid))),
    links: links.map((link) => wireLink(link, byId, parts)),
    timeline: timeline.map((episode) => wireTimelineEntry(episode, parts.subjectOf(episode.rid))),
    truncated: shown.length < parts.episodes.length || parts.incident.droppedCount > 0,
  };
}

/** What must be seen when not all can be: the root cause and what it explains, then by severity, then by time. */
function importance(incident: Incident): (a: Episode, b: Episode) => number {
  const { rootCause, firstCriticalFailure } = incident.verdict;
  const explained = new Set(rootCause?.explains);
  const weight = ({ eid, severity }: Episode) => {
    if (eid === rootCause?.eid) return 100;
    return (eid === firstCriticalFailure ? 20 : 0) + (explained.has(eid) ? 10 : 0) + severityRank(severity);
  };
  return (a, b) => weight(b) - weight(a) || a.firstMs - b.firstMs || compareIds(a.eid, b.eid);
}

function wireNode(episode: Episode, subject: Subject, role: WireGraphNode["role"]): WireGraphNode {
  return {
    event_id: episode.eid,
    resource: wireSubject(subject),
    etype: episode.etype,
    reason: episode.reason,
    severity: episode.severity,
    message: episode.message,
    category: episode.category,
    first_time: wireTime(episode.firstMs),
    last_time: wireTime(episode.lastMs),
    count: episode.count,
    evidence: episode.evidence.map(wireEvidence),
    role,
    ...given({ cleared_time: wireTimeIf(episode.clearedMs) }),
  };
}

function wireLink(link: CausalLink, byId: ReadonlyMap<EpisodeId, Episode>, parts: IncidentGraphParts): WireGraphLink {
  const subject = (eid: EpisodeId) => parts.subjectOf((byId.get(eid) as Episode).rid);
  return {
    cause: link.cause,
    effect: link.effect,
    confidence: link.score,
    temporal_score: link.temporal,
    distance_score: link.distance,
    domain_score: link.domain,
    hops: link.hops,
    rule: link.ruleId,
    sentence: parts.sentenceOf(link, subject(link.cause), subject(link.effect)),
    // The domain walks from effect to cause; a reader goes from cause to effect.
    path: [...link.path].reverse().map((step) => wireStep(step, parts.subjectOf)),
  };
}

function wireStep(step: PathStep, subjectOf: (rid: ResourceId) => Subject): WirePathStep {
  const [from, to] = [subjectOf(step.to), subjectOf(step.from)];
  const [source, target] = step.direction === "out" ? [to, from] : [from, to];
  const edge = `${displayName(source)} ${step.type} ${displayName(target)}`;
  return {
    from: wireSubject(from),
    to: wireSubject(to),
    relation: step.type,
    evidence: step.evidence ? `${edge}: ${step.evidence}` : edge,
  };
}

function compareIds(a: EpisodeId, b: EpisodeId): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
