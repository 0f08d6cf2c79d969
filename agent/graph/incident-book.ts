// The open and recent incidents of one cluster in memory, by id, alias and member.
import type { EpisodeId, IncidentId, ResourceId } from "../domain/identity.ts";
import type { Incident } from "../domain/incident.ts";

/** An incident whose id went: into which other, if it was merged. */
export type RemovedIncident = { readonly cluster: string; readonly id: IncidentId; readonly mergedInto?: IncidentId | undefined };

/** Open and recent incidents. Membership is kept whole here, also where the stored list is bounded. */
export class IncidentBook {
  private readonly byId = new Map<IncidentId, Incident>();
  private readonly members = new Map<IncidentId, ReadonlySet<EpisodeId>>();
  private readonly byEpisode = new Map<EpisodeId, IncidentId>();
  /** Incidents by the resources that their verdicts name. */
  private readonly byNamed = new Map<ResourceId, Set<IncidentId>>();
  private changed = new Set<IncidentId>();
  private removed: RemovedIncident[] = [];

  get(id: IncidentId): Incident | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<Incident> {
    return this.byId.values();
  }

  /** The incident that an episode belongs to. */
  of(eid: EpisodeId): IncidentId | undefined {
    return this.byEpisode.get(eid);
  }

  /** The incidents whose verdicts name a resource. */
  namedIn(rid: ResourceId): Iterable<IncidentId> {
    return this.byNamed.get(rid) ?? [];
  }

  membersOf(id: IncidentId): ReadonlySet<EpisodeId> {
    return this.members.get(id) ?? new Set();
  }

  /** Sets an incident and all its members. */
  put(incident: Incident, members: ReadonlySet<EpisodeId>): void {
    this.restore(incident, members);
    this.changed.add(incident.id);
  }

  /** Puts an incident read from the store into memory. */
  restore(incident: Incident, members: ReadonlySet<EpisodeId>): void {
    for (const eid of this.membersOf(incident.id)) if (this.byEpisode.get(eid) === incident.id) this.byEpisode.delete(eid);
    this.unname(incident.id);
    this.byId.set(incident.id, incident);
    for (const rid of namedBy(incident)) {
      const ids = this.byNamed.get(rid);
      if (ids) ids.add(incident.id);
      else this.byNamed.set(rid, new Set([incident.id]));
    }
    this.members.set(incident.id, members);
    for (const eid of members) this.byEpisode.set(eid, incident.id);
  }

  /** Removes an incident for good: it was merged or has no member left. */
  remove(cluster: string, id: IncidentId, mergedInto?: IncidentId): void {
    this.forget(id);
    this.removed.push({ cluster, id, ...(mergedInto ? { mergedInto } : {}) });
  }

  /** Forgets an incident in memory; the store keeps it. */
  forget(id: IncidentId): void {
    for (const eid of this.membersOf(id)) if (this.byEpisode.get(eid) === id) this.byEpisode.delete(eid);
    this.unname(id);
    this.byId.delete(id);
    this.members.delete(id);
    this.changed.delete(id);
  }

  private unname(id: IncidentId): void {
    const incident = this.byId.get(id);
    for (const rid of incident ? namedBy(incident) : []) {
      const ids = this.byNamed.get(rid);
      ids?.delete(id);
      if (ids?.size === 0) this.byNamed.delete(rid);
    }
  }

  /** What changed and what went since the last call. */
  take(): { readonly changed: readonly Incident[]; readonly removed: readonly RemovedIncident[] } {
    const changed = [...this.changed].flatMap((id) => this.byId.get(id) ?? []);
    const removed = this.removed;
    this.changed = new Set();
    this.removed = [];
    return { changed, removed };
  }
}

function namedBy({ rid, verdict }: Incident): ReadonlySet<ResourceId> {
  return new Set([rid, ...verdict.affected.map(({ subject }) => subject.rid), ...verdict.causes.map((cause) => cause.rid)]);
}
