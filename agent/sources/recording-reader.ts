// Reads a recording line by line into records: keeps its clock, and says when all objects of a kind have been told.
import { isFields, textAt } from "./fields.ts";
import type { Origin, SourceRecord } from "./port.ts";
import { recordedLine } from "./recorded-line.ts";
import { EARLIEST_MS } from "./times.ts";

/** A 10 MB record is read, 16 MB is not. */
export const LINE_LENGTH_MAX = 16 * 1024 * 1024;

/** What a line gave: a record, nothing worth telling, or a reason why it could not be read. */
export type LineResult = { readonly record: SourceRecord } | { readonly skipped: string } | { readonly refused: string };

/** Reads the lines of one or several recordings in order. */
export type RecordingReader = {
  read(text: string, origin: Origin): LineResult;
  /** At the end of a finite recording: completeness of the kinds it told of without a bookmark that said so. */
  end(origin: Origin): readonly SourceRecord[];
};

/** `cluster` is that of records which name none. */
export function recordingReader(cluster: string | undefined): RecordingReader {
  const seenKinds = new Set<string>();
  const completeKinds = new Set<string>();
  let nowMs: number | undefined;

  const complete = (kind: string, origin: Origin): SourceRecord | undefined => {
    if (kind === "" || kind === "Event" || completeKinds.has(kind) || nowMs === undefined) return undefined;
    completeKinds.add(kind);
    return { origin, ...(cluster ? { cluster } : {}), atMs: nowMs, body: { kind: "gap", key: `complete:${kind}`, text: undefined } };
  };

  return {
    read(text, origin) {
      if (text.trim() === "") return { skipped: "empty line" };
      const value = parseJson(text);
      if (value === undefined) return { refused: "not JSON" };
      const meaning = recordedLine(value);
      if (meaning.is === "unknown") return { refused: "neither a watch event nor a record" };
      if (meaning.is === "skip") return { skipped: meaning.reason };
      if (meaning.atMs !== undefined && meaning.atMs >= EARLIEST_MS) nowMs = meaning.atMs;
      if (meaning.is === "complete") {
        const record = complete(meaning.kind, origin);
        return record ? { record } : { skipped: "bookmark" };
      }
      const atMs = meaning.atMs ?? nowMs;
      if (atMs === undefined) return { refused: "has no time, and none came before" };
      if (meaning.body.kind === "object" && isFields(meaning.body.value)) seenKinds.add(textAt(meaning.body.value, "kind") ?? "");
      const named = meaning.cluster ?? cluster;
      return { record: { origin, ...(named ? { cluster: named } : {}), atMs, body: meaning.body } };
    },
    end(origin) {
      return [...seenKinds].map((kind) => complete(kind, origin)).filter((record) => record !== undefined);
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
