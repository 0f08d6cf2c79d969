// Expected failure is a value: what could not be read, where, and what to do.

/** Either a value or the reason why there is none. */
export type Result<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

/** A good result. */
export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

/** A refused input, with the reason in words. */
export function refused<T = never>(reason: string): Result<T> {
  return { ok: false, reason };
}

/** Ends a switch over a closed union: a forgotten case does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
