// How strongly an episode accounts for others: the best product of link strengths along any chain of causation.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId } from "../domain/identity.ts";
import { ruleById } from "../knowledge/rules.ts";

/** Chains weaker than this explain nothing. */
const STRENGTH_MIN = 0.05;

/** Most episodes followed from one cause. */
const REACH_MAX = 2_000;

/** The members of an incident and the links among them. */
export type Members = {
  readonly episodes: ReadonlyMap<EpisodeId, Episode>;
  causesOf(eid: EpisodeId): readonly CausalLink[];
  effectsOf(eid: EpisodeId): Iterable<CausalLink>;
  /** Whether what an episode tells is over: it has cleared, or the present state contradicts it. */
  isOver(episode: Episode): boolean;
};

/** An episode reached from a cause: how strongly, and over which link. */
export type Reach = { readonly strength: number; readonly over?: CausalLink | undefined };

/** How strongly one link lets its cause account for its effect: its score (is it near and in time?) times its rule's strength (does such a thing do that?). */
export function linkStrength(link: CausalLink): number {
  return link.score * (ruleById(link.ruleId)?.strength ?? 0);
}

/** Every member that `from` accounts for, itself included with strength 1. */
export function reachOf(from: EpisodeId, members: Members): ReadonlyMap<EpisodeId, Reach> {
  const reached = new Map<EpisodeId, Reach>([[from, { strength: 1 }]]);
  let frontier: EpisodeId[] = [from];
  while (frontier.length > 0 && reached.size < REACH_MAX) {
    const next = new Set<EpisodeId>();
    for (const eid of frontier) {
      const strength = reached.get(eid)?.strength ?? 0;
      for (const link of members.effectsOf(eid)) {
        const through = strength * linkStrength(link);
        if (link.effect === from || through < STRENGTH_MIN || !members.episodes.has(link.effect)) continue;
        const known = reached.get(link.effect);
        if (known && !isBetter(through, link, known)) continue;
        reached.set(link.effect, { strength: through, over: link });
        if (through > (known?.strength ?? 0)) next.add(link.effect);
      }
    }
    frontier = [...next];
  }
  return reached;
}

/** The stronger way; of two equally strong ones that over the smaller id, so that the order in which links were found does not matter. */
function isBetter(through: number, link: CausalLink, known: Reach): boolean {
  return through > known.strength || (through === known.strength && known.over !== undefined && link.cause < known.over.cause);
}

/** How well an episode is accounted for by others, 0..1: its causes' strengths as independent chances. */
export function explainedBy(eid: EpisodeId, members: Members): number {
  let unexplained = 1;
  for (const link of members.causesOf(eid)) if (members.episodes.has(link.cause)) unexplained *= 1 - linkStrength(link);
  return 1 - unexplained;
}
