// Finds resources by name, uid, kind and namespace. Invariant: at most one live resource per name.
import type { ResourceId } from "../domain/identity.ts";
import type { Resource } from "../domain/resource.ts";
import { nameKey } from "./graph-node.ts";

type Named = { readonly kind: string; readonly namespace?: string | undefined; readonly name: string };

const NONE: readonly ResourceId[] = [];

/** Ended lives remembered per name: a pod of a StatefulSet comes again under the same one. */
const ENDED_MAX = 16;

/** The look-ups of one cluster's resources; it holds ids only. */
export class ResourceIndex {
  private readonly live = new Map<string, ResourceId>();
  /** Lives that held a name and ended, the last one last. */
  private readonly ended = new Map<string, readonly ResourceId[]>();
  private readonly byUid = new Map<string, ResourceId>();
  private readonly byKind = new Map<string, Set<ResourceId>>();

  /** Adds a resource under its uid, kind and namespace; its name is taken with `takeName`. */
  add({ rid, uid, kind, namespace = "" }: Resource): void {
    if (uid) this.byUid.set(uid, rid);
    for (const key of [kind, `${kind}\n${namespace}`]) {
      const rids = this.byKind.get(key);
      if (rids) rids.add(rid);
      else this.byKind.set(key, new Set([rid]));
    }
  }

  /** Removes a resource from everything but the names. */
  remove({ rid, uid, kind, namespace = "" }: Resource): void {
    if (uid && this.byUid.get(uid) === rid) this.byUid.delete(uid);
    for (const key of [kind, `${kind}\n${namespace}`]) this.byKind.get(key)?.delete(rid);
  }

  /** The live holder of a name. */
  liveOf({ kind, namespace, name }: Named): ResourceId | undefined {
    return this.live.get(nameKey(kind, namespace, name));
  }

  /** Those that held a name and ended, the last one last. */
  endedOf({ kind, namespace, name }: Named): readonly ResourceId[] {
    return this.ended.get(nameKey(kind, namespace, name)) ?? NONE;
  }

  /** A uid is unique among all kinds. */
  ofUid(uid: string): ResourceId | undefined {
    return this.byUid.get(uid);
  }

  /** Every remembered resource of a kind; in one namespace, or in all when undefined. */
  ofKind(kind: string, namespace?: string): Iterable<ResourceId> {
    return this.byKind.get(namespace === undefined ? kind : `${kind}\n${namespace}`) ?? [];
  }

  takeName({ kind, namespace, name, rid }: Resource): void {
    this.live.set(nameKey(kind, namespace, name), rid);
  }

  /** The resource ended: its name is free, and remembered as last held by it. */
  endName({ kind, namespace, name, rid }: Resource): void {
    const key = nameKey(kind, namespace, name);
    if (this.live.get(key) === rid) this.live.delete(key);
    const others = (this.ended.get(key) ?? NONE).filter((other) => other !== rid);
    this.ended.set(key, [...others, rid].slice(-ENDED_MAX));
  }

  /** Forgets that the resource ever held its name. */
  forgetName({ kind, namespace, name, rid }: Resource): void {
    const key = nameKey(kind, namespace, name);
    const others = (this.ended.get(key) ?? NONE).filter((other) => other !== rid);
    if (others.length > 0) this.ended.set(key, others);
    else this.ended.delete(key);
    if (this.live.get(key) === rid) this.live.delete(key);
  }
}
