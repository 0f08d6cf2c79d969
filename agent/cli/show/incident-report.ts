// What is told about an incident, in the order of design.md §3, before it is text or Markdown: chosen, bounded, cleaned of what terminals obey.
import type { WireAffected, WireCause, WireEvidence, WireIncident, WirePathStep, WireTimelineEntry } from "../../protocol/incident.ts";
import { cleanText, shortText } from "./clean-text.ts";
import { describeCommand, showCommand } from "./kubectl.ts";
import { nameOf, sentence } from "./words.ts";

/** An incident and, where it is known, what happened in it. */
export type ToldIncident = { readonly incident: WireIncident; readonly timeline?: readonly WireTimelineEntry[] | undefined };

/** A quoted piece of evidence. */
export type Quote = { readonly source: string; readonly text: string; readonly command: string | undefined };

/** A cause that is told. */
export type ToldCause = {
  readonly name: string;
  readonly reason: string;
  readonly category: string;
  readonly confidence: number;
  readonly explanation: string;
  readonly evidence: readonly Quote[];
  readonly rejectedBecause: string | undefined;
};

/** One edge of the causal path. */
export type ToldStep = {
  readonly from: string;
  readonly to: string;
  readonly relation: string;
  readonly evidence: string;
  readonly command: string;
};

/** A list cut to what a person reads; `more` were left out. */
export type Some<T> = { readonly shown: readonly T[]; readonly more: number };

/** Everything that is said of an incident. */
export type IncidentReport = {
  readonly id: string;
  readonly title: string;
  readonly severity: WireIncident["severity"];
  readonly state: WireIncident["state"];
  readonly cluster: string;
  readonly since: string;
  readonly lastSeen: string;
  readonly resolvedAt: string | undefined;
  readonly eventCount: number;
  readonly mutedBy: string | undefined;
  readonly rootCause: ToldCause | undefined;
  /** The likeliest candidate where no root cause is named. */
  readonly likeliest: ToldCause | undefined;
  readonly firstFailure: { readonly name: string; readonly what: string; readonly at: string } | undefined;
  readonly hit: Some<string>;
  readonly atRisk: Some<string>;
  readonly path: readonly ToldStep[];
  readonly hypotheses: Some<ToldCause>;
  readonly gaps: Some<string>;
  readonly similar: Some<{
    readonly id: string;
    readonly title: string;
    readonly because: string;
    readonly confirmed: boolean | undefined;
  }>;
};

// What a tired person reads; JSON has the rest.
const LIMITS = { evidence: 3, hypotheses: 3, gaps: 4, similar: 3, names: 6 };
const ALL = { evidence: 100, hypotheses: 100, gaps: 100, similar: 100, names: 1_000 };
const QUOTE_LENGTH_MAX = 400;
const EXPLANATION_LENGTH_MAX = 1_500;

/** The report of an incident; `full` leaves nothing out. */
export function reportOf({ incident, timeline }: ToldIncident, full: boolean): IncidentReport {
  const limits = full ? ALL : LIMITS;
  const [first, ...others] = incident.causes.map((cause) => toldCause(cause, limits.evidence));
  const isNamed = incident.root_cause !== null;
  return {
    id: cleanText(incident.id),
    title: shortText(incident.title, 300),
    severity: incident.severity,
    state: incident.state,
    cluster: cleanText(incident.cluster),
    since: incident.first_seen,
    lastSeen: incident.last_seen,
    resolvedAt: incident.resolved_at,
    eventCount: incident.event_count,
    mutedBy: incident.muted_by === undefined ? undefined : cleanText(incident.muted_by),
    rootCause: incident.root_cause ? toldCause(incident.root_cause, limits.evidence) : undefined,
    likeliest: isNamed ? undefined : first,
    firstFailure: firstFailureOf(incident, timeline ?? []),
    hit: some(namesOf(incident.affected, "symptom"), limits.names),
    atRisk: some(namesOf(incident.affected, "at_risk"), limits.names),
    path: incident.path.map(toldStep),
    hypotheses: some(others, limits.hypotheses),
    gaps: some(
      incident.evidence_gaps.map((text) => shortText(text, QUOTE_LENGTH_MAX)),
      limits.gaps,
    ),
    similar: some(
      incident.similar.map(({ id, title, because, confirmed }) => ({
        id: cleanText(id),
        title: shortText(title, 300),
        because: shortText(because, QUOTE_LENGTH_MAX),
        confirmed,
      })),
      limits.similar,
    ),
  };
}

function toldCause(cause: WireCause, evidenceMax: number): ToldCause {
  return {
    name: nameOf(cause),
    reason: cleanText(cause.reason),
    category: cleanText(cause.category),
    confidence: cause.confidence,
    explanation: sentence(shortText(cause.explanation, EXPLANATION_LENGTH_MAX)),
    evidence: cause.evidence.slice(0, evidenceMax).map(quoteOf),
    rejectedBecause: cause.rejected_because === undefined ? undefined : shortText(cause.rejected_because, QUOTE_LENGTH_MAX),
  };
}

function quoteOf({ source, text, command }: WireEvidence): Quote {
  return {
    source: shortText(source, QUOTE_LENGTH_MAX),
    text: shortText(text, QUOTE_LENGTH_MAX),
    command: command === undefined ? undefined : cleanText(command),
  };
}

function toldStep({ from, to, relation, evidence }: WirePathStep): ToldStep {
  // An edge was read from the object that it starts at, and its evidence names that one first.
  const holder = evidence.startsWith(nameOf(from)) ? from : to;
  return {
    from: nameOf(from),
    to: nameOf(to),
    relation: cleanText(relation),
    evidence: shortText(evidence, QUOTE_LENGTH_MAX),
    command: cleanText(relation === "SAME" ? describeCommand(to) : showCommand(holder)),
  };
}

/** The timeline knows it; without one it is among the causes, or at least its resource is the first that was hit. */
function firstFailureOf(incident: WireIncident, timeline: readonly WireTimelineEntry[]): IncidentReport["firstFailure"] {
  const id = incident.first_critical_failure;
  if (id === undefined) return undefined;
  const entry = timeline.find(({ event_id }) => event_id === id);
  if (entry) {
    const what = cleanText(`${entry.reason}: ${entry.message}`);
    return { name: nameOf(entry.resource), what: shortText(what, QUOTE_LENGTH_MAX), at: entry.event_time };
  }
  const hit = incident.affected.filter(({ role, since }) => role === "symptom" && since !== undefined);
  const cause = incident.causes.find(({ event_id }) => event_id === id);
  const place = cause ? hit.find(({ rid }) => rid === cause.rid) : undefined;
  if (cause) return { name: nameOf(cause), what: cleanText(cause.reason), at: place?.since ?? incident.first_seen };
  const [earliest] = [...hit].sort((a, b) => Date.parse(a.since ?? "") - Date.parse(b.since ?? ""));
  return earliest ? { name: nameOf(earliest), what: "", at: earliest.since ?? incident.first_seen } : undefined;
}

function namesOf(affected: readonly WireAffected[], role: WireAffected["role"]): string[] {
  return [...new Set(affected.filter((one) => one.role === role).map(nameOf))];
}

function some<T>(all: readonly T[], max: number): Some<T> {
  return { shown: all.slice(0, max), more: Math.max(0, all.length - max) };
}
