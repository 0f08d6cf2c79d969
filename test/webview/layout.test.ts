// Where cards and links of the causal graph stand.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { type Direction, type Layout, layOut } from "../../webview/layout.ts";

const MEASURES = { width: 200, height: 70, layerGap: 60, gap: 24 };

/** Lays out `a>b` links over the nodes they name, and any further nodes. */
function lay(arrows: readonly string[], options: { also?: readonly string[]; previous?: Layout; direction?: Direction } = {}): Layout {
  const links = arrows.map((id) => ({ id, source: id.split(">")[0] ?? "", target: id.split(">")[1] ?? "" }));
  const ids = [...new Set([...links.flatMap((link) => [link.source, link.target]), ...(options.also ?? [])])];
  return layOut({ ids, links, direction: options.direction ?? "right", measures: MEASURES }, options.previous);
}

function overlapping(layout: Layout): string[] {
  const cards = [...layout.nodes];
  return cards.flatMap(([a, at], index) =>
    cards
      .slice(index + 1)
      .filter(([, other]) => Math.abs(at.x - other.x) < MEASURES.width && Math.abs(at.y - other.y) < MEASURES.height)
      .map(([b]) => `${a} on ${b}`),
  );
}

test("an effect stands to the right of its furthest cause, and below it when the screen is narrow", () => {
  const arrows = ["root>a", "a>b", "root>b", "b>c"];
  const right = lay(arrows);
  const xs = ["root", "a", "b", "c"].map((id) => right.nodes.get(id)?.x ?? Number.NaN);
  assert.deepEqual(xs, [0, 260, 520, 780]);
  const down = lay(arrows, { direction: "down" });
  assert.deepEqual(
    ["root", "a", "b", "c"].map((id) => down.nodes.get(id)?.y),
    [0, 130, 260, 390],
  );
});

test("a second cause stands beside its effect, not at the far left", () => {
  const layout = lay(["root>a", "a>b", "b>c", "late>c"]);
  assert.equal(layout.layers.get("late"), 2);
});

test("a cycle is broken at its oldest node and its link drawn backwards", () => {
  const layout = lay(["a>b", "b>c", "c>a"]);
  assert.deepEqual(
    [...layout.layers],
    [
      ["a", 0],
      ["b", 1],
      ["c", 2],
    ],
  );
  assert.equal(layout.links.get("c>a")?.reversed, true);
  assert.equal(layout.links.get("a>b")?.reversed, false);
});

test("crossing links are untangled", () => {
  const layout = lay(["a>x", "b>y", "a>z", "b>z"], { also: [] });
  const y = (id: string): number => layout.nodes.get(id)?.y ?? Number.NaN;
  assert.equal(y("a") < y("b"), y("x") < y("y"));
});

test("a heavy link is straight, from the middle of one side to the middle of the other, whatever stands beside it", () => {
  for (const direction of ["right", "down"] as const) {
    const arrows = ["a>b", "b>c", "c>d", "b>x", "b>y", "b>z", "q>c", "a>d"];
    const links = arrows.map((id) => ({
      id,
      source: id.split(">")[0] ?? "",
      target: id.split(">")[1] ?? "",
      ...(["a>b", "b>c", "c>d"].includes(id) ? { weight: 10_000 } : {}),
    }));
    const layout = layOut({ ids: ["a", "q", "b", "x", "y", "z", "c", "d"], links, direction, measures: MEASURES });
    const along = ["a>b", "b>c", "c>d"].flatMap(
      (id) => layout.links.get(id)?.points.map((at) => (direction === "right" ? at.y : at.x)) ?? [],
    );
    assert.equal(new Set(along).size, 1, along.join());
    assert.deepEqual(overlapping(layout), []);
  }
});

test("the box holds the links too", () => {
  const { box, links } = lay(["a>b", "b>c", "a>c"], { direction: "down" });
  for (const { points } of links.values())
    for (const at of points) assert.ok(at.x >= box.x && at.x <= box.x + box.width && at.y >= box.y && at.y <= box.y + box.height);
});

test("what is not linked stands below what is", () => {
  const layout = lay(["a>b"], { also: ["lonely", "other"] });
  const bottom = (layout.nodes.get("a")?.y ?? 0) + MEASURES.height;
  for (const id of ["lonely", "other"]) assert.ok((layout.nodes.get(id)?.y ?? 0) > bottom);
});

test("when something is added, everything that keeps its column stays exactly where it was", () => {
  const before = lay(["root>a", "root>b", "a>c", "b>c"], { also: ["lonely"] });
  const after = lay(["root>a", "root>b", "a>c", "b>c", "root>new", "c>more"], { also: ["lonely"], previous: before });
  for (const [id, at] of before.nodes) assert.deepEqual(after.nodes.get(id), at, id);
  assert.deepEqual(overlapping(after), []);
});

test("a link that passes a column goes round its cards", () => {
  const layout = lay(["a>b", "b>c", "a>c"]);
  const passing = layout.links.get("a>c")?.points ?? [];
  const b = layout.nodes.get("b") ?? { x: 0, y: 0 };
  const inColumn = passing.filter(({ x }) => x >= b.x && x <= b.x + MEASURES.width);
  assert.equal(inColumn.length, 2);
  for (const { y } of inColumn) assert.ok(y < b.y || y > b.y + MEASURES.height);
});

test("any graph, also with cycles: no card on another, links run forward, and the same input gives the same picture", () => {
  const name = fc.integer({ min: 0, max: 14 }).map((n) => `n${n}`);
  const arrows = fc.uniqueArray(
    fc
      .tuple(name, name)
      .filter(([a, b]) => a !== b)
      .map(([a, b]) => `${a}>${b}`),
    { minLength: 1, maxLength: 30 },
  );
  fc.assert(
    fc.property(arrows, arrows, fc.constantFrom<Direction>("right", "down"), (first, more, direction) => {
      const layout = lay(first, { direction, also: ["x", "y"] });
      const grown = lay([...new Set([...first, ...more])], { direction, also: ["x", "y"], previous: layout });
      for (const one of [layout, grown]) {
        assert.deepEqual(overlapping(one), []);
        for (const [id, route] of one.links) {
          const [from, to] = id.split(">").map((end) => one.layers.get(end) ?? 0);
          assert.equal(route.reversed, (from ?? 0) > (to ?? 0));
          assert.notEqual(from, to);
        }
      }
      assert.deepEqual(lay(first, { direction, also: ["x", "y"] }), layout);
    }),
    { numRuns: 150 },
  );
});

test("an empty graph is an empty picture", () => {
  assert.deepEqual(layOut({ ids: [], links: [], direction: "right", measures: MEASURES }).box, { x: 0, y: 0, width: 0, height: 0 });
});
