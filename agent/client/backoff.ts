// How long to wait before connecting again.

/** Bounds of the wait in milliseconds. */
export type Backoff = { readonly minMs: number; readonly maxMs: number };

/** Exponential with full jitter, so that the clients of a restarted agent do not come back in step. `random` is 0..1, `attempt` counts from 0. */
export function backoffMs({ minMs, maxMs }: Backoff, attempt: number, random: number): number {
  const ceiling = Math.min(maxMs, minMs * 2 ** Math.min(attempt, 30));
  return minMs + random * (ceiling - minMs);
}
