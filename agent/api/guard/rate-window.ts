// How many requests one caller may make a minute: one budget over HTTP requests, WebSocket upgrades and WebSocket messages.

const WINDOW_MS = 60_000;
const CALLERS_MAX = 5_000; // about 100 B each; beyond, the longest known caller starts afresh

/** Takes one request from a caller's budget; 0 when it may go on, else the seconds to wait. */
export type RateWindow = (caller: string, nowMs: number) => number;

/** A budget of `perMinuteMax` for each caller, counted in fixed windows. */
export function createRateWindow(perMinuteMax: number): RateWindow {
  const windows = new Map<string, { startMs: number; count: number }>();
  return (caller, nowMs) => {
    const window = windows.get(caller);
    if (window && nowMs - window.startMs < WINDOW_MS) {
      window.count += 1;
      return window.count <= perMinuteMax ? 0 : Math.max(1, Math.ceil((window.startMs + WINDOW_MS - nowMs) / 1_000));
    }
    windows.delete(caller);
    windows.set(caller, { startMs: nowMs, count: 1 });
    if (windows.size > CALLERS_MAX) {
      for (const oldest of windows.keys()) {
        windows.delete(oldest);
        break;
      }
    }
    return 0;
  };
}
