// Runs one state detector on one object among surroundings, for tests that list what it should tell.
import assert from "node:assert/strict";
import type { StateDetector } from "../../agent/detectors/detector.ts";
import type { KubeObject } from "../../agent/domain/kube-object.ts";
import type { Finding } from "../../agent/domain/signal.ts";
import { NOW_MS, seen } from "./kube-builders.ts";
import { neighbourView, type Surroundings } from "./neighbour-view.ts";

/** What the detector finds; fails when it tells a reason that it does not announce, or without evidence. */
export function findings(detector: StateDetector, object: KubeObject, around: Surroundings = {}): readonly Finding[] {
  const found = detector.detect(seen(object), neighbourView({ ...around, objects: [object, ...(around.objects ?? [])] }), NOW_MS);
  for (const { reason, message, evidence } of found) {
    assert.ok(detector.reasons.includes(reason), `${reason} is announced`);
    assert.ok(message.length > 0 && evidence.length > 0, `${reason} has a message and evidence`);
  }
  return found;
}

/** Asserts the findings as `Reason` or `Reason discriminator`, in order. */
export function checkFindings(
  detector: StateDetector,
  object: KubeObject,
  around: Surroundings,
  expected: readonly string[],
): readonly Finding[] {
  const found = findings(detector, object, around);
  assert.deepEqual(
    found.map(({ reason, discriminator }) => (discriminator ? `${reason} ${discriminator}` : reason)),
    expected,
  );
  return found;
}
