// A clock that stands still until a test moves it.
import type { Clock } from "../../agent/platform/clock.ts";

/** A settable clock. */
export type FakeClock = Clock & { set(ms: number): void; advance(ms: number): void };

/** Starts at 2026-01-01T00:00:00Z unless told otherwise. */
export function fakeClock(startMs = Date.UTC(2026, 0, 1)): FakeClock {
  let nowMs = startMs;
  return {
    nowMs: () => nowMs,
    set(ms) {
      nowMs = ms;
    },
    advance(ms) {
      nowMs += ms;
    },
  };
}
