// Retention (contracts.md §6): what "older than so many days" means, once on demand or again and again while the agent runs.
import type { Clock } from "../platform/clock.ts";
import type { CleanupCount, Progress, StoreAdmin } from "../store/port.ts";

const DAY_MS = 86_400_000;

/** Defaults of contracts.md §6. */
export const DEFAULT_RETENTION: Retention = { days: 7, batchSize: 1_000 };

/** Episodes last seen more than `days` days ago go, in batches of `batchSize` rows. */
export type Retention = { readonly days: number; readonly batchSize: number };

/** One cleanup: `nowMs` is when it is asked for. */
export type CleanupRequest = Retention & {
  readonly dryRun: boolean;
  readonly nowMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
};

/** What went (dry run: what would go), and the time it was older than. */
export type CleanupResult = CleanupCount & { readonly olderThanMs: number };

/** The part of a store that retention needs. */
export type Cleanable = Pick<StoreAdmin, "cleanup">;

/** Removes what is past its retention. Throws RangeError for days below 0 or a batch outside 1..100000, StoreFault as the store does, AbortError when aborted. */
export async function cleanupStore(store: Cleanable, request: CleanupRequest): Promise<CleanupResult> {
  const { days, batchSize, dryRun, nowMs, signal, progress } = request;
  if (!(days >= 0 && Number.isFinite(days))) throw new RangeError(`days must be 0 or more, not ${days}`);
  if (!(Number.isInteger(batchSize) && batchSize >= 1 && batchSize <= 100_000))
    throw new RangeError(`batchSize must be a whole number from 1 to 100000, not ${batchSize}`);
  const olderThanMs = nowMs - days * DAY_MS;
  const count = await store.cleanup({ olderThanMs, batchSize, dryRun, ...(signal ? { signal } : {}), ...(progress ? { progress } : {}) });
  return { ...count, olderThanMs };
}

/** A clock that can also be waited on: runs `work` once after `delayMs`, unless the function it returns is called before. */
export type Timer = Clock & { after(delayMs: number, work: () => void): () => void };

/** The machine's own timer; waiting on it keeps no process alive. */
export const systemTimer: Timer = {
  nowMs: () => Date.now(),
  after(delayMs, work) {
    const handle = setTimeout(work, delayMs).unref();
    return () => clearTimeout(handle);
  },
};

/** How periodic cleanup is set up: the first run comes after one interval. What a run did, or why it failed, is told; a failed run is tried again at the next. */
export type CleanupSchedule = {
  readonly retention: Retention;
  readonly everyMs: number;
  readonly timer: Timer;
  readonly onDone: (result: CleanupResult) => void;
  readonly onFault: (error: unknown) => void;
};

/** Cleans up again and again until stopped. `stop` ends a run under way between two batches and resolves when it has ended; it may be called twice. */
export function scheduleCleanup(store: Cleanable, schedule: CleanupSchedule): { stop(): Promise<void> } {
  const { retention, everyMs, timer, onDone, onFault } = schedule;
  const stopped = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let cancel = timer.after(everyMs, tick);

  function tick(): void {
    running = run();
  }

  async function run(): Promise<void> {
    try {
      onDone(await cleanupStore(store, { ...retention, dryRun: false, nowMs: timer.nowMs(), signal: stopped.signal }));
    } catch (error) {
      if (!stopped.signal.aborted) onFault(error);
    }
    if (!stopped.signal.aborted) cancel = timer.after(everyMs, tick);
  }

  return {
    async stop() {
      stopped.abort();
      cancel();
      await running;
    },
  };
}
