// A root-cause answer for one episode (contracts.md §3).
import type { RcaAnswer, RcaCause } from "../../operations/rca.ts";
import type { WirePotentialCause, WireRca } from "../../protocol/graph.ts";
import { wireTimelineEntry } from "./episode.ts";
import { wireSubject } from "./subject.ts";
import { wireTime } from "./time.ts";

/** The answer on the wire; a link's score is called `confidence` there. */
export function wireRca(answer: RcaAnswer): WireRca {
  const { effect, incident } = answer;
  return {
    event_id: effect.eid,
    event_time: wireTime(effect.firstMs),
    reason: effect.reason,
    severity: effect.severity,
    subject: wireSubject(answer.subject),
    potential_causes: answer.causes.map(wireCause),
    blast_radius: answer.blastRadius.map(wireSubject),
    related_incident: incident
      ? { id: incident.id, title: incident.verdict.title, severity: incident.severity, state: incident.state }
      : null,
    timeline: answer.timeline.map(({ episode, subject }) => wireTimelineEntry(episode, subject)),
  };
}

function wireCause({ link, episode, subject, sentence }: RcaCause): WirePotentialCause {
  return {
    event_id: episode.eid,
    event_time: wireTime(episode.firstMs),
    reason: episode.reason,
    message: episode.message,
    severity: episode.severity,
    confidence: link.score,
    hops: link.hops,
    subject: wireSubject(subject),
    temporal_score: link.temporal,
    distance_score: link.distance,
    domain_score: link.domain,
    rule: link.ruleId,
    sentence,
  };
}
