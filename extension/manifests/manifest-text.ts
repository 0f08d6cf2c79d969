// Reads manifests out of YAML text: which Kubernetes resources it defines, document by document, with positions; also where templates stand in it.
import { type Document, isAlias, isMap, isScalar, isSeq, type ParsedNode, parseAllDocuments, type YAMLMap } from "yaml";

/** A resource that a text defines. `namespace` only where the text says one; `generated`: its name gets a hash when it is made. */
export type ManifestResource = {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
  readonly generated: boolean;
};

/** The same with where it stands. */
export type PlacedResource = { readonly resource: ManifestResource; readonly node: YAMLMap; readonly document: Document };

const RESOURCES_MAX = 1_000;
const LIST_DEPTH_MAX = 2;

// Bounded, so that a text full of openings is not searched to its end for each.
const TEMPLATE = /\{\{[\s\S]{0,500}?\}\}/g;

/** The resources of a text, in order. Text that is no YAML, or not of Kubernetes, has none. */
export function placedResources(text: string): PlacedResource[] {
  const found: PlacedResource[] = [];
  for (const document of documentsOf(text)) {
    if (found.length >= RESOURCES_MAX) break;
    collect(document.contents, document, found, 0);
  }
  return found;
}

/** The documents of a text; none where it is hopeless. Positions are those of the text. */
export function documentsOf(text: string): readonly Document.Parsed[] {
  try {
    const documents = parseAllDocuments(withoutTemplates(text), { strict: false, uniqueKeys: false, logLevel: "silent" });
    return Array.isArray(documents) ? documents : [];
  } catch {
    return []; // nested deeper than the stack
  }
}

/** A text in a map; undefined when there is none. */
export function textIn(map: YAMLMap, key: string): string | undefined {
  const value: unknown = map.get(key);
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : undefined;
}

/** The node that an alias stands for, or the node itself. */
export function resolved(node: unknown, document: Document): unknown {
  return isAlias(node) ? node.resolve(document) : node;
}

/** Go templates (Helm's sources) as text of the same length that YAML can read: a line that is only template becomes a comment. */
export function withoutTemplates(text: string): string {
  if (!text.includes("{{")) return text;
  const masked = text.replace(TEMPLATE, (template) => template.replace(/[^\r\n]/g, "_"));
  return masked.replace(/^([ \t]*)_([_ \t]*)$/gm, (_, indent: string, rest: string) => `${indent}#${rest}`);
}

function collect(contents: ParsedNode | null | unknown, document: Document, found: PlacedResource[], depth: number): void {
  const node = resolved(contents, document);
  if (!isMap(node) || found.length >= RESOURCES_MAX) return;
  const kind = textIn(node, "kind");
  const items = resolved(node.get("items", true), document);
  if (kind?.endsWith("List") && isSeq(items) && depth < LIST_DEPTH_MAX) {
    for (const item of items.items) collect(item, document, found, depth + 1);
    return;
  }
  const metadata = resolved(node.get("metadata", true), document);
  const name = isMap(metadata) ? textIn(metadata, "name") : undefined;
  if (kind === undefined || name === undefined || !isMap(metadata)) return;
  found.push({ resource: { kind, namespace: textIn(metadata, "namespace"), name, generated: false }, node, document });
}

/** Whether a node is text or a number. */
export function scalarText(node: unknown): string | undefined {
  return isScalar(node) && (typeof node.value === "string" || typeof node.value === "number") ? String(node.value) : undefined;
}
