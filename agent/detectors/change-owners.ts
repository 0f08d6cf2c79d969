// Who last edited a field, and when: read from the projected `metadata.managedFields`.
import type { FieldOwner, KubeObject } from "../domain/kube-object.ts";

/** The last known edit of a field. */
export type LastEdit = { readonly manager: string; readonly atMs: number; readonly subresource?: string | undefined };

/**
 * The latest entry that owns the field at `path`, something within it, or the whole it is part of. Writes to `status` do not count.
 * Undefined when the object does not say.
 */
export function lastEditOf(object: KubeObject, path: string): LastEdit | undefined {
  return latest((object.metadata.fieldOwners ?? []).filter((owner) => owner.subresource !== "status" && owns(owner, path)));
}

/**
 * Who made an edit that lies between two versions: among those who wrote in between, who owns the field; else, as nobody owns a field that was removed,
 * the only one who wrote at all; else the last known owner.
 */
export function editorOf(before: KubeObject, after: KubeObject, path: string): LastEdit | undefined {
  const former = before.metadata.fieldOwners ?? [];
  const writers = (after.metadata.fieldOwners ?? []).filter(
    (owner) =>
      owner.subresource !== "status" &&
      !former.some((it) => it.manager === owner.manager && it.subresource === owner.subresource && it.atMs >= owner.atMs),
  );
  const owning = latest(writers.filter((writer) => owns(writer, path)));
  return owning ?? (writers.length === 1 ? latest(writers) : lastEditOf(after, path));
}

function latest(owners: readonly FieldOwner[]): LastEdit | undefined {
  let last: FieldOwner | undefined;
  for (const owner of owners) if (!last || owner.atMs > last.atMs) last = owner;
  return last && { manager: last.manager, atMs: last.atMs, ...(last.subresource ? { subresource: last.subresource } : {}) };
}

function owns({ paths }: FieldOwner, path: string): boolean {
  return paths.some((owned) => contains(owned, path) || contains(path, owned));
}

function contains(whole: string, part: string): boolean {
  if (!part.startsWith(whole)) return false;
  const next = part.charAt(whole.length);
  return next === "" || next === "." || next === "[";
}
