// What is going to happen, by time: the plan of the simulated cluster.

/** Something that happens at a time. */
export type Due = { readonly atMs: number; readonly run: () => void };

/** Things to come, earliest first. */
export type Agenda = {
  add(atMs: number, run: () => void): void;
  /** Takes what is due by now, or nothing. */
  takeDue(nowMs: number): Due | undefined;
};

/** An empty agenda; a few thousand entries at most, so a sorted list will do. */
export function agenda(): Agenda {
  const list: Due[] = []; // latest first, so that the next one is at the end
  return {
    add(atMs, run) {
      let low = 0;
      let high = list.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((list[middle] as Due).atMs > atMs) low = middle + 1;
        else high = middle;
      }
      list.splice(low, 0, { atMs, run });
    },
    takeDue(nowMs) {
      const next = list.at(-1);
      return next && next.atMs <= nowMs ? list.pop() : undefined;
    },
  };
}
