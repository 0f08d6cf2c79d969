// Whether something was going on at a time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { activeAt } from "../../../agent/domain/episode.ts";
import { episode, finding, minute } from "../../kit/graph-builders.ts";

test("a condition is active from its beginning until it clears, a moment until it was last seen", () => {
  const holding = finding("f", { firstMs: minute(1), lastMs: minute(1) });
  const cleared = { ...holding, clearedMs: minute(5) };
  const seen = episode("e", { firstMs: minute(1), lastMs: minute(3) });
  const check = (one: typeof seen, at: number, expected: boolean) =>
    assert.equal(activeAt(one, minute(at)), expected, `${one.eid} at ${at}`);
  for (const one of [holding, cleared, seen]) check(one, 0, false);
  check(holding, 60, true);
  check(cleared, 5, true);
  check(cleared, 6, false);
  check(seen, 3, true);
  check(seen, 4, false);
});
