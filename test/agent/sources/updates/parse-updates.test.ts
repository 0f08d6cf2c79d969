// The body of POST /api/v1/updates.
import assert from "node:assert/strict";
import { test } from "node:test";
import { normalise } from "../../../../agent/pipeline/normalise.ts";
import { parseUpdates, parseUpdatesBatch } from "../../../../agent/sources/updates/parse-updates.ts";

const NOW_MS = Date.UTC(2026, 0, 2, 12);
const BODY = {
  timestamp: "2026-01-02T11:59:00Z",
  client_id: "edge",
  resources: [
    { action: "CREATE", kind: "Pod", uid: "u-1", namespace: "shop", name: "web-1", labels: { app: "web" }, status: { phase: "Running" } },
  ],
  edges: [
    { action: "CREATE", from: "service:shop:web", to: "pod:shop:web-1", type: "SELECTS" },
    { action: "CREATE", from: "x", to: "y", type: "SELECTS" },
  ],
  events: [
    {
      action: "CREATE",
      event_id: "e-1",
      event_time: "2026-01-02T11:58:00Z",
      severity: "ERROR",
      reason: "OOMKilled",
      message: "out of memory",
      subject_uid: "u-1",
    },
    {
      action: "CREATE",
      event_id: "e-2",
      event_time: "2026-01-02T11:58:00Z",
      severity: "ERROR",
      reason: "X",
      message: "m",
      subject_uid: "u-2",
    },
  ],
};

test("every entry becomes a record with its path, and normalises or is refused on its own", () => {
  const parsed = parseUpdates(BODY, NOW_MS);
  assert.ok(parsed.ok);
  assert.deepEqual(
    parsed.value.map(({ origin, cluster }) => [origin.path, cluster]),
    [
      ["resources[0]", "edge"],
      ["edges[0]", "edge"],
      ["edges[1]", "edge"],
      ["events[0]", "edge"],
      ["events[1]", "edge"],
    ],
  );
  const outcomes = parsed.value.map((record) => normalise(record, "default"));
  assert.deepEqual(
    outcomes.map(({ kind }) => kind),
    ["signals", "signals", "refused", "signals", "signals"],
  );
  const subjects = outcomes
    .flatMap((outcome) => (outcome.kind === "signals" ? outcome.signals : []))
    .flatMap((signal) => (signal.kind === "occurrence" ? [signal.subject] : []));
  assert.deepEqual(subjects, [
    { kind: "Pod", uid: "u-1", namespace: "shop", name: "web-1" },
    { kind: "Unknown", uid: "u-2", name: "u-2" },
  ]);
});

test("a body that is wrong as a whole is refused with the field; in a batch the others still count", () => {
  for (const [body, reason] of [
    [5, /expected an object/],
    [{ resources: {} }, /^resources: expected a list/],
    [{ timestamp: "x" }, /^timestamp: /],
    [{ timestamp: "2001-01-01T00:00:00Z" }, /before 2014/],
    [{ events: Array(10_001).fill({}) }, /^events: more than/],
  ] as const) {
    const parsed = parseUpdates(body, NOW_MS);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, reason);
  }
  const batch = parseUpdatesBatch([BODY, { edges: 1 }, { resources: BODY.resources }], NOW_MS);
  assert.ok(batch.ok);
  assert.deepEqual(
    [batch.value.records.length, batch.value.records.at(-1)?.origin.path, batch.value.refused],
    [6, "[2].resources[0]", [{ path: "[1]", reason: "[1].edges: expected a list" }]],
  );
});
