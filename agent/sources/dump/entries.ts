// Walks what `analyze` was given: files, folders, .gz, .tar.gz. Nothing is ever written, links are not followed, everything is bounded.
import { createReadStream } from "node:fs";
import { lstat, open, readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";

const ENTRIES_MAX = 100_000;
const FOLDER_DEPTH_MAX = 40;
/** Unpacked, over everything given: a must-gather of a large cluster has a few GB. */
const BYTES_MAX = 16 * 1024 ** 3;
const TAR_HEADER_LENGTH = 512;

/** One file, in a folder or in an archive. `chunks` can be read once, and only until the next entry is asked for. */
export type DumpEntry = { readonly path: string; readonly modifiedMs: number; readonly chunks: AsyncIterable<Uint8Array> };

/** Told of what cannot be opened, is damaged, or lies beyond a bound. */
export type EntryFault = (path: string, reason: string) => void;

type Budget = { entries: number; bytes: number };

/** All files below the paths, in a stable order; `.gz` is unpacked, `.tar` and `.tar.gz` opened, told by their first bytes. */
export async function* dumpEntries(paths: readonly string[], onFault: EntryFault): AsyncGenerator<DumpEntry> {
  const budget: Budget = { entries: 0, bytes: 0 };
  for (const path of paths) yield* below(path, path, 0, { budget, onFault });
}

type Walk = { readonly budget: Budget; readonly onFault: EntryFault };

async function* below(path: string, shown: string, depth: number, walk: Walk): AsyncGenerator<DumpEntry> {
  // What the user named may be a link; what a folder holds may not.
  const info = await (depth === 0 ? stat(path) : lstat(path)).catch((fault: Error) => fault);
  if (info instanceof Error) return walk.onFault(shown, info.message);
  if (info.isFile()) return yield* fileEntries(path, shown, info.mtimeMs, walk);
  if (!info.isDirectory()) return;
  if (depth > FOLDER_DEPTH_MAX) return walk.onFault(shown, `folders nested deeper than ${FOLDER_DEPTH_MAX}`);
  const names = await readdir(path).catch((fault: Error) => fault);
  if (names instanceof Error) return walk.onFault(shown, names.message);
  for (const name of names.sort()) yield* below(join(path, name), `${shown}/${name}`, depth + 1, walk);
}

async function* fileEntries(path: string, shown: string, modifiedMs: number, walk: Walk): AsyncGenerator<DumpEntry> {
  if (++walk.budget.entries > ENTRIES_MAX)
    return walk.budget.entries === ENTRIES_MAX + 1 ? walk.onFault(shown, `more than ${ENTRIES_MAX} files`) : undefined;
  try {
    const raw = createReadStream(path);
    const unpacked = (await isGzip(path)) ? pipeline(raw, createGunzip(), () => undefined) : raw;
    const { head, chunks } = await peeked(unpacked, TAR_HEADER_LENGTH);
    if (isTar(head)) yield* tarEntries(chunks, shown, walk);
    else yield { path: shown.replace(/\.gz$/, ""), modifiedMs, chunks: counted(chunks, walk.budget) };
    raw.destroy();
  } catch (fault) {
    walk.onFault(shown, fault instanceof Error ? fault.message : String(fault));
  }
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path, "r");
  try {
    const head = Buffer.alloc(2);
    await handle.read(head, 0, 2, 0);
    return startsGzip(head);
  } finally {
    await handle.close();
  }
}

function startsGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

function isTar(head: Buffer): boolean {
  return head.toString("latin1", 257, 262) === "ustar";
}

async function* tarEntries(chunks: AsyncIterable<Uint8Array>, shown: string, walk: Walk): AsyncGenerator<DumpEntry> {
  const archive = extract();
  const feed = pipeline(counted(chunks, walk.budget), archive, () => undefined);
  for await (const entry of archive) {
    if (entry.header.type === "file" || entry.header.type === "contiguous-file") {
      if (++walk.budget.entries > ENTRIES_MAX) break;
      const path = `${shown}/${entry.header.name.replace(/^(\.?\/)+/, "")}`;
      const modifiedMs = entry.header.mtime?.getTime() ?? 0;
      const { head, chunks: content } = await peeked(bytesOf(entry), 2);
      // A packed log inside an archive is read; an archive inside an archive is not.
      if (startsGzip(head) && /\.t(ar\.)?gz$/.test(path)) walk.onFault(path, "an archive inside an archive is not read");
      else if (startsGzip(head)) yield { path: path.replace(/\.gz$/, ""), modifiedMs, chunks: counted(unzipped(content), walk.budget) };
      else yield { path, modifiedMs, chunks: content };
    }
    entry.resume();
  }
  feed.destroy();
  if (walk.budget.entries > ENTRIES_MAX) walk.onFault(shown, `more than ${ENTRIES_MAX} files`);
}

async function* bytesOf(entry: AsyncIterable<unknown>): AsyncGenerator<Uint8Array> {
  for await (const chunk of entry) if (chunk instanceof Uint8Array) yield chunk;
}

function unzipped(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  return pipeline(chunks, createGunzip(), () => undefined);
}

/** A small file that unpacks to terabytes ends here. */
async function* counted(chunks: AsyncIterable<Uint8Array>, budget: Budget): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    budget.bytes += chunk.length;
    if (budget.bytes > BYTES_MAX) throw new Error(`more than ${BYTES_MAX / 1024 ** 3} GB unpacked`);
    yield chunk;
  }
}

/** The first bytes (fewer if there are no more), and the whole stream as if nothing had been read. */
export async function peeked(
  source: AsyncIterable<Uint8Array>,
  length: number,
): Promise<{ readonly head: Buffer; readonly chunks: AsyncIterable<Uint8Array> }> {
  const iterator = source[Symbol.asyncIterator]();
  const first: Uint8Array[] = [];
  let have = 0;
  let done = false;
  while (have < length && !done) {
    const next = await iterator.next();
    done = next.done === true;
    if (!done && next.value instanceof Uint8Array) {
      first.push(next.value);
      have += next.value.length;
    }
  }
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield* first;
    for (let next = done ? undefined : await iterator.next(); next && next.done !== true; next = await iterator.next()) yield next.value;
  }
  return { head: Buffer.concat(first).subarray(0, length), chunks: whole() };
}

/** The name without folders and endings: `ns_pod_app.log` is `ns_pod_app`. */
export function stem(path: string): string {
  return basename(path).replace(/\.(log|txt|json|ya?ml|out)(\.\d+)?$/i, "");
}
