// Chance that repeats itself: the same seed gives the same cluster and the same stream on every machine.

/** A source of chance. */
export type Random = {
  /** 0 (included) to 1 (excluded). */
  next(): number;
  /** A whole number from 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(list: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** A uid as Kubernetes writes them. */
  uid(): string;
  /** Lower-case letters and digits, as in the names of pods. */
  suffix(length: number): string;
};

const NAME_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/** Mulberry32: small, fast and good enough for test data. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const hex = (): string => below(0x1_0000).toString(16).padStart(4, "0");
  return {
    next,
    below,
    pick: <T>(list: readonly T[]): T => list[below(list.length)] as T,
    chance: (probability) => next() < probability,
    uid: () => `${hex()}${hex()}-${hex()}-4${hex().slice(1)}-a${hex().slice(1)}-${hex()}${hex()}${hex()}`,
    suffix: (length) => Array.from({ length }, () => NAME_LETTERS[below(NAME_LETTERS.length)]).join(""),
  };
}
