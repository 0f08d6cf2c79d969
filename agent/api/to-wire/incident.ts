// An incident with its verdict, in the shape of contracts.md §7.
import type { Affected, Candidate, CausalStep, Incident } from "../../domain/incident.ts";
import type { WireAffected, WireCause, WireIncident, WirePathStep } from "../../protocol/incident.ts";
import { wireEvidence } from "./episode.ts";
import { given } from "./given.ts";
import { wireSubject } from "./subject.ts";
import { wireTime, wireTimeIf } from "./time.ts";

/** An incident on the wire. Its confidence and its causes' are calibrated probabilities; a link's score is not among them. */
export function wireIncident(incident: Incident): WireIncident {
  const { verdict } = incident;
  return {
    id: incident.id,
    cluster: incident.cluster,
    title: verdict.title,
    summary: verdict.summary,
    severity: incident.severity,
    state: incident.state,
    first_seen: wireTime(incident.firstMs),
    last_seen: wireTime(incident.lastMs),
    confidence: verdict.confidence,
    root_cause: verdict.rootCause ? wireCause(verdict.rootCause) : null,
    causes: verdict.causes.map(wireCause),
    affected: verdict.affected.map(wireAffected),
    path: verdict.path.map(wireStep),
    evidence_gaps: [...verdict.evidenceGaps],
    event_count: incident.episodes.length + incident.droppedCount,
    namespaces: [...incident.namespaces],
    similar: incident.similar.map(({ id, title, score, because, confirmed }) => ({ id, title, score, because, ...given({ confirmed }) })),
    ...given({
      resolved_at: wireTimeIf(incident.resolvedMs),
      first_critical_failure: verdict.firstCriticalFailure,
      muted_by: incident.mutedBy,
      acknowledged_at: wireTimeIf(incident.acknowledgedMs),
    }),
  };
}

function wireCause(candidate: Candidate): WireCause {
  const { subject } = candidate;
  return {
    rid: candidate.rid,
    event_id: candidate.eid,
    kind: subject.kind,
    name: subject.name,
    reason: candidate.reason,
    category: candidate.category,
    confidence: candidate.confidence,
    explanation: candidate.explanation,
    evidence: candidate.evidence.map(wireEvidence),
    ...given({ namespace: subject.namespace, rejected_because: candidate.rejectedBecause }),
  };
}

function wireAffected({ subject, role, sinceMs }: Affected): WireAffected {
  return { ...wireSubject(subject), role, ...given({ since: wireTimeIf(sinceMs) }) };
}

function wireStep({ from, to, relation, evidence }: CausalStep): WirePathStep {
  return { from: wireSubject(from), to: wireSubject(to), relation, evidence };
}
