// The settings as a flat list: path, variable, flag and what each may be; for reading them, for help and for docs/settings.md.
import { type SettingSchema, SettingsSchema } from "./settings.ts";

/** One setting. */
export type Setting = {
  /** As in the file: `http.port`. */
  readonly path: string;
  /** `KGROOT_HTTP_PORT`. */
  readonly variable: string;
  /** `--http-port`. */
  readonly flag: string;
  readonly schema: SettingSchema;
  /** What it may be, as a phrase: `a whole number from 0 to 65535`. */
  readonly expected: string;
  readonly description: string;
};

/** All settings, in the order of the file. */
export const SETTINGS: readonly Setting[] = leaves(SettingsSchema, []);

/** What a value of this schema may be, as a phrase. */
export function expectedBy(schema: SettingSchema): string {
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  switch (schema.type) {
    case "integer":
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case "number":
      return `a number from ${schema.minimum} to ${schema.maximum}`;
    case "boolean":
      return "true or false";
    case "array":
      return schema.items?.type === "object" ? `a list of ${expectedBy(schema.items)}` : "a list of texts";
    case "object":
      return `{${Object.keys(schema.properties ?? {}).join(", ")}}`;
    default:
      return schema.minLength && schema.minLength > 1 ? `a text of at least ${schema.minLength} characters` : "a text";
  }
}

function leaves(schema: SettingSchema, keys: readonly string[]): Setting[] {
  if (schema.properties) return Object.entries(schema.properties).flatMap(([key, child]) => leaves(child, [...keys, key]));
  const kebab = keys
    .join("-")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase();
  return [
    {
      path: keys.join("."),
      variable: `KGROOT_${kebab.replaceAll("-", "_").toUpperCase()}`,
      flag: `--${kebab}`,
      schema,
      expected: expectedBy(schema),
      description: schema.description ?? "",
    },
  ];
}
