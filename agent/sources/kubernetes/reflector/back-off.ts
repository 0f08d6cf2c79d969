// How long to wait before asking again: doubling, with jitter, never shorter than the server asked for.

/** First and longest pause after failures in a row. */
const FIRST_MS = 400;
const LONGEST_MS = 30_000;
/** A server that asks for more patience than this is asked again all the same. */
const RETRY_AFTER_MS_MAX = 120_000;

/** The pause after so many failures in a row (1 or more). `random` is 0..1: the upper half of the span is drawn from, so that many clients do not come at once. */
export function backOffMs(failures: number, random: number, retryAfterMs = 0): number {
  const span = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(20, failures - 1));
  const asked = Math.min(RETRY_AFTER_MS_MAX, retryAfterMs);
  return Math.max(span * (0.5 + random / 2), asked * (1 + random / 10));
}
