// The floors hold: by the allow-list over every import, and by Biome's rules; each rule is shown to bite on a planted violation.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { violations } from "./kit/floors.ts";

const ROOT = dirname(import.meta.dirname);

test("every file stands on a floor, imports only what its floor may, and keeps the rules of the house", () => {
  const paths = globSync("{agent,extension,webview,test,scripts,bench}/**/*.ts", { cwd: ROOT }).map((path) => path.replaceAll("\\", "/"));
  const planted = new Set(["test/floors.test.ts", "test/kit/floors.ts"]); // they quote what they forbid
  const files = new Map(paths.filter((path) => !planted.has(path)).map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
  assert.deepEqual(violations(files), []);
});

/** A small sound house, to plant one violation in. */
const SOUND: Readonly<Record<string, string>> = {
  "agent/main.ts": 'import { run } from "./cli/run.ts";\nprocess.exit(run(process.env));',
  "agent/cli/run.ts":
    'import { start } from "../app.ts";\nimport { Command } from "commander";\nconst later = () => import("../client/client.ts");',
  "agent/app.ts":
    'import { open } from "./store/sqlite/open.ts";\nimport { link } from "./reasoning/link.ts";\nimport { serve } from "./api/serve.ts";\nimport { replay } from "./sources/replay/replay.ts";',
  "agent/store/port.ts": 'import type { Episode } from "../domain/episode.ts";',
  "agent/store/sqlite/open.ts": 'import { DatabaseSync } from "node:sqlite";\nimport type { Store } from "../port.ts";',
  "agent/sources/lines.ts": "export const lines = 1;",
  "agent/sources/replay/replay.ts": 'import { lines } from "../lines.ts";',
  "agent/reasoning/link.ts": 'import { RULES } from "../knowledge/rules.ts";',
  "agent/knowledge/rules.ts": 'import type { Episode } from "../domain/episode.ts";',
  "agent/domain/episode.ts": "export type Episode = 1;",
  "agent/api/serve.ts":
    'import fastify from "fastify";\nimport type { Frame } from "../protocol/frame.ts";\nimport type { Store } from "../store/port.ts";',
  "agent/protocol/frame.ts": "export type Frame = 1;",
  "agent/client/client.ts": 'import type { Frame } from "../protocol/frame.ts";',
  "webview/main.ts": 'import { select } from "d3";\nimport type { Frame } from "../agent/protocol/frame.ts";',
};

function check(planted: Readonly<Record<string, string>>): string[] {
  const commented = Object.entries({ ...SOUND, ...planted }).map(
    ([path, text]) => [path, text.startsWith("//") ? text : `// What it is for.\n${text}`] as const,
  );
  return violations(new Map(commented));
}

test("the sound house has no violation", () => {
  assert.deepEqual(check({}), []);
});

test("each planted violation is found, and nothing else", () => {
  const planted: [path: string, text: string, expected: RegExp][] = [
    ["agent/domain/episode.ts", 'import { RULES } from "../knowledge/rules.ts";', /domain may not import knowledge/],
    ["agent/domain/episode.ts", 'import "node:fs";', /domain may not import node:fs/],
    ["agent/knowledge/rules.ts", 'export { link } from "../reasoning/link.ts";', /knowledge may not import reasoning/],
    [
      "agent/reasoning/link.ts",
      'import { RULES } from "../knowledge/rules.ts";\nimport { open } from "../store/sqlite/open.ts";',
      /reasoning may not import store\/sqlite/,
    ],
    [
      "agent/reasoning/link.ts",
      'import { RULES } from "../knowledge/rules.ts";\nconst x = import("pino");',
      /reasoning may not import pino/,
    ],
    [
      "agent/store/sqlite/open.ts",
      'import type { Store } from "../port.ts";\nimport { lines } from "../../sources/lines.ts";',
      /store\/sqlite may not import sources/,
    ],
    [
      "agent/sources/replay/replay.ts",
      'import type { Store } from "../../store/port.ts";\nimport { lines } from "../lines.ts";',
      /sources\/replay may not import store\/port/,
    ],
    [
      "agent/api/serve.ts",
      'import type { Frame } from "../protocol/frame.ts";\nimport { open } from "../store/sqlite/open.ts";',
      /api may not import store\/sqlite/,
    ],
    ["agent/client/client.ts", 'import type { Episode } from "../domain/episode.ts";', /client may not import domain/],
    [
      "agent/cli/run.ts",
      'import { open } from "../store/sqlite/open.ts";\nimport "../app.ts";\nimport("../client/client.ts");',
      /cli may not import store\/sqlite/,
    ],
    ["webview/main.ts", 'import { frame } from "../agent/protocol/frame.ts";', /webview may import types only of protocol/],
    ["webview/main.ts", 'import type { Episode } from "../agent/domain/episode.ts";', /webview may not import domain/],
    ["webview/main.ts", 'import fs from "node:fs";', /webview may not import node:fs/],
    ["agent/reasoning/link.ts", 'import { RULES } from "../knowledge/rules.ts";\nconst x = import(name);', /computed name/],
    ["agent/reasoning/link.ts", 'import { RULES } from "../knowledge/rules.ts";\nimport "./gone.ts";', /does not exist/],
    ["agent/domain/episode.ts", "export const now = Date.now();", /is not pure \(Date\.now\(\)/],
    ["agent/domain/episode.ts", "export async function later() {}", /is not pure \(async\)/],
    ["agent/api/serve.ts", 'import type { Frame } from "../protocol/frame.ts";\nprocess.exit(1);', /ends the process/],
    ["agent/api/serve.ts", 'import type { Frame } from "../protocol/frame.ts";\nprocess.env.HOME;', /reads the environment/],
    [
      "agent/api/serve.ts",
      'import type { Frame } from "../protocol/frame.ts";\nimport { env } from "node:process";',
      /reads the environment/,
    ],
    [
      "agent/api/serve.ts",
      'import type { Frame } from "../protocol/frame.ts";\nimport process from "node:process";',
      /reads the environment/,
    ],
    ["agent/api/serve.ts", 'import type { Frame } from "../protocol/frame.ts";\nprocess["env"];', /reads the environment/],
    ["agent/domain/episode.ts", "// Episodes.\n// @ts-ignore\nexport type Episode = 1;", /silences the type checker/],
    ["agent/domain/episode.ts", "export const x = y as any;", /casts to any/],
    ["test/agent/x.test.ts", 'test.only("x", () => {});', /runs one test only/],
    ["agent/domain/orphan.ts", "export const x = 1;", /is imported by nobody/],
    ["agent/domain/episode.ts", "//\nexport const x = 1;", /begins without a comment/],
  ];
  for (const [path, text, expected] of planted) {
    const found = check({ [path]: text });
    assert.equal(found.length, 1, `${path}: ${text}\n${found.join("\n")}`);
    assert.match(found[0] ?? "", expected);
  }
  assert.match(check({ "agent/helpers/x.ts": "export const x = 1;" }).join("\n"), /agent\/helpers\/x\.ts: stands on no floor/);
  assert.match(check({ "agent/bus/shared.ts": "export const x = 1;" }).join("\n"), /agent\/bus\/shared\.ts: stands on no floor/);
});

test("what only looks like a violation is none", () => {
  const innocent = `// It says: import x from "pino", process.exit, Date.now().
/* import "node:fs"; @tsignore is not it */
export const text = 'import x from "pino"; await Date.now(); x as any';
export const pattern = /["'] process.exit/;
export const more = \`process.env\`;`;
  assert.deepEqual(check({ "agent/domain/episode.ts": innocent }), []);
});

test("Biome refuses an import up the stairs on every floor, and says what to do instead", (context) => {
  const house = mkdtempSync(join(tmpdir(), "kgroot-floors-"));
  context.after(() => rmSync(house, { recursive: true }));
  const config = JSON.parse(readFileSync(join(ROOT, "biome.json"), "utf8"));
  writeFileSync(join(house, "biome.json"), JSON.stringify({ ...config, root: true, vcs: { enabled: false } }));
  const forbidden: Readonly<Record<string, readonly string[]>> = {
    "agent/protocol/x.ts": ["../domain/episode.ts", "node:fs"],
    "agent/domain/x.ts": ["../knowledge/rules.ts", "node:fs", "pino"],
    "agent/knowledge/x.ts": ["../graph/graph.ts", "node:fs"],
    "agent/graph/deep/x.ts": ["../../knowledge/rules.ts", "node:fs"],
    "agent/detectors/x.ts": ["../reasoning/link.ts", "node:fs"],
    "agent/reasoning/x.ts": ["../store/sqlite/open.ts", "node:fs/promises"],
    "agent/platform/x.ts": ["../domain/episode.ts", "fastify"],
    "agent/config/x.ts": ["../store/port.ts", "fastify"],
    "agent/store/sqlite/x.ts": ["../../graph/graph.ts", "../neo4j/open.ts"],
    "agent/bus/memory/x.ts": ["../../store/port.ts", "../kafka/bus.ts"],
    "agent/sources/replay/x.ts": ["../../store/port.ts", "../dump/dump.ts"],
    "agent/pipeline/x.ts": ["../store/sqlite/open.ts", "../api/serve.ts"],
    "agent/operations/x.ts": ["../store/sqlite/open.ts", "../api/serve.ts"],
    "agent/api/http/x.ts": ["../../store/sqlite/open.ts", "../../app.ts"],
    "agent/client/x.ts": ["../domain/episode.ts", "fastify"],
    "agent/app.ts": ["./cli/run.ts", "commander"],
    "agent/cli/x.ts": ["../store/sqlite/open.ts", "../main.ts"],
    "extension/x.ts": ["../agent/domain/episode.ts", "d3"],
    "webview/x.ts": ["../agent/domain/episode.ts", "node:fs", "vscode"],
  };
  for (const [path, names] of Object.entries(forbidden)) {
    mkdirSync(join(house, dirname(path)), { recursive: true });
    writeFileSync(join(house, path), names.map((name) => `import "${name}";\n`).join(""));
  }
  const biome = join(ROOT, "node_modules/.bin/biome");
  const { stdout } = spawnSync(biome, ["lint", "--only=style/noRestrictedImports", "--reporter=json", "--max-diagnostics=none", "."], {
    cwd: house,
    encoding: "utf8",
  });
  const diagnostics: { location: { path: string | { file: string } } }[] = JSON.parse(stdout.slice(stdout.indexOf("{"))).diagnostics;
  const counts: Record<string, number> = {};
  for (const { location } of diagnostics) {
    const path = typeof location.path === "string" ? location.path : location.path.file;
    counts[path] = (counts[path] ?? 0) + 1;
  }
  assert.deepEqual(counts, Object.fromEntries(Object.entries(forbidden).map(([path, names]) => [path, names.length])));
});
