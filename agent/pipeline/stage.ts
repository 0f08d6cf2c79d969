// What the stages of one batch hand on to each other.
import type { AcceptResult, SourceRecord } from "../sources/port.ts";
import type { RecordTally } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";

/** A record that was refused: its index in the batch, and why. */
export type Refusal = { readonly index: number; readonly reason: string };

/** One batch on its way through the stages. */
export type Batch = {
  readonly records: readonly SourceRecord[];
  /** The clusters that the batch touches. */
  readonly states: Set<ClusterState>;
  readonly tally: RecordTally;
  readonly refused: Refusal[];
  appliedCount: number;
  droppedCount: number;
};

/** A batch before its first stage. */
export function newBatch(records: readonly SourceRecord[]): Batch {
  return { records, states: new Set(), tally: { escalations: [], anomalies: [] }, refused: [], appliedCount: 0, droppedCount: 0 };
}

/** What became of records that went through in batches of this size; refusals are told by their place among all of them. */
export function resultOf(parts: readonly { readonly batch: Batch }[], size: number): AcceptResult {
  const sum = (of: (batch: Batch) => number) => parts.reduce((total, { batch }) => total + of(batch), 0);
  return {
    applied: sum((batch) => batch.appliedCount),
    dropped: sum((batch) => batch.droppedCount),
    refused: parts.flatMap(({ batch }, part) => batch.refused.map(({ index, reason }) => ({ index: part * size + index, reason }))),
  };
}
