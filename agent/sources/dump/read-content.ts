// Reads one structured file of a dump, whatever its form, into what it holds.
import { parseAllDocuments, visit } from "yaml";
import { textAt } from "../fields.ts";
import { describeContent } from "./describe.ts";
import type { FileContent } from "./dump-item.ts";
import { nothing } from "./dump-item.ts";
import type { Recognised, RecordedCall } from "./recognise.ts";
import { structuredContent } from "./structured.ts";
import { eventsTable, podsTable } from "./text-table.ts";

/** JSON is parsed whole: 512 MB of text is about 2 GB of objects. */
const JSON_BYTES_MAX = 512 * 1024 * 1024;
/** The YAML parser is some twenty times slower than JSON's and needs more memory. */
const YAML_BYTES_MAX = 96 * 1024 * 1024;
const TEXT_BYTES_MAX = 64 * 1024 * 1024;

/** Reads and parses; a file that cannot be used comes back with the reason, never as a throw of the parser. */
export async function readContent(path: string, { form, call }: Recognised, chunks: AsyncIterable<Uint8Array>): Promise<FileContent> {
  const whole = await readText(chunks, form === "json" ? JSON_BYTES_MAX : form === "yaml" ? YAML_BYTES_MAX : TEXT_BYTES_MAX);
  if (whole === undefined) return nothing("larger than can be read at once");
  const text = call ? whole.split("\n").slice(call.lines).join("\n") : whole;
  const namespace = call ? namespaceOf(call) : namespaceOfPath(path);
  switch (form) {
    case "json":
      return jsonContent(path, text);
    case "yaml":
      return yamlContent(path, text);
    case "events-table":
      return eventsTable(text, namespace);
    case "table":
      return podsTable(text, namespace);
    case "describe":
      return describeContent(text, call ? (textAt(call.params, "kind") ?? /\bdescribe (\S+)/.exec(call.command)?.[1]) : undefined);
    default:
      return nothing("not a form that holds objects");
  }
}

async function readText(chunks: AsyncIterable<Uint8Array>, bytesMax: number): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > bytesMax) return undefined;
    parts.push(chunk);
  }
  return Buffer.concat(parts)
    .toString("utf8")
    .replace(/^\uFEFF/, "");
}

function jsonContent(path: string, text: string): FileContent {
  try {
    return structuredContent([JSON.parse(text)], path);
  } catch (fault) {
    const documents = jsonDocuments(text);
    return documents.length > 0
      ? structuredContent(documents, path)
      : nothing(`not valid JSON: ${fault instanceof Error ? fault.message.slice(0, 200) : ""}`);
  }
}

/** `kubectl cluster-info dump` to the screen: pretty-printed documents one after the other, then log sections. */
function jsonDocuments(text: string): readonly unknown[] {
  return text.split(/^(?=\{\s*$)/m).flatMap((part) => {
    const end = part.lastIndexOf("\n}");
    try {
      return part.startsWith("{") ? [JSON.parse(part.slice(0, end + 2))] : [];
    } catch {
      return [];
    }
  });
}

function yamlContent(path: string, text: string): FileContent {
  const documents = parseAllDocuments(text, { logLevel: "silent", merge: false });
  const faults: string[] = [];
  const values = (Array.isArray(documents) ? documents : []).flatMap((document): unknown[] => {
    if (document.errors[0]) faults.push(`not valid YAML: ${document.errors[0].message.split("\n", 1)[0]}`);
    if (document.errors[0] || document.contents === null) return [];
    // Kubernetes writes no aliases; in a hostile file they multiply.
    if (!holdsAlias(document)) return [document.toJS({ maxAliasCount: 0 })];
    faults.push("YAML with aliases is not read");
    return [];
  });
  const content = structuredContent(values, path);
  return faults[0] ? { ...content, fault: faults[0] } : content;
}

function holdsAlias(document: Parameters<typeof visit>[0]): boolean {
  let found = false;
  visit(document, {
    Alias: () => {
      found = true;
      return visit.BREAK;
    },
  });
  return found;
}

function namespaceOf(call: RecordedCall): string | undefined {
  return textAt(call.params, "namespace") ?? /(?:^|\s)(?:-n|--namespace)[ =](\S+)/.exec(call.command)?.[1];
}

function namespaceOfPath(path: string): string | undefined {
  return /(?:^|\/)namespaces\/([^/]+)\//.exec(path)?.[1];
}
