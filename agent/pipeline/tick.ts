// What time alone changes: findings that last too long or prove themselves, neighbours that must be looked at again, incidents that have gone quiet. Ticks follow
// the time of the stream, at fixed boundaries, so a replay behaves like the live run and cutting batches differently changes nothing.
import type { RecordTally } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";
import { detectState } from "./detect.ts";
import { resolveQuiet } from "./rank.ts";

/** Neighbours of what changed are looked at this often. */
const TICK_MS = 250;

/** Everything that depends on how long it has lasted is looked at this often. */
const SETTLE_EVERY_MS = 10_000;

/** Moves the stream's time on; crossing a boundary looks again at what is due. Earlier times (a source that lags) move nothing. */
export function advance(state: ClusterState, atMs: number, tally: RecordTally): void {
  state.startedMs = Math.min(state.startedMs, atMs);
  if (atMs <= state.nowMs) return;
  if (state.nowMs === 0) {
    standAt(state, atMs);
    return;
  }
  const boundaryMs = Math.floor(atMs / TICK_MS) * TICK_MS;
  // What is due is not looked at later than it would have been without the pause in the stream.
  if (state.dueDetection.size + state.dueDetectors.size > 0 && boundaryMs > state.tickedMs + TICK_MS)
    tick(state, state.tickedMs + TICK_MS, tally);
  if (boundaryMs > state.tickedMs) tick(state, boundaryMs, tally);
  state.nowMs = atMs;
}

/** Where the stream's time begins, or goes on after a restart: the boundaries up to there are behind. */
export function standAt(state: ClusterState, atMs: number): void {
  state.nowMs = atMs;
  state.tickedMs = Math.floor(atMs / TICK_MS) * TICK_MS;
  state.settledMs = Math.floor(atMs / SETTLE_EVERY_MS) * SETTLE_EVERY_MS;
}

function tick(state: ClusterState, boundaryMs: number, tally: RecordTally): void {
  state.tickedMs = boundaryMs;
  state.nowMs = Math.max(state.nowMs, boundaryMs);
  lookAgain(state, tally);
  const settleMs = Math.floor(boundaryMs / SETTLE_EVERY_MS) * SETTLE_EVERY_MS;
  if (settleMs <= state.settledMs) return;
  state.settledMs = settleMs;
  for (const rid of state.unsettled) state.dueDetection.add(rid);
  lookAgain(state, tally);
  resolveQuiet(state);
}

function lookAgain(state: ClusterState, tally: RecordTally): void {
  const due = [...state.dueDetection];
  const partly = [...state.dueDetectors].filter(([rid]) => !state.dueDetection.has(rid));
  state.dueDetection.clear();
  state.dueDetectors.clear();
  for (const rid of due) {
    const node = state.graph.node(rid);
    if (node) detectState(state, node, tally, { atMs: state.nowMs });
  }
  for (const [rid, detectors] of partly) {
    const node = state.graph.node(rid);
    if (node) detectState(state, node, tally, { atMs: state.nowMs, detectors: [...detectors] });
  }
}

/** When, after the end of finite input, what waits for time to prove itself has been decided. */
export function settledAt(state: ClusterState): number {
  return state.seenMs + state.settings.settleMs + SETTLE_EVERY_MS;
}
