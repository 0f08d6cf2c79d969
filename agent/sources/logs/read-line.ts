// One log line to message and time: container runtimes' wrappings, kubectl's prefixes, klog, logfmt, JSON, syslog, plain text.
import type { Fields } from "../fields.ts";
import { fieldsAt, firstTextAt, isFields } from "../fields.ts";
import { parseTime, readStamp } from "../times.ts";

/**
 * What a line says. `bare`: the line as the program wrote it, level included. `timeMs` is exact when `zoned`; without a zone UTC is assumed.
 * `host`: a syslog line's machine.
 */
export type LineSaid = {
  readonly message: string;
  readonly bare: string;
  readonly timeMs?: number | undefined;
  readonly zoned: boolean;
  readonly host?: string | undefined;
};

type Reading = { text: string; timeMs?: number | undefined; zoned: boolean; host?: string | undefined };

const ESCAPE = String.fromCharCode(27);
const COLOURS = new RegExp(`${ESCAPE}\\[[0-9;]{0,20}[A-Za-z]`, "g");
const MESSAGE_KEYS = ["msg", "message", "log", "@message", "event", "text", "body"] as const;
const ERROR_KEYS = ["err", "error", "exception", "stack_trace", "error_message", "cause"] as const;
const TIME_KEYS = ["ts", "time", "timestamp", "@timestamp", "t", "asctime", "datetime"] as const;

/** Longer lines are cut first: what matters stands at the beginning. */
const LINE_LENGTH_MAX = 16 * 1024;

/** Reads a line. `nearMs` gives the year where a line leaves it out. Never throws. */
export function readLine(line: string, nearMs: number): LineSaid {
  const reading: Reading = {
    text: (line.length > LINE_LENGTH_MAX ? line.slice(0, LINE_LENGTH_MAX) : line).replace(COLOURS, "").trim(),
    zoned: false,
  };
  unwrap(reading);
  syslog(reading, nearMs);
  const bare = reading.text;
  if (reading.text.startsWith("{")) structured(reading, parsed(reading.text));
  else if (!klog(reading, nearMs) && !logfmt(reading)) plain(reading);
  const { text, ...rest } = reading;
  return { message: text, bare, ...rest };
}

/** Docker's JSON, CRI's prefix, and the times that `kubectl logs --timestamps` and `--prefix` put in front. */
function unwrap(reading: Reading): void {
  reading.text = reading.text.replace(/^\[pod\/[^\]]{1,520}\] /, "");
  if (reading.text.startsWith('{"log":')) {
    const wrapped = parsed(reading.text);
    const log = firstTextAt(wrapped, ["log"]);
    if (log !== undefined) {
      setTime(reading, parseTime(wrapped?.["time"]), true);
      reading.text = log.trim();
    }
  }
  const stamp = /^\d{4}-\d\d-\d\dT/.test(reading.text) ? readStamp(reading.text) : undefined;
  if (!stamp?.zoned || reading.text[stamp.length] !== " ") return;
  setTime(reading, stamp.ms, true);
  reading.text = reading.text
    .slice(stamp.length + 1)
    .replace(/^(stdout|stderr) [FP] /, "")
    .trim();
}

function setTime(reading: Reading, timeMs: number | undefined, zoned: boolean): void {
  if (timeMs === undefined || reading.timeMs !== undefined) return;
  reading.timeMs = timeMs;
  reading.zoned = zoned;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const SYSLOG =
  /^(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))? (\S{1,253}) ([\w./@-]{1,80})(?:\[\d{1,10}\])?: /;

function syslog(reading: Reading, nearMs: number): void {
  const match = SYSLOG.exec(reading.text);
  if (!match) return;
  const [whole, month = "", day, hour, minute, second, fraction, host] = match;
  const at = [MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second), fractionMs(fraction)] as const;
  setTime(reading, inNearestYear(at, nearMs), false);
  reading.host = host;
  reading.text = reading.text.slice(whole.length).trim();
}

function fractionMs(digits: string | undefined): number {
  return digits === undefined ? 0 : Math.trunc(Number(`0.${digits}`) * 1000);
}

/** The year is left out: the one that brings the time nearest to `nearMs`, but not more than a day behind it. */
function inNearestYear(at: readonly [number, number, number, number, number, number], nearMs: number): number {
  const year = new Date(nearMs).getUTCFullYear();
  const ms = Date.UTC(year, ...at);
  return ms > nearMs + 86_400_000 ? Date.UTC(year - 1, ...at) : ms;
}

const KLOG = /^[IWEF](\d\d)(\d\d) (\d\d):(\d\d):(\d\d)\.(\d{1,6}) +\d{1,10} [\w./-]{1,200}:\d{1,6}\] /;

function klog(reading: Reading, nearMs: number): boolean {
  const match = KLOG.exec(reading.text);
  if (!match) return false;
  const [whole, month, day, hour, minute, second, fraction] = match;
  setTime(
    reading,
    inNearestYear([Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second), fractionMs(fraction)], nearMs),
    false,
  );
  reading.text = reading.text.slice(whole.length).trim();
  return true;
}

const LOGFMT_PAIR = /([\w.@-]{1,64})=("(?:[^"\\]|\\.){0,8192}"|[^\s"]{0,2048})/g;

function logfmt(reading: Reading): boolean {
  if (!/(^|\s)(level|lvl|severity)=/.test(reading.text) || !/(^|\s)(msg|message|err|error)=/.test(reading.text)) return false;
  const fields: Record<string, string> = {};
  for (const [, key = "", value = ""] of reading.text.matchAll(LOGFMT_PAIR)) {
    if (key !== "__proto__" && fields[key] === undefined)
      fields[key] = value.startsWith('"') ? value.slice(1, -1).replaceAll('\\"', '"').replaceAll("\\n", "\n") : value;
  }
  structured(reading, fields);
  return true;
}

/** The message with the error behind it, which often holds what matters. Without a message the line stays as it is. */
function structured(reading: Reading, fields: Fields | undefined): void {
  if (!fields) return;
  const inner = fieldsAt(fields, "fields");
  const message = firstTextAt(fields, MESSAGE_KEYS) ?? firstTextAt(inner, MESSAGE_KEYS);
  const error =
    firstTextAt(fields, ERROR_KEYS) ??
    firstTextAt(inner, ERROR_KEYS) ??
    firstTextAt(fieldsAt(fields, "error") ?? fieldsAt(fields, "err"), ["message", "msg", "stack"]);
  for (const key of TIME_KEYS)
    setTime(reading, parseTime(fields[key]), typeof fields[key] === "number" || /Z$|[+-]\d\d:?\d\d$/.test(String(fields[key])));
  const parts = [message, error].filter((part) => part !== undefined && part !== "");
  if (parts.length > 0) reading.text = (error !== undefined && message?.includes(error) ? message : parts.join(": ")).trim();
}

const TIME_LABEL = /\btime(?:stamp)?["']?\s?[:=]\s?["']?(?=\d{4}-\d\d-\d\d)/i;

/** A time in front (`2025-05-29 10:14:26,367 - ERROR - …`, `[2025-05-29T10:14:26Z] …`) or one that calls itself the time. */
function plain(reading: Reading): void {
  const label = TIME_LABEL.exec(reading.text);
  const stamp =
    readStamp(reading.text.slice(reading.text.startsWith("[") ? 1 : 0, 48)) ??
    (label ? readStamp(reading.text.slice(label.index + label[0].length)) : undefined);
  if (stamp) setTime(reading, stamp.ms, stamp.zoned);
}

function parsed(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
