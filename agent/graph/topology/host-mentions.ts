// Hosts that a text names: one linear pass over hostile text, no backtracking. What they stand for is decided elsewhere.

/** A host in a text. */
export type HostMention = {
  /** Lower case, without a trailing dot; not an address in numbers, not `localhost`. */
  readonly host: string;
  readonly port?: number | undefined;
  /** Lower case: `http`, `postgres`, … */
  readonly scheme?: string | undefined;
  /** The text is nothing but this address (and what may follow it in a URL). */
  readonly whole: boolean;
  /** The surroundings within the text, in one line, at most 160 characters. */
  readonly quote: string;
};

/** Longest text that is looked at: beyond it lie files, not settings. */
export const TEXT_LENGTH_MAX = 4_096;

const MENTIONS_MAX = 64;
/** How far user names and schemes are looked for around a host. */
const AUTHORITY_LENGTH_MAX = 256;

const TOKEN = /[A-Za-z0-9][A-Za-z0-9.-]*/g;
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** Not the tag of an image (`redis:7.2-alpine`) and not part of a longer word. */
const PORT = /:(\d{1,5})(?![\w]|[.-]\w)/y;

/** The hosts that a text names, in order: with a scheme, with a port, or of several labels. At most 64, from the first 4096 characters. */
export function hostMentions(text: string): readonly HostMention[] {
  const bounded = text.length > TEXT_LENGTH_MAX ? text.slice(0, TEXT_LENGTH_MAX) : text;
  const mentions: HostMention[] = [];
  for (const match of bounded.matchAll(TOKEN)) {
    const mention = mentionAt(bounded, match[0], match.index);
    if (mention) mentions.push(mention);
    if (mentions.length === MENTIONS_MAX) break;
  }
  return mentions;
}

/** Whether a text is a host name that a Service could have: labels of lower-case letters, digits and hyphens, at least one letter, not `localhost`. */
export function isHostName(text: string): boolean {
  if (text.length > 253 || text === "localhost" || /^[\d.]+$/.test(text)) return false;
  return text.split(".").every((label) => LABEL.test(label));
}

function mentionAt(text: string, token: string, start: number): HostMention | undefined {
  const host = token.replace(/[.-]+$/, "");
  if (!isHostName(host)) return undefined;
  const end = start + host.length;
  const scheme = schemeBefore(text, start);
  if (scheme === undefined && !startsWord(text, start)) return undefined;
  // `user:secret@host`: what stands before the @ is no host.
  if (userInfoFollows(text, end)) return undefined;
  const port = portAt(text, end);
  if (scheme === undefined && port === undefined && !(host.includes(".") && endsWord(text, end))) return undefined;
  const quote = text
    .slice(Math.max(0, start - 60), start + 100)
    .replaceAll(/\s+/g, " ")
    .trim();
  return { host, port, scheme, whole: isWhole(text, start, end, scheme), quote };
}

/** `http` for a host right after `http://` or `http://user:secret@`. */
function schemeBefore(text: string, start: number): string | undefined {
  let before = text.slice(Math.max(0, start - AUTHORITY_LENGTH_MAX), start);
  if (before.endsWith("@")) before = before.slice(0, before.lastIndexOf("://") + 3);
  if (!before.endsWith("://") || /[\s"']/.test(text.slice(start - 1, start))) return undefined;
  return /([A-Za-z][A-Za-z0-9+.-]{0,31}):\/\/$/.exec(before)?.[1]?.toLowerCase();
}

/** A host does not begin within a path, a flag, a variable or a longer word. */
function startsWord(text: string, start: number): boolean {
  return start === 0 || !/[\w$%{/\\.-]/.test(text.charAt(start - 1));
}

function endsWord(text: string, end: number): boolean {
  return end === text.length || /[\s"',;:/)\]}|.]/.test(text.charAt(end));
}

function userInfoFollows(text: string, end: number): boolean {
  const next = text.charAt(end);
  return (next === ":" || next === "@") && /^:?[^\s/?#"'@,]*@/.test(text.slice(end, end + AUTHORITY_LENGTH_MAX));
}

function portAt(text: string, end: number): number | undefined {
  PORT.lastIndex = end;
  const port = Number(PORT.exec(text)?.[1]);
  return port >= 1 && port <= 65_535 ? port : undefined;
}

function isWhole(text: string, start: number, end: number, scheme: string | undefined): boolean {
  const before = text.slice(0, start).trim();
  const rest = text.slice(end).trim();
  return (scheme === undefined ? before === "" : !/\s/.test(before)) && !/[\s,;]/.test(rest);
}
