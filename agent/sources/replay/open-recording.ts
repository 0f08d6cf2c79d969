// Opens a recording, gzipped or not by its first bytes, and counts how far it has been read.
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";

/** An open recording. */
export type Recording = { readonly chunks: AsyncIterable<Uint8Array>; readonly bytesTotal: number; bytesRead(): number };

/** Rejects when the file cannot be opened. A gzip that breaks off gives what it held, and `onDamaged` is told why. */
export async function openRecording(file: string, onDamaged: (reason: string) => void): Promise<Recording> {
  const handle = await open(file, "r");
  const head = Buffer.alloc(2);
  let bytesTotal = 0;
  try {
    bytesTotal = (await handle.stat()).size;
    await handle.read(head, 0, 2, 0);
  } finally {
    await handle.close();
  }
  const raw = createReadStream(file);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  // The reader of the last stream sees a fault of either; pipeline itself only has to close both.
  const chunks = isGzip
    ? untilDamaged(
        pipeline(raw, createGunzip(), () => undefined),
        onDamaged,
      )
    : raw;
  return { chunks, bytesTotal, bytesRead: () => raw.bytesRead };
}

async function* untilDamaged(stream: AsyncIterable<Uint8Array>, onDamaged: (reason: string) => void): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (fault) {
    onDamaged(`the archive is damaged: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
}
