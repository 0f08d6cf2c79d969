// Reads evaluation cases: gzipped JSON lines, the first of which names the case; and the answers beside them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from "../../agent/sources/fields.ts";

/** One case: its first line, and the others by their `type`. */
export type EvalCase = {
  readonly id: string;
  readonly head: Fields;
  of(type: string): readonly Fields[];
};

/** What is right, as score.py reads it. */
export type Answer = {
  readonly case: string;
  readonly system: string;
  readonly object: { readonly kind: string; readonly namespace?: string | undefined; readonly name: string };
  readonly faultType?: string | undefined;
  readonly visible?: boolean | undefined;
  readonly alerts: boolean;
  readonly slice?: string | undefined;
  readonly apps: readonly string[];
  readonly entities?: number | undefined;
  readonly owners: ReadonlyMap<string, string>;
};

/** Paths of the cases of a data set, sorted by name. */
export function casePaths(dir: string): readonly string[] {
  const folder = existsSync(join(dir, "cases")) ? join(dir, "cases") : dir;
  return readdirSync(folder)
    .filter((name) => name.endsWith(".jsonl.gz"))
    .sort()
    .map((name) => join(folder, name));
}

/** Reads one case. Throws on a file that is none. */
export function readCase(path: string): EvalCase {
  const lines = jsonLines(gunzipSync(readFileSync(path)).toString("utf8"));
  const head = lines.find((line) => line["type"] === "case");
  const id = textAt(head, "id");
  if (!head || !id) throw new Error(`${path}: no line of type "case" with an id`);
  const byType = new Map<string, Fields[]>();
  for (const line of lines) {
    const type = textAt(line, "type") ?? "";
    const known = byType.get(type);
    if (known) known.push(line);
    else byType.set(type, [line]);
  }
  return { id, head, of: (type) => byType.get(type) ?? [] };
}

/** The answers of a data set; empty when it has none. */
export function readAnswers(dir: string): readonly Answer[] {
  const path = join(dir, "answers.jsonl");
  return existsSync(path) ? jsonLines(readFileSync(path, "utf8")).map(answerOf) : [];
}

function answerOf(line: Fields): Answer {
  const object = fieldsAt(line, "object");
  const owners = fieldsAt(line, "owners") ?? {};
  return {
    case: textAt(line, "case") ?? "",
    system: textAt(line, "system") ?? "",
    object: { kind: textAt(object, "kind") ?? "", namespace: textAt(object, "namespace"), name: textAt(object, "name") ?? "" },
    faultType: textAt(line, "fault_type"),
    visible: typeof line["visible"] === "boolean" ? line["visible"] : undefined,
    alerts: line["alerts"] === true,
    slice: textAt(line, "slice"),
    apps: listAt(line, "apps").filter((app) => typeof app === "string"),
    entities: numberAt(line, "entities"),
    owners: new Map(Object.entries(owners).flatMap(([key, value]) => (typeof value === "string" ? [[key, value] as const] : []))),
  };
}

/** Python's JSON of samples that are not there. */
const PYTHON_NUMBER = /([[,:] ?)(?:NaN|-?Infinity)(?=[,\]}])/g;

function jsonLines(text: string): readonly Fields[] {
  return text
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line.includes("NaN") || line.includes("Infinity") ? line.replace(PYTHON_NUMBER, "$1null") : line) as unknown)
    .filter(isFields);
}
