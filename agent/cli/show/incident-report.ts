// What is told about an incident, in the order of design.md §3, before it is text or Markdown: chosen, bounded, cleaned of what terminals obey.
import type {
  WireAffected,
  WireCause,
  WireEvidence,
  WireIncident,
  WirePathStep,
  WireSimilar,
  WireTimelineEntry,
} from "../../protocol/incident.ts";
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
  /** `Pod shop/a (OOMKilled)`, or `its OOMKilled` when it is about the same resource as the root cause. */
  readonly label: string;
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
  /** Best first; those that were dropped for the same reason together. */
  readonly hypotheses: Some<readonly ToldCause[]>;
  readonly gaps: Some<string>;
  /** Oldest first; empty when it is not known. */
  readonly timeline: Some<{ readonly at: string; readonly text: string }>;
  readonly similar: Some<{
    readonly id: string;
    readonly title: string;
    readonly because: string;
    readonly confirmed: boolean | undefined;
  }>;
};

// What a tired person reads; JSON has the rest.
const LIMITS = { evidence: 3, hypotheses: 3, gaps: 4, similar: 3, names: 6, timeline: 8 };
const ALL = { evidence: 100, hypotheses: 100, gaps: 100, similar: 100, names: 1_000, timeline: 1_000 };
const QUOTE_LENGTH_MAX = 400;
const EXPLANATION_LENGTH_MAX = 1_500;
const MOMENT_LENGTH_MAX = 160;

/** The report of an incident; `full` leaves nothing out. */
export function reportOf({ incident, timeline = [] }: ToldIncident, full: boolean): IncidentReport {
  const limits = full ? ALL : LIMITS;
  const lead = incident.root_cause ?? incident.causes[0];
  const told = incident.causes.map((cause) => toldCause(cause, lead, limits.evidence));
  const leadTold = lead ? toldCause(lead, undefined, limits.evidence) : undefined;
  const hit = namesOf(incident.affected, "symptom");
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
    rootCause: incident.root_cause ? leadTold : undefined,
    likeliest: incident.root_cause ? undefined : leadTold,
    firstFailure: firstFailureOf(incident, timeline, leadTold),
    hit: some(hit.length === 1 && hit[0] === leadTold?.name ? ["itself"] : hit, limits.names),
    atRisk: some(namesOf(incident.affected, "at_risk"), limits.names),
    path: incident.path.map(toldStep),
    hypotheses: some(together(told.filter((_, at) => incident.causes[at]?.event_id !== lead?.event_id)), limits.hypotheses),
    timeline: some(momentsOf(timeline, full), limits.timeline),
    gaps: some(
      incident.evidence_gaps.map((text) => shortText(text, QUOTE_LENGTH_MAX)),
      limits.gaps,
    ),
    similar: some(incident.similar.map(similarOf), limits.similar),
  };
}

/** The reason that all of these share. */
export function whyLower(causes: readonly ToldCause[]): string {
  const why = causes[0]?.rejectedBecause ?? "";
  return causes.length > 1 ? why.replace(/^it /, "each ") : why;
}

function toldCause(cause: WireCause, lead: WireCause | undefined, evidenceMax: number): ToldCause {
  const name = nameOf(cause);
  const reason = cleanText(cause.reason);
  const isSame = lead !== undefined && nameOf(lead) === name;
  return {
    name,
    label: isSame ? `its ${reason}` : `${name} (${reason})`,
    reason,
    category: cleanText(cause.category),
    confidence: cause.confidence,
    explanation: sentence(shortText(cause.explanation, EXPLANATION_LENGTH_MAX)),
    evidence: cause.evidence.slice(0, evidenceMax).map(quoteOf),
    rejectedBecause: cause.rejected_because === undefined ? undefined : reasonOf(cause.rejected_because, lead),
  };
}

/** Why it was ranked lower; the long name of the root cause is known by then. */
function reasonOf(text: string, lead: WireCause | undefined): string {
  const short = shortText(text, QUOTE_LENGTH_MAX);
  return lead === undefined ? short : short.replaceAll(`${nameOf(lead)} (${cleanText(lead.reason)})`, "the root cause");
}

/** Hypotheses that were dropped for one and the same reason are told in one breath. */
function together(causes: readonly ToldCause[]): readonly (readonly ToldCause[])[] {
  const groups = new Map<string, ToldCause[]>();
  for (const cause of causes) {
    const key = cause.rejectedBecause ?? `${cause.label}\n${groups.size}`;
    groups.set(key, [...(groups.get(key) ?? []), cause]);
  }
  return [...groups.values()];
}

/** What happened to one replica and then to its siblings is one line. */
function momentsOf(timeline: readonly WireTimelineEntry[], full: boolean): { at: string; text: string }[] {
  const groups = new Map<string, WireTimelineEntry[]>();
  for (const entry of timeline) {
    const { kind, namespace } = entry.resource;
    const key = full ? entry.event_id : `${kind}\n${namespace}\n${entry.etype}\n${entry.reason}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].map((entries) => momentOf(entries));
}

function momentOf(entries: readonly WireTimelineEntry[]): { at: string; text: string } {
  const [first] = entries;
  if (!first) return { at: "", text: "" };
  const others = new Set(entries.map(({ resource }) => resource.rid)).size - 1;
  const often = entries.reduce((sum, { count }) => sum + count, 0);
  const more = [others > 0 ? `and ${others} more` : "", often > others + 1 ? `${often} times` : ""].filter((part) => part !== "");
  const text = `${nameOf(first.resource)}, ${first.reason}${more.length > 0 ? ` (${more.join(", ")})` : ""}: ${first.message}`;
  return { at: first.event_time, text: shortText(text, MOMENT_LENGTH_MAX) };
}

function similarOf({ id, title, because, confirmed }: WireSimilar): IncidentReport["similar"]["shown"][number] {
  return { id: cleanText(id), title: shortText(title, 300), because: sentence(shortText(because, QUOTE_LENGTH_MAX)), confirmed };
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
function firstFailureOf(
  incident: WireIncident,
  timeline: readonly WireTimelineEntry[],
  lead: ToldCause | undefined,
): IncidentReport["firstFailure"] {
  const id = incident.first_critical_failure;
  if (id === undefined) return undefined;
  const entry = timeline.find(({ event_id }) => event_id === id);
  if (entry) {
    const what = shortText(`${entry.reason}: ${entry.message}`, QUOTE_LENGTH_MAX).replace(/\.$/, "");
    return failure(nameOf(entry.resource), what, entry.event_time, lead);
  }
  const hit = incident.affected.filter(({ role, since }) => role === "symptom" && since !== undefined);
  const cause = incident.causes.find(({ event_id }) => event_id === id);
  const place = cause ? hit.find(({ rid }) => rid === cause.rid) : undefined;
  if (cause) return failure(nameOf(cause), cleanText(cause.reason), place?.since ?? incident.first_seen, lead);
  const [earliest] = [...hit].sort((a, b) => Date.parse(a.since ?? "") - Date.parse(b.since ?? ""));
  return earliest ? failure(nameOf(earliest), "", earliest.since ?? incident.first_seen, lead) : undefined;
}

function failure(name: string, what: string, at: string, lead: ToldCause | undefined): IncidentReport["firstFailure"] {
  return { name: name === lead?.name && what !== "" ? "the same" : name, what, at };
}

function namesOf(affected: readonly WireAffected[], role: WireAffected["role"]): string[] {
  return [...new Set(affected.filter((one) => one.role === role).map(nameOf))];
}

function some<T>(all: readonly T[], max: number): Some<T> {
  return { shown: all.slice(0, max), more: Math.max(0, all.length - max) };
}
