// The outline of `kubectl describe` text: headings, their values, and what is indented below them.

/** One heading. `lines` are the lines below it as they are; `below` the headings among them. */
export type Heading = {
  readonly key: string;
  readonly value: string;
  readonly lines: readonly string[];
  readonly below: readonly Heading[];
};

const DEPTH_MAX = 8;

/** The objects of a text that describes one or several: each begins with `Name:` at the margin. */
export function describedObjects(text: string): readonly (readonly Heading[])[] {
  const objects: string[][] = [];
  for (const line of text.split("\n")) {
    if (/^Name: +\S/.test(line)) objects.push([]);
    if (/^stderr:\s*$/.test(line)) break;
    objects.at(-1)?.push(line.trimEnd());
  }
  return objects.map((lines) => headings(lines, 0));
}

function headings(lines: readonly string[], depth: number): readonly Heading[] {
  const indent = Math.min(...lines.filter((line) => line !== "").map(indentOf));
  if (!Number.isFinite(indent) || depth > DEPTH_MAX) return [];
  const found: { key: string; value: string; lines: string[] }[] = [];
  for (const line of lines) {
    const match = line === "" ? null : /^ *([^:\s][^:]*?):(?: +(.*))?$/.exec(line);
    if (match?.[1] !== undefined && indentOf(line) === indent) found.push({ key: match[1], value: match[2] ?? "", lines: [] });
    else found.at(-1)?.lines.push(line);
  }
  return found.map((heading) => ({ ...heading, below: headings(heading.lines, depth + 1) }));
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** The heading of this name, or undefined. */
export function heading(list: readonly Heading[], key: string): Heading | undefined {
  return list.find((candidate) => candidate.key === key);
}

/** The value beside a heading; undefined when missing, empty, `<none>` or `<unset>`. */
export function beside(list: readonly Heading[], key: string): string | undefined {
  const value = heading(list, key)?.value.trim();
  return value === undefined || value === "" || /^<(none|unset|unknown)>$/.test(value) ? undefined : value;
}

/** `key=value` pairs, the first beside the heading, the others below it. */
export function pairsOf(list: readonly Heading[], key: string): Record<string, string> {
  const found = heading(list, key);
  const pairs = [found?.value ?? "", ...(found?.lines ?? [])].map((line) => line.trim().split("="));
  return Object.fromEntries(
    pairs.filter((pair) => pair.length >= 2 && pair[0] !== "__proto__").map(([name = "", ...rest]) => [name, rest.join("=")]),
  );
}

/** `Wed, 28 May 2025 14:26:35 +0200`, in epoch milliseconds. */
export function describedTime(text: string | undefined): number | undefined {
  const ms = text === undefined || !/\d{4}/.test(text) ? Number.NaN : Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
