// A log file of a dump to log records: follow-up lines joined to the line they belong to, each with its pod and, failing a time of its own, a likely one.
import type { LineRead } from "../lines.ts";
import type { LogOwner } from "./log-names.ts";

/** A log record's value for normalise; `fallbackAt` counts only where neither record nor line has a time. */
export type LogValue = {
  readonly line: string;
  readonly pod?: string | undefined;
  readonly namespace?: string | undefined;
  readonly container?: string | undefined;
  readonly host?: string | undefined;
  readonly fallbackAt: number;
};

const JOINED_LINES_MAX = 40;
const JOINED_LENGTH_MAX = 16 * 1024;

/** Indented lines, `Caused by:` and the like belong to the line before (Java, Python, Go and .NET stack traces). */
const FOLLOWS =
  /^(\s+\S|Caused by: |\.\.\. \d+ more|goroutine \d+ |Traceback \(most recent|During handling of|[\w.]+(Error|Exception)(: |$))/;
/** `kubectl logs --prefix`. */
const PREFIX = /^\[pod\/([^/\]]{1,253})\/([^\]]{1,253})\] /;
/** `kubectl cluster-info dump`. */
const SECTION = /^==== (START|END) logs for container (\S+) of pod ([^/\s]+)\/(\S+) ====$/;

/** Blocks of a log file: a line with those that follow up on it. `owner` is the file's; prefixes and section marks in the text overrule it. */
export async function* logValues(
  lines: AsyncIterable<LineRead>,
  owner: LogOwner | undefined,
  fallbackAt: number,
): AsyncGenerator<{ readonly value: LogValue; readonly line: number }> {
  let current = owner;
  let block: { readonly line: number; readonly owner: LogOwner | undefined; readonly texts: string[]; length: number } | undefined;
  for await (const read of lines) {
    if ("tooLong" in read) continue;
    const section = SECTION.exec(read.text);
    if (section) {
      current =
        section[1] === "START" ? { namespace: section[3], pod: section[4] ?? "", container: section[2], previous: false } : undefined;
      continue;
    }
    const prefix = PREFIX.exec(read.text);
    const text = prefix ? read.text.slice(prefix[0].length) : read.text;
    const lineOwner = prefix ? { ...owner, pod: prefix[1] ?? "", container: prefix[2], previous: owner?.previous ?? false } : current;
    if (block && block.owner?.pod === lineOwner?.pod && block.owner?.container === lineOwner?.container && joins(text, block)) {
      block.texts.push(text);
      block.length += text.length;
      continue;
    }
    if (block) yield { value: logValue(block, fallbackAt), line: block.line };
    block = text.trim() === "" ? undefined : { line: read.number, owner: lineOwner, texts: [text], length: text.length };
  }
  if (block) yield { value: logValue(block, fallbackAt), line: block.line };
}

function joins(text: string, block: { readonly texts: readonly string[]; readonly length: number }): boolean {
  return block.texts.length < JOINED_LINES_MAX && block.length + text.length < JOINED_LENGTH_MAX && FOLLOWS.test(text);
}

function logValue(block: { readonly owner: LogOwner | undefined; readonly texts: readonly string[] }, fallbackAt: number): LogValue {
  const { owner, texts } = block;
  const named = owner
    ? {
        pod: owner.pod,
        ...(owner.namespace ? { namespace: owner.namespace } : {}),
        ...(owner.container ? { container: owner.container } : {}),
      }
    : {};
  return { line: texts.join("\n"), ...named, fallbackAt };
}
