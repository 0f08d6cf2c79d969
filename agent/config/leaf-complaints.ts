// What is wrong with one setting's value, in words that name the place, where it was set and what was expected.
import { Value } from "typebox/value";
import { isSecretName } from "../platform/redaction.ts";
import { nearestName } from "./nearest.ts";
import { expectedBy, type Setting } from "./setting-list.ts";
import type { SettingSchema } from "./settings.ts";

/** A value that was set, and by what: a file, a variable, a flag. */
export type Given = { readonly value: unknown; readonly from: string };

/** One line: what it is, where it was set, what was expected. Values of secret names are not repeated. */
export function complaint(path: string, given: Given, expected: string): string {
  const shown = isSecretName(path.slice(path.lastIndexOf(".") + 1)) ? "" : `, not ${abridged(given.value)}`;
  return `${path} (${given.from}) must be ${expected}${shown}`;
}

/** Everything wrong with a setting's value; empty when it is right. */
export function leafComplaints(setting: Setting, given: Given): string[] {
  return mismatches(setting.schema, given.value, setting.path).map((found) =>
    found.kind === "unknown"
      ? `${found.path} (${given.from}) is not known; ${found.meant ? `did you mean ${found.meant}?` : `known here: ${found.known}`}`
      : complaint(found.path, { value: found.value, from: given.from }, found.expected),
  );
}

type Mismatch =
  | { readonly kind: "wrong"; readonly path: string; readonly value: unknown; readonly expected: string }
  | { readonly kind: "unknown"; readonly path: string; readonly meant: string | undefined; readonly known: string };

/** Goes down only as far as the value has the right outer form, so that one fault is told once. */
function mismatches(schema: SettingSchema, value: unknown, path: string): Mismatch[] {
  if (schema.type === "array" && Array.isArray(value) && schema.items) {
    const { items } = schema;
    return value.flatMap((item, index) => mismatches(items, item, `${path}[${index}]`));
  }
  if (schema.properties && typeof value === "object" && value !== null && !Array.isArray(value))
    return memberMismatches(schema.properties, value, path);
  if (Value.Check(schema, value)) return [];
  return [{ kind: "wrong", path, value, expected: expectedBy(schema) }];
}

function memberMismatches(properties: Readonly<Record<string, SettingSchema>>, value: object, path: string): Mismatch[] {
  const known = Object.keys(properties);
  return Object.entries(value).flatMap(([key, member]): Mismatch[] => {
    const schema = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (schema) return mismatches(schema, member, `${path}.${key}`);
    return [{ kind: "unknown", path: `${path}.${key}`, meant: nearestName(key, known), known: known.join(", ") }];
  });
}

function abridged(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
