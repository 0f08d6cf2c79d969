// Which resources with episodes belong to which workload, so that "the same place" is one look-up.
import type { ResourceId } from "../domain/identity.ts";

/** Resources by the workload at the top of their chain of controllers. */
export class PlaceIndex {
  private readonly members = new Map<ResourceId, Set<ResourceId>>();
  private readonly workload = new Map<ResourceId, ResourceId>();

  /** Notes where a resource belongs now. */
  set(rid: ResourceId, workload: ResourceId): void {
    const former = this.workload.get(rid);
    if (former === workload) return;
    this.drop(rid);
    this.workload.set(rid, workload);
    const members = this.members.get(workload);
    if (members) members.add(rid);
    else this.members.set(workload, new Set([rid]));
  }

  /** Forgets a resource. */
  drop(rid: ResourceId): void {
    const former = this.workload.get(rid);
    if (former === undefined) return;
    this.workload.delete(rid);
    const members = this.members.get(former);
    members?.delete(rid);
    if (members?.size === 0) this.members.delete(former);
  }

  membersOf(workload: ResourceId): Iterable<ResourceId> {
    return this.members.get(workload) ?? [];
  }
}
