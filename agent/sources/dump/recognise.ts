// What a file of a dump is, by its first kilobytes, and only then by its name.

import type { Fields } from "../fields.ts";
import { isFields, textAt } from "../fields.ts";
import { recordedLine } from "../recorded-line.ts";
import { isLogPath } from "./log-names.ts";

/** Bytes looked at. */
export const HEAD_LENGTH = 64 * 1024;

export const FILE_FORMS = [
  "json",
  "yaml",
  "recording",
  "events-table",
  "table",
  "describe",
  "cluster-info",
  "log",
  "empty",
  "failed-command",
  "unknown",
] as const;

/** How a file is to be read. `failed-command`: the recorded output of a kubectl call that did not work. */
export type FileForm = (typeof FILE_FORMS)[number];

/** A file's form, and the call that some recorders note above the output. */
export type Recognised = { readonly form: FileForm; readonly call?: RecordedCall | undefined };

/** What a recorder noted about the call whose output follows; `lines` is how many lines it takes. */
export type RecordedCall = { readonly lines: number; readonly command: string; readonly params: Fields };

/** Recognises a file by its head, which is all of it or its first `HEAD_LENGTH` bytes. */
export function recognise(path: string, head: string): Recognised {
  const call = recordedCall(head);
  const text = call ? head.split("\n").slice(call.lines).join("\n") : head;
  return { form: formOf(path, text, call), ...(call ? { call } : {}) };
}

function formOf(path: string, text: string, call: RecordedCall | undefined): FileForm {
  const trimmed = text.trimStart();
  if (/^(\{\}|null|stderr:)?\s*$/.test(trimmed)) return "empty";
  if (/^(Command `|Error from server|error: |E\d{4} .*memcache|No (events|resources) found)/.test(trimmed)) return "failed-command";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a NUL tells a binary file.
  if (/\u0000/.test(trimmed.slice(0, 4096))) return "unknown";
  if (/^\{|^\[\s*[{\]]/.test(trimmed)) return jsonForm(path, trimmed);
  if (/^==== START logs for container /m.test(trimmed)) return "cluster-info";
  const first = trimmed.split("\n", 1)[0] ?? "";
  if (/^(NAMESPACE +)?(LAST SEEN|FIRST SEEN) +/.test(first)) return "events-table";
  if (/^(NAMESPACE +)?NAME +[A-Z]/.test(first) && !first.includes(" = ")) return "table";
  if (/^Name: +\S/.test(first) && /^(Namespace|Labels|Roles|Annotations): /m.test(trimmed)) return "describe";
  if (/^(-{3}\s*)?(#[^\n]*\n\s*)*(apiVersion|kind|items|metadata):/.test(trimmed) && /^\s*(- )?(kind|metadata): ?/m.test(trimmed))
    return "yaml";
  return call ? loggedBy(call) : isLogPath(path) || /^\[pod\/[^/\]]+\/[^\]]+\] /.test(trimmed) ? "log" : "unknown";
}

function loggedBy(call: RecordedCall): FileForm {
  return /\blogs\b/.test(call.command) ? "log" : "unknown";
}

function jsonForm(path: string, text: string): FileForm {
  const end = text.indexOf("\n");
  const first = parsed(end < 0 ? text : text.slice(0, end));
  // Pretty-printed, or one line that is longer than the head.
  if (first === undefined)
    return /^==== START logs for container /m.test(text)
      ? "cluster-info"
      : end < 0 && text.length < HEAD_LENGTH && isLogPath(path)
        ? "log"
        : "json";
  const isAlone = end < 0 || text.slice(end).trim() === "";
  if (isAlone && isFields(first) && (Array.isArray(first["items"]) || isFields(first["metadata"]))) return "json";
  if (recordedLine(first).is !== "unknown") return "recording";
  if (isLogPath(path)) return "log";
  return isAlone ? "json" : "unknown";
}

/** Recorders of kubectl calls write one or two JSON objects with the call, then sometimes `stdout:`. */
function recordedCall(head: string): RecordedCall | undefined {
  const lines = head.split("\n", 8);
  let count = 0;
  let command = "";
  let params: Fields = {};
  for (const line of lines) {
    const value = line.startsWith("{") ? parsed(line) : undefined;
    if (!isFields(value) || (value["tool_name"] === undefined && value["invocation"] === undefined)) break;
    count++;
    command = `${command} ${(textAt(value, "tool_name") ?? "").replaceAll("_", " ")} ${textAt(value, "invocation") ?? ""}`.trim();
    const given = value["params"] ?? value["match_params"];
    if (isFields(given)) params = given;
  }
  if (count === 0) return undefined;
  return { lines: /^stdout:\s*$/.test(lines[count] ?? "") ? count + 1 : count, command, params };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
