// Sentences about hypotheses: why one stands, why another was ranked lower or dropped.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId } from "../domain/identity.ts";
import { displayName } from "../domain/identity.ts";
import type { Resource } from "../domain/resource.ts";
import { ruleById } from "../knowledge/rules.ts";
import { phraseOf } from "../knowledge/titles.ts";
import type { CausalView } from "./causal-view.ts";
import type { Hypothesis } from "./rank.ts";

/** Longest quoted message within a sentence. */
const QUOTE_MAX = 240;

/** A hypothesis stands beside the best one from this share of its score on. */
export const STANDS_FROM = 0.5;

/** The sentence of a link: its rule's words about these two resources. */
export function linkSentence(link: CausalLink, view: CausalView): string {
  const cause = nameOf(view.episode(link.cause), view);
  const effect = nameOf(view.episode(link.effect), view);
  return fillSentence(ruleById(link.ruleId)?.sentence, cause, effect);
}

/** A rule's sentence about two names; where both are the same, the second mention is "it". */
export function fillSentence(sentence: string | undefined, cause: string, effect: string): string {
  let told = false;
  return (sentence ?? "{cause} can cause {effect}").replaceAll(/\{(cause|effect)\}/g, (_all, which: string) => {
    if (cause === effect && told) return "it";
    told = true;
    return which === "cause" ? cause : effect;
  });
}

function nameOf(episode: Episode | undefined, view: CausalView): string {
  const resource = episode ? view.resource(episode.rid) : undefined;
  return resource ? displayName(resource) : "something unknown";
}

/** What happened and what it led to, in two or three sentences. */
export function explain(hypothesis: Hypothesis, subject: Resource, chain: readonly CausalLink[], view: CausalView): string {
  const { lead, episodes } = hypothesis;
  const places = new Set(episodes.map((episode) => episode.rid)).size;
  const what = lead.message
    ? `${displayName(subject)} ${phraseOf(lead)}: ${clip(lead.message)}`
    : `${displayName(subject)} ${phraseOf(lead)}`;
  const often = places > 1 ? ` (${places} resources)` : "";
  const because = chain.map((link) => linkSentence(link, view)).filter((sentence, at, all) => all.indexOf(sentence) === at);
  return `${endSentence(what + often)}${because.length > 0 ? ` ${because.map(endSentence).join(" ")}` : ""}`;
}

/** Why a hypothesis ranks below the best one, or undefined when it stands beside it. */
export function whyLower(hypothesis: Hypothesis, best: Hypothesis, symptoms: ReadonlySet<EpisodeId>, view: CausalView): string | undefined {
  if (hypothesis === best || hypothesis.score >= STANDS_FROM * best.score) return undefined;
  const explainedByBest = hypothesis.episodes.some((episode) => (best.reach.get(episode.eid)?.strength ?? 0) > 0.2);
  if (explainedByBest) return `it is itself explained by ${nameOf(best.lead, view)} (${best.lead.reason})`;
  if (hypothesis.explained > 0.5) return "it is itself explained by something else in this incident";
  if (hypothesis.coverage < 0.5 * best.coverage)
    return `it explains ${countExplained(hypothesis, symptoms)} of ${symptoms.size} symptoms, ${nameOf(best.lead, view)} explains ${countExplained(best, symptoms)}`;
  return `a thing like this starts such failures less often than ${best.lead.reason}`;
}

function countExplained(hypothesis: Hypothesis, symptoms: ReadonlySet<EpisodeId>): number {
  return [...hypothesis.reach].filter(([eid, { strength }]) => strength >= 0.2 && symptoms.has(eid)).length;
}

/** Ids of the episodes that a hypothesis accounts for, its own excluded; the best explained first. */
export function explainsOf(hypothesis: Hypothesis): readonly EpisodeId[] {
  const own = new Set(hypothesis.episodes.map((episode) => episode.eid));
  return [...hypothesis.reach]
    .filter(([eid]) => !own.has(eid))
    .sort(([a, { strength: ofA }], [b, { strength: ofB }]) => ofB - ofA || (a < b ? -1 : 1))
    .slice(0, 200)
    .map(([eid]) => eid);
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > QUOTE_MAX ? `${line.slice(0, QUOTE_MAX - 1)}…` : line;
}

/** Begins with a capital and ends with a full stop, once. */
export function endSentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
