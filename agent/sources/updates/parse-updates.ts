// The body of POST /api/v1/updates (contracts.md §3) into records, each with its JSON path, so that a refusal names what was wrong.
import type { Result } from "../../domain/result.ts";
import { ok, refused } from "../../domain/result.ts";
import type { Fields } from "../fields.ts";
import { firstTextAt, isFields, textAt } from "../fields.ts";
import type { RecordBody, SourceRecord } from "../port.ts";
import { parseTime, timeFault } from "../times.ts";

/** More than one request may hold; the body size limit of the API comes first. */
export const ENTRIES_MAX = 10_000;

const PARTS = ["resources", "edges", "events"] as const;

/** One of the three lists of the body; the first word of a record's `origin.path`. */
export type UpdatesPart = (typeof PARTS)[number];

/** Splits a body seen at `nowMs`; `prefix` stands before each path (`[2].` for the third body of a batch). Refused: what makes the whole body useless. */
export function parseUpdates(value: unknown, nowMs: number, prefix = ""): Result<readonly SourceRecord[]> {
  if (!isFields(value)) return refused(`${prefix}: expected an object with resources, edges or events`);
  const atMs = value["timestamp"] === undefined ? nowMs : parseTime(value["timestamp"]);
  if (atMs === undefined) return refused(`${prefix}timestamp: expected an RFC 3339 time`);
  const fault = timeFault(atMs, nowMs);
  if (fault) return refused(`${prefix}timestamp: ${fault}`);
  for (const part of PARTS) {
    const list = value[part];
    if (list !== undefined && !Array.isArray(list)) return refused(`${prefix}${part}: expected a list`);
    if (Array.isArray(list) && list.length > ENTRIES_MAX) return refused(`${prefix}${part}: more than ${ENTRIES_MAX} entries`);
  }
  const cluster = firstTextAt(value, ["cluster", "client_id"]);
  return ok(
    PARTS.flatMap((part) =>
      recordsOf(value, part).map(
        ({ body, at }): SourceRecord => ({
          origin: { source: "api", path: `${prefix}${part}[${at}]` },
          ...(cluster ? { cluster } : {}),
          atMs,
          body,
        }),
      ),
    ),
  );
}

/** `/api/v1/updates/batch`: an array of those bodies. A body that is useless as a whole is among `refused`, the others still count. */
export function parseUpdatesBatch(
  value: unknown,
  nowMs: number,
): Result<{ readonly records: readonly SourceRecord[]; readonly refused: readonly { readonly path: string; readonly reason: string }[] }> {
  if (!Array.isArray(value)) return refused("expected an array of update bodies");
  const records: SourceRecord[] = [];
  const faults: { path: string; reason: string }[] = [];
  for (const [at, body] of value.entries()) {
    const parsed = parseUpdates(body, nowMs, `[${at}].`);
    if (parsed.ok) records.push(...parsed.value);
    else faults.push({ path: `[${at}]`, reason: parsed.reason });
  }
  return ok({ records, refused: faults });
}

function recordsOf(body: Fields, part: UpdatesPart): readonly { readonly body: RecordBody; readonly at: number }[] {
  const list = body[part];
  if (!Array.isArray(list)) return [];
  if (part === "resources") return list.map((entry, at) => ({ at, body: { kind: "resource", value: withOp(entry) } }));
  if (part === "edges") return list.map((entry, at) => ({ at, body: { kind: "edge", value: withOp(entry) } }));
  const subjects = subjectsByUid(body);
  return list.map((entry, at) => ({ at, body: { kind: "episode", value: withSubject(entry, subjects) } }));
}

/** The route says `action` where the topics say `op`. */
function withOp(entry: unknown): unknown {
  return isFields(entry) ? { ...entry, op: entry["op"] ?? entry["action"] } : entry;
}

function subjectsByUid(body: Fields): ReadonlyMap<string, Fields> {
  const resources = Array.isArray(body["resources"]) ? body["resources"].filter(isFields) : [];
  return new Map(
    resources.flatMap((resource): [string, Fields][] => {
      const uid = textAt(resource, "uid");
      return uid ? [[uid, { kind: resource["kind"], uid, ns: resource["namespace"] ?? resource["ns"], name: resource["name"] }]] : [];
    }),
  );
}

/** Events name their subject by uid; where the same body says what that is, the record says so too. */
function withSubject(entry: unknown, subjects: ReadonlyMap<string, Fields>): unknown {
  if (!isFields(entry) || isFields(entry["subject"])) return entry;
  const uid = textAt(entry, "subject_uid");
  return uid === undefined ? entry : { ...entry, subject: subjects.get(uid) ?? { uid } };
}
