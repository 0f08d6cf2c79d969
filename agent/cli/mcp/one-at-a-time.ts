// Lets one piece of work in at a time: a store has one opener, and assistants call several tools at once.

/** Runs work in the order it came. Rejects at once when `waitingMax` are waiting. */
export function oneAtATime(waitingMax: number): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  let count = 0;
  return async (work) => {
    if (count > waitingMax) throw new Error(`${waitingMax} calls are waiting already: try again later`);
    count += 1;
    const before = last;
    const own = (async () => {
      await before.catch(() => undefined);
      return work();
    })();
    last = own.catch(() => undefined);
    try {
      return await own;
    } finally {
      count -= 1;
    }
  };
}
