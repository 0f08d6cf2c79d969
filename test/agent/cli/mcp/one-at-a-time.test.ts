// Work is let in one piece at a time, in order; a failure does not hold up the next, and the queue has an end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { oneAtATime } from "../../../../agent/cli/mcp/one-at-a-time.ts";

test("pieces run one after the other, also after one that failed", async () => {
  const inTurn = oneAtATime(10);
  const steps: string[] = [];
  const piece = (name: string, fails = false) =>
    inTurn(async () => {
      steps.push(`${name} begins`);
      await new Promise(setImmediate);
      steps.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const outcomes = await Promise.allSettled([piece("a"), piece("b", true), piece("c")]);
  assert.deepEqual(steps, ["a begins", "a ends", "b begins", "b ends", "c begins", "c ends"]);
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    ["fulfilled", "rejected", "fulfilled"],
  );
});

test("more than may wait are refused at once, and room is made again", async () => {
  const inTurn = oneAtATime(2);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const waiting = [inTurn(() => gate), inTurn(() => gate), inTurn(() => gate)];
  await assert.rejects(
    inTurn(async () => undefined),
    /2 calls are waiting already/,
  );
  open();
  await Promise.all(waiting);
  assert.equal(await inTurn(async () => "in"), "in");
});
