// `npm run bench`: speed and memory of the agent core against their bars, each figure measured in a process of its own. `--json`, `--quick`, `--only TEXT`.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir, totalmem } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import {
  FULL,
  type Measured,
  measureMemory,
  measureRate,
  measureRca,
  measureStart,
  prepare,
  QUICK,
  recordForMemory,
  recordsOf,
  type Sizes,
} from "./measure.ts";

/** One line of the report. `bar`: the value that must be reached, or stayed under. */
type Figure = { readonly name: string; readonly value: number; readonly unit: string; readonly bar: number; readonly ok: boolean };

/** The bench as its child processes run it. */
const BUNDLE = "bench.mjs";

/** As the agent is started: the first line of agent/main.ts says the same. */
const NODE_FLAGS = ["--max-semi-space-size=8"];

/** Measurements that a machine's other work disturbs are made so often; the median counts. */
const ROUNDS = 3;

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    measure: { type: "string" },
    path: { type: "string", default: "" },
    at: { type: "string", default: "0" },
  },
});

const sizes: Sizes = options.quick ? QUICK : FULL;
if (options.measure === undefined) report(await allFigures());
else console.log(JSON.stringify(await measure(options.measure, options.path, Number(options.at))));

/** What a child process does. */
function measure(what: string, path: string, atMs: number): Promise<Measured> {
  switch (what) {
    case "prepare-many":
      return prepare(path, sizes, sizes.manyEpisodes, false);
    case "prepare-stored":
      return prepare(path, sizes, sizes.storedEpisodes, true);
    case "rate":
      return measureRate(path, sizes);
    case "record-memory":
      return recordForMemory(recordsOf(path), sizes);
    case "memory":
      return measureMemory(path, sizes);
    case "rca":
      return measureRca(path, sizes, atMs);
    case "start":
      return measureStart(path, atMs);
    default:
      throw new Error(`there is no measurement ${what}`);
  }
}

async function allFigures(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-bench-"));
  try {
    await bundle(folder);
    return [
      ...(isWanted("rate") ? rates(folder) : []),
      ...(isWanted("memory") ? [memory(folder)] : []),
      ...(isWanted("stored") ? stored(folder) : []),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One file without types, as the agent is shipped: reading TypeScript would count into memory and start. */
async function bundle(folder: string): Promise<void> {
  const { build } = await import("esbuild");
  const common = { bundle: true, platform: "node", format: "esm", external: ["esbuild"] as string[], logLevel: "error" } as const;
  const writer = join(import.meta.dirname, "../agent/store/sqlite/thread/writer.ts");
  await build({ ...common, entryPoints: [writer], outfile: join(folder, "store-writer.mjs") });
  await build({
    ...common,
    entryPoints: [import.meta.filename],
    outfile: join(folder, BUNDLE),
    // Bundled CommonJS packages call require for Node's own modules, which ESM does not have.
    banner: { js: 'import { createRequire as __createRequire } from "node:module";\nconst require = __createRequire(import.meta.url);' },
  });
}

function isWanted(what: string): boolean {
  return what.includes(options.only);
}

/** Both rates take turns, so that what else the machine does hits both alike. */
function rates(folder: string): readonly Figure[] {
  const many = join(folder, "many.db");
  inChild("prepare-many", many);
  const empty: number[] = [];
  const filled: number[] = [];
  const fromText: number[] = [];
  for (let round = 0; round < (options.quick ? 1 : ROUNDS); round += 1) {
    const first = inChild("rate", join(folder, `empty-${round}.db`));
    empty.push(first.rate ?? 0);
    fromText.push(first.rateFromText ?? 0);
    const copy = join(folder, `many-${round}.db`);
    cpSync(many, copy);
    filled.push(inChild("rate", copy).rate ?? 0);
    rmSync(copy);
  }
  return [
    figure("records end to end into the embedded store", median(empty), "records/s", { atLeast: 20_000 }),
    figure("the same, their JSON read first", median(fromText), "records/s", { atLeast: 0 }),
    figure("rate at 1 million stored episodes, of that on an empty store", median(filled) / median(empty), "", { atLeast: 0.8 }),
  ];
}

function memory(folder: string): Figure {
  const path = join(folder, "memory.db");
  inChild("record-memory", path);
  const { rssMb = 0 } = inChild("memory", path);
  rmSync(recordsOf(path));
  return figure("memory at 10,000 resources and 100,000 window episodes", rssMb, "MB RSS", { below: 400 });
}

function stored(folder: string): readonly Figure[] {
  const path = join(folder, "stored.db");
  const { atMs = 0 } = inChild("prepare-stored", path);
  const starts = Array.from({ length: options.quick ? 1 : ROUNDS }, () => inChild("start", path, atMs).seconds ?? 0);
  const answers = Array.from({ length: options.quick ? 1 : ROUNDS }, () => inChild("rca", path, atMs).p99 ?? 0);
  return [
    figure("root-cause answer at 300,000 stored episodes, 99th percentile", median(answers), "ms", { below: 5 }),
    figure("start with 300,000 stored episodes", median(starts), "s", { below: 3 }),
  ];
}

function figure(name: string, value: number, unit: string, bar: { readonly atLeast: number } | { readonly below: number }): Figure {
  const rounded = Number(value.toPrecision(4));
  return "atLeast" in bar
    ? { name, value: rounded, unit, bar: bar.atLeast, ok: value >= bar.atLeast }
    : { name, value: rounded, unit, bar: bar.below, ok: value < bar.below };
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function inChild(what: string, path: string, atMs = 0): Measured {
  const args = [
    ...NODE_FLAGS,
    join(dirname(path), BUNDLE),
    "--measure",
    what,
    "--path",
    path,
    "--at",
    String(atMs),
    ...(options.quick ? ["--quick"] : []),
  ];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
  if (status !== 0) throw new Error(`measuring ${what} failed`);
  const measured: Measured = JSON.parse(stdout);
  if (!options.json)
    console.log(
      `  ${what}: ${Object.entries(measured)
        .map(([key, value]) => `${key} ${Number(value.toPrecision(5))}`)
        .join(", ")}`,
    );
  return measured;
}

function report(figures: readonly Figure[]): void {
  if (options.json) {
    console.log(JSON.stringify({ machine: machine(), figures }, undefined, 2));
    return;
  }
  console.log(`\n${machine()}\n`);
  const width = Math.max(...figures.map(({ name }) => name.length));
  for (const { name, value, unit, bar, ok } of figures) {
    const against = bar === 0 ? "" : `  ${ok ? "✓" : "✗"} bar ${bar.toLocaleString("en-GB")}`;
    console.log(`${name.padEnd(width)}  ${`${value.toLocaleString("en-GB")} ${unit}`.padStart(18)}${against}`);
  }
  if (options.quick) console.log("\n--quick: small sizes, which show that the bench works and nothing about speed");
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  return `${model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GB memory, Node ${process.version}, ${process.platform}`;
}
