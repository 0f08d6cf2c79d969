// Plays the stories and writes what their worlds told to test/scenarios/<name>/signals.ndjson: `node test/kit/world/write-scenarios.ts [name…]`.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { STORIES } from "./stories.ts";
import { World } from "./world.ts";

const SCENARIOS = join(dirname(dirname(import.meta.dirname)), "scenarios");

const asked = process.argv.slice(2);
for (const [name, story] of Object.entries(STORIES)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  const world = new World("2026-03-02T09:00:00Z");
  story(world);
  mkdirSync(join(SCENARIOS, name), { recursive: true });
  writeFileSync(join(SCENARIOS, name, "signals.ndjson"), world.tape);
}
