// Numbers, times and names the way a sentence says them.
import { cleanText } from "./clean-text.ts";

/** A probability 0..1 in words; the number stands beside it wherever it is shown. */
export function confidenceWords(confidence: number): string {
  if (confidence >= 0.9) return "almost certain";
  if (confidence >= 0.75) return "very likely";
  if (confidence >= 0.6) return "likely";
  if (confidence >= 0.5) return "more likely than not";
  if (confidence >= 0.25) return "possible";
  return "unlikely";
}

/** `87%`; `<1%` rather than 0 for what is not ruled out. */
export function percent(share: number): string {
  return share > 0 && share < 0.005 ? "<1%" : `${Math.round(share * 100)}%`;
}

/** `1 incident`, `3 incidents`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `2026-01-31 09:00:05 CET`: local, as the reader's clock on the wall. */
export function localTime(time: string): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return cleanText(time);
  const part = (value: number) => String(value).padStart(2, "0");
  const date = `${at.getFullYear()}-${part(at.getMonth() + 1)}-${part(at.getDate())}`;
  return `${date} ${part(at.getHours())}:${part(at.getMinutes())}:${part(at.getSeconds())} ${zoneName(at)}`;
}

/** `09:00:05`, local: for lines that stand under a date. */
export function localClock(time: string): string {
  return /\d\d:\d\d:\d\d/.exec(localTime(time))?.[0] ?? cleanText(time);
}

/** `12 min ago`; nothing for what is over two days old or not yet: then the date says more. */
export function ago(time: string, nowMs: number): string {
  const spanMs = nowMs - Date.parse(time);
  return spanMs >= 0 && spanMs < 48 * 3_600_000 ? `${span(spanMs)} ago` : "";
}

/** `40 s`, `12 min`, `3 h`, `2 days`. */
export function span(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** `Pod shop/cart-1`, clean. */
export function nameOf(subject: { readonly kind: string; readonly namespace?: string | undefined; readonly name: string }): string {
  const place = subject.namespace ? `${subject.namespace}/${subject.name}` : subject.name;
  return cleanText(`${subject.kind} ${place}`);
}

/** Ends with a full stop, once. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}

function zoneName(at: Date): string {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(at);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
}
