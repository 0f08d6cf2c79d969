// What assistants are told of incidents. `scale` from 0 to 1 says how much of each list there is room for.
import type {
  WireCause,
  WireEvidence,
  WireIncident,
  WireIncidentGraph,
  WireIncidentPage,
  WirePathStep,
  WireSubject,
  WireTimelineEntry,
} from "../../protocol/incident.ts";
import { plain } from "./plain-text.ts";
import { id, listed, nameOf, share, type ToolData, word } from "./tool-data.ts";

const TITLE_LENGTH_MAX = 300;
const TEXT_LENGTH_MAX = 1_000;
const QUOTE_LENGTH_MAX = 400;

/** A page of incidents. Where not all of it fits, the cursor would skip some: a smaller limit is asked for instead. */
export function pageAnswer({ incidents, next_cursor }: WireIncidentPage, scale: number): ToolData {
  const max = Math.max(1, Math.floor(incidents.length * scale));
  const all = max >= incidents.length;
  return {
    count: Math.min(max, incidents.length),
    ...listed("incidents", incidents, max, (incident) => ({ ...headOf(incident), ...rootLine(incident) })),
    next_cursor: all && next_cursor !== undefined ? next_cursor : undefined,
    hint: all ? undefined : "the answer would be too long: ask with a smaller limit",
  };
}

/** An incident with everything that speaks for its root cause, and what speaks against. */
export function explanation({ incident, timeline }: WireIncidentGraph, scale: number): ToolData {
  const lead = incident.root_cause ?? incident.causes[0];
  const others = incident.causes.filter(({ event_id, rid }) => event_id !== lead?.event_id || rid !== lead.rid);
  const hit = incident.affected.filter(({ role }) => role === "symptom");
  const atRisk = incident.affected.filter(({ role }) => role === "at_risk");
  return {
    ...headOf(incident),
    summary: plain(incident.summary, TEXT_LENGTH_MAX),
    root_cause: incident.root_cause ? causeData(incident.root_cause, 4 * scale) : null,
    likeliest: incident.root_cause || !lead ? undefined : causeData(lead, 4 * scale),
    first_failure: firstFailure(incident, timeline),
    ...listed("causal_path", incident.path, 12 * scale, stepData),
    ...listed("other_hypotheses", others, 6 * scale, (cause) => causeData(cause, 1)),
    ...listed("hit", hit, 20 * scale, nameOf),
    ...listed("could_be_hit", atRisk, 20 * scale, nameOf),
    ...listed("could_not_be_seen", incident.evidence_gaps, 8 * scale, (gap) => plain(gap, QUOTE_LENGTH_MAX)),
    ...listed("similar_before", incident.similar, 5 * scale, ({ id: other, title, because, confirmed }) => ({
      incident_id: id(other),
      title: plain(title, TITLE_LENGTH_MAX),
      because: plain(because, QUOTE_LENGTH_MAX),
      confirmed_then: confirmed,
    })),
  };
}

/** What happened in an incident, oldest first, from `offset` on. */
export function timelineAnswer(graph: WireIncidentGraph, wanted: { limit: number; offset: number }, scale: number): ToolData {
  const { incident, timeline, truncated } = graph;
  const max = Math.max(1, Math.floor(wanted.limit * scale));
  const shown = timeline.slice(wanted.offset, wanted.offset + max);
  const left = Math.max(0, timeline.length - wanted.offset - shown.length);
  return {
    incident_id: id(incident.id),
    title: plain(incident.title, TITLE_LENGTH_MAX),
    events: timeline.length,
    ...listed("timeline", shown, max, (entry) => momentData(entry, graph)),
    left_out: left > 0 ? `${left} later ones: ask again with offset ${wanted.offset + shown.length}` : undefined,
    incomplete: truncated ? "the incident has more events than the agent shows of one" : undefined,
  };
}

/** Who is hit and who could be. */
export function incidentRadius(incident: WireIncident, scale: number): ToolData {
  const of = (role: string) => incident.affected.filter((one) => one.role === role);
  const say = (one: WireSubject & { since?: string }) => ({ ...subjectData(one), since: one.since });
  return {
    ...headOf(incident),
    ...listed("hit", of("symptom"), 60 * scale, say),
    ...listed("could_be_hit", of("at_risk"), 60 * scale, say),
  };
}

/** How answers name a resource that other tools may be asked about. */
export function subjectData(subject: WireSubject): ToolData {
  return { resource: nameOf(subject), rid: id(subject.rid) };
}

function headOf(incident: WireIncident): ToolData {
  return {
    incident_id: id(incident.id),
    cluster: word(incident.cluster),
    title: plain(incident.title, TITLE_LENGTH_MAX),
    severity: incident.severity,
    state: incident.state,
    since: incident.first_seen,
    last_seen: incident.last_seen,
    resolved_at: incident.resolved_at,
    confidence: share(incident.confidence),
    hit_count: incident.affected.filter(({ role }) => role === "symptom").length,
    could_be_hit_count: incident.affected.filter(({ role }) => role === "at_risk").length,
    muted: incident.muted_by === undefined ? undefined : true,
    acknowledged_at: incident.acknowledged_at,
  };
}

function rootLine({ root_cause: root, causes: [likeliest] }: WireIncident): ToolData {
  if (root) return { root_cause: `${nameOf(root)} (${word(root.reason)}, ${word(root.category)})` };
  return { root_cause: null, likeliest: likeliest && `${nameOf(likeliest)} (${word(likeliest.reason)}, ${share(likeliest.confidence)})` };
}

function causeData(cause: WireCause, evidenceMax: number): ToolData {
  return {
    ...subjectData({ ...cause, cluster: "" }),
    reason: word(cause.reason),
    category: word(cause.category),
    confidence: share(cause.confidence),
    explanation: plain(cause.explanation, TEXT_LENGTH_MAX),
    ranked_lower_because: cause.rejected_because === undefined ? undefined : plain(cause.rejected_because, QUOTE_LENGTH_MAX),
    ...listed("evidence", cause.evidence, evidenceMax, evidenceData),
  };
}

function evidenceData({ source, text, command }: WireEvidence): ToolData {
  return {
    source: plain(source, QUOTE_LENGTH_MAX),
    text: plain(text, QUOTE_LENGTH_MAX),
    shown_by: command === undefined ? undefined : plain(command, QUOTE_LENGTH_MAX),
  };
}

function stepData({ from, to, relation, evidence }: WirePathStep): ToolData {
  return { from: nameOf(from), relation: word(relation), to: nameOf(to), evidence: plain(evidence, QUOTE_LENGTH_MAX) };
}

function firstFailure({ first_critical_failure: eid }: WireIncident, timeline: readonly WireTimelineEntry[]): ToolData | undefined {
  const entry = timeline.find(({ event_id }) => event_id === eid);
  return (
    entry && {
      at: entry.event_time,
      resource: nameOf(entry.resource),
      reason: word(entry.reason),
      message: plain(entry.message, QUOTE_LENGTH_MAX),
    }
  );
}

function momentData(entry: WireTimelineEntry, { nodes }: WireIncidentGraph): ToolData {
  const node = nodes.find(({ event_id }) => event_id === entry.event_id);
  return {
    at: entry.event_time,
    last: entry.last_time === entry.event_time ? undefined : entry.last_time,
    times: entry.count > 1 ? entry.count : undefined,
    type: word(entry.etype),
    severity: entry.severity,
    ...subjectData(entry.resource),
    reason: word(entry.reason),
    message: plain(entry.message, QUOTE_LENGTH_MAX),
    role: node?.role,
  };
}
