// What crosses to the writing thread leads to the very value that was sent, and shares with the one before whatever that one shared.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { deltaOf, withDelta } from "../../../../agent/store/sqlite/thread/delta.ts";

const value = fc.jsonValue({ maxDepth: 4 });

test("any value leads to any other", () => {
  fc.assert(
    fc.property(value, value, (before, next) => {
      const delta = deltaOf(before, next);
      assert.deepEqual(delta === undefined ? before : withDelta(structuredClone(before), structuredClone(delta)), next);
    }),
  );
});

test("a changed leaf crosses alone; what surrounds it is shared with the value before", () => {
  const containers = [{ name: "app", image: "shop:1" }];
  const before = { metadata: { labels: { app: "shop" } }, spec: { containers }, status: { phase: "Pending", old: 1 } };
  const next = { ...before, status: { phase: "Running" } };
  const delta = deltaOf(before, next);
  assert.deepEqual(delta, {
    entries: [["status", { entries: [["phase", { whole: "Running" }]], gone: ["old"] }]],
  });
  const made = withDelta(before, delta ?? assert.fail()) as typeof next;
  assert.deepEqual(made, next);
  assert.equal(made.spec, before.spec);
  assert.deepEqual(before.status, { phase: "Pending", old: 1 });
});
