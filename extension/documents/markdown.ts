// Markdown in which text from a cluster cannot make links, pictures, mentions or markup.
import { oneLine } from "../incidents/words.ts";

/** Text between words of our own: every character that Markdown could obey is escaped. */
export function prose(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_{}[\]()<>|~!$&]/g, "\\$&")
    .replace(/^(?:[#+=-]|\d+(?=[.]))/, (start) => (/\d/.test(start) ? `${start}\u200b` : `\\${start}`));
}

/** Text as code on one line: the fence is longer than any run of backticks inside. */
export function code(text: string): string {
  const line = oneLine(text);
  const longest = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  const pad = longest > 0 || line === "" ? " " : "";
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A heading and what stands under it; nothing when nothing does. */
export function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", `## ${title}`, "", ...lines];
}
