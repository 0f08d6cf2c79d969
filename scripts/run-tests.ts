// Runs test files with Node's own runner and counts what passed and failed; alone: `node scripts/run-tests.ts GLOB…`.
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";

const ROOT = dirname(import.meta.dirname);

const FIXED_SEED = pathToFileURL(join(ROOT, "test/kit/fixed-seed.ts")).href;

/** Longest that one test file may take, on a machine that is busy with others. */
const TEST_TIMEOUT_MS = 10 * 60_000;

/** What became of the tests. A skipped test did not pass; the count says that it did not run. */
export type TestCounts = { readonly passed: number; readonly failed: number; readonly skipped: number };

/** Runs every file that matches; failures are printed in full, the rest is only counted. No file at all counts as a failure. `timeoutMs` is that of one file. */
export async function runTests(
  patterns: readonly string[],
  exclude: readonly string[] = [],
  timeoutMs = TEST_TIMEOUT_MS,
): Promise<TestCounts> {
  const files = globSync(patterns, { cwd: ROOT, exclude: ["node_modules/**", ...exclude] }).sort();
  if (files.length === 0) {
    console.error(`no test file matches ${patterns.join(" ")}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
  let passed = 0;
  let failed = 0;
  let skipped = 0;
  // A test that waits for what never comes fails instead of holding everything up.
  const events = run({ files, cwd: ROOT, concurrency: true, timeout: timeoutMs, execArgv: ["--import", FIXED_SEED] });
  events.on("test:summary", ({ file, counts }) => {
    if (file !== undefined) return; // one file's share of the total that follows
    passed = counts.passed;
    failed = counts.tests - counts.passed - counts.skipped - counts.todo;
    skipped = counts.skipped + counts.todo;
  });
  // The runner takes a file in which nothing is a test for one passed test.
  const empty: string[] = [];
  events.on("test:pass", ({ name }) => {
    if (files.includes(name)) empty.push(name);
  });
  for await (const text of events.compose(new spec())) {
    for (const line of String(text).split("\n")) if (isWorthPrinting(line)) console.log(line);
  }
  for (const file of empty) console.error(`${file} holds no test`);
  return { passed: passed - empty.length, failed: failed + empty.length, skipped };
}

/** The line of one passed test tells nothing; everything else does. */
function isWorthPrinting(line: string): boolean {
  return !/^\s*(?:[✔▶ℹ]|$)/.test(stripVTControlCharacters(line));
}

if (import.meta.main) {
  const { passed, failed, skipped } = await runTests(process.argv.slice(2));
  if (skipped > 0) console.log(`${skipped} skipped`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}
