// Reading fields of values that nobody has checked yet: every answer is a plain value or undefined, nothing throws.

/** A JSON object whose fields are not yet checked. */
export type Fields = { readonly [key: string]: unknown };

/** Longest name Kubernetes allows for anything (RFC 1123 subdomain). */
export const NAME_LENGTH_MAX = 253;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a name must not hold.
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Whether the value is a JSON object. */
export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The object under a key, or undefined. */
export function fieldsAt(fields: Fields | undefined, key: string): Fields | undefined {
  const value = fields?.[key];
  return isFields(value) ? value : undefined;
}

/** The non-empty string under a key, or undefined. */
export function textAt(fields: Fields | undefined, key: string): string | undefined {
  const value = fields?.[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** The first non-empty string under any of the keys, or undefined. */
export function firstTextAt(fields: Fields | undefined, keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = textAt(fields, key);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** The finite number under a key, or undefined. */
export function numberAt(fields: Fields | undefined, key: string): number | undefined {
  const value = fields?.[key];
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** The array under a key, or an empty one. */
export function listAt(fields: Fields | undefined, key: string): readonly unknown[] {
  const value = fields?.[key];
  return Array.isArray(value) ? value : [];
}

/** At most `lengthMax` characters of the text; what was cut shows as an ellipsis. Never cuts a surrogate pair in two. */
export function clip(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  const last = text.charCodeAt(lengthMax - 2);
  return `${text.slice(0, last >= 0xd800 && last <= 0xdbff ? lengthMax - 2 : lengthMax - 1)}…`;
}

/** Why a value is no usable name, or undefined when it is one: a string of 1..253 characters without control characters. */
export function nameFault(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return "missing";
  if (typeof value !== "string") return "expected a string";
  if (value.length > NAME_LENGTH_MAX) return `longer than ${NAME_LENGTH_MAX} characters`;
  return CONTROL.test(value) ? "holds control characters" : undefined;
}

/** String values of a map, bounded in number and length; anything else in it is left out. */
export function textMap(value: unknown, entriesMax: number, lengthMax: number): Record<string, string> | undefined {
  if (!isFields(value)) return undefined;
  const out: Record<string, string> = {};
  let count = 0;
  for (const key of Object.keys(value)) {
    const entry = value[key];
    if (typeof entry !== "string" || key === "__proto__" || key.length > 2 * NAME_LENGTH_MAX) continue;
    if (++count > entriesMax) break;
    out[key] = clip(entry, lengthMax);
  }
  return out;
}
