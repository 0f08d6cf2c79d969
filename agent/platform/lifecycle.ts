// What was started is stopped in reverse order, once, whatever fails on the way.

/** One thing to undo, with the name that errors show. */
type CleanUp = { readonly name: string; readonly undo: () => void | Promise<void> };

/** A stack of clean-ups. `run` may be called twice: the second call waits for the first and does nothing more. */
export type CleanUps = {
  /** Pushed after `run` began, it is undone at once: nothing that starts late is left behind. */
  push(name: string, undo: () => void | Promise<void>): void;
  /** Undoes everything, last in first out, one after the other. Never rejects: a failure goes to `onError` and the rest goes on. */
  run(): Promise<void>;
};

/** An empty stack; `onError` is told which clean-up failed. */
export function createCleanUps(onError: (name: string, error: unknown) => void): CleanUps {
  const stack: CleanUp[] = [];
  let running: Promise<void> | undefined;

  async function undoAll(): Promise<void> {
    for (let next = stack.pop(); next; next = stack.pop()) await undoOne(next, onError);
  }

  return {
    push(name, undo) {
      stack.push({ name, undo });
      if (running) running = running.then(undoAll);
    },
    run() {
      running ??= undoAll();
      return running;
    },
  };
}

async function undoOne(cleanUp: CleanUp, onError: (name: string, error: unknown) => void): Promise<void> {
  try {
    await cleanUp.undo();
  } catch (error) {
    onError(cleanUp.name, error);
  }
}
