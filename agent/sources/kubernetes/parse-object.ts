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
 * `atMs` is left out; anything else that is wrong is refused with its field path. Parts that equal those of `known`, an earlier version, are shared with it.
 */
export function parseObject(value: unknown, atMs: number, known?: KubeObject): Result<KubeObject> {
  if (!isFields(value)) return refused("object: expected a Kubernetes object");
  const kindFault = nameFault(value["kind"]);
  if (kindFault) return refused(`kind: ${kindFault}`);
  if (Array.isArray(value["items"])) return refused("items: this is a list, its items must be given one by one");
  const versionFault = nameFault(value["apiVersion"]);
  if (versionFault) return refused(`apiVersion: ${versionFault}`);
  const meta = parseMeta(value["metadata"], atMs, known?.metadata);
  if (!meta.ok) return meta;
  const kind = properKind(String(value["kind"]));
  const parts = parseParts(value, kind, known);
  if (!parts.ok) return parts;
  return ok({
    apiVersion: String(value["apiVersion"]),
    kind,
    metadata: meta.value,
    ...parts.value,
    ...(value["partial"] === true ? { partial: true } : {}),
  });
}

function parseMeta(value: unknown, atMs: number, known?: ObjectMeta): Result<ObjectMeta> {
  if (!isFields(value)) return refused(`metadata: ${value === undefined ? "missing" : "expected an object"}`);
  const fault = metaFault(value);
  if (fault) return refused(fault);
  const owners = parseOwners(value["ownerReferences"]);
  if (!owners.ok) return owners;
  const version = value["resourceVersion"];
  return ok({
    name: String(value["name"]),
    ...optional("namespace", textAt(value, "namespace")),
    ...optional("uid", textAt(value, "uid")),
    ...optional("resourceVersion", typeof version === "number" ? String(version) : textAt(value, "resourceVersion")),
    ...(typeof value["generation"] === "number" ? { generation: value["generation"] } : {}),
    ...optional("creationTimestamp", believableTime(value["creationTimestamp"], atMs)),
    ...optional("deletionTimestamp", textAt(value, "deletionTimestamp")?.slice(0, 64)),
    ...optional("labels", shared(known?.labels, textMap(value["labels"], LABELS_MAX, LABEL_LENGTH_MAX))),
    ...optional("annotations", annotationsIn(value, known?.annotations)),
    ...optional("ownerReferences", shared(known?.ownerReferences, owners.value)),
    ...optional("fieldOwners", shared(known?.fieldOwners, ownersOfFields(value))),
  });
}

function annotationsIn(value: Fields, known: ObjectMeta["annotations"]): ObjectMeta["annotations"] {
  const given = value["annotations"];
  if (!isFields(given)) return undefined;
  // Projecting twice changes nothing more: what equals an earlier projection is one.
  return known !== undefined && deepEqual(given as JsonObject, known) ? known : projectAnnotations(given);
}

/** The known value where the new one equals it. */
function shared<T>(known: T | undefined, next: T | undefined): T | undefined {
  return deepEqual(known as Json | undefined, next as Json | undefined) ? known : next;
}

function metaFault(meta: Fields): string | undefined {
  const name = nameFault(meta["name"]);
  if (name) return `metadata.name: ${name}`;
  for (const key of ["namespace", "uid"]) {
    const fault = meta[key] === undefined || meta[key] === null || meta[key] === "" ? undefined : nameFault(meta[key]);
    if (fault) return `metadata.${key}: ${fault}`;
  }
  for (const key of ["labels", "annotations"]) {
    if (meta[key] !== undefined && meta[key] !== null && !isFields(meta[key])) return `metadata.${key}: expected an object`;
  }
  return undefined;
}

function ownersOfFields(meta: Fields): readonly FieldOwner[] | undefined {
  return fieldOwners(meta["managedFields"]) ?? flattenedOwners(meta["fieldOwners"]);
}

function believableTime(value: unknown, atMs: number): string | undefined {
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
    const projected = projectFields(kind === "CustomResourceDefinition" && part === "spec" ? withoutSchemas(given) : given, part, known?.[part]);
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
  const projectedBefore = isFields(value["rest"]) && Object.keys(value).every((key) => KNOWN_PARTS.has(key));
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

function projectedData(kind: string, parts: Fields): JsonObject {
  const binary = isFields(parts["binaryData"]) ? { binaryData: keysOnly(parts["binaryData"]) } : {};
  if (kind === "ConfigMap") return { ...(isFields(parts["data"]) ? { data: projectData(parts["data"]) } : {}), ...binary };
  const data = { ...keysOnly(parts["data"]), ...keysOnly(parts["stringData"]) };
  return isFields(parts["data"]) || isFields(parts["stringData"]) ? { data, ...binary } : binary;
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}
