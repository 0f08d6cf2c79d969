// The first time through a dump: every file recognised, objects, events and alerts read, and when the dump was taken.
import { textAt } from "../fields.ts";
import type { DumpItem, ListSeen } from "./dump-item.ts";
import type { DumpEntry } from "./entries.ts";
import { dumpEntries, peeked } from "./entries.ts";
import { readContent } from "./read-content.ts";
import type { FileForm } from "./recognise.ts";
import { HEAD_LENGTH, recognise } from "./recognise.ts";
import { newestTime } from "./snapshot.ts";

/** What became of one file; `items` counts objects, events and alerts. */
export type FileReport = { readonly path: string; readonly form: FileForm; readonly items: number; readonly fault?: string | undefined };

/** An item and the file it came from. */
export type FoundItem = DumpItem & { readonly file: string };

/** Everything but logs and recordings, which are read the second time through. */
export type DumpSurvey = {
  readonly objects: readonly FoundItem[];
  readonly events: readonly FoundItem[];
  readonly alerts: readonly FoundItem[];
  readonly lists: readonly ListSeen[];
  readonly files: readonly FileReport[];
  /** When the dump was taken: the newest time in it, else the newest file's, else now. */
  readonly takenAtMs: number;
};

const HOUR_MS = 3_600_000;
const TAIL_LENGTH = 16 * 1024;
const STAMP = /\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:\d\d)?/g;

type Findings = {
  readonly items: FoundItem[];
  readonly lists: ListSeen[];
  readonly files: FileReport[];
  newestMs: number;
  newestFileMs: number;
  readonly pastMs: number;
};

/** Surveys the paths. `nowMs` bounds what is taken for a past time. Rejects only when the walk itself is aborted. */
export async function surveyDump(paths: readonly string[], nowMs: number, signal: AbortSignal | undefined): Promise<DumpSurvey> {
  const found: Findings = { items: [], lists: [], files: [], newestMs: 0, newestFileMs: 0, pastMs: nowMs + HOUR_MS };
  for await (const entry of dumpEntries(paths, (path, fault) => found.files.push({ path, form: "unknown", items: 0, fault }))) {
    signal?.throwIfAborted();
    await surveyFile(entry, found);
  }
  const of = (is: DumpItem["is"]): readonly FoundItem[] => found.items.filter((item) => item.is === is);
  const takenAtMs = found.newestMs || (found.newestFileMs > 0 ? Math.min(found.newestFileMs, nowMs) : nowMs);
  return {
    objects: of("object"),
    events: withTimes(of("event"), takenAtMs),
    alerts: of("alert"),
    lists: found.lists,
    files: found.files,
    takenAtMs,
  };
}

async function surveyFile(entry: DumpEntry, found: Findings): Promise<void> {
  try {
    const { head, chunks } = await peeked(entry.chunks, HEAD_LENGTH);
    const recognised = recognise(entry.path, head.toString("utf8"));
    const { form } = recognised;
    if (form === "log" || form === "recording") {
      noteTime(found, newestStamp(await tail(chunks), found.pastMs));
      found.files.push({ path: entry.path, form, items: 0 });
    } else if (form === "empty" || form === "unknown" || form === "failed-command") found.files.push({ path: entry.path, form, items: 0 });
    else await surveyContent(entry, { ...recognised, form: form === "cluster-info" ? "json" : form }, { found, chunks, form });
    if (form !== "unknown" && entry.modifiedMs > found.newestFileMs) found.newestFileMs = entry.modifiedMs;
  } catch (fault) {
    found.files.push({ path: entry.path, form: "unknown", items: 0, fault: fault instanceof Error ? fault.message : String(fault) });
  }
}

async function surveyContent(
  entry: DumpEntry,
  recognised: ReturnType<typeof recognise>,
  to: { readonly found: Findings; readonly chunks: AsyncIterable<Uint8Array>; readonly form: FileForm },
): Promise<void> {
  const { found, chunks, form } = to;
  const content = await readContent(entry.path, recognised, chunks);
  const baseMs = content.takenAtMs ?? 0;
  const items = content.items.map(
    (item): FoundItem => ({
      ...item,
      file: entry.path,
      ...(item.ages ? { value: { ...item.value, takenAtMs: baseMs || entry.modifiedMs } } : {}),
    }),
  );
  for (const item of items) {
    found.items.push(item);
    noteTime(found, newestTime(item.value));
  }
  noteTime(found, baseMs);
  found.lists.push(...content.lists);
  // The screen output of cluster-info holds logs as well: a text with log sections only has no objects, and that is no fault.
  const fault = form === "cluster-info" ? undefined : content.fault;
  found.files.push({ path: entry.path, form, items: items.length, ...(fault ? { fault } : {}) });
}

function noteTime(found: Findings, ms: number): void {
  if (ms > found.newestMs && ms <= found.pastMs) found.newestMs = ms;
}

async function tail(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let last: Uint8Array = new Uint8Array();
  for await (const chunk of chunks)
    last = chunk.length >= TAIL_LENGTH ? chunk.subarray(-TAIL_LENGTH) : Buffer.concat([last, chunk]).subarray(-TAIL_LENGTH);
  return Buffer.from(last).toString("utf8");
}

function newestStamp(text: string, pastMs: number): number {
  let newest = 0;
  for (const [stamp] of text.matchAll(STAMP)) {
    const ms = Date.parse(`${stamp.replace(" ", "T").replace(",", ".")}${/Z$|[+-]\d\d:\d\d$/.test(stamp) ? "" : "Z"}`);
    if (ms > newest && ms <= pastMs) newest = ms;
  }
  return newest;
}

/** Ages in a table count back from when it was printed. Where only the file's date tells that, and other parts of the dump say more, they do. */
function withTimes(events: readonly FoundItem[], takenAtMs: number): readonly FoundItem[] {
  return events.map((item) => {
    if (!item.ages) return item;
    const { takenAtMs: printedMs, ...value } = item.value;
    const baseMs = typeof printedMs === "number" && printedMs > 0 && printedMs <= takenAtMs ? printedMs : takenAtMs;
    const at = (ageMs: number): string => new Date(baseMs - ageMs).toISOString();
    return {
      ...item,
      value: { ...value, firstTimestamp: at(item.ages.firstMs), lastTimestamp: at(item.ages.lastMs), reason: textAt(value, "reason") },
    };
  });
}
