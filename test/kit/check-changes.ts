// Runs every change detector that takes an object's kind on two versions of it, for tests that list what they should tell.
import assert from "node:assert/strict";
import { CHANGE_DETECTORS } from "../../agent/detectors/all-changes.ts";
import type { KubeObject } from "../../agent/domain/kube-object.ts";
import type { ChangeFound } from "../../agent/domain/signal.ts";

/** All changes between two versions; fails when a detector tells a reason that it does not announce. */
export function changes(before: KubeObject, after: KubeObject): readonly ChangeFound[] {
  return CHANGE_DETECTORS.filter(({ kinds }) => kinds.includes(after.kind)).flatMap((detector) => {
    const found = detector.detect(before, after);
    for (const { reason, discriminator, change } of found) {
      assert.ok(detector.reasons.includes(reason), `${detector.id} announces ${reason}`);
      assert.equal(discriminator, change.path);
    }
    return found;
  });
}

/** Asserts the changes as `Reason: message`, in order. */
export function checkChanges(before: KubeObject, after: KubeObject, expected: readonly string[]): readonly ChangeFound[] {
  const found = changes(before, after);
  assert.deepEqual(
    found.map(({ reason, message }) => `${reason}: ${message}`),
    expected,
  );
  return found;
}
