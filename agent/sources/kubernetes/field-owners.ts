// Who last set which fields: metadata.managedFields, its FieldsV1 trees flattened to dotted paths. Who writes the status says nothing about edits and is left out.
import type { FieldOwner } from "../../domain/kube-object.ts";
import type { Fields } from "../fields.ts";
import { clip, fieldsAt, isFields, listAt, textAt } from "../fields.ts";
import { parseTime } from "../times.ts";

const OWNERS_MAX = 20;
const PATHS_MAX = 200;
const PATH_LENGTH_MAX = 300;
const TREE_DEPTH_MAX = 32;
/** Below `status` only the first field matters to a reader (`status.conditions`), and the rest is most of the tree. */
const STATUS_DEPTH_MAX = 2;

/** What names a list element, best first: the merge keys of the built-in types. */
const ELEMENT_KEYS = [
  "name",
  "type",
  "containerPort",
  "port",
  "uid",
  "ip",
  "key",
  "mountPath",
  "devicePath",
  "topologyKey",
  "host",
] as const;

/** The flattened owners, or undefined when there are none. Entries that are not as Kubernetes writes them are left out. */
export function fieldOwners(managedFields: unknown): readonly FieldOwner[] | undefined {
  if (!Array.isArray(managedFields)) return undefined;
  const owners = managedFields
    .slice(0, OWNERS_MAX)
    .map(fieldOwner)
    .filter((owner) => owner !== undefined);
  return owners.length > 0 ? owners : undefined;
}

function fieldOwner(entry: unknown): FieldOwner | undefined {
  if (!isFields(entry) || entry["subresource"] === "status") return undefined;
  const manager = textAt(entry, "manager");
  const atMs = parseTime(entry["time"]);
  const tree = fieldsAt(entry, "fieldsV1");
  if (manager === undefined || atMs === undefined || tree === undefined) return undefined;
  const paths = new Set<string>();
  flatten(tree, ROOT, 0, paths);
  const subresource = textAt(entry, "subresource");
  return { manager: clip(manager, 128), atMs, ...(subresource ? { subresource: clip(subresource, 64) } : {}), paths: [...paths] };
}

function flatten(tree: Fields, at: PathNode, depth: number, paths: Set<string>): void {
  const keys = Object.keys(tree);
  const leaf = keys.length === 0 || (keys.length === 1 && keys[0] === ".");
  if (leaf || depth >= TREE_DEPTH_MAX || (depth >= STATUS_DEPTH_MAX && at.inStatus)) {
    if (at !== ROOT) paths.add(at.path);
    return;
  }
  for (const key of keys) {
    if (paths.size >= PATHS_MAX) return;
    const child = tree[key];
    if (key !== "." && isFields(child)) flatten(child, nodeBelow(at, key), depth + 1, paths);
  }
}

/** Thousands of pods have the same paths: each is joined once and shared. Bounded; about 20,000 × 150 B. */
type PathNode = { readonly path: string; readonly inStatus: boolean; readonly below: Map<string, PathNode> };

const ROOT: PathNode = { path: "", inStatus: false, below: new Map() };
const NODES_MAX = 20_000;
let nodeCount = 0;

function nodeBelow(at: PathNode, key: string): PathNode {
  const known = at.below.get(key);
  if (known) return known;
  const path = joined(at.path, key);
  const made: PathNode = { path, inStatus: path.startsWith("status"), below: new Map() };
  // Elements named by uid or address are each object's own: keeping them would crowd out the rest.
  if (nodeCount < NODES_MAX && !/"(uid|ip)"/.test(key)) {
    at.below.set(key, made);
    nodeCount++;
  }
  return made;
}

function joined(prefix: string, key: string): string {
  const rest = key.slice(2);
  if (key.startsWith("f:")) return clip(prefix === "" ? rest : `${prefix}.${rest}`, PATH_LENGTH_MAX);
  return clip(`${prefix}[${key.startsWith("k:") ? elementName(rest) : rest}]`, PATH_LENGTH_MAX);
}

function elementName(json: string): string {
  try {
    const element: unknown = JSON.parse(json);
    if (!isFields(element)) return json;
    const key = ELEMENT_KEYS.find((candidate) => element[candidate] !== undefined) ?? Object.keys(element)[0];
    return key === undefined ? json : String(element[key]);
  } catch {
    return json;
  }
}

/** Owners that kgroot's own watcher has flattened already (contracts.md §1, `object`). */
export function flattenedOwners(value: unknown): readonly FieldOwner[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const owners: FieldOwner[] = [];
  for (const entry of value.slice(0, OWNERS_MAX)) {
    const manager = isFields(entry) ? textAt(entry, "manager") : undefined;
    const atMs = isFields(entry) ? parseTime(entry["atMs"]) : undefined;
    if (!isFields(entry) || manager === undefined || atMs === undefined) continue;
    const subresource = textAt(entry, "subresource");
    if (subresource === "status") continue;
    const paths = listAt(entry, "paths")
      .slice(0, PATHS_MAX)
      .filter((path) => typeof path === "string");
    owners.push({
      manager: clip(manager, 128),
      atMs,
      ...(subresource ? { subresource } : {}),
      paths: paths.map((path) => clip(path, PATH_LENGTH_MAX)),
    });
  }
  return owners.length > 0 ? owners : undefined;
}
