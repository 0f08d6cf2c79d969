// How far a rate may be off by the choice of cases: the bootstrap over cases, with a fixed seed so that two runs print the same.
const ROUNDS = 1000;

/** The middle 95 % of the means of resampled values; [0, 0] for none. */
export function interval(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 0];
  const random = seeded(values.length);
  const means: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    let total = 0;
    for (let at = 0; at < values.length; at += 1) total += values[Math.trunc(random() * values.length)] ?? 0;
    means.push(total / values.length);
  }
  means.sort((a, b) => a - b);
  return [means[Math.trunc(0.025 * ROUNDS)] ?? 0, means[Math.trunc(0.975 * ROUNDS)] ?? 0];
}

/** Mulberry32: small, and good enough to choose cases. */
function seeded(seed: number): () => number {
  let state = seed + 0x6d2b79f5;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
