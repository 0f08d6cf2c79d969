// What an incident says, in the order of design.md §3: root cause, first critical failure, impact, path, hypotheses dropped and why, gaps in the evidence.
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";
import { displayName } from "../domain/identity.ts";
import type { Affected, Candidate, Verdict } from "../domain/incident.ts";
import { type Resource, subjectOf } from "../domain/resource.ts";
import type { ReasoningSettings } from "../domain/settings.ts";
import { severityRank } from "../domain/severity.ts";
import { rootnessOf, titleOf } from "../knowledge/titles.ts";
import { affectedBy } from "./blast-radius.ts";
import type { CausalView } from "./causal-view.ts";
import { chainOf, stepsOf } from "./chain.ts";
import { explain, explainsOf, whyLower } from "./explain.ts";
import { evidenceGaps } from "./gaps.ts";
import { type Hypothesis, rank } from "./rank.ts";
import type { Members } from "./reach.ts";

/** What a verdict is reached from, besides the members. */
export type VerdictContext = {
  readonly view: CausalView;
  readonly placeOf: (rid: ResourceId) => ResourceId;
  readonly settings: Pick<ReasoningSettings, "windowMs" | "rootCauseConfidenceMin">;
  readonly knownGaps: Iterable<string>;
  /** Since when anything was watched. */
  readonly startedMs: number;
  readonly nowMs: number;
};

/** Candidates told: the best ones and the best of those dropped. */
const CAUSES_MAX = 8;

/** The verdict on an incident's members. */
export function verdictOn(members: Members, context: VerdictContext): Verdict {
  const hypotheses = rank(members, context.placeOf)
    .filter((one) => one.score > 0)
    .slice(0, CAUSES_MAX);
  const best = hypotheses[0];
  const symptoms = symptomsOf(members);
  const causes = hypotheses
    .map((one) => candidateOf(one, { best: best as Hypothesis, symptoms: new Set(symptoms.map(({ eid }) => eid)) }, members, context))
    .sort(standingFirst);
  const sure = best !== undefined && best.confidence >= context.settings.rootCauseConfidenceMin;
  const rootCause = sure ? causes[0] : undefined;
  const chain = best ? chainOf(best, members.episodes) : [];
  const affected = affectedBy(
    members.episodes.values(),
    best ? best.episodes.map((episode) => episode.rid) : [],
    context.view,
    context.nowMs,
  );
  const first = symptoms[0];
  return {
    title: titleFor(rootCause, first, context.view),
    ...(rootCause ? { rootCause } : {}),
    causes,
    ...(first ? { firstCriticalFailure: first.eid } : {}),
    affected,
    path: stepsOf(chain, context.view),
    evidenceGaps: evidenceGaps([...members.episodes.values()], context.view, { ...context, windowMs: context.settings.windowMs }),
    confidence: rootCause ? rootCause.confidence : 0,
    summary: summaryOf({ likeliest: causes[0], rootCause, first }, affected, context.view),
  };
}

function symptomsOf(members: Members): readonly Episode[] {
  return [...members.episodes.values()]
    .filter((episode) => severityRank(episode.severity) >= 2 && episode.etype !== "k8s.change" && episode.etype !== "anomaly")
    .sort(firstAndGravest);
}

/** By time; at the same moment the gravest, then the one that failures start with. */
function firstAndGravest(a: Episode, b: Episode): number {
  return (
    a.firstMs - b.firstMs ||
    severityRank(b.severity) - severityRank(a.severity) ||
    rootnessOf(b) - rootnessOf(a) ||
    (a.eid < b.eid ? -1 : 1)
  );
}

function standingFirst(a: Candidate, b: Candidate): number {
  return Number(a.rejectedBecause !== undefined) - Number(b.rejectedBecause !== undefined) || b.score - a.score;
}

/** What a hypothesis is measured against. */
type Competition = { readonly best: Hypothesis; readonly symptoms: ReadonlySet<EpisodeId> };

function candidateOf(hypothesis: Hypothesis, { best, symptoms }: Competition, members: Members, context: VerdictContext): Candidate {
  const { view } = context;
  const { lead } = hypothesis;
  const subject = subjectFor(hypothesis, context);
  const why = whyLower(hypothesis, best, symptoms, view);
  return {
    rid: subject.rid,
    subject: subjectOf(subject),
    eid: lead.eid,
    reason: lead.reason,
    category: lead.category,
    score: hypothesis.score,
    confidence: hypothesis.confidence,
    explanation: explain(hypothesis, subject, chainOf(hypothesis, members.episodes), view),
    evidence: evidenceOf(hypothesis),
    explains: explainsOf(hypothesis),
    ...(why ? { rejectedBecause: why } : {}),
  };
}

/** The same trouble in several replicas is the workload's. */
function subjectFor(hypothesis: Hypothesis, { view, placeOf }: VerdictContext): Resource {
  const rids = new Set(hypothesis.episodes.map((episode) => episode.rid));
  const workload = view.resource(placeOf(hypothesis.lead.rid));
  const own = view.resource(hypothesis.lead.rid);
  if (rids.size > 1 && workload) return workload;
  return (
    own ??
    workload ?? {
      cluster: hypothesis.lead.cluster,
      rid: hypothesis.lead.rid,
      kind: "Unknown",
      name: hypothesis.lead.rid,
      labels: {},
      createdAtMs: 0,
      updatedAtMs: 0,
    }
  );
}

function evidenceOf({ episodes }: Hypothesis): Candidate["evidence"] {
  const seen = new Set<string>();
  return episodes
    .flatMap((episode) => (episode.evidence.length > 0 ? episode.evidence : [{ source: episode.etype, text: episode.message }]))
    .filter(({ source, text }) => !seen.has(`${source}\n${text}`) && seen.add(`${source}\n${text}`))
    .slice(0, 6);
}

function titleFor(rootCause: Candidate | undefined, first: Episode | undefined, view: CausalView): string {
  if (rootCause) return `${displayName(rootCause.subject)}: ${titleOf({ etype: etypeOf(rootCause, view), reason: rootCause.reason })}`;
  const resource = first ? view.resource(first.rid) : undefined;
  return first && resource ? `${displayName(resource)}: ${titleOf(first)} (root cause not sure)` : "Incident without a known start";
}

function etypeOf(cause: Candidate, view: CausalView): string {
  return view.episode(cause.eid as EpisodeId)?.etype ?? "k8s.state";
}

/** What a summary is made of. */
type Told = { readonly likeliest: Candidate | undefined; readonly rootCause: Candidate | undefined; readonly first: Episode | undefined };

function summaryOf({ likeliest, rootCause, first }: Told, affected: readonly Affected[], view: CausalView): string {
  const hitCount = affected.filter(({ role }) => role === "symptom").length;
  const riskCount = affected.length - hitCount;
  const impact = `${hitCount} ${hitCount === 1 ? "resource is" : "resources are"} hit${riskCount > 0 ? `, ${riskCount} more could be` : ""}.`;
  if (rootCause) return `${rootCause.explanation} ${impact}`;
  const resource = first ? view.resource(first.rid) : undefined;
  const symptom = first && resource ? `${displayName(resource)}: ${titleOf(first)}.` : "";
  const guess = likeliest
    ? ` The likeliest start is ${displayName(likeliest.subject)} (${likeliest.reason}), but the evidence is not enough to be sure.`
    : "";
  return `${symptom} Root cause not sure.${guess} ${impact}`.trim();
}
