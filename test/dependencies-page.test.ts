// docs/dependencies.md and package.json name the same packages, and each shipped one is really imported.
import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { importsOf } from "./kit/source-text.ts";

const ROOT = dirname(import.meta.dirname);
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const manifest: Record<"dependencies" | "devDependencies", Record<string, string>> = JSON.parse(read("package.json"));

test("the page names the packages that package.json names, shipped and not", () => {
  const [, shipped = "", development = ""] = read("docs/dependencies.md").split(/^## .*$/m);
  const named = (section: string) => [...section.matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  assert.deepEqual(named(shipped), Object.keys(manifest.dependencies).sort());
  assert.deepEqual(named(development), Object.keys(manifest.devDependencies).sort());
});

test("versions are exact and nothing is shipped that no file imports", () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    assert.match(version, /^\d+\.\d+\.\d+$/, name);
  }
  const files = globSync("{agent,extension,webview}/**/*.ts", { cwd: ROOT });
  const imported = files.flatMap((file) => importsOf(read(file)).map(({ name }) => name));
  const unused = Object.keys(manifest.dependencies).filter(
    (name) => !imported.some((path) => path === name || path.startsWith(`${name}/`)),
  );
  assert.deepEqual(unused, []);
});
