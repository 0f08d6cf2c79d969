// The names of a kubeconfig's contexts, to choose from. Everything else of it is the agent's business.
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { env } from "node:process";

/** Contexts in the order of the files, the first of equal names; `files` were looked at. */
export type Contexts = { readonly names: readonly string[]; readonly current: string | undefined; readonly files: readonly string[] };

/** Reads the files that kubectl would read. A file that cannot be read has no contexts. */
export async function readContexts(): Promise<Contexts> {
  const named = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  const files = named.length > 0 ? named : [join(homedir(), ".kube", "config")];
  const found = await Promise.all(files.map(async (file) => contextsIn(await readFile(file, "utf8").catch(() => ""))));
  return { names: [...new Set(found.flatMap(({ names }) => names))], current: found.find(({ current }) => current)?.current, files };
}

/** The contexts of one file, in the YAML that kubectl writes, or in JSON. */
export function contextsIn(text: string): Pick<Contexts, "names" | "current"> {
  return text.trimStart().startsWith("{") ? fromJson(text) : fromYaml(text);
}

function fromJson(text: string): Pick<Contexts, "names" | "current"> {
  try {
    const config = JSON.parse(text) as { contexts?: ({ name?: unknown } | null)[]; "current-context"?: unknown };
    const names = Array.isArray(config.contexts) ? config.contexts.map((context) => context?.name) : [];
    const current = config["current-context"];
    return {
      names: names.filter((name): name is string => typeof name === "string" && name !== ""),
      current: typeof current === "string" && current !== "" ? current : undefined,
    };
  } catch {
    return { names: [], current: undefined };
  }
}

function fromYaml(text: string): Pick<Contexts, "names" | "current"> {
  const names: string[] = [];
  let current: string | undefined;
  let isInside = false;
  let indent: number | undefined;
  for (const line of text.split(/\r?\n/)) {
    const [, key, value = ""] = /^([\w-]+):(?:\s+(.*))?$/.exec(line) ?? [];
    if (key !== undefined) isInside = key === "contexts";
    if (key === "current-context") current = scalar(value) || undefined;
    if (!isInside) continue;
    // Of an item the keys stand two characters right of its dash; `namespace` and `cluster` below `context` stand further right.
    const [, before, dash, name] = /^( *)(- +)?name: +(.+)$/.exec(line) ?? [];
    indent ??= /^( *)- /.exec(line)?.[1]?.length;
    if (name !== undefined && before !== undefined && before.length === (indent ?? 0) + (dash === undefined ? 2 : 0))
      names.push(scalar(name));
  }
  return { names: names.filter((name) => name !== ""), current };
}

function scalar(text: string): string {
  const trimmed = text.trim();
  const [, double] = /^"((?:[^"\\]|\\.)*)"/.exec(trimmed) ?? [];
  if (double !== undefined) return double.replace(/\\(.)/g, "$1");
  const [, single] = /^'((?:[^']|'')*)'/.exec(trimmed) ?? [];
  return single === undefined ? trimmed.replace(/\s+#.*$/, "") : single.replaceAll("''", "'");
}
