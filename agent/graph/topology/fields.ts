// Reading fields of an object's JSON by path: total functions, so that a field of the wrong type reads as an absent one.
import type { Json, JsonObject } from "../../domain/kube-object.ts";

const NOTHING: JsonObject = Object.freeze({});

/** The value at a path of field names, or undefined. */
export function valueAt(json: Json | undefined, ...path: readonly string[]): Json | undefined {
  let value: Json | undefined = json;
  for (const name of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** The object at a path; empty when there is none. */
export function objectAt(json: Json | undefined, ...path: readonly string[]): JsonObject {
  const value = valueAt(json, ...path);
  return isJsonObject(value) ? value : NOTHING;
}

/** The objects of the list at a path; other entries are skipped. */
export function objectsAt(json: Json | undefined, ...path: readonly string[]): readonly JsonObject[] {
  const value = valueAt(json, ...path);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}

/** The non-empty text at a path. */
export function textAt(json: Json | undefined, ...path: readonly string[]): string | undefined {
  const value = valueAt(json, ...path);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The texts of the list at a path; other entries are skipped. */
export function textsAt(json: Json | undefined, ...path: readonly string[]): readonly string[] {
  const value = valueAt(json, ...path);
  return Array.isArray(value) ? value.filter((entry) => typeof entry === "string") : [];
}

/** The finite number at a path. */
export function numberAt(json: Json | undefined, ...path: readonly string[]): number | undefined {
  const value = valueAt(json, ...path);
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Whether a value is a JSON object (not a list, not null). */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
