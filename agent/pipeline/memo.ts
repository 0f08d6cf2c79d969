// What memory holds that no row says: kept as checkpoints with the rows, so that a restart goes on as if it had not happened.
import type { ResourceId } from "../domain/identity.ts";
import type { ChangeSet } from "../store/port.ts";
import type { ClusterState } from "./cluster-state.ts";
import { standAt } from "./tick.ts";

type Checkpoint = ChangeSet["checkpoints"][number];

/** Findings that still prove themselves, kept at most; beyond it they begin anew after a restart. 2000 x about 120 B. */
const PENDING_MAX = 2_000;

/** How each part is written; an empty text is a part that says nothing. */
const PARTS: Readonly<Record<string, (state: ClusterState) => string>> = {
  started: ({ startedMs }) => (Number.isFinite(startedMs) ? String(startedMs) : ""),
  complete: ({ graph }) => [...graph.completeKinds].sort().join(" "),
  gaps: ({ gaps }) => (gaps.size === 0 ? "" : JSON.stringify([...gaps])),
  pending: ({ pendingFindings }) => (pendingFindings.size === 0 ? "" : JSON.stringify(pendingRows(pendingFindings))),
};

/** The parts that differ from what was last taken. The stream's time goes with them, or with rows that change: alone it is worth no commit. */
export function takeCheckpoints(state: ClusterState, rowsChange: boolean): readonly Checkpoint[] {
  const changed = Object.entries(PARTS).flatMap(([part, write]): Checkpoint[] => {
    const value = write(state);
    if ((state.checkpointed.get(part) ?? "") === value) return [];
    state.checkpointed.set(part, value);
    return [{ key: keyOf(part, state), value }];
  });
  if (!rowsChange && changed.length === 0) return [];
  const { nowMs, horizonMs, seenMs } = state;
  return [...changed, { key: keyOf("stream", state), value: `${nowMs} ${horizonMs} ${seenMs}` }];
}

/** Puts back what was kept. Call it before the rows are loaded: it says from when on they are needed. */
export function recallCheckpoints(state: ClusterState, kept: ReadonlyMap<string, string>): void {
  for (const part of Object.keys(PARTS)) state.checkpointed.set(part, kept.get(keyOf(part, state)) ?? "");
  const said = (part: string) => kept.get(keyOf(part, state)) ?? "";
  if (said("started")) state.startedMs = Number(said("started"));
  for (const kind of said("complete").split(" ")) if (kind) state.graph.completeKinds.add(kind);
  for (const [key, text] of rowsOf(said("gaps")) as [string, string][]) state.gaps.set(key, text);
  for (const [rid, thing, sinceMs, seenMs] of rowsOf(said("pending")) as PendingRow[]) {
    const ofResource = state.pendingFindings.get(rid) ?? new Map<string, { sinceMs: number; seenMs: number }>();
    state.pendingFindings.set(rid, ofResource.set(thing, { sinceMs, seenMs }));
  }
  const [nowMs = 0, horizonMs = 0, seenMs = 0] = said("stream").split(" ").map(Number);
  if (nowMs > 0) standAt(state, nowMs);
  state.horizonMs = horizonMs;
  state.seenMs = seenMs;
}

type PendingRow = [rid: ResourceId, thing: string, sinceMs: number, seenMs: number];

function pendingRows(pending: ClusterState["pendingFindings"]): readonly PendingRow[] {
  return [...pending]
    .flatMap(([rid, things]) => [...things].map(([thing, { sinceMs, seenMs }]): PendingRow => [rid, thing, sinceMs, seenMs]))
    .slice(0, PENDING_MAX);
}

function rowsOf(text: string): readonly unknown[] {
  return text === "" ? [] : (JSON.parse(text) as unknown[]);
}

function keyOf(part: string, { cluster }: ClusterState): string {
  return `${part}:${cluster}`;
}
