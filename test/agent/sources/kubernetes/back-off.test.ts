// Pauses double up to a bound, differ between clients, and heed what the server asks for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { backOffMs } from "../../../../agent/sources/kubernetes/reflector/back-off.ts";

test("pauses grow, are bounded, spread, and never shorter than Retry-After", () => {
  assert.deepEqual(
    [1, 2, 3].map((failures) => backOffMs(failures, 1)),
    [400, 800, 1_600],
  );
  assert.equal(backOffMs(1_000, 1), 30_000);
  assert.equal(backOffMs(1, 0), 200);
  assert.ok(backOffMs(1, 0.5, 9_000) >= 9_000);
  assert.ok(backOffMs(1, 1, 86_400_000) <= 132_000);
});
