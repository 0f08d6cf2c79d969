// Writes a consistent backup while the store is in use: one read transaction on a connection of its own.
import { createWriteStream, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { ResourceId } from "../../domain/identity.ts";
import { type BackupRow, endLine, headerLine, rowLine } from "../backup-format.ts";
import type { Progress } from "../port.ts";
import { storedFeedback, storedIncident, storedMute } from "../stored-bodies.ts";
import { number, text } from "../stored-values.ts";
import { type FormerState, formerStates } from "./read-resources.ts";
import { RESOURCE_COLUMNS, RESOURCE_TABLES, resourceOf } from "./resource-row.ts";
import { EPISODE_COLUMNS, episodeOf, LINK_COLUMNS, linkOf, RELATION_COLUMNS, relationOf } from "./rows.ts";
import { openSession, type Session } from "./session.ts";
import { breathe, openSql, type Row } from "./sql.ts";

/** What a backup needs to know beyond the session; `progress` and `signal` as in the port. */
export type BackupOptions = {
  readonly path: string;
  readonly asOfMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
};

const LINES_PER_CHUNK = 200;

/** Writes the backup to `file`, complete or not at all. */
export async function writeBackup(session: Session, file: string, options: BackupOptions): Promise<{ rows: number; asOfMs: number }> {
  const { path, remove } = snapshotFile(session, options.path);
  const sql = openSql(path, { readOnly: true });
  const part = `${file}.part`;
  const counter = { rows: 0 };
  try {
    sql.db.exec("BEGIN");
    const lines = Readable.from(backupLines(openSession(sql, ":memory:"), options, counter));
    const written = createWriteStream(part, { mode: 0o600 });
    // Level 1: three times as fast as the default for a tenth more bytes.
    await pipeline(lines, createGzip({ level: 1 }), written, options.signal ? { signal: options.signal } : {});
    renameSync(part, file);
    return { rows: counter.rows, asOfMs: options.asOfMs };
  } finally {
    sql.close();
    remove();
    rmSync(part, { force: true });
  }
}

/** The file to read from: the store's own, or a copy of a store that lives in memory. */
function snapshotFile(session: Session, path: string): { path: string; remove: () => void } {
  if (path !== ":memory:") return { path, remove: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), "kgroot-backup-"));
  session.sql.run("VACUUM INTO ?", join(folder, "store.db"));
  return { path: join(folder, "store.db"), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

async function* backupLines(session: Session, options: BackupOptions, counter: { rows: number }): AsyncGenerator<string> {
  const total = countRows(session);
  let lines = [headerLine(options.asOfMs)];
  for (const row of backupRows(session)) {
    lines.push(rowLine(row));
    counter.rows++;
    if (lines.length < LINES_PER_CHUNK) continue;
    yield `${lines.join("\n")}\n`;
    lines = [];
    options.progress?.(counter.rows, total, "rows");
    await breathe();
  }
  lines.push(endLine(counter.rows));
  options.progress?.(counter.rows, counter.rows, "rows");
  yield `${lines.join("\n")}\n`;
}

function countRows({ sql }: Session): number {
  const tables = ["resource", "state", "relation", "episode", "link", "incident", "mute", "feedback", "checkpoint"];
  return tables.reduce((sum, table) => sum + number(sql.get(`SELECT count(*) AS n FROM ${table}`)?.n), 0);
}

function* backupRows(session: Session): Generator<BackupRow> {
  const { sql, names } = session;
  const clusters = new Map(sql.all("SELECT id, name FROM cluster").map((row) => [number(row.id), text(row.name)]));
  const clusterOf = (row: Row): string => clusters.get(number(row.cluster)) ?? names.clusterName(number(row.cluster));
  const rows = (statement: string): Iterable<Row> => sql.db.prepare(statement).iterate();

  for (const row of rows(`SELECT ${RESOURCE_COLUMNS} FROM ${RESOURCE_TABLES} ORDER BY r.node`)) {
    const resource = resourceOf(row, clusterOf(row));
    yield { t: "resource", row: resource };
    for (const state of formerStates(session, row).toReversed()) yield stateRow(resource, state);
  }
  for (const row of rows(
    `SELECT ${RELATION_COLUMNS}, s.cluster FROM relation r JOIN node s ON s.id = r.source JOIN node t ON t.id = r.target ORDER BY r.source, r.type, r.target, r.from_ms`,
  )) {
    yield { t: "relation", row: relationOf(row, clusterOf(row)) };
  }
  for (const row of rows(`SELECT ${EPISODE_COLUMNS} FROM episode e JOIN node n ON n.id = e.node ORDER BY e.id`))
    yield { t: "episode", row: episodeOf(row, clusterOf(row)) };
  for (const row of rows(
    `SELECT ${LINK_COLUMNS}, e.cluster FROM link l JOIN episode c ON c.id = l.cause JOIN episode e ON e.id = l.effect ORDER BY l.effect, l.cause`,
  )) {
    yield { t: "link", row: linkOf(row, clusterOf(row)) };
  }
  for (const row of rows("SELECT body FROM incident ORDER BY id")) {
    const incident = storedIncident(row.body);
    if (incident) yield { t: "incident", row: incident };
  }
  yield* keptRows(session);
}

function stateRow(
  { cluster, rid }: { readonly cluster: string; readonly rid: ResourceId },
  { fromMs, toMs, patch }: FormerState,
): BackupRow {
  return { t: "state", row: { cluster, rid, fromMs, toMs, patch } };
}

function* keptRows({ sql }: Session): Generator<BackupRow> {
  for (const row of sql.all("SELECT body FROM mute ORDER BY id")) {
    const mute = storedMute(row.body);
    if (mute) yield { t: "mute", row: mute };
  }
  for (const row of sql.all("SELECT body FROM feedback ORDER BY at_ms")) {
    const feedback = storedFeedback(row.body);
    if (feedback) yield { t: "feedback", row: feedback };
  }
  for (const row of sql.all("SELECT key, value FROM checkpoint ORDER BY key"))
    yield { t: "checkpoint", row: { key: text(row.key), value: text(row.value) } };
}
