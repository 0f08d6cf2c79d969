// Differences between states: applied to one they give the other, and they are small.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { Json } from "../../../agent/domain/kube-object.ts";
import { applyPatch, diffState, parsePatch } from "../../../agent/store/state-diff.ts";

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as Json);

test("the edits from one state to another, applied to the one, give the other", () => {
  fc.assert(
    fc.property(json, json, (from, to) => {
      const stored = parsePatch(JSON.stringify(diffState(from, to)));
      assert.ok(stored);
      assert.deepEqual(applyPatch(from, stored), to);
      assert.equal(diffState(from, from).length, 0);
    }),
  );
});

test("only what differs is kept", () => {
  const before = {
    status: {
      phase: "Pending",
      conditions: [
        { type: "Ready", status: "False" },
        { type: "Init", status: "True" },
      ],
      reason: "x",
    },
  };
  const after = {
    status: {
      phase: "Running",
      conditions: [
        { type: "Ready", status: "True" },
        { type: "Init", status: "True" },
      ],
    },
    spec: {},
  };
  assert.deepEqual(diffState(after, before), [
    [["status", "phase"], "Pending"],
    [["status", "conditions", 0, "status"], "False"],
    [["status", "reason"], "x"],
    [["spec"]],
  ]);
});

test("hostile keys are keys like others", () => {
  const from = JSON.parse('{"data":{"__proto__":{"polluted":1},"constructor":2}}') as Json;
  const to = JSON.parse('{"data":{"__proto__":{"polluted":2},"toString":"x"}}') as Json;
  assert.deepEqual(JSON.stringify(applyPatch(from, diffState(from, to))), JSON.stringify(to));
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
});

test("text that is no patch is refused", () => {
  for (const text of ["", "{}", "[1]", "[[1]]", "[[[{}]]]", '[[["a"],1,2]]']) assert.equal(parsePatch(text), undefined, text);
});
