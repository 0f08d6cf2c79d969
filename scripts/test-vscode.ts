// `npm run test:vscode`: packages the extension and drives it in a real VS Code (code-server) in a real browser. Installs code-server into a cache of its own when it is not there yet.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CHROMIUM, CODE_SERVER, VSIX } from "../test/editor/workbench.ts";
import { runTests } from "./run-tests.ts";

const ROOT = dirname(import.meta.dirname);
const VERSION = "4.139.1";
const VSIX_BYTES_MAX = 2_000_000;

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
const bytes = statSync(VSIX).size;
console.log(`${VSIX}: ${(bytes / 1_000_000).toFixed(2)} MB`);
const startedMs = Date.now();
const counts = await runTests(["test/**/*.editor.test.ts"]);
const isSmall = bytes < VSIX_BYTES_MAX;
if (!isSmall) console.error(`the package is larger than ${VSIX_BYTES_MAX / 1_000_000} MB`);
const passed = counts.passed + (isSmall ? 1 : 0);
const failed = counts.failed + counts.skipped + (isSmall ? 0 : 1);
console.log(`the editor's tests took ${((Date.now() - startedMs) / 1000).toFixed(0)} s`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
