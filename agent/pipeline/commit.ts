// Makes a change set durable, however long the store is away: a store outage is not the record's fault, so the batch waits.

import { type Breaker, isBreakerOpen } from "../platform/breaker.ts";
import type { ChangeSet, GraphWriter } from "../store/port.ts";
import { StoreFault } from "../store/port.ts";

/** First and longest pause between tries. */
const PAUSE_FIRST_MS = 100;
const PAUSE_MAX_MS = 5_000;

/** Where to commit, through which breaker, and who is told of each failed try. */
export type CommitTarget = { readonly store: GraphWriter; readonly breaker: Breaker; readonly onFault: (fault: StoreFault) => void };

/** Commits, trying again while the fault passes by itself. Throws StoreFault for one that a person must mend, and the signal's reason when aborted. */
export async function commitDurably(changes: ChangeSet, to: CommitTarget, signal: AbortSignal): Promise<void> {
  for (let pauseMs = PAUSE_FIRST_MS; ; pauseMs = Math.min(PAUSE_MAX_MS, pauseMs * 2)) {
    signal.throwIfAborted();
    try {
      await to.breaker.run(() => to.store.commit(changes));
      return;
    } catch (error) {
      if (!isBreakerOpen(error)) {
        if (!(error instanceof StoreFault) || error.kind !== "transient") throw error;
        to.onFault(error);
      }
    }
    await pause(pauseMs, signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      signal.removeEventListener("abort", aborted);
      resolve();
    };
    const timer = setTimeout(done, ms);
    const aborted = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", aborted, { once: true });
  });
}
