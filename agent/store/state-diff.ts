// Compact differences between two states of an object, and back: how the history of a resource is kept.
import type { Json } from "../domain/kube-object.ts";

/** A place in a JSON value: keys of objects and positions of lists. */
export type StatePath = readonly (string | number)[];

/** One difference: the value at a path becomes this one, or (without a value) the key goes away. */
export type StateEdit = readonly [path: StatePath, value: Json] | readonly [path: StatePath];

/** Edits that turn one state into another. */
export type StatePatch = readonly StateEdit[];

type JsonMap = { readonly [key: string]: Json | undefined };

/** The edits that turn `from` into `to`. Lists of equal length are compared place by place, others replaced whole; undefined is absent. */
export function diffState(from: Json | undefined, to: Json | undefined, path: StatePath = []): StateEdit[] {
  const edits: StateEdit[] = [];
  collect(from, to, path, edits);
  return edits;
}

/** The state that results from the edits; shares what they leave alone, changes nothing it is given. */
export function applyPatch(state: Json | undefined, patch: StatePatch): Json | undefined {
  let result = state;
  for (const edit of patch) result = edited(result, edit, 0);
  return result;
}

/** Reads a stored patch; undefined when it is not one. */
export function parsePatch(text: string): StatePatch | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return isPatch(value) ? value : undefined;
}

/** Whether a value is a patch: a list of `[path]` or `[path, value]`. */
export function isPatch(value: unknown): value is StatePatch {
  return Array.isArray(value) && value.every((edit) => Array.isArray(edit) && (edit.length === 1 || edit.length === 2) && isPath(edit[0]));
}

function isPath(value: unknown): boolean {
  return Array.isArray(value) && value.every((key) => typeof key === "string" || typeof key === "number");
}

function collect(from: Json | undefined, to: Json | undefined, path: StatePath, edits: StateEdit[]): void {
  if (from === to) return;
  if (to === undefined) edits.push([path]);
  else if (isList(from) && isList(to) && from.length === to.length) {
    for (let place = 0; place < to.length; place++) collect(from[place], to[place], [...path, place], edits);
  } else if (isMap(from) && isMap(to)) collectMap(from, to, path, edits);
  else edits.push([path, to]);
}

function collectMap(from: JsonMap, to: JsonMap, path: StatePath, edits: StateEdit[]): void {
  for (const key of Object.keys(to)) {
    const before = Object.hasOwn(from, key) ? from[key] : undefined;
    if (before !== to[key]) collect(before, to[key], [...path, key], edits);
  }
  for (const key of Object.keys(from)) if (from[key] !== undefined && !Object.hasOwn(to, key)) edits.push([[...path, key]]);
}

function edited(state: Json | undefined, edit: StateEdit, depth: number): Json | undefined {
  const [path, value] = edit;
  const key = path[depth];
  if (key === undefined) return value;
  if (isList(state) && typeof key === "number") {
    return state.map((item, place) => (place === key ? (edited(item, edit, depth + 1) ?? null) : item));
  }
  const entries = isMap(state) ? Object.entries(state).filter(([name]) => name !== key) : [];
  const inner = edited(isMap(state) && Object.hasOwn(state, key) ? state[key] : undefined, edit, depth + 1);
  // fromEntries defines own properties, also for a hostile key such as __proto__.
  return Object.fromEntries(inner === undefined ? entries : [...entries, [String(key), inner]]);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function isMap(value: Json | undefined): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
