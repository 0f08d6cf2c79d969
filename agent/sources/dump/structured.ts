// JSON and YAML files of a dump: lists, single objects, several documents, arrays, events, alerts.
import { isClusterScoped } from "../../domain/identity.ts";
import type { Fields } from "../fields.ts";
import { fieldsAt, isFields, textAt } from "../fields.ts";
import { knownKind } from "../kinds.ts";
import { isAlert, isEventObject } from "../recorded-line.ts";
import type { DumpItem, FileContent, ListSeen } from "./dump-item.ts";
import { stem } from "./entries.ts";

const ITEMS_MAX = 500_000;
/** Lists within lists. */
const DEPTH_MAX = 4;

type Found = { readonly items: DumpItem[]; readonly lists: ListSeen[]; unknown: number };

/** Everything in the documents of one file; the path helps where a list does not say what it lists. */
export function structuredContent(documents: readonly unknown[], filePath: string): FileContent {
  const found: Found = { items: [], lists: [], unknown: 0 };
  for (const [at, document] of documents.entries()) collect(document, documents.length > 1 ? `[${at}]` : "", { found, filePath });
  const none = found.items.length === 0 && found.lists.length === 0;
  return {
    items: found.items,
    lists: found.lists,
    ...(none
      ? { fault: "holds no Kubernetes objects, events or alerts" }
      : found.unknown > 0
        ? { fault: `${found.unknown} entries have no kind that we know` }
        : {}),
  };
}

type Context = {
  readonly found: Found;
  readonly filePath: string;
  readonly apiVersion?: string | undefined;
  readonly kind?: string | undefined;
  readonly depth?: number;
};

function collect(value: unknown, path: string, context: Context): void {
  const { found, depth = 0 } = context;
  if (found.items.length >= ITEMS_MAX || value === null || value === undefined) return;
  const list = Array.isArray(value) ? { items: value } : value;
  if (!isFields(list)) found.unknown++;
  else if (Array.isArray(list["items"]) && depth < DEPTH_MAX)
    collectList(list, list["items"], Array.isArray(value) ? path : `${path}.items`, context);
  else collectOne(list, path, context);
}

function collectOne(value: Fields, path: string, context: Context): void {
  const { items } = context.found;
  const alerts = alertsOf(value);
  const event = alerts ? undefined : eventOf(value, context);
  const object = alerts || event ? undefined : objectOf(value, context);
  if (alerts) for (const alert of alerts) items.push({ is: "alert", value: alert, path });
  else if (event) items.push({ is: "event", value: event, path });
  else if (object) items.push({ is: "object", value: object, path });
  else context.found.unknown++;
}

function collectList(list: Fields, items: readonly unknown[], path: string, context: Context): void {
  const listKind = textAt(list, "kind")?.replace(/List$/, "");
  const kind = listKind || kindOfPath(context.filePath);
  const before = context.found.items.length;
  for (const [at, item] of items.entries()) {
    collect(item, `${path}[${at}]`, { ...context, kind, apiVersion: textAt(list, "apiVersion"), depth: (context.depth ?? 0) + 1 });
  }
  context.found.lists.push(...listsSeen(context.found.items.slice(before), kind, context.filePath));
}

/** A list with objects of several namespaces is of all of them; an empty one is of the namespace its path names. */
function listsSeen(items: readonly DumpItem[], kind: string | undefined, filePath: string): readonly ListSeen[] {
  const namespaces = new Map<string, Set<string>>();
  for (const { is, value } of items) {
    const itemKind = textAt(value, "kind");
    if (is !== "object" || !itemKind) continue;
    const of = namespaces.get(itemKind) ?? new Set();
    namespaces.set(itemKind, of.add(textAt(fieldsAt(value, "metadata"), "namespace") ?? ""));
  }
  if (namespaces.size === 0) return kind && items.length === 0 ? [{ kind, namespace: namespaceOfPath(filePath) }] : [];
  return [...namespaces].map(([itemKind, of]) =>
    of.size > 1 || isClusterScoped(itemKind) ? { kind: itemKind } : { kind: itemKind, namespace: [...of][0] },
  );
}

/** Webhook bodies, answers of the Alertmanager and Prometheus APIs, one alert, and findings that carry one under `raw`. */
function alertsOf(value: Fields): readonly Fields[] | undefined {
  if (isAlert(value)) return [value];
  const data = value["data"];
  if (value["status"] === "success" && Array.isArray(data)) return data.filter((entry) => isFields(entry) && isAlert(entry));
  if (value["status"] === "success" && isFields(data) && isAlert(data)) return [data];
  const raw = fieldsAt(value, "raw");
  return raw && isAlert(raw) ? [{ ...raw, startsAt: raw["startsAt"] ?? value["starts_at"] }] : undefined;
}

/** An Event; or insights-operator's short form, which names no object: then it is about the namespace. */
function eventOf(value: Fields, context: Context): Fields | undefined {
  if (isEventObject(value) || (value["kind"] === undefined && context.kind === "Event" && isFields(value["involvedObject"]))) return value;
  const namespace = textAt(value, "namespace");
  if (!namespace || !textAt(value, "reason") || !textAt(value, "lastTimestamp") || isFields(value["metadata"])) return undefined;
  return { ...value, involvedObject: { kind: "Namespace", name: namespace } };
}

function objectOf(value: Fields, context: Context): Fields | undefined {
  const metadata = fieldsAt(value, "metadata");
  if (!metadata || !textAt(metadata, "name")) return undefined;
  const kind =
    textAt(value, "kind") ?? (context.kind === "" ? undefined : context.kind) ?? kindByShape(value) ?? kindOfPath(context.filePath);
  if (!kind) return undefined;
  return { ...value, kind, apiVersion: textAt(value, "apiVersion") ?? context.apiVersion ?? "v1" };
}

function kindByShape(value: Fields): string | undefined {
  const spec = fieldsAt(value, "spec");
  if (Array.isArray(spec?.["containers"])) return "Pod";
  return isFields(fieldsAt(value, "status")?.["nodeInfo"]) ? "Node" : undefined;
}

/** `…/core/pods.yaml`, `cluster-resources/pods/default.json`, `pods-default.json`, `node-worker-0.json`. */
function kindOfPath(path: string): string | undefined {
  const name = stem(path);
  const folders = path.split("/").slice(-3, -1).reverse();
  for (const word of [name, name.split(/[-_.]/)[0] ?? "", ...folders]) {
    const kind = knownKind(word);
    if (kind) return kind;
  }
  return undefined;
}

/** `namespaces/NS/core/pods.yaml`, `NS/pods.json`, `cluster-resources/pods/NS.json`; undefined: of all namespaces, as far as the path tells. */
function namespaceOfPath(path: string): string | undefined {
  const layout = /(?:^|\/)namespaces\/([^/]+)\//.exec(path) ?? /cluster-resources\/[^/]+\/([^/]+)\.json$/.exec(path);
  if (layout) return layout[1];
  return knownKind(stem(path)) ? path.split("/").at(-2) : undefined;
}
