// The subject of a record (contracts.md §1, §8) as a reference to a resource.
import type { ResourceRef } from "../domain/identity.ts";
import { isClusterScoped } from "../domain/identity.ts";
import type { Result } from "../domain/result.ts";
import { ok, refused } from "../domain/result.ts";
import { firstTextAt, isFields, nameFault, textAt } from "./fields.ts";
import { properKind, UNKNOWN_KIND } from "./kinds.ts";

/** `{kind, uid?, ns?, name}`, also with `namespace`; a uid alone is enough. A refusal begins with the field's path below `subject`. */
export function parseSubject(value: unknown): Result<ResourceRef> {
  if (!isFields(value)) return refused(": missing");
  const uid = textAt(value, "uid");
  if (uid !== undefined && nameFault(uid)) return refused(`.uid: ${nameFault(uid)}`);
  const word = textAt(value, "kind");
  const name = textAt(value, "name");
  if (uid === undefined && word === undefined) return refused(".kind: missing");
  if (uid === undefined && name === undefined) return refused(".name: missing");
  const namespace = firstTextAt(value, ["ns", "namespace"]);
  for (const [key, text] of [
    ["kind", word],
    ["name", name],
    ["ns", namespace],
  ] as const) {
    if (text !== undefined && nameFault(text)) return refused(`.${key}: ${nameFault(text)}`);
  }
  const kind = word === undefined ? UNKNOWN_KIND : properKind(word);
  return ok({ kind, ...(uid ? { uid } : {}), ...(namespace && !isClusterScoped(kind) ? { namespace } : {}), name: name ?? uid ?? "" });
}
