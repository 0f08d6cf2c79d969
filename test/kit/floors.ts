// The floors of the house (ARCHITECTURE.md) as data, and the check that every import goes down a stair that is listed.
import { posix } from "node:path";
import { codeOf, type ImportFound, importsOf, withoutStrings } from "./source-text.ts";

/** What the files of one floor may import. A floor's own files may always import each other. */
type Floor = {
  readonly floors: readonly string[];
  /** Packages by name; `node:` stands for all of Node's own modules. */
  readonly packages?: readonly string[];
  /** Floors of which only types may be imported. */
  readonly types?: readonly string[];
  /** No clock, no chance, no waiting, no outside world: these come in as arguments. */
  readonly pure?: true;
};

/** An allow-list: what is not here is closed. Sub-floors (`store/sqlite`) inherit from nobody. */
const FLOORS: Readonly<Record<string, Floor>> = {
  protocol: { floors: [], pure: true },
  domain: { floors: [], pure: true },
  knowledge: { floors: ["domain"], pure: true },
  graph: { floors: ["domain"], pure: true },
  detectors: { floors: ["domain", "knowledge", "graph"], pure: true },
  reasoning: { floors: ["domain", "knowledge", "graph"], pure: true },
  platform: { floors: [], packages: ["node:", "pino", "prom-client", "cockatiel"] },
  config: { floors: ["domain", "platform"], packages: ["node:", "typebox", "yaml"] },
  "store/port": { floors: ["domain"] },
  store: { floors: ["store/port", "domain", "platform"], packages: ["node:"] },
  "store/sqlite": { floors: ["store", "store/port", "domain", "platform"], packages: ["node:"] },
  "store/neo4j": { floors: ["store", "store/port", "domain", "platform"], packages: ["node:", "neo4j-driver"] },
  "bus/port": { floors: ["domain"] },
  "bus/memory": { floors: ["bus/port", "domain", "platform"], packages: ["node:"] },
  "sources/port": { floors: ["domain"] },
  sources: { floors: ["sources/port", "domain", "knowledge", "platform"], packages: ["node:"] },
  ...Object.fromEntries(
    ["alerts", "dump", "events", "logs", "replay", "updates"].map((name) => [
      `sources/${name}`,
      { floors: ["sources", "sources/port", "domain", "knowledge", "platform"], packages: ["node:", "yaml", "tar-stream"] },
    ]),
  ),
  "sources/kubernetes": {
    floors: ["sources", "sources/port", "domain", "knowledge", "platform"],
    packages: ["node:", "@kubernetes/client-node", "yaml"],
  },
  "pipeline/live-change": { floors: ["domain"] },
  pipeline: {
    floors: [
      ..."domain knowledge graph detectors reasoning platform store/port bus/port pipeline/live-change sources/port sources".split(" "),
      ..."sources/alerts sources/events sources/kubernetes sources/logs sources/updates".split(" "),
    ],
    packages: ["node:"],
  },
  operations: {
    floors: ["domain", "knowledge", "graph", "reasoning", "platform", "config", "store/port", "sources/port"],
    packages: ["node:"],
  },
  api: {
    floors: "protocol domain knowledge platform config operations pipeline/live-change store/port sources/port".split(" "),
    packages: ["node:", "fastify", "@fastify/swagger", "@fastify/rate-limit", "@fastify/type-provider-typebox", "typebox", "ws"],
  },
  client: { floors: ["protocol"], packages: ["node:", "ws"] },
  app: { floors: ["*"], packages: ["node:"] },
  cli: {
    floors: ["app", "client", "api", "protocol", "config", "platform", "domain", "operations", "store/port", "sources/port"],
    packages: ["node:", "commander", "picocolors", "cli-progress", "@modelcontextprotocol/sdk"],
  },
  main: { floors: ["cli", "app", "config", "platform"], packages: ["node:", "commander"] },
  "webview/protocol": { floors: [], types: ["protocol"] },
  webview: { floors: ["webview/protocol"], types: ["protocol"], packages: ["d3"] },
  extension: { floors: ["protocol", "client", "webview/protocol"], packages: ["node:", "vscode", "yaml"] },
};

/** Not to be imported by app: what stands above it. */
const ABOVE_APP = new Set(["cli", "main", "webview", "extension"]);

/** Where programs start; every other file must be imported by some file. */
const ENTRY_POINTS = new Set([
  "agent/main.ts",
  "agent/store/sqlite/thread/writer.ts",
  "webview/main.ts",
  "extension/extension.ts",
  "extension/session/agent-keeper.ts",
]);

/** The extension has no main of its own: one file finds the kubeconfig as kubectl does, one hands VS Code's environment to the agent that it starts. */
const READS_ENVIRONMENT = new Set(["agent/main.ts", "extension/session/kubeconfig.ts", "extension/session/agent-process.ts"]);

const IMPURE =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.|\bprocess\.|\bsetTimeout\(|\bsetInterval\(|\basync\s|\bawait\s/;

/** The floor that a file stands on, or undefined. Paths are relative to the project, with forward slashes. */
export function floorOf(path: string): string | undefined {
  const [root = "", folder = "", child = ""] = path.split("/");
  if (root === "webview") return path === "webview/protocol.ts" ? "webview/protocol" : "webview";
  if (root === "extension") return "extension";
  if (root !== "agent") return undefined;
  if (child === "") return known(folder.replace(/\.ts$/, ""), ["app", "main"]);
  const inner = `${folder}/${child.replace(/\.ts$/, "")}`;
  if (inner in FLOORS) return inner;
  return known(folder, Object.keys(FLOORS));
}

function known(name: string, names: readonly string[]): string | undefined {
  return names.includes(name) ? name : undefined;
}

/** Everything in these files (path to text) that breaks a rule, one line each: path and what to do. Rules for tests hold in `test/`. */
export function violations(files: ReadonlyMap<string, string>): string[] {
  const imported = new Set<string>();
  const found: string[] = [];
  for (const [path, text] of files) {
    found.push(...textViolations(path, text));
    if (!isProduct(path)) continue;
    const floor = floorOf(path);
    if (floor === undefined) found.push(`${path}: stands on no floor; put it on one, or open a new one in test/kit/floors.ts`);
    for (const entry of importsOf(text)) {
      const target = entry.name.startsWith(".") ? posix.join(posix.dirname(path), entry.name) : undefined;
      if (target && target !== path) imported.add(target);
      const wrong = floor === undefined ? undefined : importViolation(floor, entry, target, files);
      if (wrong) found.push(`${path}: ${wrong}`);
    }
  }
  for (const path of files.keys()) {
    if (isProduct(path) && !imported.has(path) && !ENTRY_POINTS.has(path))
      found.push(`${path}: is imported by nobody; wire it or delete it`);
  }
  return found;
}

function importViolation(
  floor: string,
  entry: ImportFound,
  target: string | undefined,
  files: ReadonlyMap<string, string>,
): string | undefined {
  const allowed = FLOORS[floor] ?? { floors: [] };
  if (entry.name === "") return "imports a computed name; name the file in full";
  if (target === undefined)
    return allowed.packages?.some((name) => isFrom(entry.name, name)) ? undefined : `${floor} may not import ${entry.name}`;
  if (target.endsWith("package.json") || !target.endsWith(".ts"))
    return floor === "app" || floor === "cli" ? undefined : `${floor} may not import ${target}`;
  if (!files.has(target)) return `imports ${target}, which does not exist`;
  const below = floorOf(target) ?? "";
  if (below === floor || allowed.floors.includes(below) || (allowed.floors.includes("*") && !ABOVE_APP.has(below.split("/")[0] ?? "")))
    return undefined;
  if (allowed.types?.includes(below)) return entry.typeOnly ? undefined : `${floor} may import types only of ${below}`;
  return `${floor} may not import ${below} (${target})`;
}

function isFrom(name: string, allowed: string): boolean {
  return allowed === "node:" ? name.startsWith("node:") : name === allowed || name.startsWith(`${allowed}/`);
}

function isProduct(path: string): boolean {
  return /^(?:agent|extension|webview)\//.test(path);
}

/** Also by another name: imported from node:process, or as the whole module, which hides what is taken from it. */
function readsEnvironment(text: string, code: string): boolean {
  if (/\bprocess\.env\b|\bprocess\[/.test(code)) return true;
  const imported = [...codeOf(text).matchAll(/import\s+(?!type\b)([^;"']*?)\s+from\s+["'](?:node:)?process["']/g)];
  return imported.some(([, names = ""]) => !names.startsWith("{") || /\benv\b/.test(names));
}

/** What a file's own text may not hold, wherever it imports from. */
function textViolations(path: string, text: string): string[] {
  const code = withoutStrings(codeOf(text));
  const isPure = isProduct(path) && FLOORS[floorOf(path) ?? ""]?.pure === true;
  const rules: readonly (readonly [boolean, string])[] = [
    [/^\/\/ \S.*\w/.test(text.replace(/^#!.*\n/, "")), "begins without a comment line that says what it is for"],
    [
      !(isProduct(path) ? /@ts-(?:ignore|nocheck|expect-error)/ : /@ts-(?:ignore|nocheck)/).test(text),
      "silences the type checker; mend the type",
    ],
    [!/\bas any\b/.test(code), "casts to any; parse at the edge"],
    [!isProduct(path) || path === "agent/main.ts" || !/\bprocess\.exit\b/.test(code), "ends the process; only agent/main.ts may"],
    [!isProduct(path) || READS_ENVIRONMENT.has(path) || !readsEnvironment(text, code), "reads the environment; only agent/main.ts may"],
    [!path.startsWith("test/") || !/\.only\(|\bonly: true/.test(code), "runs one test only"],
    [!isPure || !IMPURE.test(code), `is not pure (${IMPURE.exec(code)?.[0].trim()}); take it as an argument`],
  ];
  return rules.flatMap(([holds, complaint]) => (holds ? [] : [`${path}: ${complaint}`]));
}
