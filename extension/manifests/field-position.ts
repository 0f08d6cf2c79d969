// Finds in a manifest the field that a path names (`spec.template.spec.containers[app].image`), or the nearest that there is above it.
import { type Document, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from "yaml";
import { type PlacedResource, resolved, scalarText } from "./manifest-text.ts";

/** A part of a text, as offsets. */
export type Span = { readonly start: number; readonly end: number };

/** A place that was found; `depth` counts the steps of the path that led there. */
export type Place = { readonly span: Span; readonly depth: number };

const PATH_STEPS_MAX = 40;
// What tells the items of Kubernetes' lists apart.
const ITEM_KEYS = ["name", "key", "port", "containerPort", "mountPath", "topologyKey", "host", "ip"];
const ITEMS_MAX = 200;
const NODES_MAX = 5_000;

/** The field, or the deepest one above it that the manifest has; depth 0: none of it. */
export function placeOf({ node, document }: PlacedResource, path: string): Place {
  return descend({ node, rest: path, place: { span: nameSpan(node, document), depth: 0 } }, { document, left: NODES_MAX });
}

type Way = { readonly node: unknown; readonly rest: string; readonly place: Place };

/** `left`: how many more nodes may be looked at; aliases can make a short text endless. */
type Walk = { readonly document: Document; left: number };

function descend({ node, rest, place }: Way, walk: Walk): Place {
  walk.left -= 1;
  if (rest === "" || place.depth >= PATH_STEPS_MAX || walk.left < 0) return place;
  const { document } = walk;
  const steps = isMap(node) ? stepsIntoMap(node, rest) : isSeq(node) ? stepsIntoList(node, rest, document) : [];
  return steps
    .map((step) => ({ node: resolved(step.node, document), rest: step.rest, place: { span: step.span, depth: place.depth + 1 } }))
    .map((way) => descend(way, walk))
    .reduce((best, found) => (found.depth > best.depth ? found : best), place);
}

/** Where the resource says its name. */
export function nameSpan(node: YAMLMap, document: Document): Span {
  const metadata = resolved(node.get("metadata", true), document);
  const name: unknown = isMap(metadata) ? metadata.get("name", true) : node.get("name", true);
  return spanOf(name) ?? spanOf(node) ?? { start: 0, end: 0 };
}

/** The first text below the node that is this name, as the value of a key that refers to something. */
export function referenceTo({ node, document }: PlacedResource, name: string): Span | undefined {
  let visited = 0;
  const search = (one: unknown, depth: number): Span | undefined => {
    visited += 1;
    if (visited > NODES_MAX || depth > PATH_STEPS_MAX) return undefined;
    if (isSeq(one)) return first(one.items, (item) => search(item, depth + 1));
    if (!isMap(one)) return undefined;
    return first(one.items, ({ key, value }) => {
      const isReference = /(?:^|[a-z])(?:name|image|Name)$/.test(scalarText(key) ?? "");
      return isReference && scalarText(value) === name ? spanOf(value) : search(value, depth + 1);
    });
  };
  const spec: unknown = node.get("spec", true);
  return search(resolved(spec, document), 0);
}

type Step = { readonly node: unknown; readonly span: Span; readonly rest: string };

/** Keys may hold dots (`app.kubernetes.io/name`): the longest one that the path goes on with. */
function stepsIntoMap(map: YAMLMap, path: string): Step[] {
  const bracket = /^\[([^\]]*)\]\.?/.exec(path);
  let best: { readonly pair: Pair; readonly key: string; readonly rest: string } | undefined;
  for (const pair of map.items) {
    const key = scalarText(pair.key) ?? "";
    const rest = bracket ? (bracket[1] === key ? path.slice(bracket[0].length) : undefined) : restAfter(path, key);
    if (key !== "" && rest !== undefined && key.length > (best?.key.length ?? 0)) best = { pair, key, rest };
  }
  const span = best && pairSpan(best.pair);
  return best && span ? [{ node: best.pair.value, span, rest: best.rest }] : [];
}

function restAfter(path: string, key: string): string | undefined {
  if (!path.startsWith(key)) return undefined;
  const rest = path.slice(key.length);
  if (rest === "" || rest.startsWith("[")) return rest;
  return /^[.=]/.test(rest) ? rest.slice(1) : undefined;
}

/** By name or by number; where none is said (`[*]`, `[]`), any that has what the path goes on with. */
function stepsIntoList(list: YAMLSeq, path: string, document: Document): Step[] {
  const [whole = "", wanted = ""] = /^\[([^\]]*)\]\.?/.exec(path) ?? [];
  const items = list.items.slice(0, ITEMS_MAX).map((item) => resolved(item, document));
  const named = items.find((item) => isMap(item) && ITEM_KEYS.some((key) => scalarText(item.get(key, true)) === wanted));
  const found = wanted === "" || wanted === "*" ? items : [named ?? (/^\d+$/.test(wanted) ? items[Number(wanted)] : undefined)];
  return found.flatMap((item) => {
    const span = itemSpan(item);
    return span ? [{ node: item, span, rest: path.slice(whole.length) }] : [];
  });
}

/** A text is marked itself; of what holds more, its key. */
function pairSpan({ key, value }: Pair): Span | undefined {
  return isScalar(value) && value.value !== null ? spanOf(value) : spanOf(key);
}

function itemSpan(item: unknown): Span | undefined {
  if (!isMap(item)) return spanOf(item);
  const name: unknown = item.get("name", true);
  const [pair] = item.items;
  return spanOf(name) ?? (pair && spanOf(pair.key));
}

function spanOf(node: unknown): Span | undefined {
  const range = (node as Node | null | undefined)?.range;
  return range ? { start: range[0], end: range[1] } : undefined;
}

function first<T, R>(all: readonly T[], look: (one: T) => R | undefined): R | undefined {
  for (const one of all) {
    const found = look(one);
    if (found !== undefined) return found;
  }
  return undefined;
}
