// The wall clock as a value, so that whoever needs the time is given it and tests decide it.

/** Tells the time: epoch milliseconds, UTC. */
export type Clock = { nowMs(): number };

/** The machine's own clock. */
export const systemClock: Clock = { nowMs: () => Date.now() };
