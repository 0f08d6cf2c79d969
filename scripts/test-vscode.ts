// `npm run test:vscode`: packages the extension and drives it in a real VS Code (code-server) in a real browser. Installs code-server into a cache of its own when it is not there yet.
import { spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CHROMIUM, CODE_SERVER } from "../test/editor/workbench.ts";
import { runTests } from "./run-tests.ts";

const ROOT = dirname(import.meta.dirname);
const VERSION = "4.139.1";

/** Two minutes are usual; a step that waits in vain ends long before. */
const FILE_MS_MAX = 25 * 60_000;

/** Runs a command and shows what it says; its failure ends the script. */
function run(command: string, args: readonly string[], cwd: string): void {
  const { status, error } = spawnSync(command, args, { cwd, stdio: "inherit", shell: process.platform === "win32" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed: ${error?.message ?? `exit code ${status}`}`);
}

/** About three minutes and 600 MB, once. A tree that was left half made is removed before. */
function installCodeServer(): void {
  if (existsSync(CODE_SERVER)) return;
  const folder = dirname(CODE_SERVER).replace(/[\\/]node_modules[\\/].*$/, "");
  console.log(`code-server ${VERSION} is installed into ${folder} (needs libkrb5-dev: apt-get install -y libkrb5-dev)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"private": true}\n');
  run("npm", ["install", "--no-audit", "--no-fund", `code-server@${VERSION}`], folder);
}

if (!existsSync(CHROMIUM)) throw new Error(`there is no browser at ${CHROMIUM}: apt-get install -y chromium, or name one with CHROMIUM`);
installCodeServer();
run("npm", ["run", "--silent", "package"], ROOT);
// One after the other: each file has an editor and a browser of its own, which keep a small machine busy.
let passed = 0;
let failed = 0;
for (const file of globSync("test/editor/*.editor.test.ts", { cwd: ROOT }).sort()) {
  const startedMs = Date.now();
  const counts = await runTests([file], [], FILE_MS_MAX);
  passed += counts.passed;
  failed += counts.failed + counts.skipped;
  console.log(
    `${file}: ${counts.passed} passed, ${counts.failed + counts.skipped} failed (${((Date.now() - startedMs) / 1000).toFixed(0)} s)`,
  );
}
if (passed === 0) failed++;
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
