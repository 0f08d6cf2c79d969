// Lines of a byte stream with a bound on their length: a file of any size is read in the memory of one line.

/** One line without its end, or the news that a line was too long to keep. Numbers begin at 1. */
export type LineRead = { readonly number: number; readonly text: string } | { readonly number: number; readonly tooLong: true };

const LF = 10;
const CR = 13;

/**
 * Splits a stream at line feeds. Bytes that are no UTF-8 become U+FFFD, a byte-order mark goes. A line over `lengthMax` bytes is reported once and skipped;
 * the next one is read as usual.
 */
export async function* readLines(chunks: AsyncIterable<Uint8Array>, lengthMax: number): AsyncGenerator<LineRead> {
  let pending: Uint8Array[] = [];
  let pendingLength = 0;
  let tooLong = false;
  let number = 1;
  const add = (part: Uint8Array): void => {
    pendingLength += part.length;
    if (pendingLength > lengthMax) {
      tooLong = true;
      pending = [];
    } else if (part.length > 0) pending.push(part);
  };
  const take = (): LineRead => {
    const line: LineRead = tooLong ? { number, tooLong } : { number, text: decode(pending, number) };
    pending = [];
    pendingLength = 0;
    tooLong = false;
    number++;
    return line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LF, start); end >= 0; end = chunk.indexOf(LF, start)) {
      add(chunk.subarray(start, end));
      yield take();
      start = end + 1;
    }
    add(chunk.subarray(start));
  }
  if (pendingLength > 0) yield take();
}

function decode(parts: readonly Uint8Array[], number: number): string {
  const bytes = parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
  const length = bytes.at(-1) === CR ? bytes.length - 1 : bytes.length;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("utf8");
  return number === 1 && text.startsWith("\uFEFF") ? text.slice(1) : text;
}
