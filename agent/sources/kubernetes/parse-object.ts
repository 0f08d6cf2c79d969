// A Kubernetes object from a watch, a list, a dump or kgroot's own watcher: unknown in, projected KubeObject or a reason out.
import { deepEqual } from "../../domain/deep-equal.ts";
import type { FieldOwner, Json, JsonObject, KubeObject, ObjectMeta, OwnerReference } from "../../domain/kube-object.ts";
import type { Result } from "../../domain/result.ts";
import { ok, refused } from "../../domain/result.ts";
import type { Fields } from "../fields.ts";
import { isFields, nameFault, textAt, textMap } from "../fields.ts";
import { properKind } from "../kinds.ts";
import { parseTime, timeFault } from "../times.ts";
import { fieldOwners, flattenedOwners } from "./field-owners.ts";
import { keysOnly, projectAnnotations, projectData, projectFields } from "./project.ts";

const OWNERS_MAX = 64;
const LABELS_MAX = 200;
const LABEL_LENGTH_MAX = 253;
const KNOWN_PARTS = new Set(["apiVersion", "kind", "metadata", "spec", "status", "rest", "partial"]);

/**
 * Parses an object in the API's shape, or one that was projected before. A creation time that cannot be read, lies before 2014 or more than an hour after
 * `atMs` is left out; anything else that is wrong is refused with its field path. What equals its counterpart in `known`, an earlier version or something alike (another pod of the same owner), is shared with it.
 */
export function parseObject(value: unknown, atMs: number, known?: KubeObject): Result<KubeObject> {
  if (!isFields(value)) return refused("object: expected a Kubernetes object");
  const kindFault = nameFault(value["kind"]);
  if (kindFault) return refused(`kind: ${kindFault}`);
  if (Array.isArray(value["items"])) return refused("items: this is a list, its items must be given one by one");
  const versionFault = nameFault(value["apiVersion"]);
  if (versionFault) return refused(`apiVersion: ${versionFault}`);
  const kind = properKind(String(value["kind"]));
  const parts = parseParts(value, kind, known);
  if (!parts.ok) return parts;
  const meta = parseMeta(value["metadata"], atMs, known?.metadata);
  if (!meta.ok) return meta;
  const owners =
    known?.metadata.fieldOwners && isDeclaredAlike(kind, meta.value, parts.value, known)
      ? known.metadata.fieldOwners
      : ownersOfFields(value["metadata"] as Fields, known?.metadata.fieldOwners);
  put(meta.value, "fieldOwners", owners);
  return ok({
    apiVersion: String(value["apiVersion"]),
    kind,
    metadata: meta.value,
    ...parts.value,
    ...(value["partial"] === true ? { partial: true } : {}),
  });
}

type Meta = { -readonly [key in keyof ObjectMeta]: ObjectMeta[key] };

function parseMeta(value: unknown, atMs: number, known?: ObjectMeta): Result<Meta> {
  if (!isFields(value)) return refused(`metadata: ${value === undefined ? "missing" : "expected an object"}`);
  const fault = metaFault(value, known);
  if (fault) return refused(fault);
  const owners = parseOwners(value["ownerReferences"]);
  if (!owners.ok) return owners;
  const version = value["resourceVersion"];
  const meta: Meta = { name: String(value["name"]) };
  put(meta, "namespace", textAt(value, "namespace"));
  put(meta, "uid", textAt(value, "uid"));
  put(meta, "resourceVersion", typeof version === "number" ? String(version) : textAt(value, "resourceVersion"));
  if (typeof value["generation"] === "number") meta.generation = value["generation"];
  put(meta, "creationTimestamp", believableTime(value["creationTimestamp"], atMs, known?.creationTimestamp));
  put(meta, "deletionTimestamp", textAt(value, "deletionTimestamp")?.slice(0, 64));
  put(meta, "labels", asKnown(value["labels"], known?.labels) ?? textMap(value["labels"], LABELS_MAX, LABEL_LENGTH_MAX));
  put(meta, "annotations", annotationsIn(value, known?.annotations));
  put(meta, "ownerReferences", shared(known?.ownerReferences, owners.value));
  return ok(meta);
}

function put<K extends keyof Meta>(meta: Meta, key: K, value: Meta[K]): void {
  if (value !== undefined) meta[key] = value;
}

/** The known map where the given one equals it: bounding twice changes nothing more. */
function asKnown<T>(given: unknown, known: T | undefined): T | undefined {
  return known !== undefined && deepEqual(given as Json, known as Json) ? known : undefined;
}

/** Whether two versions declare the same, so that nobody has edited anything in between. The values of a Secret are not kept: they may have been edited. */
function isDeclaredAlike(
  kind: string,
  meta: ObjectMeta,
  { spec, rest }: Parts,
  { metadata, spec: knownSpec, rest: knownRest }: KubeObject,
): boolean {
  return (
    kind !== "Secret" &&
    meta.uid === metadata.uid &&
    spec === knownSpec &&
    rest === knownRest &&
    meta.labels === metadata.labels &&
    meta.annotations === metadata.annotations
  );
}

/** Thousands of pods have the same paths: those of `known` are taken where they are equal. */
function ownersOfFields(meta: Fields, known: readonly FieldOwner[] = []): readonly FieldOwner[] | undefined {
  const owners = fieldOwners(meta["managedFields"]) ?? flattenedOwners(meta["fieldOwners"]);
  return owners?.map((owner, at) => ({ ...owner, paths: shared(known[at]?.paths, owner.paths) ?? owner.paths }));
}

function annotationsIn(value: Fields, known: ObjectMeta["annotations"]): ObjectMeta["annotations"] {
  const given = value["annotations"];
  return isFields(given) ? (asKnown(given, known) ?? projectAnnotations(given)) : undefined;
}

/** The known value where the new one equals it. */
function shared<T>(known: T | undefined, next: T | undefined): T | undefined {
  return deepEqual(known as Json | undefined, next as Json | undefined) ? known : next;
}

function metaFault(meta: Fields, known?: ObjectMeta): string | undefined {
  const name = meta["name"] === known?.name ? undefined : nameFault(meta["name"]);
  if (name) return `metadata.name: ${name}`;
  for (const key of ["namespace", "uid"] as const) {
    const given = meta[key];
    const fault = given === undefined || given === null || given === "" || given === known?.[key] ? undefined : nameFault(given);
    if (fault) return `metadata.${key}: ${fault}`;
  }
  for (const key of ["labels", "annotations"]) {
    if (meta[key] !== undefined && meta[key] !== null && !isFields(meta[key])) return `metadata.${key}: expected an object`;
  }
  return undefined;
}

function believableTime(value: unknown, atMs: number, known: string | undefined): string | undefined {
  if (value !== undefined && value === known) return known;
  const ms = parseTime(value);
  return typeof value === "string" && ms !== undefined && !timeFault(ms, atMs) ? value : undefined;
}

function parseOwners(value: unknown): Result<readonly OwnerReference[] | undefined> {
  if (value === undefined || value === null) return ok(undefined);
  if (!Array.isArray(value)) return refused("metadata.ownerReferences: expected a list");
  const owners: OwnerReference[] = [];
  for (const [at, entry] of value.slice(0, OWNERS_MAX).entries()) {
    const path = `metadata.ownerReferences[${at}]`;
    if (!isFields(entry)) return refused(`${path}: expected an object`);
    const fault = nameFault(entry["kind"])
      ? `kind: ${nameFault(entry["kind"])}`
      : nameFault(entry["name"])
        ? `name: ${nameFault(entry["name"])}`
        : undefined;
    if (fault) return refused(`${path}.${fault}`);
    owners.push({
      ...optional("apiVersion", textAt(entry, "apiVersion")),
      kind: properKind(String(entry["kind"])),
      name: String(entry["name"]),
      ...optional("uid", textAt(entry, "uid")),
      ...(typeof entry["controller"] === "boolean" ? { controller: entry["controller"] } : {}),
    });
  }
  return ok(owners.length > 0 ? owners : undefined);
}

type Parts = { readonly spec?: JsonObject; readonly status?: JsonObject; readonly rest?: JsonObject };

function parseParts(value: Fields, kind: string, known?: KubeObject): Result<Parts> {
  const out: { spec?: JsonObject; status?: JsonObject; rest?: JsonObject } = {};
  for (const part of ["spec", "status"] as const) {
    const given = value[part];
    if (given === undefined || given === null) continue;
    if (!isFields(given)) return refused(`${part}: expected an object`);
    const projected = projectFields(
      kind === "CustomResourceDefinition" && part === "spec" ? withoutSchemas(given) : given,
      part,
      known?.[part],
    );
    if (!projected.ok) return projected;
    out[part] = projected.value;
  }
  const rest = parseRest(value, kind, known?.rest);
  if (!rest.ok) return rest;
  return ok({ ...out, ...optional("rest", shared(known?.rest, rest.value)) });
}

/** The schemas of a custom resource definition are most of it and say nothing about what is wrong. */
function withoutSchemas(spec: Fields): Fields {
  const { versions: _, validation: __, ...kept } = spec;
  return kept;
}

function parseRest(value: Fields, kind: string, known?: JsonObject): Result<JsonObject | undefined> {
  if (value["rest"] === undefined && hasOnlyKnownParts(value)) return ok(undefined);
  const projectedBefore = isFields(value["rest"]) && hasOnlyKnownParts(value);
  const source =
    projectedBefore && isFields(value["rest"])
      ? value["rest"]
      : Object.fromEntries(Object.entries(value).filter(([key]) => !KNOWN_PARTS.has(key)));
  const { data, stringData, binaryData, ...others } = source;
  const holdsData = kind === "Secret" || kind === "ConfigMap";
  const rest = projectFields(holdsData ? others : source, "", known);
  if (!rest.ok) return rest;
  const own: JsonObject = holdsData ? { ...rest.value, ...projectedData(kind, { data, stringData, binaryData }) } : rest.value;
  return ok(Object.keys(own).length > 0 ? own : undefined);
}

function hasOnlyKnownParts(value: Fields): boolean {
  for (const key in value) if (!KNOWN_PARTS.has(key)) return false;
  return true;
}

function projectedData(kind: string, parts: Fields): JsonObject {
  const binary = isFields(parts["binaryData"]) ? { binaryData: keysOnly(parts["binaryData"]) } : {};
  if (kind === "ConfigMap") return { ...(isFields(parts["data"]) ? { data: projectData(parts["data"]) } : {}), ...binary };
  const data = { ...keysOnly(parts["data"]), ...keysOnly(parts["stringData"]) };
  return isFields(parts["data"]) || isFields(parts["stringData"]) ? { data, ...binary } : binary;
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
