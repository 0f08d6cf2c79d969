// The causal path of a verdict: from the root cause to the symptom that matters most, edge by edge, each with its evidence.
import type { CausalLink, PathStep } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId } from "../domain/identity.ts";
import { displayName } from "../domain/identity.ts";
import type { CausalStep } from "../domain/incident.ts";
import { subjectOf } from "../domain/resource.ts";
import { severityRank } from "../domain/severity.ts";
import type { CausalView } from "./causal-view.ts";
import type { Hypothesis } from "./rank.ts";

/** Links from the hypothesis to the symptom it ends at, in the order of causation. */
export function chainOf(hypothesis: Hypothesis, members: ReadonlyMap<EpisodeId, Episode>): readonly CausalLink[] {
  const end = endOf(hypothesis, members);
  const links: CausalLink[] = [];
  for (let at: EpisodeId | undefined = end; at !== undefined; ) {
    const over: CausalLink | undefined = hypothesis.reach.get(at)?.over;
    if (!over || links.includes(over)) break;
    links.unshift(over);
    at = over.cause;
  }
  return links;
}

/** What users of the application meet first. */
const USER_FACING = /^(?:service|ingress|httproute|grpcroute):/;

/** The symptom furthest down the chain among the gravest: what the user notices. */
function endOf(hypothesis: Hypothesis, members: ReadonlyMap<EpisodeId, Episode>): EpisodeId | undefined {
  let best: { eid: EpisodeId; value: number } | undefined;
  for (const [eid, { strength }] of hypothesis.reach) {
    const episode = members.get(eid);
    if (!episode || severityRank(episode.severity) < 1 || episode.etype === "anomaly") continue;
    const holds = episode.holds && episode.clearedMs === undefined;
    const facing = USER_FACING.test(episode.rid);
    const value = severityRank(episode.severity) + depthOf(eid, hypothesis) * 0.5 + strength * 0.1 + (holds ? 1 : 0) + (facing ? 1.5 : 0);
    if (!best || value > best.value || (value === best.value && eid < best.eid)) best = { eid, value };
  }
  return best?.eid;
}

function depthOf(eid: EpisodeId, hypothesis: Hypothesis): number {
  let depth = 0;
  for (let at: EpisodeId | undefined = eid; at !== undefined && depth < 8; depth += 1) at = hypothesis.reach.get(at)?.over?.cause;
  return depth;
}

/** The chain as steps between resources, from cause to effect. */
export function stepsOf(links: readonly CausalLink[], view: CausalView): readonly CausalStep[] {
  return links.flatMap((link) => (link.path.length === 0 ? samePlace(link, view) : alongPath(link, view)));
}

/** The edges of a link from cause to effect; the last one says what led to what. */
function alongPath(link: CausalLink, view: CausalView): readonly CausalStep[] {
  const steps = [...link.path].reverse().flatMap((step) => towardsEffect(step, view));
  const [cause, effect] = [view.episode(link.cause), view.episode(link.effect)];
  const last = steps.at(-1);
  if (!last || !cause || !effect) return steps;
  return [...steps.slice(0, -1), { ...last, evidence: `${last.evidence}: ${cause.reason} led to ${effect.reason}` }];
}

function samePlace(link: CausalLink, view: CausalView): readonly CausalStep[] {
  const effect = view.episode(link.effect);
  const cause = view.episode(link.cause);
  const from = cause ? view.resource(cause.rid) : undefined;
  const to = effect ? view.resource(effect.rid) : undefined;
  return from && to && effect && cause
    ? [
        {
          from: subjectOf(from),
          to: subjectOf(to),
          relation: "SAME",
          evidence: `${cause.reason} led to ${effect.reason}: ${effect.message}`,
        },
      ]
    : [];
}

/** A step was walked from the effect; it is told from the cause, with the edge's own direction in the evidence. */
function towardsEffect(step: PathStep, view: CausalView): readonly CausalStep[] {
  const from = view.resource(step.to);
  const to = view.resource(step.from);
  if (!from || !to) return [];
  const [source, target] = step.direction === "out" ? [to, from] : [from, to];
  const says =
    step.type === "IN_NAMESPACE"
      ? `both are in namespace ${to.namespace ?? from.namespace ?? ""}`
      : `${displayName(source)} ${step.type} ${displayName(target)}`;
  return [{ from: subjectOf(from), to: subjectOf(to), relation: step.type, evidence: step.evidence ? `${says} (${step.evidence})` : says }];
}
