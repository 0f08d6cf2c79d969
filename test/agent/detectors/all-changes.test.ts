// What holds for every change detector.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CHANGE_DETECTORS } from "../../../agent/detectors/all-changes.ts";
import { VALUE_LENGTH_MAX } from "../../../agent/detectors/change-found.ts";
import type { Json, JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import { CHANGES } from "../../../agent/knowledge/findings.ts";
import { changes } from "../../kit/check-changes.ts";
import * as kit from "../../kit/kube-builders.ts";

const KINDS = [...new Set(CHANGE_DETECTORS.flatMap(({ kinds }) => kinds))];

test("detectors have unique ids and announce known reasons", () => {
  assert.equal(new Set(CHANGE_DETECTORS.map(({ id }) => id)).size, CHANGE_DETECTORS.length);
  for (const { reasons } of CHANGE_DETECTORS) for (const reason of reasons) assert.ok(Object.hasOwn(CHANGES, reason), reason);
});

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.string({ maxLength: 8 }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(key(), tie("value"), { maxKeys: 3 }),
  ),
})).value;

function key(): fc.Arbitrary<string> {
  return fc.constantFrom(
    "name",
    "image",
    "env",
    "containers",
    "template",
    "spec",
    "selector",
    "ports",
    "data",
    "replicas",
    "labels",
    "webhooks",
    "taints",
    "a.b/c",
  );
}

const fields: fc.Arbitrary<JsonObject> = fc.dictionary(key(), json, { maxKeys: 4 });
const objects: fc.Arbitrary<KubeObject> = fc.record({
  apiVersion: fc.constant("v1"),
  kind: fc.constantFrom(...KINDS),
  metadata: fc.constant({ name: "x", namespace: "shop" }),
  spec: fields,
  status: fields,
  rest: fields,
});

test("a version is no change from itself, and an edit of the status is none", () => {
  fc.assert(
    fc.property(objects, fields, (object, status) => {
      assert.deepEqual(changes(object, structuredClone(object)), []);
      assert.deepEqual(
        changes(object, {
          ...object,
          status,
          metadata: { ...object.metadata, generation: 9, ...(object.kind === "Secret" ? {} : { resourceVersion: "9" }) },
        }),
        [],
      );
    }),
  );
});

test("whatever differs, changes are bounded and told once each", () => {
  fc.assert(
    fc.property(objects, fields, fields, (before, spec, rest) => {
      const found = changes(before, { ...before, spec, rest });
      assert.ok(found.length <= 50 * CHANGE_DETECTORS.length);
      assert.equal(new Set(found.map(({ reason, discriminator }) => `${reason} ${discriminator}`)).size, found.length);
      for (const { change, message } of found)
        assert.ok(message.length <= 600 && [change.before, change.after].every((value) => (value ?? "").length <= 2 * VALUE_LENGTH_MAX));
    }),
  );
});

test("long values are cut", () => {
  const data = (text: string) => kit.configMap({ rest: { data: { mode: text.repeat(1000) } } });
  const [found] = changes(data("a"), data("b"));
  assert.ok((found?.change.after ?? "").length <= VALUE_LENGTH_MAX);
});

test("fields that a partial version does not tell are no edits", () => {
  const hint: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", namespace: "shop" },
    spec: { replicas: 3 },
    partial: true,
  };
  assert.deepEqual(
    changes(kit.deployment(), hint).map(({ reason }) => reason),
    ["ReplicasChanged"],
  );
  assert.deepEqual(changes({ ...hint, spec: { replicas: 2 } }, kit.deployment()), []);
});
