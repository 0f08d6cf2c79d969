// Closed, open after failures in a row, half-open after the pause, closed again by one success.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BreakerState, createBreaker, isBreakerOpen } from "../../../agent/platform/breaker.ts";

const fail = (message = "down") => Promise.reject(new Error(message));

test("it opens after five failures in a row and lets one call through after a minute", async (context) => {
  context.mock.timers.enable({ apis: ["Date"] });
  const states: BreakerState[] = [];
  const breaker = createBreaker({ onStateChange: (state) => states.push(state) });
  for (let attempt = 0; attempt < 4; attempt++) await assert.rejects(breaker.run(fail), /down/);
  await breaker.run(() => Promise.resolve("a success starts the count anew"));
  for (let attempt = 0; attempt < 5; attempt++) await assert.rejects(breaker.run(fail), /down/);
  assert.equal(breaker.state, "open");
  context.mock.timers.tick(59_999);
  await assert.rejects(
    breaker.run(() => Promise.resolve("never runs")),
    isBreakerOpen,
  );
  context.mock.timers.tick(1);
  await assert.rejects(breaker.run(fail), /down/);
  assert.equal(breaker.state, "open");
  context.mock.timers.tick(60_000);
  assert.equal(await breaker.run(() => Promise.resolve("back")), "back");
  assert.deepEqual(states, ["open", "half-open", "open", "half-open", "closed"]);
});

test("errors that are the caller's own do not count", async () => {
  const breaker = createBreaker({ failuresMax: 1, countsAsFailure: (error) => error instanceof Error && error.message === "down" });
  await assert.rejects(
    breaker.run(() => fail("bad query")),
    /bad query/,
  );
  assert.equal(breaker.state, "closed");
  await assert.rejects(breaker.run(fail), /down/);
  assert.equal(breaker.state, "open");
});
