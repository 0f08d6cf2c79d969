// Sliding counts of the anomalies of contracts.md §6: limits, windows, and that the order of arrival does not matter.
import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_REASONING } from "../../../agent/domain/settings.ts";
import { AnomalyCounters, type AnomalyType, type Counted } from "../../../agent/graph/anomaly-counters.ts";
import { minute } from "../../kit/graph-builders.ts";

function once(minutes: number): Counted {
  return { firstMs: minute(minutes), lastMs: minute(minutes), count: 1 };
}

/** How many windows were over the limit in all, occurrence by occurrence. */
function crossings(type: AnomalyType, occurrences: readonly Counted[]): number {
  const counters = new AnomalyCounters(DEFAULT_REASONING.anomalies);
  return occurrences.reduce((sum, one) => sum + counters.count(type, "shop", [one]).length, 0);
}

const spread = (count: number, minutes: number) => Array.from({ length: count }, (_, index) => once((index * minutes) / count));

test("each anomaly begins above its limit within 5 minutes, not at it", () => {
  for (const [type, limit] of [
    ["error_spike", 50],
    ["cascading_failure", 10],
    ["memory_leak", 3],
    ["resource_churn", 50],
  ] as const) {
    assert.equal(crossings(type, spread(limit, 4.5)), 0, `${type} at its limit`);
    assert.ok(crossings(type, spread(limit + 1, 4.5)) > 0, `${type} above it`);
    assert.equal(crossings(type, spread(limit + 1, 12)), 0, `${type} spread over more than the window`);
  }
});

test("late records count in the window that they belong to", () => {
  const late = [once(4), once(0), once(9), once(1), once(2)];
  assert.ok(crossings("memory_leak", late) > 0);
  assert.equal(crossings("memory_leak", [once(10), once(0), once(20), once(5), once(15)]), 0);
});

test("what happened often is spread over its time, not taken as a burst", () => {
  const hour = { firstMs: minute(0), lastMs: minute(60), count: 30 };
  assert.equal(crossings("cascading_failure", [hour]), 0);
  assert.ok(crossings("cascading_failure", [{ ...hour, lastMs: minute(4) }]) > 0);
});

test("what is taken back counts no more", () => {
  const counters = new AnomalyCounters(DEFAULT_REASONING.anomalies);
  const three = [once(0), once(1), once(2)];
  counters.count("memory_leak", "web", three);
  counters.uncount("memory_leak", "web", three.slice(1));
  assert.deepEqual(counters.count("memory_leak", "web", [once(3)]), []);
  counters.uncount("memory_leak", "never counted", three);
});

test("keys are counted apart, and so are types", () => {
  const counters = new AnomalyCounters(DEFAULT_REASONING.anomalies);
  for (const at of [0, 1])
    for (const key of ["a", "b"]) assert.deepEqual(counters.count("memory_leak", key, [once(at), once(at)].slice(at)), []);
  assert.equal(counters.count("memory_leak", "a", [once(2)])[0]?.limit, 3);
});
