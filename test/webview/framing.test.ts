// How a graph is first brought into view.
import assert from "node:assert/strict";
import test from "node:test";
import { type Frame, LEGIBLE, legibleFrame, planFor, type Room, revealed, wholeFrame } from "../../webview/framing.ts";
import { type Box, layOut } from "../../webview/layout.ts";

const DESK: Room = { width: 1130, height: 516 };

function chainOf(length: number, beside: number): Parameters<typeof planFor>[0] {
  const ids = Array.from({ length }, (_, index) => `n${index}`);
  const links = ids.slice(1).map((id, index) => ({ id: `${ids[index]}>${id}`, source: ids[index] ?? "", target: id }));
  const more = Array.from({ length: beside }, (_, index) => `x${index}`);
  return { ids: [...ids, ...more], links: [...links, ...more.map((id) => ({ id: `n0>${id}`, source: "n0", target: id }))] };
}

function isIn(box: Box, frame: Frame, room: Room): boolean {
  const [x, y] = [box.x * frame.scale + frame.x, box.y * frame.scale + frame.y];
  return x >= 0 && y >= 0 && x + box.width * frame.scale <= room.width && y + box.height * frame.scale <= room.height;
}

test("what fits runs from left to right; in little room it is denser, or runs downwards", () => {
  const graph = chainOf(4, 1);
  assert.equal(planFor(graph, DESK).direction, "right");
  assert.ok(planFor(graph, DESK).measures.height > planFor(graph, { width: 1130, height: 190 }).measures.height);
  assert.equal(planFor(graph, { width: 620, height: 600 }).direction, "down");
  assert.equal(planFor(chainOf(8, 0), { width: 800, height: 900 }).direction, "down");
});

test("by the plan chosen, all cards are in view and their smallest text has 11 pixels", () => {
  for (const room of [DESK, { width: 640, height: 400 }, { width: 1000, height: 300 }, { width: 500, height: 500 }]) {
    const plan = planFor(chainOf(4, 1), room);
    const { box } = layOut({ ...chainOf(4, 1), ...plan });
    const frame = legibleFrame(box, room, []);
    assert.ok(frame.scale >= LEGIBLE && frame.scale <= 1, JSON.stringify(room));
    assert.ok(isIn(box, frame, room), JSON.stringify(room));
  }
});

test("what fits by no plan runs as more of it is in view", () => {
  assert.equal(planFor(chainOf(2, 30), { width: 640, height: 330 }).direction, "right");
  assert.equal(planFor(chainOf(30, 0), { width: 640, height: 900 }).direction, "down");
});

test("what fits by no plan is shown in part: legible, with the first of what must be seen", () => {
  const room = { width: 640, height: 400 };
  const box = { x: 0, y: -30, width: 4000, height: 3000 };
  const root = { x: 1800, y: 900, width: 220, height: 80 };
  const near = { x: 2100, y: 1000, width: 220, height: 80 };
  const far = { x: 0, y: 0, width: 220, height: 80 };
  const frame = legibleFrame(box, room, [root, near, far]);
  assert.equal(frame.scale, LEGIBLE);
  assert.ok(isIn(root, frame, room) && isIn(near, frame, room));
  assert.ok(isIn(root, legibleFrame(box, room, [root, far]), room));
  assert.ok(isIn(box, wholeFrame(box, room), room), "Fit shows all of it, however small");
});

test("what is in view already is not moved", () => {
  const frame = { scale: 1, x: 40, y: 40 };
  assert.deepEqual(revealed({ x: 10, y: 10, width: 100, height: 50 }, DESK, frame), frame);
});
