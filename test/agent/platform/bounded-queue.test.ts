// First in first out, never above the limit, and nobody waits for ever.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createBoundedQueue, QueueClosed } from "../../../agent/platform/bounded-queue.ts";

test("a full queue holds back who pushes, in turn, until there is room", async () => {
  const queue = createBoundedQueue<number>(2);
  const done: number[] = [];
  const pushes = [1, 2, 3, 4].map((item) => queue.push(item).then(() => done.push(item)));
  await Promise.resolve();
  assert.equal(queue.size, 2);
  assert.equal(queue.offer(9), false);
  assert.equal(await queue.take(), 1);
  assert.deepEqual(queue.takeReady(10), [2, 3]);
  await Promise.all(pushes);
  assert.deepEqual(done, [1, 2, 3, 4]);
  assert.deepEqual(queue.takeReady(10), [4]);
});

test("an empty queue holds back who takes, in turn", async () => {
  const queue = createBoundedQueue<string>(1);
  const taken = Promise.all([queue.take(), queue.take()]);
  await queue.push("a");
  await queue.push("b");
  assert.deepEqual(await taken, ["a", "b"]);
});

test("after closing, what is inside can be taken and nothing more be pushed", async () => {
  const queue = createBoundedQueue<number>(1);
  await queue.push(1);
  const waiting = assert.rejects(queue.push(2), QueueClosed);
  queue.close();
  queue.close();
  await waiting;
  await assert.rejects(queue.push(3), QueueClosed);
  assert.equal(queue.offer(3), false);
  assert.equal(await queue.take(), 1);
  assert.equal(await queue.take(), undefined);
});

test("an aborted wait rejects with the reason and leaves its place", async () => {
  const queue = createBoundedQueue<number>(1);
  const taking = new AbortController();
  const taken = assert.rejects(queue.take(taking.signal), /enough/);
  taking.abort(new Error("enough"));
  await taken;
  await queue.push(1);
  const pushing = new AbortController();
  const pushed = assert.rejects(queue.push(2, pushing.signal), /enough/);
  pushing.abort(new Error("enough"));
  await pushed;
  assert.deepEqual(queue.takeReady(5), [1]);
  await assert.rejects(queue.take(AbortSignal.abort(new Error("before"))), /before/);
});

test("a limit that makes no sense is refused by name", () => {
  for (const capacity of [0, -1, 1.5, Number.NaN]) assert.throws(() => createBoundedQueue(capacity), RangeError);
});
