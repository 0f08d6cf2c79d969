// Where two JSON values differ: the smallest parts that were edited, each with its path.

import { deepEqual } from "../domain/deep-equal.ts";
import type { Json, JsonObject } from "../domain/kube-object.ts";
import { isList, isObject, numberAt, textAt } from "./read-json.ts";

/** One difference. `path` is for people; `owned` is as far of it as `managedFields` paths are spelled the same way. */
export type Leaf = { readonly path: string; readonly owned: string; readonly before: Json | undefined; readonly after: Json | undefined };

/** What names an element of a list, best first: the merge keys of the built-in types. */
const ELEMENT_KEYS = ["name", "containerPort", "port", "mountPath", "topologyKey", "host", "type"] as const;
const DEPTH_MAX = 32;

/** The differences between two values. Objects are compared field by field, lists of named objects element by element, anything else as a whole. */
export function leaves(before: Json | undefined, after: Json | undefined, path: string, owned: string = path): readonly Leaf[] {
  return compare({ path, owned, before, after }, 0);
}

/** `path.key`, or `path[key]` where the key has characters of its own in paths. */
export function fieldPath(path: string, key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? `${path}.${key}` : `${path}[${key}]`;
}

/** The named elements of a list, undefined when one has no name or two have the same. */
export function namedElements(list: Json | undefined): ReadonlyMap<string, JsonObject> | undefined {
  const elements = new Map<string, JsonObject>();
  if (list === undefined || list === null) return elements;
  if (!isList(list)) return undefined;
  for (const element of list) {
    const name = isObject(element) ? elementName(element) : undefined;
    if (name === undefined || !isObject(element) || elements.has(name)) return undefined;
    elements.set(name, element);
  }
  return elements;
}

function compare(leaf: Leaf, depth: number): readonly Leaf[] {
  const { path, owned, before, after } = leaf;
  if (deepEqual(before, after)) return [];
  if (depth === DEPTH_MAX) return [leaf];
  if (isObject(before) && isObject(after)) {
    return union(Object.keys(before), Object.keys(after)).flatMap((key) =>
      compare({ path: fieldPath(path, key), owned: `${owned}.${key}`, before: before[key], after: after[key] }, depth + 1),
    );
  }
  const [former, present] = isList(before) && isList(after) ? [namedElements(before), namedElements(after)] : [];
  if (!former || !present) return [leaf];
  const edited = union([...former.keys()], [...present.keys()]).flatMap((name) =>
    compare(
      {
        path: `${path}[${name}]`,
        owned: isMergedByName(path) ? `${owned}[${name}]` : owned,
        before: former.get(name),
        after: present.get(name),
      },
      depth + 1,
    ),
  );
  // The same elements in another order.
  return edited.length > 0 ? edited : [leaf];
}

/** Ports have names but are merged by number; below them only the list itself is spelled the same. */
function isMergedByName(path: string): boolean {
  return /(?:ontainers|env|volumes|webhooks)$/.test(path);
}

function elementName(element: JsonObject): string | undefined {
  for (const key of ELEMENT_KEYS) {
    const name = textAt(element, key) ?? numberAt(element, key);
    if (name !== undefined) return String(name);
  }
  return undefined;
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  return [...new Set([...a, ...b])];
}
