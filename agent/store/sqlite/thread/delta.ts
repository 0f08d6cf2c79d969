// What differs between two values that share most of their parts: only that crosses to the other thread, and there the parts are shared again.

/** How the next value comes from the one before: a whole value, or an object's or array's entries that differ and keys that are gone. */
export type Delta =
  | { readonly whole: unknown }
  | { readonly entries: readonly (readonly [key: string | number, delta: Delta])[]; readonly gone?: readonly string[] };

type Parts = Readonly<Record<string | number, unknown>>;

/** The delta from one value to another, or undefined when they are the same value (by identity; their parts are compared the same way). */
export function deltaOf(before: unknown, next: unknown): Delta | undefined {
  if (Object.is(before, next)) return undefined;
  if (!isContainer(before) || !isContainer(next)) return { whole: next };
  const isList = Array.isArray(next);
  if (isList !== Array.isArray(before) || (isList && next.length !== (before as unknown as readonly unknown[]).length))
    return { whole: next };
  // A key that would set the prototype is not set one by one.
  if (Object.hasOwn(next, "__proto__")) return { whole: next };
  const entries: [string | number, Delta][] = [];
  for (const key of Object.keys(next)) {
    const delta = key in before ? deltaOf(before[key], next[key]) : { whole: next[key] };
    if (delta) entries.push([isList ? Number(key) : key, delta]);
  }
  const gone = isList ? [] : Object.keys(before).filter((key) => !(key in next));
  return gone.length > 0 ? { entries, gone } : { entries };
}

/** The value that a delta leads to; parts that do not differ are the very ones of the value before. */
export function withDelta(before: unknown, delta: Delta): unknown {
  if ("whole" in delta) return delta.whole;
  const next: Record<string | number, unknown> = Array.isArray(before)
    ? (before.slice() as unknown as Record<number, unknown>)
    : { ...(before as Parts) };
  for (const [key, inner] of delta.entries) next[key] = withDelta(next[key], inner);
  for (const key of delta.gone ?? []) delete next[key];
  return next;
}

function isContainer(value: unknown): value is Parts {
  return typeof value === "object" && value !== null;
}
