// The score of a link, exactly as contracts.md §6 has it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { linkScore, temporalScore } from "../../../agent/domain/causal-link.ts";

const MINUTE = 60_000;
const WINDOW = 15 * MINUTE;
const SKEW = 5_000;

test("score = 0.3 temporal + 0.3 distance + 0.4 domain, distance = 1 / (hops + 1)", () => {
  for (const [temporal, hops, domain, score] of [
    [1, 0, 0.95, 0.98],
    [1, 0, 1, 1],
    [0.8, 1, 0.9, 0.75],
    [0.5, 2, 0.7, 0.53],
    [0, 3, 0.4, 0.235],
  ] as const) {
    const link = linkScore(temporal, hops, domain);
    assert.ok(Math.abs(link.score - score) < 1e-12, `${temporal} ${hops} ${domain}: ${link.score}`);
    assert.ok(Math.abs(link.distance - 1 / (hops + 1)) < 1e-12);
    assert.deepEqual([link.temporal, link.domain], [temporal, domain]);
  }
});

test("temporal = 1 − Δt ÷ window, down to nothing at its end", () => {
  const of = (deltaMs: number) => temporalScore(1_000_000, 1_000_000 + deltaMs, WINDOW, SKEW);
  assert.equal(of(0), 1);
  assert.equal(of(3 * MINUTE), 0.8);
  assert.equal(of(WINDOW), 0);
  assert.equal(of(WINDOW + 1), undefined);
});

test("a cause stamped up to 5 s after its effect counts as at the same time; later it is no cause", () => {
  assert.equal(temporalScore(105_000, 100_000, WINDOW, SKEW), 1);
  assert.equal(temporalScore(105_001, 100_000, WINDOW, SKEW), undefined);
});
