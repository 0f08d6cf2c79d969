// Whether two JSON values are the same; decides whether a new version of an object says anything new.
import type { Json } from "../domain/kube-object.ts";

/** Deep equality of JSON values; an absent key and an undefined value are the same. */
export function deepEqual(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || a === undefined || b === undefined) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!deepEqual(a[i], b[i])) return false;
    return true;
  }
  return sameFields(a as Fields, b as Fields);
}

type Fields = { readonly [key: string]: Json | undefined };

function sameFields(a: Fields, b: Fields): boolean {
  let fieldCount = 0;
  for (const key in a) {
    if (a[key] === undefined) continue;
    if (!deepEqual(a[key], b[key])) return false;
    fieldCount += 1;
  }
  for (const key in b) if (b[key] !== undefined) fieldCount -= 1;
  return fieldCount === 0;
}
