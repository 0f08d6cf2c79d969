// The timeline as rows with bars: when each thing began, how long it went on, and how that lies in the whole incident.
import type { WireIncidentGraph, WireTimelineEntry } from "../agent/protocol/incident.ts";
import { timeMs } from "./format.ts";

/** One row. `from` and `to` are shares 0..1 of the whole span; `role` marks the root cause and the first critical failure. */
export type TimelineRow = {
  readonly entry: WireTimelineEntry;
  readonly from: number;
  readonly to: number;
  readonly role: "root_cause" | "first_critical" | "other";
  readonly clearedAt?: string;
};

/** Rows oldest first, and where the axis has its marks (`at` as a share 0..1, `ms` epoch milliseconds). */
export type Timeline = { readonly rows: readonly TimelineRow[]; readonly marks: readonly { readonly at: number; readonly ms: number }[] };

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const STEPS = [1, 5, 10, 30]
  .map((n) => n * SECOND)
  .concat(
    [1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
    [1, 2, 6, 12, 24, 48, 168].map((n) => n * HOUR),
  );
/** About so many marks fit the axis. */
const MARKS_MAX = 4;

/** The timeline of an incident. */
export function timelineOf(graph: WireIncidentGraph): Timeline {
  const entries = [...graph.timeline].sort(
    (a, b) => (timeMs(a.event_time) ?? 0) - (timeMs(b.event_time) ?? 0) || (a.event_id < b.event_id ? -1 : 1),
  );
  const cleared = new Map(graph.nodes.map((node) => [node.event_id, node.cleared_time]));
  const times = entries
    .flatMap((entry) => [timeMs(entry.event_time), timeMs(entry.last_time), timeMs(cleared.get(entry.event_id))])
    .filter((ms) => ms !== undefined);
  const from = times.reduce((least, ms) => Math.min(least, ms), times[0] ?? 0);
  const to = Math.max(
    times.reduce((most, ms) => Math.max(most, ms), from),
    from + SECOND,
  );
  const share = (ms: number): number => (ms - from) / (to - from);
  const root = graph.incident.root_cause?.event_id;
  const rows = entries.map((entry): TimelineRow => {
    const begin = timeMs(entry.event_time) ?? from;
    const clearedAt = cleared.get(entry.event_id);
    const end = Math.max(begin, timeMs(clearedAt) ?? timeMs(entry.last_time) ?? begin);
    const role =
      entry.event_id === root ? "root_cause" : entry.event_id === graph.incident.first_critical_failure ? "first_critical" : "other";
    return { entry, from: share(begin), to: share(end), role, ...(clearedAt ? { clearedAt } : {}) };
  });
  return { rows, marks: axisMarks(from, to).map((ms) => ({ at: share(ms), ms })) };
}

/** Round moments between two times, at most about four, in epoch milliseconds. */
export function axisMarks(fromMs: number, toMs: number): number[] {
  const step = STEPS.find((size) => (toMs - fromMs) / size <= MARKS_MAX) ?? (toMs - fromMs) / MARKS_MAX;
  const marks: number[] = [];
  for (let ms = Math.ceil(fromMs / step) * step; ms <= toMs; ms += step) marks.push(ms);
  return marks;
}
