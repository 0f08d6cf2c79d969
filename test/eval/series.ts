// Whether a series has left its range: the median of what came after against median and median absolute deviation of what came before.

/** Deviations of a normal distribution per MAD. */
const MAD_SCALE = 1.4826;
/** So many robust deviations, and so many times the median before. */
const DEVIATIONS_MIN = 6;
const RATIO_MIN = 1.5;
/** A series that never moved has no deviation: a twentieth of its size stands for it. */
const FLOOR_SHARE = 0.05;

/** The median; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.trunc(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** How far the later values lie above the earlier ones; undefined when they do not, or when there are too few to tell. */
export function risen(before: readonly number[], after: readonly number[]): { readonly from: number; readonly to: number } | undefined {
  if (before.length < 5 || after.length === 0) return undefined;
  const from = median(before);
  const to = median(after);
  const spread = Math.max(MAD_SCALE * median(before.map((value) => Math.abs(value - from))), FLOOR_SHARE * Math.abs(from), 1e-9);
  return to > RATIO_MIN * from && (to - from) / spread > DEVIATIONS_MIN ? { from, to } : undefined;
}
