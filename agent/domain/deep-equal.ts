// Whether two JSON values are the same; decides whether a new version of an object says anything new.
import { HEARTBEAT_FIELDS } from "./heartbeat.ts";
import type { Json } from "./kube-object.ts";

/** Deep equality of JSON values; an absent key and an undefined value are the same. */
export function deepEqual(a: Json | undefined, b: Json | undefined): boolean {
  return isSame(a, b, undefined);
}

/** Deep equality but for the fields that only say "still there": such a difference is a heartbeat. */
export function equalButHeartbeats(a: Json | undefined, b: Json | undefined): boolean {
  return isSame(a, b, HEARTBEAT_FIELDS);
}

function isSame(a: Json | undefined, b: Json | undefined, ignored: ReadonlySet<string> | undefined): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null || a === undefined || b === undefined) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!isSame(a[i], b[i], ignored)) return false;
    return true;
  }
  return sameFields(a as Fields, b as Fields, ignored);
}

type Fields = { readonly [key: string]: Json | undefined };

function sameFields(a: Fields, b: Fields, ignored: ReadonlySet<string> | undefined): boolean {
  let fieldCount = 0;
  for (const key in a) {
    const value = a[key];
    if (value === undefined || ignored?.has(key)) continue;
    const other = b[key];
    if (value !== other && !isSame(value, other, ignored)) return false;
    fieldCount += 1;
  }
  for (const key in b) if (b[key] !== undefined && !ignored?.has(key)) fieldCount -= 1;
  return fieldCount === 0;
}
