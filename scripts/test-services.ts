// `npm run test:services -- NAME…` (none: all): the tests that need real servers, which each suite builds and starts itself. Exit 0 only if every test ran and passed.
import { existsSync, globSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { runTests } from "./run-tests.ts";

const ROOT = dirname(import.meta.dirname);
const SUITES = join(ROOT, "test/services");

const known = readdirSync(SUITES, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`no such service: ${unknown.join(", ")}; there are ${known.join(", ")}`);
  process.exit(1);
}

let passed = 0;
let failed = 0;
let skipped = 0;
for (const name of asked.length > 0 ? asked : known) {
  console.log(`== ${name}`);
  try {
    // Programs are built before the tests, whose time limits know nothing of compilers.
    const install = join(SUITES, name, "install.ts");
    if (existsSync(install)) await import(install);
  } catch (error) {
    failed++;
    console.error(`${name} cannot be installed: ${error instanceof Error ? error.message : error}`);
    continue;
  }
  const files = globSync(`test/services/${name}/**/*.service.test.ts`, { cwd: ROOT }).sort();
  // One after the other: each file has servers of its own, and the machine may be small.
  for (const file of files) {
    const startedMs = performance.now();
    const counts = await runTests([file]);
    passed += counts.passed;
    failed += counts.failed;
    skipped += counts.skipped;
    console.log(`${file}: ${counts.passed} passed, ${counts.failed} failed (${((performance.now() - startedMs) / 1000).toFixed(0)} s)`);
  }
  if (files.length === 0) failed++;
}
if (skipped > 0) console.log(`${skipped} skipped: they did not run`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && skipped === 0 ? 0 : 1;
