// Which members of an incident are its root cause: who accounts for most of the symptoms, is accounted for by nothing better, and is known to start such things.
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";
import { severityRank } from "../domain/severity.ts";
import { CALIBRATION } from "../knowledge/calibration.ts";
import { rootnessOf } from "../knowledge/titles.ts";
import { explainedBy, type Members, type Reach, reachOf } from "./reach.ts";

/** Episodes that are one hypothesis: one thing about one workload, or one edit of one object. */
export type Hypothesis = {
  readonly key: string;
  /** The earliest; the hypothesis is told by it. */
  readonly lead: Episode;
  readonly episodes: readonly Episode[];
  /** Orders hypotheses, 0..1. */
  readonly score: number;
  /** How likely a thing like this is where a failure starts, 0..1; less for what is past. */
  readonly rootness: number;
  /** Calibrated probability that this is the root cause, 0..1. */
  readonly confidence: number;
  /** Share of the symptoms' weight that it accounts for, 0..1. */
  readonly coverage: number;
  /** How well others account for it, 0..1. */
  readonly explained: number;
  readonly reach: ReadonlyMap<EpisodeId, Reach>;
};

/** Hypotheses looked at closely; a component may have thousands of members. */
const HYPOTHESES_MAX = 60;

/** Symptoms weighed; the rest are of the same kinds. */
const SYMPTOMS_MAX = 400;

/** An edit usually touches several fields at once. */
const ONE_EDIT_MS = 60_000;

/** What is over weighs less than what still holds: it may be old trouble that healed. */
const CLEARED_WEIGHT = 0.3;

/** Set by hand: the labelled cases have one fault each, so they cannot tell what an equal rival takes from a hypothesis' probability. */
const RIVAL_DISCOUNT = 0.3;

/** A symptom counts as accounted for from this strength on. */
const ACCOUNTS_FROM = 0.2;

/** How much being accounted for by others takes from a hypothesis. */
const EXPLAINED_WEIGHT = 0.9;

/** Hypotheses, best first. `placeOf` gives the workload of a resource. */
export function rank(members: Members, placeOf: (rid: ResourceId) => ResourceId): readonly Hypothesis[] {
  const weights = symptomWeights(members);
  const groups = groupsOf(members, placeOf);
  const scored = [...groups.entries()].map(([key, episodes]) => scoreOf(key, episodes, members, weights));
  return withConfidence(scored.sort((a, b) => b.score - a.score || (a.key < b.key ? -1 : 1)));
}

/** ERROR and FATAL members by weight; many like symptoms of one kind weigh as the square root of their number. */
function symptomWeights(members: Members): ReadonlyMap<EpisodeId, number> {
  const symptoms = [...members.episodes.values()].filter(
    (episode) => severityRank(episode.severity) >= 2 && episode.etype !== "k8s.change" && episode.etype !== "anomaly",
  );
  const likes = new Map<string, number>();
  for (const { reason } of symptoms) likes.set(reason, (likes.get(reason) ?? 0) + 1);
  const weightOf = (episode: Episode) => (severityRank(episode.severity) >= 3 ? 1.5 : 1) * (members.isOver(episode) ? CLEARED_WEIGHT : 1);
  return new Map(
    symptoms.slice(0, SYMPTOMS_MAX).map((episode) => [episode.eid, weightOf(episode) / Math.sqrt(likes.get(episode.reason) ?? 1)]),
  );
}

function groupsOf(members: Members, placeOf: (rid: ResourceId) => ResourceId): ReadonlyMap<string, readonly Episode[]> {
  const groups = new Map<string, Episode[]>();
  const byTime = [...members.episodes.values()].sort((a, b) => a.firstMs - b.firstMs || (a.eid < b.eid ? -1 : 1));
  for (const episode of byTime) {
    if (episode.etype === "anomaly") continue;
    const key = groupKey(episode, placeOf, groups);
    const group = groups.get(key);
    if (group) group.push(episode);
    else groups.set(key, [episode]);
  }
  const quick = [...groups.entries()].map(([key, episodes]) => ({ key, episodes, rootness: Math.max(...episodes.map(rootnessOf)) }));
  quick.sort((a, b) => b.rootness - a.rootness || b.episodes.length - a.episodes.length || (a.key < b.key ? -1 : 1));
  return new Map(quick.slice(0, HYPOTHESES_MAX).map(({ key, episodes }) => [key, episodes]));
}

function groupKey(episode: Episode, placeOf: (rid: ResourceId) => ResourceId, groups: ReadonlyMap<string, Episode[]>): string {
  if (episode.etype !== "k8s.change") return `${placeOf(episode.rid)}\n${episode.reason}`;
  for (let at = 0; ; at += 1) {
    const key = `${episode.rid}\nchange\n${at}`;
    const group = groups.get(key);
    if (!group?.[0] || episode.firstMs - group[0].firstMs <= ONE_EDIT_MS) return key;
  }
}

function scoreOf(key: string, episodes: readonly Episode[], members: Members, weights: ReadonlyMap<EpisodeId, number>): Hypothesis {
  const reach = joinReach(episodes.map((episode) => reachOf(episode.eid, members)));
  let covered = 0;
  let total = 0;
  for (const [eid, weight] of weights) {
    covered += weight * (reach.get(eid)?.strength ?? 0);
    total += weight;
  }
  const coverage = total > 0 ? covered / total : 0;
  const explained = Math.min(...episodes.map((episode) => explainedBy(episode.eid, members)));
  const strongest = episodes.reduce((a, b) => (rootnessOf(b) > rootnessOf(a) ? b : a));
  const rootness = rootnessOf(strongest) * (isPast(episodes, reach, members) ? CLEARED_WEIGHT : 1);
  const score = rootness * coverage * (1 - EXPLAINED_WEIGHT * explained);
  return { key, lead: strongest, episodes, score, rootness, confidence: 0, coverage, explained, reach };
}

/** Trouble that is over and accounts for nothing that still shows is not where present trouble starts. */
function isPast(episodes: readonly Episode[], reach: ReadonlyMap<EpisodeId, Reach>, members: Members): boolean {
  if (!episodes.every(members.isOver)) return false;
  for (const [eid, { strength }] of reach) {
    const reached = members.episodes.get(eid);
    if (strength >= ACCOUNTS_FROM && reached && severityRank(reached.severity) >= 2 && !members.isOver(reached)) return false;
  }
  return true;
}

function joinReach(reaches: readonly ReadonlyMap<EpisodeId, Reach>[]): ReadonlyMap<EpisodeId, Reach> {
  const joined = new Map<EpisodeId, Reach>();
  for (const reach of reaches) for (const [eid, one] of reach) if (one.strength > (joined.get(eid)?.strength ?? 0)) joined.set(eid, one);
  return joined;
}

/** How nearly a rival that the best hypothesis does not account for equals it: 0 at half its score or less, 1 at the same score. */
function rivalry(best: Hypothesis, rival: Hypothesis | undefined): number {
  if (!rival || rival.episodes.some(({ eid }) => (best.reach.get(eid)?.strength ?? 0) >= ACCOUNTS_FROM)) return 0;
  return Math.max(0, 2 * (rival.score / best.score) - 1);
}

/** The best hypothesis' probability by the calibrated curve; the others' in proportion, so that all together stay within 1. */
function withConfidence(hypotheses: readonly Hypothesis[]): readonly Hypothesis[] {
  const total = hypotheses.reduce((sum, one) => sum + one.score, 0);
  const best = hypotheses[0];
  if (!best || total === 0) return hypotheses;
  const { intercept, rootness, accounted, lead, confidenceMax } = CALIBRATION;
  const next = hypotheses[1]?.score ?? 0;
  const logit =
    intercept +
    rootness * best.rootness +
    accounted * best.coverage * (1 - EXPLAINED_WEIGHT * best.explained) +
    lead * (best.score / (best.score + next));
  const top = Math.min(confidenceMax, 1 / (1 + Math.exp(-logit))) * (1 - RIVAL_DISCOUNT * rivalry(best, hypotheses[1]));
  const rest = total - best.score;
  return hypotheses.map((one, index) => ({
    ...one,
    confidence: index === 0 ? top : rest > 0 ? Math.min(top, ((1 - top) * one.score) / rest) : 0,
  }));
}
