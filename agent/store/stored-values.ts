// Reads what a store kept (columns, properties, JSON texts) without trusting it: a damaged value gives the default, never a throw.

/** The end of what lives or holds, in place of none, so that one range of an index finds it together with what ended lately. Epoch milliseconds. */
export const HOLDS_MS = Number.MAX_SAFE_INTEGER;

/** Fields by name. */
export type StoredMap = Readonly<Record<string, unknown>>;

/** A text, or the default. */
export function text(value: unknown, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

/** A text that may be absent. */
export function optionalText(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A number; 0 when it is none. */
export function number(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

/** A number that may be absent. */
export function optionalNumber(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The texts of a list. */
export function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

/** The choice that a value is, if it is one. */
export function oneOf<T extends string>(choices: readonly T[], value: unknown): T | undefined {
  return choices.find((choice) => choice === value);
}

/** The value of a JSON text; undefined for anything else. */
export function json(value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** The text of a JSON value; undefined becomes null, which a store keeps as nothing. */
export function jsonText(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** Whether a value has fields. */
export function isMap(value: unknown): value is StoredMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The fields of a value; none when it has none. */
export function map(value: unknown): StoredMap {
  return isMap(value) ? value : {};
}
