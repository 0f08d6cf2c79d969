// Reads columns and stored JSON without trusting them: a damaged value gives the default, never a throw.
import type { SQLOutputValue } from "node:sqlite";

/** Text of a column, or the default. */
export function text(value: SQLOutputValue | undefined, otherwise = ""): string {
  return typeof value === "string" ? value : otherwise;
}

/** Text of a column that may be NULL. */
export function optionalText(value: SQLOutputValue | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Number of a column; 0 when it holds none. */
export function number(value: SQLOutputValue | undefined): number {
  return typeof value === "number" ? value : 0;
}

/** Number of a column that may be NULL. */
export function optionalNumber(value: SQLOutputValue | undefined): number | undefined {
  return typeof value === "number" ? value : undefined;
}

/** The value of a JSON text; undefined for NULL and for text that is no JSON. */
export function json(value: SQLOutputValue | undefined): unknown {
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** The text of a JSON value; undefined becomes NULL. */
export function jsonText(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** The strings of a JSON list; an empty list when it is none. */
export function jsonTexts(value: SQLOutputValue | undefined): string[] {
  const list = json(value);
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}
