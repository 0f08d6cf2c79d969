// The portable backup: JSON lines, gzip; a header, one domain row a line, an end line with the count. Every adapter writes and reads it.
//
// Times are RFC 3339 in the file, epoch milliseconds in the program: `firstMs` is written as `first`. What a cluster wrote itself (`object`) is left as it is.
import type { CausalLink } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { ResourceId } from "../domain/identity.ts";
import type { Incident, MuteRule } from "../domain/incident.ts";
import type { Relation } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";
import { ok, type Result, refused } from "../domain/result.ts";
import type { Feedback } from "./port.ts";

/** Version of this format; a file of a later one is refused. */
export const BACKUP_VERSION = 1;

/** No line of a backup is longer, in characters: a resource is bounded far below. */
export const BACKUP_LINE_MAX = 32 * 1024 * 1024;

/**
 * A former state of a resource, which held in [fromMs, toMs). `patch` turns the state that followed into this one: a list of `[path, value]` (set) and `[path]` (remove) on
 * `{labels, meta: {apiVersion, kind, partial, metadata}, spec, status, rest}`. Oldest first, after the resource's own row.
 */
export type StateRow = {
  readonly cluster: string;
  readonly rid: ResourceId;
  readonly fromMs: number;
  readonly toMs: number;
  readonly patch: readonly unknown[];
};

/** The kinds of rows, by the name in `t`. */
export type BackupRows = {
  readonly resource: Resource;
  readonly state: StateRow;
  readonly relation: Relation;
  readonly episode: Episode;
  readonly link: CausalLink;
  readonly incident: Incident;
  readonly mute: MuteRule;
  readonly feedback: Feedback;
  readonly checkpoint: { readonly key: string; readonly value: string };
};

/** One row of a backup. */
export type BackupRow = { [T in keyof BackupRows]: { readonly t: T; readonly row: BackupRows[T] } }[keyof BackupRows];

/** A line of a backup, read. */
export type BackupLine = { readonly t: "header"; readonly asOfMs: number } | { readonly t: "end"; readonly rows: number } | BackupRow;

type RowType = keyof BackupRows;
type Fields = Readonly<Record<string, unknown>>;
type Check = "text" | "number" | "boolean" | "list" | "map";

// What a row must have to be taken; optional fields are taken as they are. Fields that end in Ms are times.
const REQUIRED: Readonly<Record<RowType, Readonly<Record<string, Check>>>> = {
  resource: { cluster: "text", rid: "text", kind: "text", name: "text", labels: "map", createdAtMs: "number", updatedAtMs: "number" },
  state: { cluster: "text", rid: "text", fromMs: "number", toMs: "number", patch: "list" },
  relation: { cluster: "text", type: "text", source: "text", target: "text", validFromMs: "number" },
  episode: {
    cluster: "text",
    eid: "text",
    rid: "text",
    etype: "text",
    reason: "text",
    discriminator: "text",
    severity: "text",
    baseSeverity: "text",
    message: "text",
    category: "text",
    firstMs: "number",
    lastMs: "number",
    count: "number",
    holds: "boolean",
    exact: "boolean",
    evidence: "list",
    aliases: "list",
  },
  link: {
    cluster: "text",
    cause: "text",
    effect: "text",
    temporal: "number",
    distance: "number",
    domain: "number",
    score: "number",
    hops: "number",
    ruleId: "text",
    path: "list",
  },
  incident: {
    cluster: "text",
    id: "text",
    state: "text",
    severity: "text",
    firstMs: "number",
    lastMs: "number",
    rid: "text",
    namespaces: "list",
    episodes: "list",
    droppedCount: "number",
    verdict: "map",
    similar: "list",
    aliases: "list",
  },
  mute: { id: "text", comment: "text", createdAtMs: "number" },
  feedback: { cluster: "text", incident: "text", rid: "text", reason: "text", verdict: "text", confidence: "number", atMs: "number" },
  checkpoint: { key: "text", value: "text" },
};

const TIMES: Readonly<Record<RowType, readonly string[]>> = {
  resource: ["createdAtMs", "updatedAtMs", "endedAtMs"],
  state: ["fromMs", "toMs"],
  relation: ["validFromMs", "validToMs"],
  episode: ["firstMs", "lastMs", "clearedMs"],
  link: [],
  incident: ["firstMs", "lastMs", "resolvedMs"],
  mute: ["untilMs", "createdAtMs"],
  feedback: ["atMs"],
  checkpoint: [],
};

/** The first line; `asOfMs` is the moment whose contents follow. */
export function headerLine(asOfMs: number): string {
  return JSON.stringify({ t: "header", format: "kgroot-backup", version: BACKUP_VERSION, as_of: new Date(asOfMs).toISOString() });
}

/** The last line: how many rows came between. */
export function endLine(rows: number): string {
  return JSON.stringify({ t: "end", rows });
}

/** One row as a line, without the line break. */
export function rowLine({ t, row }: BackupRow): string {
  const fields: Fields = row;
  return JSON.stringify({
    t,
    row:
      t === "incident"
        ? { ...toFile(fields, TIMES[t]), verdict: mapAffected(fields.verdict, (one) => toFile(one, ["sinceMs"])) }
        : toFile(fields, TIMES[t]),
  });
}

/** Reads one line, or says what is wrong with it. */
export function parseLine(line: string): Result<BackupLine> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return refused("is not JSON");
  }
  if (!isFields(value) || typeof value.t !== "string") return refused("is no row of a kgroot backup");
  if (value.t === "header") return parseHeader(value);
  if (value.t === "end") return typeof value.rows === "number" ? ok({ t: "end", rows: value.rows }) : refused("ends without a row count");
  if (!isRowType(value.t)) return refused(`has the unknown type "${value.t.slice(0, 40)}"`);
  return isFields(value.row) ? parseRow(value.t, value.row) : refused(`has no ${value.t}`);
}

/** The rows of one kind, in their order. */
export function rowsOf<T extends RowType>(rows: readonly BackupRow[], t: T): readonly BackupRows[T][] {
  return rows.flatMap((row) => (row.t === t ? [row.row as BackupRows[T]] : []));
}

function parseHeader(value: Fields): Result<BackupLine> {
  if (value.format !== "kgroot-backup" || typeof value.version !== "number") return refused("is not the header of a kgroot backup");
  if (value.version > BACKUP_VERSION)
    return refused(`is of backup version ${value.version}, this kgroot reads up to ${BACKUP_VERSION}: use a newer one`);
  const asOfMs = Date.parse(String(value.as_of));
  return Number.isFinite(asOfMs) ? ok({ t: "header", asOfMs }) : refused("does not say as of when it is");
}

function parseRow(t: RowType, written: Fields): Result<BackupLine> {
  const times = fromFile(written, TIMES[t]);
  if (!times.ok) return times;
  const row =
    t === "incident" ? { ...times.value, verdict: mapAffected(times.value.verdict, (one) => readOr(one, ["sinceMs"])) } : times.value;
  for (const [field, check] of Object.entries(REQUIRED[t])) {
    if (!passes(times.value[field], check)) return refused(`is a ${t} whose "${field}" is not a ${check}`);
  }
  return ok({ t, row } as unknown as BackupRow);
}

function readOr(fields: Fields, times: readonly string[]): Fields {
  const read = fromFile(fields, times);
  return read.ok ? read.value : fields;
}

function toFile(fields: Fields, times: readonly string[]): Fields {
  const written: Record<string, unknown> = { ...fields };
  for (const name of times) {
    const atMs = fields[name];
    if (typeof atMs !== "number" || Math.abs(atMs) > 8.64e15) continue;
    delete written[name];
    written[name.slice(0, -2)] = new Date(atMs).toISOString();
  }
  return written;
}

function fromFile(fields: Fields, times: readonly string[]): Result<Fields> {
  const read: Record<string, unknown> = { ...fields };
  for (const name of times) {
    const written = fields[name.slice(0, -2)];
    if (written === undefined) continue;
    const atMs = typeof written === "string" ? Date.parse(written) : Number.NaN;
    if (Number.isNaN(atMs)) return refused(`has a "${name.slice(0, -2)}" that is no time`);
    delete read[name.slice(0, -2)];
    read[name] = atMs;
  }
  return ok(read);
}

function mapAffected(verdict: unknown, change: (one: Fields) => Fields): unknown {
  if (!isFields(verdict) || !Array.isArray(verdict.affected)) return verdict;
  return { ...verdict, affected: verdict.affected.map((one: unknown) => (isFields(one) ? change(one) : one)) };
}

function passes(value: unknown, check: Check): boolean {
  if (check === "text") return typeof value === "string";
  if (check === "list") return Array.isArray(value);
  if (check === "map") return isFields(value);
  return typeof value === check;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRowType(name: string): name is RowType {
  return Object.hasOwn(REQUIRED, name);
}
