// Waiting for the end that Ctrl-C or SIGTERM asks for.

/** Resolves when the signal is aborted. Holds the process alive meanwhile. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 2 ** 30);
    signal.addEventListener("abort", () => {
      clearInterval(alive);
      resolve();
    });
  });
}
