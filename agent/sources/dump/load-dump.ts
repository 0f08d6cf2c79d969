// What `kgroot analyze` was given, as records: objects first, then what is complete or missing, events, alerts, recordings, logs.
import { fieldsAt, textAt } from "../fields.ts";
import { readLines } from "../lines.ts";
import type { RecordBody, SourceRecord } from "../port.ts";
import { LINE_LENGTH_MAX, recordingReader } from "../recording-reader.ts";
import type { DumpEntry } from "./entries.ts";
import { dumpEntries, peeked } from "./entries.ts";
import { logValues } from "./log-lines.ts";
import type { LogOwner } from "./log-names.ts";
import { logOwner } from "./log-names.ts";
import type { RecordedCall } from "./recognise.ts";
import { HEAD_LENGTH, recognise } from "./recognise.ts";
import type { PodIndex } from "./snapshot.ts";
import { kindStatements, podIndex } from "./snapshot.ts";
import type { DumpSurvey, FileReport, FoundItem } from "./survey.ts";
import { surveyDump } from "./survey.ts";

const BATCH_RECORDS_MAX = 1000;
const NAMES_SHOWN_MAX = 5;

export type DumpOptions = {
  /** Cluster of everything in the dump. */
  readonly cluster?: string | undefined;
  /** The wall clock: nothing in a dump lies behind it. */
  readonly nowMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told once per file, after its last record. */
  readonly onFile?: ((report: FileReport) => void) | undefined;
};

/**
 * Batches of at most 1000 records. Read twice: the first time for all but recordings and logs. Objects carry the time of the snapshot as `atMs`. Gaps named
 * `complete:<Kind>` (text undefined) say that all objects of a kind are there, `kind:<Kind>` that none is, `dump:unread` and `dump:logs` which files were no use.
 */
export async function* loadDump(paths: readonly string[], options: DumpOptions): AsyncGenerator<SourceRecord[]> {
  const survey = await surveyDump(paths, options.nowMs, options.signal);
  const { onFile } = options;
  for (const file of survey.files) if (file.form !== "log" && file.form !== "recording" && file.form !== "cluster-info") onFile?.(file);
  yield* batched(surveyRecords(survey, options));
  const pods = podIndex(survey.objects);
  const second = survey.files.some(({ form }) => form === "log" || form === "recording" || form === "cluster-info");
  if (second) yield* secondReading(paths, { options, survey, pods });
}

/** What a value of each kind of item is to normalise. */
const BODY_OF: Readonly<Record<FoundItem["is"], (value: unknown) => RecordBody>> = {
  object: (value) => ({ kind: "object", op: "UPSERT", value }),
  event: (value) => ({ kind: "event", value }),
  alert: (value) => ({ kind: "alert", value }),
};

function* surveyRecords(survey: DumpSurvey, { cluster }: DumpOptions): Generator<SourceRecord> {
  const common = { ...(cluster ? { cluster } : {}), atMs: survey.takenAtMs };
  const record = (item: FoundItem): SourceRecord => ({
    origin: { source: "dump", file: item.file, path: item.path },
    ...common,
    body: BODY_OF[item.is](item.value),
  });
  for (const item of oncePerName(survey.objects)) yield record(item);
  for (const { key, text } of statements(survey)) yield { origin: { source: "dump" }, ...common, body: { kind: "gap", key, text } };
  for (const item of survey.events) yield record(item);
  for (const item of survey.alerts) yield record(item);
}

/** One object in several files (a list and a file of its own, two calls of describe): whole ones replace partial ones, and the last of its sort counts. */
function oncePerName(objects: readonly FoundItem[]): Iterable<FoundItem> {
  const best = new Map<string, FoundItem>();
  for (const item of objects) {
    const metadata = fieldsAt(item.value, "metadata");
    const key = [textAt(item.value, "kind"), textAt(metadata, "namespace"), textAt(metadata, "name")].join("\n");
    const before = best.get(key);
    if (!before || before.value["partial"] === true || item.value["partial"] !== true) best.set(key, item);
  }
  return best.values();
}

function statements(survey: DumpSurvey): readonly { readonly key: string; readonly text: string | undefined }[] {
  const unread = survey.files.filter(({ fault }) => fault !== undefined);
  const shown = unread
    .slice(0, NAMES_SHOWN_MAX)
    .map(({ path, fault }) => `${path} (${fault ?? ""})`)
    .join(", ");
  const more = unread.length > NAMES_SHOWN_MAX ? ` and ${unread.length - NAMES_SHOWN_MAX} more` : "";
  const unreadGap = unread.length > 0 ? [{ key: "dump:unread", text: `could not be used: ${shown}${more}` }] : [];
  if (survey.objects.length > 0) return [...kindStatements(survey.objects, survey.lists, survey.events.length > 0), ...unreadGap];
  if (survey.files.some(({ form }) => form === "recording")) return unreadGap;
  return [
    { key: "kind:*", text: "the dump holds no Kubernetes objects: only what events, alerts and logs say can be judged" },
    ...unreadGap,
  ];
}

type Second = { readonly options: DumpOptions; readonly survey: DumpSurvey; readonly pods: PodIndex };

async function* secondReading(paths: readonly string[], second: Second): AsyncGenerator<SourceRecord[]> {
  const { options } = second;
  for (const wanted of ["recording", "log"] as const) {
    for await (const entry of dumpEntries(paths, () => undefined)) {
      options.signal?.throwIfAborted();
      const { head, chunks } = await peeked(entry.chunks, HEAD_LENGTH);
      const { form, call } = recognise(entry.path, head.toString("utf8"));
      if (wanted === "recording" && form === "recording") yield* batched(recordedRecords({ ...entry, chunks }, options));
      if (wanted === "log" && (form === "log" || form === "cluster-info"))
        yield* batched(logRecords({ ...entry, chunks }, { ...second, call, head: head.toString("utf8") }));
    }
  }
}

async function* recordedRecords(entry: DumpEntry, { cluster, onFile }: DumpOptions): AsyncGenerator<SourceRecord> {
  const reader = recordingReader(cluster);
  let items = 0;
  let faults = 0;
  let firstFault = "";
  let last = 0;
  for await (const read of readLines(entry.chunks, LINE_LENGTH_MAX)) {
    last = read.number;
    const result =
      "tooLong" in read ? { refused: "line too long" } : reader.read(read.text, { source: "dump", file: entry.path, line: read.number });
    if ("refused" in result && ++faults === 1) firstFault = `line ${read.number}: ${result.refused}`;
    if (!("record" in result)) continue;
    items++;
    yield result.record;
  }
  yield* reader.end({ source: "dump", file: entry.path, line: last });
  onFile?.({
    path: entry.path,
    form: "recording",
    items,
    ...(faults > 0 ? { fault: `${faults} lines could not be read, first ${firstFault}` } : {}),
  });
}

/** `kubectl logs --prefix`, `kubectl cluster-info dump`, a journal. */
const NAMES_ITSELF = /^(\[pod\/|==== START logs|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d\S* \S+ [^:\s]+: )/m;
const JOURNAL_LINE = /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d/;

type LogReading = Second & { readonly call: RecordedCall | undefined; readonly head: string };

async function* logRecords(entry: DumpEntry, { options, survey, pods, call, head }: LogReading): AsyncGenerator<SourceRecord> {
  const { cluster, onFile } = options;
  const namesItself = NAMES_ITSELF.test(head);
  const owner = call ? ownerOfCall(call) : namesItself ? undefined : logOwner(entry.path, pods);
  if (!owner && !namesItself)
    return onFile?.({ path: entry.path, form: "log", items: 0, fault: "a log, but neither its path nor its lines name a pod or node" });
  const endMs = owner ? pods.lastEndMs(owner.pod, owner.container, owner.previous) : undefined;
  let items = 0;
  for await (const { value, line } of logValues(readLines(entry.chunks, LINE_LENGTH_MAX), owner, endMs ?? survey.takenAtMs)) {
    if (call && line <= call.lines) continue;
    if (value.pod === undefined && !JOURNAL_LINE.test(value.line)) continue;
    items++;
    yield {
      origin: { source: "dump", file: entry.path, line },
      ...(cluster ? { cluster } : {}),
      atMs: survey.takenAtMs,
      body: { kind: "log", value },
    };
  }
  onFile?.({ path: entry.path, form: "log", items });
}

function ownerOfCall({ command, params }: RecordedCall): LogOwner | undefined {
  const pod = textAt(params, "pod_name") ?? textAt(params, "name") ?? /\blogs (?:pod\/)?([a-z0-9][-a-z0-9.]*)/.exec(command)?.[1];
  const namespace = textAt(params, "namespace") ?? /(?:^|\s)(?:-n|--namespace)[ =](\S+)/.exec(command)?.[1];
  const container = textAt(params, "container_name") ?? /(?:^|\s)(?:-c|--container)[ =](\S+)/.exec(command)?.[1];
  return pod
    ? { pod, ...(namespace ? { namespace } : {}), ...(container ? { container } : {}), previous: /previous/.test(command) }
    : undefined;
}

async function* batched(records: AsyncIterable<SourceRecord> | Iterable<SourceRecord>): AsyncGenerator<SourceRecord[]> {
  let batch: SourceRecord[] = [];
  for await (const record of records) {
    batch.push(record);
    if (batch.length < BATCH_RECORDS_MAX) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
