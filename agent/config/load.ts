// Reads the settings: defaults, then the file, then KGROOT_… variables, then flags; each stronger than those before it.
import { readFileSync } from "node:fs";
import { homedir, platform } from "node:os";
import { join } from "node:path";
import { Value } from "typebox/value";
import { parse } from "yaml";
import { ok, type Result, refused } from "../domain/result.ts";
import { checkTogether } from "./check-together.ts";
import type { Config } from "./config.ts";
import { dataFolder } from "./data-folder.ts";
import { complaint, type Given, leafComplaints } from "./leaf-complaints.ts";
import { nearestName } from "./nearest.ts";
import { expectedBy, SETTINGS } from "./setting-list.ts";
import { type SettingSchema, SettingsSchema } from "./settings.ts";

/** Where settings come from. */
export type ConfigSources = {
  /** YAML file; also named by KGROOT_CONFIG. */
  readonly file?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** By path (`http.port`); texts are read like variables. Undefined values are not given. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** What decides the default folder; the machine's own unless told otherwise. */
  readonly machine?: { readonly platform: string; readonly home: () => string };
};

type Givens = Map<string, Given>;

/** The configuration in force, or everything that is wrong with it, one line each: path, where it was set, what was expected. */
export function loadConfig(sources: ConfigSources): Result<Config> {
  const givens: Givens = new Map();
  const complaints = [...readFile(sources, givens), ...readVariables(sources.env, givens), ...readFlags(sources.flags ?? {}, givens)];
  for (const setting of SETTINGS) {
    const given = givens.get(setting.path);
    if (given) complaints.push(...leafComplaints(setting, given));
  }
  if (complaints.length > 0) return refused(complaints.join("\n"));
  const settings = assemble(givens, sources);
  const together = checkTogether(settings, givens);
  if (together.length > 0) return refused(together.join("\n"));
  if (!Value.Check(SettingsSchema, settings)) return refused("settings do not fit together: please report this as a fault of kgroot");
  return ok(deepFreeze(settings));
}

function readFile(sources: ConfigSources, givens: Givens): string[] {
  const file = sources.file ?? sources.env["KGROOT_CONFIG"];
  if (!file) return [];
  try {
    const content: unknown = parse(readFileSync(file, "utf8"));
    const complaints: string[] = [];
    collect(SettingsSchema, content, [], { file, givens, complaints });
    return complaints;
  } catch (error) {
    return [`${file}: ${error instanceof Error ? error.message : error}`];
  }
}

type Collecting = { readonly file: string; readonly givens: Givens; readonly complaints: string[] };

function collect(schema: SettingSchema, value: unknown, keys: readonly string[], into: Collecting): void {
  if (value === undefined || value === null) return;
  if (!schema.properties) {
    into.givens.set(keys.join("."), { value, from: into.file });
    return;
  }
  if (typeof value !== "object" || Array.isArray(value)) {
    into.complaints.push(complaint(keys.join(".") || "settings", { value, from: into.file }, `a section with ${expectedBy(schema)}`));
    return;
  }
  for (const [key, child] of Object.entries(value)) {
    const childSchema = Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined;
    if (childSchema) collect(childSchema, child, [...keys, key], into);
    else into.complaints.push(unknownName([...keys, key].join("."), key, Object.keys(schema.properties), into.file));
  }
}

function readVariables(env: ConfigSources["env"], givens: Givens): string[] {
  const known = new Set(SETTINGS.map((setting) => setting.variable));
  for (const setting of SETTINGS) {
    const text = env[setting.variable];
    // Kubernetes gives a pod beside a Service `kgroot-http` the variable KGROOT_HTTP_PORT=tcp://…; that is no setting.
    const isServiceLink = /^(?:tcp|udp|sctp):\/\//.test(text ?? "");
    if (text && !isServiceLink) givens.set(setting.path, { value: fromText(setting.schema, text), from: setting.variable });
  }
  const complaints: string[] = [];
  for (const name of Object.keys(env)) {
    // Other KGROOT_… variables belong to others (the client's, Kubernetes' service links): only a slip of the pen is refused.
    const meant = name.startsWith("KGROOT_") && !known.has(name) ? nearestName(name, known) : undefined;
    if (meant) complaints.push(`${name} is not a variable that kgroot knows; did you mean ${meant}?`);
  }
  return complaints;
}

function readFlags(flags: Readonly<Record<string, unknown>>, givens: Givens): string[] {
  const complaints: string[] = [];
  for (const [path, value] of Object.entries(flags)) {
    const setting = SETTINGS.find((candidate) => candidate.path === path);
    if (!setting)
      complaints.push(
        unknownName(
          path,
          path,
          SETTINGS.map((known) => known.path),
          "flags",
        ),
      );
    else if (value !== undefined)
      givens.set(path, { value: typeof value === "string" ? fromText(setting.schema, value) : value, from: setting.flag });
  }
  return complaints;
}

/** A text as the schema's type, if it reads as one; else the text itself, which the check then refuses by name. */
function fromText(schema: SettingSchema, text: string): unknown {
  const trimmed = text.trim();
  if (schema.type === "integer" || schema.type === "number") return /^-?\d+(?:\.\d+)?$/.test(trimmed) ? Number(trimmed) : text;
  if (schema.type === "boolean")
    return { true: true, yes: true, "1": true, false: false, no: false, "0": false }[trimmed.toLowerCase()] ?? text;
  if (schema.type !== "array") return text;
  if (!trimmed.startsWith("[")) return trimmed.split(",").map((item) => item.trim());
  try {
    return JSON.parse(trimmed) as unknown;
  } catch {
    return text;
  }
}

function assemble(givens: Givens, sources: ConfigSources): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const { path, schema } of SETTINGS) {
    const given = givens.get(path)?.value ?? structuredClone(schema.default);
    const value = given === undefined && path === "store.path" ? defaultStorePath(sources) : given;
    if (value !== undefined) put(settings, path.split("."), value);
  }
  return settings;
}

function put(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  const [key = "", ...rest] = keys;
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const section = (target[key] ?? {}) as Record<string, unknown>;
  target[key] = section;
  put(section, rest, value);
}

/** Undefined for a user without a home folder, as in many containers: then the path must be given. */
function defaultStorePath({ env, machine }: ConfigSources): string | undefined {
  try {
    return join(dataFolder({ env, platform: machine?.platform ?? platform(), home: machine?.home ?? homedir }), "kgroot.db");
  } catch {
    return undefined;
  }
}

function unknownName(path: string, name: string, known: readonly string[], from: string): string {
  const meant = nearestName(name, known);
  return `${path} (${from}) is not a setting; ${meant ? `did you mean ${meant}?` : `known here: ${known.join(", ")}`}`;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) for (const child of Object.values(Object.freeze(value))) deepFreeze(child);
  return value;
}
