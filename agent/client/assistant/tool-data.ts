// What a tool answers before it is text: plain data whose lists and texts are bounded, and its outline for a model to read.
import { plain } from "./plain-text.ts";

/** Data of an answer. Texts from a cluster have gone through `plain`. */
export type ToolValue = string | number | boolean | null | readonly ToolValue[] | ToolData;

/** An object of it; what is undefined is left out. */
export type ToolData = { readonly [key: string]: ToolValue | undefined };

/** How a resource is named. */
export type Named = { readonly kind: string; readonly namespace?: string | undefined; readonly name: string };

// A Kubernetes name has at most 253 characters, a rid of names three of them.
const NAME_LENGTH_MAX = 253;
const RID_LENGTH_MAX = 800;

/** `Pod shop/cart-1`. */
export function nameOf({ kind, namespace, name }: Named): string {
  return plain(`${kind} ${namespace ? `${namespace}/` : ""}${name}`, 2 * NAME_LENGTH_MAX);
}

/** A short word: a reason, a severity, a time, a cluster. */
export function word(text: string): string {
  return plain(text, NAME_LENGTH_MAX);
}

/** An id that other tools take. Never cut: a cut id finds nothing. */
export function id(text: string): string {
  return text.length <= RID_LENGTH_MAX ? plain(text, RID_LENGTH_MAX) : "";
}

/** A probability with as many digits as it is worth. */
export function share(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

/** The first of a list, and how many were left out; nothing at all for an empty list. */
export function listed<T>(key: string, all: readonly T[], max: number, say: (one: T) => ToolValue): ToolData {
  if (all.length === 0) return {};
  const more = all.length - Math.max(1, Math.floor(max));
  return { [key]: all.slice(0, Math.max(1, Math.floor(max))).map(say), ...(more > 0 ? { [`${key}_left_out`]: more } : {}) };
}

/** The data as lines `key: value`, lists with a dash, what lies within indented. */
export function outline(data: ToolData, indent = ""): string[] {
  return Object.entries(data).flatMap(([key, value]) => {
    if (value === undefined) return [];
    if (Array.isArray(value)) return [`${indent}${key}:`, ...value.flatMap((one: ToolValue) => itemLines(one, indent))];
    if (typeof value === "object" && value !== null) return [`${indent}${key}:`, ...outline(value as ToolData, `${indent}  `)];
    return [`${indent}${key}: ${value === null ? "none" : value}`];
  });
}

function itemLines(value: ToolValue, indent: string): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${indent}- ${value}`];
  const [first = "", ...rest] = outline(value as ToolData, `${indent}  `);
  return [`${indent}- ${first.slice(indent.length + 2)}`, ...rest];
}
