// Counts for statistics, kept by the writer: changes add up in memory during a transaction and are written at its end.
import type { Sql } from "./sql.ts";

/** What is counted: live resources by kind, edges that hold by type, episodes by severity rank, incidents and links under the empty key. */
export type Counted = "resource" | "relation" | "episode" | "incident" | "link";

/** Adds up what one transaction changes. */
export type Tally = {
  add(cluster: number, what: Counted, key: string | number, change: number): void;
  /** An episode was written: the span of time covered grows. */
  seen(cluster: number, firstMs: number, lastMs: number, eid: string): void;
  /** Writes what added up. */
  flush(): void;
  /** Drops what added up, after a rollback. */
  reset(): void;
};

/** An empty tally of one connection. */
export function openTally(sql: Sql): Tally {
  const changes = new Map<string, { readonly cluster: number; readonly what: Counted; readonly key: string; n: number }>();
  const spans = new Map<number, { oldestMs: number; newestMs: number; newestEid: string }>();
  return {
    add(cluster, what, key, change) {
      const name = `${cluster}/${what}/${key}`;
      const entry = changes.get(name);
      if (entry) entry.n += change;
      else changes.set(name, { cluster, what, key: String(key), n: change });
    },
    seen(cluster, firstMs, lastMs, eid) {
      const span = spans.get(cluster);
      if (!span) {
        spans.set(cluster, { oldestMs: firstMs, newestMs: lastMs, newestEid: eid });
        return;
      }
      if (firstMs < span.oldestMs) span.oldestMs = firstMs;
      if (lastMs >= span.newestMs) {
        span.newestMs = lastMs;
        span.newestEid = eid;
      }
    },
    flush() {
      for (const { cluster, what, key, n } of changes.values()) {
        if (n !== 0) sql.run("INSERT INTO tally VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET n = n + excluded.n", cluster, what, key, n);
      }
      for (const [cluster, span] of spans) {
        sql.run(
          `INSERT INTO span VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET oldest_ms = min(oldest_ms, excluded.oldest_ms),
             newest_eid = CASE WHEN excluded.newest_ms >= newest_ms THEN excluded.newest_eid ELSE newest_eid END, newest_ms = max(newest_ms, excluded.newest_ms)`,
          cluster,
          span.oldestMs,
          span.newestMs,
          span.newestEid,
        );
      }
      this.reset();
    },
    reset() {
      changes.clear();
      spans.clear();
    },
  };
}
