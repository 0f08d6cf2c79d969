// When a crashed agent is started again: later each time, and after too many crashes not at all.

/** Crashes that are remembered, as moments in epoch milliseconds, oldest first. */
export type Crashes = readonly number[];

const REMEMBERED_MS = 5 * 60_000;
const CRASHES_MAX = 5;
const WAIT_MS = 500;

/** The crashes with one more, and how long to wait before the next start; `undefined`: it crashed five times in five minutes, do not try again. */
export function afterCrash(crashes: Crashes, nowMs: number): { readonly crashes: Crashes; readonly waitMs: number | undefined } {
  const recent = [...crashes.filter((at) => at > nowMs - REMEMBERED_MS), nowMs];
  return { crashes: recent, waitMs: recent.length > CRASHES_MAX ? undefined : WAIT_MS * 2 ** (recent.length - 1) };
}
