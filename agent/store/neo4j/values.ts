// Reads values of records and stored JSON without trusting them: a damaged one gives the default, never a throw.
import type { Row } from "./connect.ts";

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

/** The value of a JSON text; undefined for anything else. */
export function json(value: unknown): unknown {
  if (typeof value !== "string") return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** The text of a JSON value; undefined becomes null, which removes a property. */
export function jsonText(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}

/** Whether a value has fields. */
export function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A field that holds properties of a node; empty when it does not. */
export function map(value: unknown): Row {
  return isMap(value) ? value : {};
}
