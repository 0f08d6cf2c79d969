// `npm test`: format and lint, types, tests, build; goes on after a failure, and the last line counts all of it.
import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { runTests } from "./run-tests.ts";

const ROOT = dirname(import.meta.dirname);

// Tests that need what a plain clone lacks: real servers, VS Code, a browser.
const COSTLY = ["test/**/*.service.test.ts", "test/**/*.editor.test.ts", "test/**/*.browser.test.ts"];

let passed = 0;
let failed = 0;

function count(name: string, ok: boolean, startedMs: number): void {
  if (ok) passed++;
  else failed++;
  console.log(`${ok ? "ok    " : "FAILED"} ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
}

/** Runs one of the tools in node_modules/.bin; its output is shown as it comes. */
function step(name: string, command: string, args: readonly string[]): void {
  const startedMs = Date.now();
  const { status, error } = spawnSync(command, args, { cwd: ROOT, stdio: "inherit" });
  if (error) console.error(error.message);
  count(name, status === 0, startedMs);
}

step("format and lint", "biome", ["ci", "--diagnostic-level=warn", "."]);
step("types of agent, tests and scripts", "tsc", ["--noEmit", "-p", "tsconfig.json"]);
step("types of the page", "tsc", ["--noEmit", "-p", "webview/tsconfig.json"]);
step("types of the page's tests", "tsc", ["--noEmit", "-p", "test/webview/tsconfig.json"]);

const startedMs = Date.now();
const tests = await runTests(["test/**/*.test.ts"], COSTLY);
passed += tests.passed;
failed += tests.failed;
const skipped = tests.skipped > 0 ? `, ${tests.skipped} skipped` : "";
console.log(`tests: ${tests.passed} passed, ${tests.failed} failed${skipped} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);

step("build, package and its content", process.execPath, ["scripts/package.ts"]);

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
