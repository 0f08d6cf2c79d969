// Takes records and writes them to a file that `kgroot replay` plays back: JSON lines, gzipped, redacted as everything that kgroot keeps.
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { constants, createGzip } from "node:zlib";
import type { Result } from "../../domain/result.ts";
import { ok } from "../../domain/result.ts";
import { isFields } from "../fields.ts";
import type { RecordBody, Sink, SourceRecord } from "../port.ts";
import { parseObject } from "./parse-object.ts";
import { projectFields } from "./project.ts";

/** A recording that is being written. */
export type RecordingSink = Sink & {
  /** Records and bytes written so far. */
  written(): { readonly records: number; readonly bytes: number };
  /** Why nothing more can be written, or undefined. */
  fault(): Error | undefined;
  /** Ends the file; resolves when it is whole. */
  close(): Promise<void>;
};

/** Opens a new file, or writes over one; rejects when it cannot. Each batch is flushed: what a broken-off recording holds can be read. */
export async function recordingSink(file: string): Promise<RecordingSink> {
  const target = createWriteStream(file, { mode: 0o600 });
  await once(target, "open");
  const gzip = createGzip({ flush: constants.Z_SYNC_FLUSH });
  gzip.pipe(target);
  let records = 0;
  let fault: Error | undefined;
  const onError = (error: Error): void => {
    fault ??= error;
  };
  gzip.on("error", onError);
  target.on("error", onError);
  return {
    async accept(batch) {
      const refused: { index: number; reason: string }[] = [];
      const lines: string[] = [];
      for (const [index, record] of batch.entries()) {
        const line = lineOf(record);
        if (line.ok) lines.push(line.value);
        else refused.push({ index, reason: line.reason });
      }
      if (lines.length > 0) await write(`${lines.join("\n")}\n`);
      records += lines.length;
      return { applied: lines.length, dropped: 0, refused };
    },
    written: () => ({ records, bytes: target.bytesWritten }),
    fault: () => fault,
    async close() {
      if (fault === undefined) {
        gzip.end();
        await finished(target);
      }
      target.destroy();
    },
  };

  function write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (fault) reject(fault);
      else gzip.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }
}

function lineOf({ cluster, atMs, body }: SourceRecord): Result<string> {
  const kept = redacted(body, atMs);
  return kept.ok ? ok(JSON.stringify({ ...(cluster === undefined ? {} : { cluster }), atMs, body: kept.value })) : kept;
}

function redacted(body: RecordBody, atMs: number): Result<RecordBody> {
  if (body.kind === "gap") return ok(body);
  if (body.kind === "object") {
    const object = parseObject(body.value, atMs);
    return object.ok ? ok({ ...body, value: object.value }) : object;
  }
  const fields = isFields(body.value) ? projectFields(body.value, "") : undefined;
  if (fields === undefined) return { ok: false, reason: `${body.kind}: expected an object` };
  return fields.ok ? ok({ ...body, value: fields.value }) : fields;
}
