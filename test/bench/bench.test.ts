// The bench runs, measures every figure of issue 4, and says so in the shape that scripts read; its speeds at small sizes mean nothing.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { makeStream } from "../../bench/mix/stream.ts";

const BENCH = join(dirname(dirname(import.meta.dirname)), "bench/bench.ts");

test("the bench names the machine and holds every figure against its bar", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BENCH, "--quick", "--json"], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  const { machine, figures } = JSON.parse(stdout);
  assert.match(machine, /cores.*memory.*Node v/);
  assert.deepEqual(
    figures.map(({ name, unit, bar }: { name: string; unit: string; bar: number }) => [name, unit, bar]),
    [
      ["records end to end into the embedded store", "records/s", 20_000],
      ["the same, their JSON read first", "records/s", 0],
      ["rate at 1 million stored episodes, of that on an empty store", "", 0.8],
      ["memory at 10,000 resources and 100,000 window episodes", "MB RSS", 400],
      ["root-cause answer at 300,000 stored episodes, 99th percentile", "ms", 5],
      ["start with 300,000 stored episodes", "s", 3],
    ],
  );
  for (const { name, value, ok } of figures) {
    assert.equal(typeof ok, "boolean", name);
    assert.ok(Number.isFinite(value) && value > 0, name);
  }
});

test("the stream is the mix it says: 60 % state, 25 % events, 15 % logs, about a cluster of the size asked for", () => {
  const stream = makeStream(1_000);
  const initial = [...stream.initial()].filter(({ body }) => body.kind === "object");
  assert.ok(Math.abs(initial.length - 1_000) < 100, `${initial.length} resources`);
  const records = stream.take(20_000);
  const share = (kind: string) => records.filter(({ body }) => body.kind === kind).length / records.length;
  for (const [kind, wanted] of [
    ["object", 0.6],
    ["event", 0.25],
    ["log", 0.15],
  ] as const)
    assert.ok(Math.abs(share(kind) - wanted) < 0.02, `${kind} ${share(kind)}`);
});

test("the stream is the same every time", () => {
  const told = () => makeStream(300).take(3_000);
  assert.deepEqual(told(), told());
});
