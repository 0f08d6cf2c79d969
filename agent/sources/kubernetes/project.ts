// Cuts an object down to what may be kept: no secret values, no copies of itself, bounded strings, bounded size.
import { deepEqual } from "../../domain/deep-equal.ts";
import type { Json, JsonObject } from "../../domain/kube-object.ts";
import type { Result } from "../../domain/result.ts";
import { ok, refused } from "../../domain/result.ts";
import { isSecretName, MASK, redactArguments, redactValue } from "../../platform/redaction.ts";
import type { Fields } from "../fields.ts";
import { clip, isFields } from "../fields.ts";
import { keptText } from "../kept-text.ts";

/** etcd refuses objects over 1.5 MB; a full EndpointSlice has about 20,000 values. */
const VALUES_MAX = 50_000;
const DEPTH_MAX = 64;
const STRING_LENGTH_MAX = 8 * 1024;
const DATA_VALUE_LENGTH_MAX = 1024;
/** A file that a program reads (routes, upstreams, addresses) is worth more than its first screen. */
const DATA_FILE_LENGTH_MAX = 16 * 1024;
const DATA_FILE = /\.(?:ya?ml|conf|cfg|cnf|ini|json|toml|properties)$/i;
/** etcd takes no ConfigMap over 1 MB. */
const DATA_READ_LENGTH_MAX = 1024 * 1024;
const DATA_KEYS_MAX = 500;
const ANNOTATIONS_MAX = 200;
const ANNOTATION_LENGTH_MAX = 2 * 1024;

/** Annotations in which tools keep a second copy of the whole object (of a Secret: with its values). */
const COPIES = new Set([
  "kubectl.kubernetes.io/last-applied-configuration",
  "kapp.k14s.io/original",
  "objectset.rio.cattle.io/applied",
  "banzaicloud.com/last-applied",
  "control-plane.alpha.kubernetes.io/leader",
]);

/** Fields of custom resources that hold a credential in plain text. Built-in types have none: they refer to Secrets. */
const CREDENTIAL_FIELDS = new Set([
  "password",
  "passwd",
  "passphrase",
  "apikey",
  "accesskey",
  "secretkey",
  "secretaccesskey",
  "clientsecret",
  "privatekey",
  "bearertoken",
  "connectionstring",
]);

/** What a string must hold before it is worth searching for a credential: an URL's user part, an assignment, a token's or key's beginning. */
const SUSPECT = /[@=]|: |eyJ|-----BEGIN|earer |A[KS]IA|AIza|gh[a-z]_|glpat-|xox|k_live_|npm_/;

type Walk = { valuesLeft: number; readonly trail: (string | number)[] };

class TooLarge extends Error {}

/**
 * A projected copy of any JSON value; refused with the field path when it is nested too deeply or has too many values. What equals its counterpart in `known`,
 * an earlier projection of the same or of something alike, is taken from there, at any depth: projecting twice changes nothing more.
 */
export function projectFields(value: Fields, path: string, known?: JsonObject): Result<JsonObject> {
  const walk: Walk = { valuesLeft: VALUES_MAX, trail: [path] };
  try {
    return ok(projectObject(value, walk, known));
  } catch (fault) {
    if (!(fault instanceof TooLarge)) throw fault;
    return refused(`${walk.trail.slice(0, 12).join(".")}: ${fault.message}`);
  }
}

function projectObject(value: Fields, walk: Walk, known: Json | undefined): JsonObject {
  const before = isFields(known) ? (known as JsonObject) : undefined;
  const keys = Object.keys(value);
  // Nothing is copied before the first difference.
  let out: Record<string, Json> | undefined = before ? undefined : {};
  let count = 0;
  for (let at = 0; at < keys.length; at += 1) {
    const key = keys[at] as string;
    if (key === "__proto__" || key === "managedFields") continue;
    const given = value[key];
    const prior = before?.[key];
    const projected = prior !== undefined && prior === given ? prior : projectAt(key, given, walk, prior);
    if (projected === undefined) continue;
    count += 1;
    if (out === undefined && projected !== prior) out = copyOf(before as JsonObject, keys.slice(0, at));
    if (out !== undefined) out[key] = projected;
  }
  if (out !== undefined) return out;
  return count === Object.keys(before as JsonObject).length ? (before as JsonObject) : copyOf(before as JsonObject, keys);
}

function copyOf(known: JsonObject, keys: readonly string[]): Record<string, Json> {
  const out: Record<string, Json> = {};
  for (const key of keys) {
    const value = key !== "__proto__" && Object.hasOwn(known, key) ? known[key] : undefined;
    if (value !== undefined) out[key] = value;
  }
  return out;
}

function projectAt(key: string | number, value: unknown, walk: Walk, known: Json | undefined): Json | undefined {
  walk.trail.push(key);
  const projected = typeof key === "string" ? projectField(key, value, walk, known) : projectValue(value, walk, known);
  walk.trail.pop();
  return projected;
}

function projectField(key: string, value: unknown, walk: Walk, known: Json | undefined): Json | undefined {
  if (typeof value === "string") return projectText(key, value, walk);
  if (key === "annotations" && isFields(value)) return isAlike(value, known) ? known : projectAnnotations(value);
  if (key === "env" && Array.isArray(value))
    return isAlike(value, known) ? known : value.map((entry, at) => projectVariable(entry, at, walk));
  if (Array.isArray(value)) return projectList(key, value, walk, known);
  return projectValue(value, walk, known);
}

/** Whether a value is told as it was projected before. */
function isAlike(value: unknown, known: Json | undefined): known is Json {
  return known !== undefined && deepEqual(value as Json, known);
}

function projectList(key: string, list: readonly unknown[], walk: Walk, known: Json | undefined): Json {
  if ((key === "command" || key === "args") && list.every((entry) => typeof entry === "string"))
    return isAlike(list, known) ? known : redactArguments(list.map((entry) => clip(entry, STRING_LENGTH_MAX)));
  const before = Array.isArray(known) ? (known as readonly Json[]) : undefined;
  let out: Json[] | undefined = before ? undefined : [];
  for (let at = 0; at < list.length; at += 1) {
    const entry = list[at];
    const prior = before?.[at];
    const projected =
      prior !== undefined && prior === entry
        ? prior
        : typeof entry === "string"
          ? projectText(key, entry, walk)
          : (projectAt(at, entry, walk, prior) ?? null);
    if (out === undefined && projected !== prior) out = (before as readonly Json[]).slice(0, at);
    out?.push(projected);
  }
  if (out !== undefined) return out;
  return before?.length === list.length ? before : (before as readonly Json[]).slice(0, list.length);
}

function projectValue(value: unknown, walk: Walk, known: Json | undefined): Json | undefined {
  if (--walk.valuesLeft < 0) throw new TooLarge(`more than ${VALUES_MAX} values`);
  if (walk.trail.length > DEPTH_MAX) throw new TooLarge(`nested deeper than ${DEPTH_MAX}`);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : null;
  if (typeof value === "string") return clip(value, STRING_LENGTH_MAX);
  if (Array.isArray(value)) return projectList("", value, walk, known);
  return isFields(value) ? projectObject(value, walk, known) : undefined;
}

function projectText(key: string, value: string, walk: Walk): string {
  if (--walk.valuesLeft < 0) throw new TooLarge(`more than ${VALUES_MAX} values`);
  if (CREDENTIAL_FIELDS.has(key.toLowerCase())) return clip(redactValue(key, value), STRING_LENGTH_MAX);
  return SUSPECT.test(value) ? keptText(value, STRING_LENGTH_MAX) : clip(value, STRING_LENGTH_MAX);
}

function projectVariable(entry: unknown, at: number, walk: Walk): Json {
  walk.trail.push(at);
  const projected = projectValue(entry, walk, undefined) ?? null;
  walk.trail.pop();
  if (!isFields(entry) || typeof entry["value"] !== "string" || !isFields(projected)) return projected;
  const name = typeof entry["name"] === "string" ? entry["name"] : "";
  return { ...(projected as JsonObject), value: clip(redactValue(name, clip(entry["value"], STRING_LENGTH_MAX)), DATA_VALUE_LENGTH_MAX) };
}

/** Annotations without copies of the object, redacted and bounded. */
export function projectAnnotations(value: Fields): Record<string, string> {
  const out: Record<string, string> = {};
  let count = 0;
  for (const key of Object.keys(value)) {
    const text = value[key];
    if (typeof text !== "string" || COPIES.has(key) || key === "__proto__") continue;
    if (++count > ANNOTATIONS_MAX) break;
    out[key] = keptText(text, ANNOTATION_LENGTH_MAX);
  }
  return out;
}

/** `data` of a Secret, or `binaryData`: the key names with empty strings. */
export function keysOnly(value: unknown): JsonObject {
  const keys = isFields(value) ? Object.keys(value).slice(0, DATA_KEYS_MAX) : [];
  return Object.fromEntries(keys.filter((key) => key !== "__proto__").map((key) => [key, ""]));
}

/** `data` of a ConfigMap: values redacted by name and shape, at most 1 KB each, files 16 KB; a longer one ends in its length and a checksum, so that an edit behind the cut still shows. */
export function projectData(value: unknown): JsonObject {
  const out: Record<string, Json> = {};
  if (!isFields(value)) return out;
  for (const key of Object.keys(value).slice(0, DATA_KEYS_MAX)) {
    const text = value[key];
    if (typeof text === "string" && key !== "__proto__")
      out[key] = boundedData(
        isSecretName(key) ? MASK : keptText(text, DATA_READ_LENGTH_MAX),
        DATA_FILE.test(key) ? DATA_FILE_LENGTH_MAX : DATA_VALUE_LENGTH_MAX,
      );
  }
  return out;
}

function boundedData(text: string, lengthMax: number): string {
  if (text.length <= lengthMax) return text;
  return `${clip(text, lengthMax - 40)} [${text.length} characters, ${checksum(text)}]`;
}

/** FNV-1a, 32 bits: tells two versions apart, tells nothing about the text. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}
