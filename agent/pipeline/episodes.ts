// Occurrences, findings and changes as episodes of one occurrence each, ready to be folded.
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";
import type { Resource } from "../domain/resource.ts";
import type { ChangeFound, Finding, Occurrence } from "../domain/signal.ts";
import { occurrenceId } from "../sources/occurrence-id.ts";

/** The episode of an occurrence about a resource. */
export function episodeOfOccurrence(occurrence: Occurrence, rid: ResourceId): Episode {
  const {
    cluster,
    eid,
    etype,
    severity,
    reason,
    discriminator,
    message,
    category,
    firstMs,
    lastMs,
    count,
    holds,
    clearedMs,
    evidence,
    target,
  } = occurrence;
  return {
    cluster,
    eid: eid as EpisodeId,
    rid,
    etype,
    severity,
    baseSeverity: severity,
    reason,
    discriminator,
    message,
    category,
    firstMs,
    lastMs,
    count,
    holds,
    ...(clearedMs === undefined ? {} : { clearedMs }),
    exact: true,
    evidence,
    ...(target ? { target } : {}),
    aliases: [],
  };
}

/** The episode of a finding that began at `sinceMs`; `exact`: by the object's own word, or seen as it began. */
export function episodeOfFinding(finding: Finding, resource: Resource, since: { readonly atMs: number; readonly exact: boolean }): Episode {
  const { reason, discriminator, severity, category, message, evidence, target } = finding;
  return {
    cluster: resource.cluster,
    eid: ownId(resource, { etype: "k8s.state", reason, discriminator }, since.atMs),
    rid: resource.rid,
    etype: "k8s.state",
    severity,
    baseSeverity: severity,
    reason,
    discriminator,
    message,
    category,
    firstMs: since.atMs,
    lastMs: since.atMs,
    count: 1,
    holds: true,
    exact: since.exact,
    evidence,
    ...(target ? { target } : {}),
    aliases: [],
  };
}

/** The episode of an edit. */
export function episodeOfChange(found: ChangeFound, resource: Resource, seenMs: number): Episode {
  const { reason, discriminator, message, category, evidence, change } = found;
  const atMs = found.atMs ?? seenMs;
  return {
    cluster: resource.cluster,
    eid: ownId(resource, { etype: "k8s.change", reason, discriminator }, atMs),
    rid: resource.rid,
    etype: "k8s.change",
    severity: "INFO",
    baseSeverity: "INFO",
    reason,
    discriminator,
    message,
    category,
    firstMs: atMs,
    lastMs: atMs,
    count: 1,
    holds: false,
    exact: true,
    evidence,
    change,
    aliases: [],
  };
}

/** What tells kgroot's own episodes about one resource apart. */
export type OwnThing = { readonly etype: "k8s.state" | "k8s.change" | "anomaly"; readonly reason: string; readonly discriminator: string };

/** The identifier of an episode that kgroot makes itself (contracts.md §8). */
export function ownId(resource: Resource, thing: OwnThing, atMs: number): EpisodeId {
  const { cluster, kind, uid, namespace, name } = resource;
  return occurrenceId({ cluster, ...thing, subject: { kind, uid, namespace, name }, timeMs: atMs }) as EpisodeId;
}
