// Times as other programs write them, to epoch milliseconds; and which of them can be believed.

const HOUR_MS = 3_600_000;

/** Kubernetes' first public commit is of June 2014: nothing it tells of is older. */
export const EARLIEST_MS = Date.UTC(2014, 0, 1);

const STAMP = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9})\d*)?\s?(Z|z|UTC|[+-]\d\d:?\d\d)?/;

/** A time, whether its text named a zone (without one UTC is assumed), and how many characters it took. */
export type StampRead = { readonly ms: number; readonly zoned: boolean; readonly length: number };

/** Reads an ISO or RFC 3339 time at the start of a text: any offset, `T` or a space, point or comma, up to nanoseconds. */
export function readStamp(text: string): StampRead | undefined {
  const match = STAMP.exec(text);
  if (!match) return undefined;
  const [whole, year, month, day, hour, minute, second, fraction, zone] = match;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
  if (Number(month) > 12 || Number(day) > 31 || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return undefined;
  const fractionMs = fraction === undefined ? 0 : Math.trunc(Number(`0.${fraction}`) * 1000);
  return { ms: ms + fractionMs - offsetMs(zone), zoned: zone !== undefined, length: whole.length };
}

function offsetMs(zone: string | undefined): number {
  if (zone === undefined || zone.length < 5) return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** Epoch milliseconds of an RFC 3339 string, of Kubernetes' Time and MicroTime, or of an epoch number in s, ms, µs or ns; else undefined. */
export function parseTime(value: unknown): number | undefined {
  if (typeof value === "number") return fromEpoch(value);
  if (typeof value !== "string" || value === "") return undefined;
  // As the API server writes them; anything unusual takes the long way.
  if (value.length === 20 && value.endsWith("Z") && value[10] === "T") {
    const ms = Date.parse(value);
    if (!Number.isNaN(ms)) return ms;
  }
  const stamp = readStamp(value);
  if (stamp) return stamp.length === value.length ? stamp.ms : undefined;
  return /^\d{9,19}(\.\d+)?$/.test(value) ? fromEpoch(Number(value)) : undefined;
}

/** The unit shows in the size: each is a thousand times the former, and all lie between 2001 and 5138. */
function fromEpoch(value: number): number | undefined {
  if (!Number.isFinite(value) || value < 1e9) return undefined;
  if (value < 1e11) return Math.round(value * 1000);
  if (value < 1e14) return Math.round(value);
  if (value < 1e17) return Math.round(value / 1000);
  return Math.round(value / 1_000_000);
}

/** Why a time cannot be believed of a record seen at `atMs`, or undefined: before 2014, or more than an hour ahead. */
export function timeFault(ms: number, atMs: number): string | undefined {
  if (ms < EARLIEST_MS) return "lies before 2014";
  return ms > atMs + HOUR_MS ? "lies more than an hour in the future" : undefined;
}

const AGE_UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: HOUR_MS, d: 24 * HOUR_MS, y: 365 * 24 * HOUR_MS };

/** Milliseconds of an age as kubectl prints it (`45s`, `3m20s`, `2d20h`), or undefined. */
export function parseAge(text: string): number | undefined {
  if (!/^(\d+[smhdy]){1,3}$/.test(text)) return undefined;
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([smhdy])/g)) ms += Number(count) * (AGE_UNITS_MS[unit ?? "s"] ?? 0);
  return ms;
}

/** The latest of the times that are known, or undefined. */
export function latest(times: readonly (number | undefined)[]): number | undefined {
  let best: number | undefined;
  for (const time of times) if (time !== undefined && (best === undefined || time > best)) best = time;
  return best;
}

/** The earliest of the times that are known, or undefined. */
export function earliest(times: readonly (number | undefined)[]): number | undefined {
  let best: number | undefined;
  for (const time of times) if (time !== undefined && (best === undefined || time < best)) best = time;
  return best;
}
