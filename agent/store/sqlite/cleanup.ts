// Retention (contracts.md §6, §8): old episodes, then incidents left empty, then states, edges and lives that ended and that nothing kept refers to.
//
// Every batch is one transaction, and the agent goes on between batches. A dry run asks the same questions and deletes nothing.
import type { CleanupCount, StoreAdmin } from "../port.ts";
import { HOLDS_MS, number, text } from "../stored-values.ts";
import { writing } from "./commit.ts";
import type { Session } from "./session.ts";
import { breathe, type Row } from "./sql.ts";
import { removeEpisode } from "./write-episodes.ts";
import { removeIncidentRow } from "./write-incidents.ts";
import { dropEdge, edgeOf } from "./write-relations.ts";

type Options = Parameters<StoreAdmin["cleanup"]>[0];

type Run = Options & { readonly session: Session };

// About 60 bytes each: 6 MB.
const NODES_REMEMBERED_MAX = 100_000;

// A finding that still holds on a live resource is no past, however old; an alert that nobody repeated for so long is.
const HELD_OLD = `e.end_ms = ${HOLDS_MS} AND e.last_ms < ?1
  AND NOT (e.etype = 'k8s.state' AND EXISTS (SELECT 1 FROM resource x WHERE x.node = e.node AND x.ended_ms IS NULL))`;
const KEPT = `e.end_ms >= ?1 AND NOT (${HELD_OLD})`;
const LEFT_EMPTY = `i.last_ms < ?1 AND NOT EXISTS (SELECT 1 FROM member m JOIN episode e ON e.id = m.episode WHERE m.incident = i.id AND ${KEPT})`;
const GONE = `r.ended_ms < ?1 AND NOT EXISTS (SELECT 1 FROM episode e WHERE e.node = r.node AND ${KEPT})`;
const GONE_NODE = (column: string): string => `EXISTS (SELECT 1 FROM resource r WHERE r.node = ${column} AND ${GONE})`;
const OLD_EDGE = `(l.to_ms < ?1 OR ${GONE_NODE("l.source")} OR ${GONE_NODE("l.target")})`;

/** Deletes (or, dry, counts) what is older than `olderThanMs`. An abort ends it between batches; what was deleted by then stays deleted. */
export async function cleanup(session: Session, options: Options): Promise<CleanupCount> {
  const run: Run = { ...options, batchSize: Math.max(1, Math.trunc(options.batchSize)), session };
  let episodes = 0;
  for (const { id } of session.sql.all("SELECT id FROM cluster ORDER BY id")) {
    const cluster = number(id);
    episodes += await sweepEpisodes(run, "e.cluster = ?2 AND e.end_ms < ?1", cluster);
    episodes += await sweepEpisodes(run, `e.cluster = ?2 AND ${HELD_OLD}`, cluster);
    if (episodes > 0 && !run.dryRun) await remeasureSpan(run, cluster);
  }
  const incidents = await sweepIncidents(run);
  const states = await sweepStates(run);
  const relations = await sweepRelations(run);
  const resources = await sweepResources(run);
  if (!run.dryRun) await sweepNames(run);
  return { episodes, incidents, resources, relations, states };
}

async function sweepEpisodes(run: Run, condition: string, cluster: number): Promise<number> {
  const { sql } = run.session;
  const total = number(sql.get(`SELECT count(*) AS n FROM episode e WHERE ${condition}`, run.olderThanMs, cluster)?.n);
  if (run.dryRun || total === 0) return total;
  return inBatches(run, "episodes", total, () => {
    const rows = sql.all(
      `SELECT e.id, e.severity, e.aliases FROM episode e WHERE ${condition} LIMIT ?3`,
      run.olderThanMs,
      cluster,
      run.batchSize,
    );
    for (const row of rows) removeEpisode(run.session, cluster, row);
    return rows.length;
  });
}

async function sweepIncidents(run: Run): Promise<number> {
  const { sql } = run.session;
  const total = number(sql.get(`SELECT count(*) AS n FROM incident i WHERE ${LEFT_EMPTY}`, run.olderThanMs)?.n);
  if (run.dryRun || total === 0) return total;
  return inBatches(run, "incidents", total, () => {
    const rows = sql.all(`SELECT i.id, i.cluster, i.body FROM incident i WHERE ${LEFT_EMPTY} LIMIT ?2`, run.olderThanMs, run.batchSize);
    for (const row of rows) removeIncidentRow(run.session, number(row.cluster), row);
    return rows.length;
  });
}

/** Former states that ended before the retention, and before the first kept episode about the resource. */
async function sweepStates(run: Run): Promise<number> {
  const { sql } = run.session;
  const neededSince = new Map<number, number>();
  const isNeeded = (row: Row): boolean => {
    const node = number(row.node);
    const known = neededSince.get(node);
    const sinceMs = known ?? firstKeptMs(run, node);
    if (known === undefined && neededSince.size < NODES_REMEMBERED_MAX) neededSince.set(node, sinceMs);
    return sinceMs <= number(row.to_ms);
  };
  return overTable(run, "states", (after) => {
    const rows = sql.all("SELECT id, node, to_ms FROM state WHERE id > ? ORDER BY id LIMIT ?", after, run.batchSize);
    const old = rows.filter((row) => number(row.to_ms) < run.olderThanMs && !isNeeded(row));
    if (!run.dryRun) for (const row of old) sql.run("DELETE FROM state WHERE id = ?", row.id);
    return { rows, taken: old.length };
  });
}

/** When the first episode about a resource that is kept began; past all times when there is none. */
function firstKeptMs({ session, olderThanMs }: Run, node: number): number {
  const row = session.sql.get(`SELECT min(e.first_ms) AS ms FROM episode e WHERE e.node = ?2 AND ${KEPT}`, olderThanMs, node);
  return typeof row?.ms === "number" ? row.ms : HOLDS_MS;
}

async function sweepRelations(run: Run): Promise<number> {
  const { sql, names } = run.session;
  const total = number(sql.get(`SELECT count(*) AS n FROM relation l WHERE ${OLD_EDGE}`, run.olderThanMs)?.n);
  if (run.dryRun || total === 0) return total;
  return inBatches(run, "edges", total, () => {
    const rows = sql.all(
      `SELECT l.*, n.cluster FROM relation l JOIN node n ON n.id = l.source WHERE ${OLD_EDGE} LIMIT ?2`,
      run.olderThanMs,
      run.batchSize,
    );
    for (const row of rows) dropEdge(run.session, number(row.cluster), edgeOf(row));
    if (rows.length > 0) names.forget();
    return rows.length;
  });
}

async function sweepResources(run: Run): Promise<number> {
  const { sql } = run.session;
  const from = `FROM resource r WHERE ${GONE}`;
  const total = number(sql.get(`SELECT count(*) AS n ${from}`, run.olderThanMs)?.n);
  if (run.dryRun || total === 0) return total;
  return inBatches(run, "resources", total, () =>
    sql.run(`DELETE FROM resource WHERE node IN (SELECT r.node ${from} LIMIT ?2)`, run.olderThanMs, run.batchSize),
  );
}

/** Names that nothing refers to any more. */
async function sweepNames(run: Run): Promise<void> {
  const { sql, names } = run.session;
  await overTable(run, "names", (after) => {
    const rows = sql.all("SELECT id FROM node WHERE id > ? ORDER BY id LIMIT ?", after, run.batchSize);
    const taken = sql.run(
      `DELETE FROM node WHERE id > ?1 AND id <= ?2 AND NOT EXISTS (SELECT 1 FROM resource r WHERE r.node = id) AND NOT EXISTS (SELECT 1 FROM episode e WHERE e.node = id)
         AND NOT EXISTS (SELECT 1 FROM relation l WHERE l.source = id) AND NOT EXISTS (SELECT 1 FROM relation l WHERE l.target = id)`,
      after,
      number(rows.at(-1)?.id),
    );
    if (taken > 0) names.forget();
    return { rows, taken };
  });
}

/** Measures anew which time the episodes of a cluster cover. */
async function remeasureSpan(run: Run, cluster: number): Promise<void> {
  const { sql } = run.session;
  let span: { oldestMs: number; newestMs: number; eid: string } | undefined;
  for (let after = 0; ; await breathe()) {
    const end = sql.get(
      "SELECT max(id) AS id, min(first_ms) AS oldest FROM (SELECT id, first_ms, cluster FROM episode WHERE id > ? ORDER BY id LIMIT 20000) WHERE cluster = ?",
      after,
      cluster,
    );
    const last = number(sql.get("SELECT max(id) AS id FROM (SELECT id FROM episode WHERE id > ? ORDER BY id LIMIT 20000)", after)?.id);
    if (last === 0) break;
    const newest = sql.get(
      "SELECT max(last_ms) AS last_ms, eid FROM episode WHERE id > ? AND id <= ? AND cluster = ?",
      after,
      last,
      cluster,
    );
    if (typeof end?.oldest === "number" && newest) {
      const newer = span === undefined || number(newest.last_ms) >= span.newestMs;
      span = {
        oldestMs: Math.min(end.oldest, span?.oldestMs ?? end.oldest),
        newestMs: newer ? number(newest.last_ms) : (span?.newestMs ?? 0),
        eid: newer ? text(newest.eid) : (span?.eid ?? ""),
      };
    }
    after = last;
  }
  writing(run.session, () => {
    sql.run("DELETE FROM span WHERE cluster = ?", cluster);
    if (span) sql.run("INSERT INTO span VALUES (?, ?, ?, ?)", cluster, span.oldestMs, span.newestMs, span.eid);
  });
}

/** Repeats a deleting batch until it finds nothing, each in a transaction of its own. */
async function inBatches(run: Run, what: string, total: number, batch: () => number): Promise<number> {
  let done = 0;
  for (;;) {
    run.signal?.throwIfAborted();
    const count = writing(run.session, batch);
    done += count;
    run.progress?.(done, Math.max(done, total), what);
    if (count < run.batchSize) return done;
    await run.session.checkpointer.idle();
  }
}

/** Walks a table by its ids, in batches; `step` gives the rows it looked at and how many things it took. */
async function overTable(
  run: Run,
  what: string,
  step: (after: number) => { readonly rows: readonly Row[]; readonly taken: number },
): Promise<number> {
  let done = 0;
  for (let after = 0; ; ) {
    run.signal?.throwIfAborted();
    const { rows, taken } = run.dryRun ? step(after) : writing(run.session, () => step(after));
    done += taken;
    if (taken > 0) run.progress?.(done, 0, what);
    if (rows.length < run.batchSize) return done;
    after = number(rows.at(-1)?.id);
    await run.session.checkpointer.idle();
  }
}
