// Sliding counts per namespace for the anomalies of contracts.md §6. Counts lie in 10-second buckets of the occurrences' own time, so that a late record counts
// where it belongs and the result does not depend on the order of arrival.
import type { ReasoningSettings } from "../domain/settings.ts";

/** `anomaly_type` of contracts.md §6. */
export const ANOMALY_TYPES = ["error_spike", "cascading_failure", "memory_leak", "resource_churn"] as const;

/** Which anomaly. */
export type AnomalyType = (typeof ANOMALY_TYPES)[number];

/** A window in which a count went over its limit. `atMs`: the time of the bucket that crossed it. */
export type Crossing = {
  readonly type: AnomalyType;
  readonly key: string;
  readonly atMs: number;
  readonly count: number;
  readonly limit: number;
};

const BUCKET_MS = 10_000;

/** Namespaces, reasons, workloads and kinds counted at once; the least recently counted goes first. 4096 x at most 90 buckets x 16 B: 6 MB. */
const KEYS_MAX = 4_096;

/** The counters of one cluster. */
export class AnomalyCounters {
  private readonly settings: ReasoningSettings["anomalies"];
  private readonly counts = new Map<string, Map<number, number>>();

  constructor(settings: ReasoningSettings["anomalies"]) {
    this.settings = settings;
  }

  /** Counts `times` occurrences at a time; gives the windows that are over the limit because of it, earliest first. */
  count(type: AnomalyType, key: string, atMs: number, times: number): readonly Crossing[] {
    const buckets = this.bucketsOf(`${type}\n${key}`);
    const bucket = Math.floor(atMs / BUCKET_MS);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + times);
    const spanBuckets = Math.ceil(this.settings.windowMs / BUCKET_MS);
    this.prune(buckets, spanBuckets);
    const limit = this.limitOf(type);
    const crossings: Crossing[] = [];
    for (const end of [...buckets.keys()].filter((at) => at >= bucket && at < bucket + spanBuckets).sort((a, b) => a - b)) {
      const count = sumWithin(buckets, end - spanBuckets + 1, end);
      if (count > limit) crossings.push({ type, key, atMs: end * BUCKET_MS, count, limit });
    }
    return crossings;
  }

  private limitOf(type: AnomalyType): number {
    const { errorsPerMinuteMax, sameReasonMax, oomKillsMax, churnMax, windowMs } = this.settings;
    if (type === "error_spike") return errorsPerMinuteMax * (windowMs / 60_000);
    if (type === "cascading_failure") return sameReasonMax;
    return type === "memory_leak" ? oomKillsMax : churnMax;
  }

  private bucketsOf(key: string): Map<number, number> {
    const known = this.counts.get(key) ?? new Map<number, number>();
    this.counts.delete(key);
    this.counts.set(key, known);
    if (this.counts.size > KEYS_MAX) this.counts.delete(this.counts.keys().next().value as string);
    return known;
  }

  /** Three windows are kept: room for records that are late. */
  private prune(buckets: Map<number, number>, spanBuckets: number): void {
    if (buckets.size <= 3 * spanBuckets) return;
    const oldest = Math.max(...buckets.keys()) - 3 * spanBuckets;
    for (const at of buckets.keys()) if (at < oldest) buckets.delete(at);
  }
}

function sumWithin(buckets: ReadonlyMap<number, number>, from: number, to: number): number {
  let sum = 0;
  for (const [at, count] of buckets) if (at >= from && at <= to) sum += count;
  return sum;
}
