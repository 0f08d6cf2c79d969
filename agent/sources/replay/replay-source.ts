// Plays recordings (JSON lines, plain or gzipped) back into the pipeline: at their own pace, faster, or as fast as the pipeline takes them.
import { setTimeout as sleepFor } from "node:timers/promises";
import type { Clock } from "../../platform/clock.ts";
import { systemClock } from "../../platform/clock.ts";
import { readLines } from "../lines.ts";
import type { Sink, Source, SourceRecord } from "../port.ts";
import type { RecordingReader } from "../recording-reader.ts";
import { LINE_LENGTH_MAX, recordingReader } from "../recording-reader.ts";
import { openRecording } from "./open-recording.ts";

const BATCH_RECORDS_MAX = 1000;
/** So that 1000 lines of megabytes are not held at once. */
const BATCH_CHARACTERS_MAX = 32 * 1024 * 1024;
/** When paced, records this close together go together. */
const PACE_STEP_MS = 50;

/** A line that could not be read (0: the file as a whole), and why. Not fatal. */
export type LineRefusal = { readonly file: string; readonly line: number; readonly reason: string };

/** How far the replay is in one of its files; bytes as they lie on disk. */
export type ReplayProgress = { readonly file: string; readonly bytesDone: number; readonly bytesTotal: number; readonly records: number };

export type ReplayOptions = {
  readonly files: readonly string[];
  /** 1 is real time, 10 ten times as fast, `max` as fast as possible. */
  readonly speed: number | "max";
  /** Cluster of records that name none. */
  readonly cluster?: string | undefined;
  /** Where the last replay of a file got to: lines up to this one are passed over. Origins carry file and line, so the caller can keep it with the batch. */
  readonly lastLine?: ((file: string) => number) | undefined;
  readonly onRefused?: ((refusal: LineRefusal) => void) | undefined;
  readonly onProgress?: ((progress: ReplayProgress) => void) | undefined;
  readonly clock?: Clock | undefined;
  /** Resolves after so many milliseconds or when aborted. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
};

type Play = {
  readonly options: ReplayOptions;
  readonly sink: Sink;
  readonly signal: AbortSignal;
  readonly reader: RecordingReader;
  batch: SourceRecord[];
  batchCharacters: number;
  /** The batch that was handed over last: the next one is read meanwhile. */
  handedOver: Promise<void>;
  records: number;
  /** The recording's time and the wall clock's at the first record. */
  start: { readonly recordedMs: number; readonly wallMs: number } | undefined;
};

/** A finite source: `start` resolves when all files are through and durable, or when aborted; it rejects when a file cannot be opened. */
export function replaySource(options: ReplayOptions): Source {
  const own = new AbortController();
  return {
    name: "replay",
    async start(sink, signal) {
      const reader = recordingReader(options.cluster);
      const either = AbortSignal.any([signal, own.signal]);
      const play: Play = {
        options,
        sink,
        signal: either,
        reader,
        batch: [],
        batchCharacters: 0,
        handedOver: Promise.resolve(),
        records: 0,
        start: undefined,
      };
      for (const file of options.files) if (!either.aborted) await playFile(play, file);
    },
    async stop() {
      own.abort();
    },
  };
}

async function playFile(play: Play, file: string): Promise<void> {
  const { onRefused, onProgress, lastLine } = play.options;
  const recording = await openRecording(file, (reason) => onRefused?.({ file, line: 0, reason }));
  const passOver = lastLine?.(file) ?? 0;
  let line = 0;
  const report = (): void =>
    onProgress?.({ file, bytesDone: recording.bytesRead(), bytesTotal: recording.bytesTotal, records: play.records });
  for await (const read of readLines(recording.chunks, LINE_LENGTH_MAX)) {
    if (play.signal.aborted) return;
    line = read.number;
    const fault =
      "tooLong" in read
        ? `line longer than ${LINE_LENGTH_MAX} bytes`
        : await playLine(play, read.text, { file, line, passOver: line <= passOver });
    if (fault) onRefused?.({ file, line, reason: fault });
    if (play.batch.length >= BATCH_RECORDS_MAX || play.batchCharacters >= BATCH_CHARACTERS_MAX) {
      await flush(play);
      report();
    }
  }
  play.batch.push(...play.reader.end({ source: "replay", file, line }));
  await flush(play);
  await play.handedOver;
  report();
}

type Place = { readonly file: string; readonly line: number; readonly passOver: boolean };

/** The reason why the line was refused, or undefined. A line passed over still moves the recording's clock; completeness is told again, the working set may have forgotten it. */
async function playLine(play: Play, text: string, { file, line, passOver }: Place): Promise<string | undefined> {
  const result = play.reader.read(text, { source: "replay", file, line });
  if ("refused" in result) return passOver ? undefined : result.refused;
  if ("skipped" in result || (passOver && result.record.body.kind !== "gap")) return undefined;
  await pace(play, result.record.atMs);
  play.batch.push(result.record);
  play.batchCharacters += text.length;
  return undefined;
}

/** Waits until the recording's clock, sped up, has reached the record; what is due goes out before. */
async function pace(play: Play, recordedMs: number): Promise<void> {
  const { speed, clock = systemClock, sleep = sleepUntilAborted } = play.options;
  if (speed === "max") return;
  play.start ??= { recordedMs, wallMs: clock.nowMs() };
  const waitMs = play.start.wallMs + (recordedMs - play.start.recordedMs) / speed - clock.nowMs();
  if (waitMs < PACE_STEP_MS) return;
  await flush(play);
  await sleep(waitMs, play.signal);
}

/** Timers take no more than 24 days at once; an abort ends the wait and is seen by the caller. */
async function sleepUntilAborted(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(Math.min(ms, 2 ** 31 - 1), undefined, { signal }).catch(() => undefined);
}

async function flush(play: Play): Promise<void> {
  if (play.batch.length === 0 || play.signal.aborted) return;
  const batch = play.batch;
  play.batch = [];
  play.batchCharacters = 0;
  const before = play.handedOver;
  play.handedOver = play.sink.accept(batch, play.signal).then(() => {
    play.records += batch.length;
  });
  // Whoever flushes next is told.
  play.handedOver.catch(() => undefined);
  await before;
}
