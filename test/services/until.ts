// Waits for a condition, generously: tests of real servers must pass on a machine that has other things to do.
import { setTimeout as sleepFor } from "node:timers/promises";

const EVERY_MS = 100;

/** Resolves with the first value that is neither false nor undefined; rejects with what was waited for, and the last fault, after `limitMs`. */
export async function until<T>(
  what: string,
  ask: () => T | false | undefined | Promise<T | false | undefined>,
  limitMs = 120_000,
): Promise<T> {
  const endMs = performance.now() + limitMs;
  let fault: unknown;
  while (performance.now() < endMs) {
    try {
      const value = await ask();
      if (value !== false && value !== undefined) return value;
      fault = undefined;
    } catch (error) {
      fault = error;
    }
    await sleepFor(EVERY_MS);
  }
  throw new Error(`not within ${limitMs / 1000} s: ${what}`, { cause: fault });
}
