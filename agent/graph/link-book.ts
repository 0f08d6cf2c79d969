// The causal links of one cluster in memory, by effect and by cause; and which effects' links changed since the last batch.
import type { CausalLink } from "../domain/causal-link.ts";
import type { EpisodeId } from "../domain/identity.ts";

/** Links among recent episodes. */
export class LinkBook {
  private readonly byEffect = new Map<EpisodeId, readonly CausalLink[]>();
  private readonly byCause = new Map<EpisodeId, Set<EpisodeId>>();
  private changed = new Set<EpisodeId>();

  /** The links of an effect, best first. */
  causesOf(effect: EpisodeId): readonly CausalLink[] {
    return this.byEffect.get(effect) ?? [];
  }

  /** The links that a cause explains something by. */
  *effectsOf(cause: EpisodeId): Iterable<CausalLink> {
    for (const effect of this.byCause.get(cause) ?? []) {
      for (const link of this.byEffect.get(effect) ?? []) if (link.cause === cause) yield link;
    }
  }

  /** Makes these all the links of an effect. Gives those whose cause is new, or undefined when nothing differs. */
  set(effect: EpisodeId, links: readonly CausalLink[]): readonly CausalLink[] | undefined {
    const former = this.causesOf(effect);
    if (sameLinks(former, links)) return undefined;
    this.unlink(effect, former);
    if (links.length > 0) this.byEffect.set(effect, links);
    for (const link of links) {
      const effects = this.byCause.get(link.cause);
      if (effects) effects.add(effect);
      else this.byCause.set(link.cause, new Set([effect]));
    }
    this.changed.add(effect);
    return links.filter((link) => !former.some((old) => old.cause === link.cause));
  }

  /** Puts links read from the store into memory. */
  restore(effect: EpisodeId, links: readonly CausalLink[]): void {
    this.set(effect, links);
    this.changed.delete(effect);
  }

  /** Forgets an episode as effect; as a cause it stays named by its effects until they are linked again or forgotten. */
  forget(effect: EpisodeId): void {
    this.unlink(effect, this.causesOf(effect));
    this.changed.delete(effect);
  }

  /** The effects whose links changed since the last call. */
  takeChanged(): ReadonlySet<EpisodeId> {
    const taken = this.changed;
    this.changed = new Set();
    return taken;
  }

  private unlink(effect: EpisodeId, links: readonly CausalLink[]): void {
    this.byEffect.delete(effect);
    for (const link of links) {
      const effects = this.byCause.get(link.cause);
      effects?.delete(effect);
      if (effects?.size === 0) this.byCause.delete(link.cause);
    }
  }
}

function sameLinks(a: readonly CausalLink[], b: readonly CausalLink[]): boolean {
  return a.length === b.length && a.every((link, index) => sameLink(link, b[index] as CausalLink));
}

function sameLink(a: CausalLink, b: CausalLink): boolean {
  return (
    a.cause === b.cause &&
    a.ruleId === b.ruleId &&
    a.score === b.score &&
    a.temporal === b.temporal &&
    a.path.length === b.path.length &&
    a.path.every((step, i) => step.to === b.path[i]?.to && step.from === b.path[i]?.from)
  );
}
