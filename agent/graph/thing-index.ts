// Episodes by what they are about. A window holds a hundred thousand, and most things happen once: a single id is kept as such, not in a list.
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";

/** What makes two occurrences "the same thing" (contracts.md §8). */
export type Thing = Pick<Episode, "rid" | "etype" | "reason" | "discriminator">;

/** Ids by resource, and within it by thing. */
export class ThingIndex {
  private readonly byResource = new Map<ResourceId, Map<string, EpisodeId | EpisodeId[]>>();

  add(episode: Thing & { readonly eid: EpisodeId }): void {
    const { rid, eid } = episode;
    let things = this.byResource.get(rid);
    if (!things) {
      things = new Map();
      this.byResource.set(rid, things);
    }
    const key = keyOf(episode);
    const known = things.get(key);
    if (known === undefined) things.set(key, eid);
    else if (typeof known === "string") {
      if (known !== eid) things.set(key, [known, eid]);
    } else if (!known.includes(eid)) known.push(eid);
  }

  remove(episode: Thing & { readonly eid: EpisodeId }): void {
    const things = this.byResource.get(episode.rid);
    if (!things) return;
    const key = keyOf(episode);
    const left = listOf(things.get(key)).filter((eid) => eid !== episode.eid);
    if (left.length > 0) things.set(key, left);
    else things.delete(key);
    if (things.size === 0) this.byResource.delete(episode.rid);
  }

  /** Ids of the episodes of one thing. */
  of(thing: Thing): readonly EpisodeId[] {
    return listOf(this.byResource.get(thing.rid)?.get(keyOf(thing)));
  }

  /** Ids of the episodes about a resource. */
  *about(rid: ResourceId): Iterable<EpisodeId> {
    for (const ids of this.byResource.get(rid)?.values() ?? []) {
      if (typeof ids === "string") yield ids;
      else yield* ids;
    }
  }

  has(rid: ResourceId): boolean {
    return this.byResource.has(rid);
  }

  rids(): Iterable<ResourceId> {
    return this.byResource.keys();
  }
}

const NONE: readonly EpisodeId[] = [];

function listOf(ids: EpisodeId | EpisodeId[] | undefined): readonly EpisodeId[] {
  if (ids === undefined) return NONE;
  return typeof ids === "string" ? [ids] : ids;
}

function keyOf({ etype, reason, discriminator }: Thing): string {
  return `${etype}\n${reason}\n${discriminator}`;
}
