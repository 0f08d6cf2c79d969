// Words, numbers and times as the page shows them.
import type { WireSubject } from "../agent/protocol/incident.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NBSP = "\u00a0";

/** Epoch milliseconds of a wire time; undefined when it is none. */
export function timeMs(iso: string | undefined): number | undefined {
  const ms = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isNaN(ms) ? undefined : ms;
}

/** Local clock time, with the day before it when that is not the day of `nowMs`: `10:42:17` or `3 Jun 10:42:17`. `timeZone` is for tests. */
export function clock(iso: string | undefined, nowMs: number, timeZone?: string): string {
  const ms = timeMs(iso);
  if (ms === undefined) return "unknown time";
  const zone = timeZone ? { timeZone } : {};
  const time = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit", ...zone }).format(ms);
  const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", ...zone });
  return day.format(ms) === day.format(nowMs) ? time : `${day.format(ms)} ${time}`;
}

/** The same instant in UTC, for hovering: `2026-06-03 08:42:17.250 UTC`. */
export function utc(iso: string | undefined): string {
  const ms = timeMs(iso);
  return ms === undefined ? "unknown time" : `${new Date(ms).toISOString().replace("T", " ").replace("Z", "")} UTC`;
}

/** How long, in at most two units: `45 s`, `18 min`, `2 h 5 min`, `3 d 4 h`. Negative counts as 0. */
export function span(ms: number): string {
  const whole = Math.max(0, ms);
  if (whole < MINUTE) return `${Math.floor(whole / SECOND)}${NBSP}s`;
  if (whole < HOUR) return `${Math.floor(whole / MINUTE)}${NBSP}min`;
  const [big, bigUnit, small, smallUnit] = whole < DAY ? ([HOUR, "h", MINUTE, "min"] as const) : ([DAY, "d", HOUR, "h"] as const);
  const rest = Math.floor((whole % big) / small);
  return `${Math.floor(whole / big)}${NBSP}${bigUnit}${rest > 0 ? ` ${rest}${NBSP}${smallUnit}` : ""}`;
}

/** How long before `nowMs`: `just now` or `18 min ago`. */
export function ago(iso: string | undefined, nowMs: number): string {
  const ms = timeMs(iso);
  if (ms === undefined) return "unknown time";
  return nowMs - ms < 5 * SECOND ? "just now" : `${span(nowMs - ms)} ago`;
}

/** `92 %`. Never 100 % for less than certainty, never 0 % for more than none. */
export function percent(share: number): string {
  const rounded = Math.round(share * 100);
  const shown = rounded >= 100 && share < 1 ? 99 : rounded <= 0 && share > 0 ? 1 : Math.min(100, Math.max(0, rounded));
  return `${shown}${NBSP}%`;
}

/** How sure an incident is of its root cause: `92 % sure`, or `not sure` when none is named. */
export function sureness(incident: { readonly root_cause: object | null; readonly confidence: number }): string {
  return incident.root_cause ? `${percent(incident.confidence)} sure` : "not sure";
}

/** A calibrated probability in words. */
export function likelihood(probability: number): string {
  if (probability >= 0.9) return "almost certain";
  if (probability >= 0.7) return "very likely";
  if (probability >= 0.5) return "likely";
  if (probability >= 0.25) return "possible";
  return "unlikely";
}

/** A link's score with two digits: `0.87`. */
export function score(value: number): string {
  return value.toFixed(2);
}

/** A whole number with its thousands set apart: `12,480`. */
export function count(value: number): string {
  return new Intl.NumberFormat("en-GB").format(value);
}

/** `1 resource`, `12 resources`; `many` for irregular words. */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** The plural of a Kubernetes kind: `Pods`, `Ingresses`, `NetworkPolicies`. */
export function pluralKind(kind: string): string {
  if (kind.endsWith("Endpoints")) return kind;
  if (/[^aeiou]y$/.test(kind)) return `${kind.slice(0, -1)}ies`;
  return /(s|x|ch)$/.test(kind) ? `${kind}es` : `${kind}s`;
}

/** `namespace/name`, or the name alone for what is in no namespace. */
export function fullName(subject: Pick<WireSubject, "namespace" | "name">): string {
  return subject.namespace ? `${subject.namespace}/${subject.name}` : subject.name;
}

/** `Kind namespace/name`. */
export function displayName(subject: Pick<WireSubject, "kind" | "namespace" | "name">): string {
  return `${subject.kind} ${fullName(subject)}`;
}

/** Control and format characters (bidirectional overrides, zero widths) out, so that a hostile name cannot reorder or blank the line it stands in; line breaks become spaces. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").replace(/\p{Cf}/gu, "");
}

/** Text of several lines without control and format characters other than line breaks and tabs. */
export function manyLines(text: string): string {
  return text
    .split(/\r?\n/)
    .map((line) => line.split("\t").map(oneLine).join("\t"))
    .join("\n");
}

/**
 * The longest form of `text` that `measure` finds no wider than `widthMax`, cut with an ellipsis: in the middle, because pods differ at
 * their end, or at the end.
 */
export function fitText(text: string, widthMax: number, measure: (text: string) => number, cut: "middle" | "end"): string {
  if (measure(text) <= widthMax) return text;
  const chars = [...text];
  let low = 0;
  let high = chars.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(cutTo(chars, middle, cut)) <= widthMax) low = middle;
    else high = middle - 1;
  }
  return cutTo(chars, low, cut);
}

function cutTo(chars: readonly string[], keep: number, cut: "middle" | "end"): string {
  if (cut === "end") return `${chars.slice(0, keep).join("").trimEnd()}…`;
  const tail = Math.floor(keep / 2);
  return `${chars.slice(0, keep - tail).join("")}…${tail > 0 ? chars.slice(-tail).join("") : ""}`;
}
