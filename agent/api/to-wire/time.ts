// Times between the wire (RFC 3339) and the domain (epoch milliseconds).
import { ApiFault } from "../fault.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

// RFC 3339: a date, a time, and an offset; a bare date or a local time says too little.
const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** RFC 3339 in UTC with milliseconds. */
export function wireTime(atMs: number): string {
  return new Date(atMs).toISOString();
}

/** The same of a time that may be absent. */
export function wireTimeIf(atMs: number | undefined): string | undefined {
  return atMs === undefined ? undefined : wireTime(atMs);
}

/** The moment that a parameter names; throws a bad-request fault that names the field. */
export function momentOf(text: string, field: string): number {
  const atMs = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs)) throw new ApiFault("badRequest", `${field} must be an RFC 3339 time such as 2026-01-31T08:00:00Z`, { field });
  return atMs;
}

/** A moment, or an age before now such as `90m`, `24h` or `7d`. */
export function momentOrAgeOf(text: string, field: string, nowMs: number): number {
  const age = /^(\d{1,6})([smhd])$/.exec(text);
  const unitMs = age?.[2] ? UNIT_MS[age[2]] : undefined;
  return age && unitMs ? nowMs - Number(age[1]) * unitMs : momentOf(text, field);
}
