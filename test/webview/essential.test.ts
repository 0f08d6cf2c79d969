// Which links are drawn, and which of them are the verdict's path.
import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { essenceOf, type Station, type Tie } from "../../webview/essential.ts";
import { subject } from "../kit/wire-builders.ts";

/** Cards in the order given; `root` is the root cause, `first` the first critical failure. Each is about a resource of its own name. */
function stations(...ids: readonly string[]): Station[] {
  return ids.map((id) => ({ id, rids: [`pod:${id}`], role: id === "root" ? "root_cause" : "symptom", firstCritical: id === "first" }));
}

/** `a>b:0.9` is a link of that score. */
function ties(...arrows: readonly string[]): Tie[] {
  return arrows.map((arrow) => {
    const [id = "", score = "0.5"] = arrow.split(":");
    const [cause = "", effect = ""] = id.split(">");
    return { id, cause, effect, score: Number(score) };
  });
}

function path(...ids: readonly string[]): Parameters<typeof essenceOf>[2] {
  return ids
    .slice(1)
    .map((id, index) => ({ from: subject("Pod", ids[index] ?? ""), to: subject("Pod", id), relation: "SELECTS", evidence: "" }));
}

test("a link that a longer way implies is left out", () => {
  const { essential } = essenceOf(stations("a", "b", "c", "d"), ties("a>b", "b>c:0.8", "a>c", "c>d", "a>d", "b>d"), []);
  assert.deepEqual([...essential].sort(), ["a>b", "b>c", "c>d"]);
});

test("the best cause of an effect stays, unless one that scores the same is drawn anyhow", () => {
  const cards = stations("a", "b", "c");
  assert.ok(essenceOf(cards, ties("a>b", "b>c:0.7", "a>c:0.9"), []).essential.has("a>c"));
  assert.ok(!essenceOf(cards, ties("a>b", "b>c:0.901", "a>c:0.904"), []).essential.has("a>c"));
});

test("a cycle is broken at the root cause, else at the oldest card", () => {
  const arrows = ties("a>b", "b>c", "c>a:0.9");
  assert.deepEqual([...essenceOf(stations("a", "b", "c"), arrows, []).essential], ["b>c", "a>b"]);
  const rooted = essenceOf(stations("a", "b", "root"), ties("a>b", "b>root", "root>a"), []);
  assert.deepEqual([...rooted.essential].sort(), ["a>b", "root>a"]);
});

test("the verdict's path goes over cards about the resources it names, along the strongest links, in as many steps as they allow", () => {
  const cards = stations("root", "pod", "crash", "other", "svc");
  const arrows = ties(
    "root>pod:0.83",
    "pod>crash:0.98",
    "crash>svc:0.81",
    "pod>svc:0.81",
    "root>crash:0.8",
    "root>other:0.99",
    "other>svc:0.99",
  );
  const about = cards.map((card) => (card.id === "crash" ? { ...card, rids: ["pod:pod"] } : card));
  assert.deepEqual([...essenceOf(about, arrows, path("root", "pod", "svc")).chain], ["root>pod", "pod>crash", "crash>svc"]);
});

test("a link of the verdict's path stays where a longer way is weaker", () => {
  const arrows = ties("root>svc:0.9", "root>pod:0.4", "pod>svc:0.95");
  const { chain, essential } = essenceOf(stations("root", "pod", "svc"), arrows, path("root", "svc"));
  assert.deepEqual([...chain], ["root>svc"]);
  assert.ok(essential.has("root>svc"));
});

test("without a path the way to the first critical failure counts; without a root cause there is none", () => {
  const arrows = ties("root>a", "a>first", "b>first");
  assert.deepEqual([...essenceOf(stations("root", "a", "b", "first"), arrows, []).chain], ["root>a", "a>first"]);
  const unsure = essenceOf(stations("a", "b", "first"), ties("a>first", "b>first"), []);
  assert.equal(unsure.chain.size, 0);
  assert.deepEqual([...unsure.explained], ["a", "b", "first"]);
});

test("what the root cause does not lead to is told apart", () => {
  const { explained } = essenceOf(stations("root", "a", "b", "late"), ties("root>a", "a>b", "late>b"), []);
  assert.deepEqual([...explained].sort(), ["a", "b", "root"]);
});

test("any graph: nothing becomes unreachable, no effect loses its last cause, the path is whole, and the order of links does not matter", () => {
  const name = fc.integer({ min: 0, max: 9 }).map((n) => (n === 3 ? "root" : n === 7 ? "first" : `n${n}`));
  const arrow = fc
    .tuple(name, name, fc.integer({ min: 0, max: 99 }))
    .filter(([a, b]) => a !== b)
    .map(([a, b, score]) => `${a}>${b}:${score / 100}`);
  const cards = stations("n0", "n1", "n2", "root", "n4", "n5", "n6", "first", "n8", "n9");
  fc.assert(
    fc.property(fc.uniqueArray(arrow, { maxLength: 40, selector: (one) => one.split(":")[0] }), (arrows) => {
      const links = ties(...arrows);
      const { essential, chain, explained } = essenceOf(cards, links, []);
      const again = essenceOf(cards, [...links].reverse(), []);
      assert.deepEqual([...again.essential].sort(), [...essential].sort());
      const kept = links.filter((one) => essential.has(one.id));
      const fromRoot = reach("root", kept);
      assert.deepEqual([...fromRoot].sort(), [...explained].sort());
      const caused = new Set(kept.map((one) => one.effect));
      for (const id of explained) assert.ok(id === "root" || caused.has(id), id);
      let here = "root";
      for (const id of chain) {
        assert.ok(essential.has(id) && id.startsWith(`${here}>`), id);
        here = id.split(">")[1] ?? "";
      }
      assert.equal(here, chain.size > 0 ? "first" : "root");
    }),
    { numRuns: 200 },
  );
});

function reach(from: string, links: readonly Tie[]): ReadonlySet<string> {
  const reached = new Set([from]);
  for (const next of reached) for (const one of links) if (one.cause === next) reached.add(one.effect);
  return reached;
}
