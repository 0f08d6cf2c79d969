// Sliding counts for the anomalies of contracts.md §6. A function of the occurrences that are known, in 10-second buckets of their own time: a late record counts
// where it belongs, a restart counts again from the episodes, and the order of arrival does not matter.
import type { Occurred } from "../domain/episode.ts";
import type { ReasoningSettings } from "../domain/settings.ts";

/** `anomaly_type` of contracts.md §6. */
export const ANOMALY_TYPES = ["error_spike", "cascading_failure", "memory_leak", "resource_churn"] as const;

/** Which anomaly. */
export type AnomalyType = (typeof ANOMALY_TYPES)[number];

/** A window in which a count is over its limit. `atMs`: the time of the bucket that it ends with. */
export type Crossing = { readonly type: AnomalyType; readonly key: string; readonly atMs: number; readonly limit: number };

/** When something happened and how often; an occurrence of an episode is one. */
export type Counted = Pick<Occurred, "firstMs" | "lastMs" | "count">;

const BUCKET_MS = 10_000;

/** Namespaces, reasons, workloads and kinds counted at once; the least recently counted goes first. 4096 x at most 90 buckets x 16 B: 6 MB. */
const KEYS_MAX = 4_096;

/** Three windows are kept: room for records that are late. */
const WINDOWS_KEPT = 3;

type Counter = { readonly buckets: Map<number, number>; total: number };

/** The counters of one cluster. */
export class AnomalyCounters {
  private readonly settings: ReasoningSettings["anomalies"];
  private readonly spanBuckets: number;
  private readonly counters = new Map<string, Counter>();

  constructor(settings: ReasoningSettings["anomalies"]) {
    this.settings = settings;
    this.spanBuckets = Math.ceil(settings.windowMs / BUCKET_MS);
  }

  /** Counts these; gives the windows around them that are over the limit, earliest first. */
  count(type: AnomalyType, key: string, counted: readonly Counted[]): readonly Crossing[] {
    const counter = this.counterOf(`${type}\n${key}`);
    let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [bucket, times] of this.spread(counted)) {
      counter.buckets.set(bucket, (counter.buckets.get(bucket) ?? 0) + times);
      counter.total += times;
      first = Math.min(first, bucket);
      last = Math.max(last, bucket);
    }
    this.prune(counter);
    const limit = this.limitOf(type);
    if (counter.total <= limit) return [];
    const ends = [...counter.buckets.keys()].filter((at) => at >= first && at < last + this.spanBuckets).sort((a, b) => a - b);
    return ends
      .filter((end) => sumWithin(counter.buckets, end - this.spanBuckets + 1, end) > limit)
      .map((end) => ({ type, key, atMs: end * BUCKET_MS, limit }));
  }

  /** Takes back what was counted: an occurrence is known better now, or belongs to another key. */
  uncount(type: AnomalyType, key: string, counted: readonly Counted[]): void {
    const counter = this.counters.get(`${type}\n${key}`);
    if (!counter) return;
    for (const [bucket, times] of this.spread(counted)) {
      const known = counter.buckets.get(bucket) ?? 0;
      const left = Math.max(0, known - times);
      counter.total -= known - left;
      if (left > 0) counter.buckets.set(bucket, left);
      else counter.buckets.delete(bucket);
    }
  }

  private limitOf(type: AnomalyType): number {
    const { errorsPerMinuteMax, sameReasonMax, oomKillsMax, churnMax, windowMs } = this.settings;
    if (type === "error_spike") return errorsPerMinuteMax * (windowMs / 60_000);
    if (type === "cascading_failure") return sameReasonMax;
    return type === "memory_leak" ? oomKillsMax : churnMax;
  }

  private counterOf(key: string): Counter {
    const known = this.counters.get(key) ?? { buckets: new Map<number, number>(), total: 0 };
    this.counters.delete(key);
    this.counters.set(key, known);
    if (this.counters.size > KEYS_MAX) this.counters.delete(this.counters.keys().next().value as string);
    return known;
  }

  /** How often per bucket. What happened several times is told by its first and last time only: the others are taken to lie evenly between. */
  private *spread(counted: readonly Counted[]): Iterable<readonly [bucket: number, times: number]> {
    for (const { firstMs, lastMs, count } of counted) {
      const end = Math.floor(lastMs / BUCKET_MS);
      const begin = count > 1 ? Math.floor(firstMs / BUCKET_MS) : end;
      const until = (ms: number) =>
        ms >= lastMs ? count : ms < firstMs ? 0 : 1 + Math.floor(((count - 1) * (ms - firstMs)) / (lastMs - firstMs));
      for (let bucket = Math.max(begin, end - WINDOWS_KEPT * this.spanBuckets); bucket <= end; bucket += 1) {
        const times = begin === end ? count : until((bucket + 1) * BUCKET_MS - 1) - until(bucket * BUCKET_MS - 1);
        if (times > 0) yield [bucket, times];
      }
    }
  }

  private prune(counter: Counter): void {
    if (counter.buckets.size <= WINDOWS_KEPT * this.spanBuckets) return;
    const oldest = Math.max(...counter.buckets.keys()) - WINDOWS_KEPT * this.spanBuckets;
    for (const [at, times] of counter.buckets) {
      if (at >= oldest) continue;
      counter.buckets.delete(at);
      counter.total -= times;
    }
  }
}

function sumWithin(buckets: ReadonlyMap<number, number>, from: number, to: number): number {
  let sum = 0;
  for (const [at, count] of buckets) if (at >= from && at <= to) sum += count;
  return sum;
}
