// Clean-ups run once, last in first out, and one that fails does not keep the others from running.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createCleanUps } from "../../../agent/platform/lifecycle.ts";

test("last in, first out, once, whatever fails", async () => {
  const log: string[] = [];
  const cleanUps = createCleanUps((name, error) => log.push(`${name}: ${String(error)}`));
  cleanUps.push("store", () => void log.push("store closed"));
  cleanUps.push("server", () => Promise.reject(new Error("port is stuck")));
  cleanUps.push("source", async () => {
    await Promise.resolve();
    log.push("source stopped");
  });
  await Promise.all([cleanUps.run(), cleanUps.run()]);
  assert.deepEqual(log, ["source stopped", "server: Error: port is stuck", "store closed"]);
});

test("what starts after the stop is undone at once", async () => {
  const log: string[] = [];
  const cleanUps = createCleanUps(assert.fail);
  await cleanUps.run();
  cleanUps.push("late", () => void log.push("late undone"));
  await cleanUps.run();
  assert.deepEqual(log, ["late undone"]);
});
