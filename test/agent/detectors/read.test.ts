// The readers of object fields that detectors share.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bounded, durationText, getFieldCommand, shellQuote, timeText } from "../../../agent/detectors/finding.ts";
import { at, textMapAt, timeMsAt } from "../../../agent/detectors/read-json.ts";
import { editedAtMs } from "../../../agent/detectors/read-owner.ts";
import { parseQuantity } from "../../../agent/detectors/read-quantity.ts";
import { podRequests } from "../../../agent/detectors/read-requests.ts";
import { labelsFrom, matchesExpression } from "../../../agent/detectors/read-selector.ts";
import { agoMs, pod } from "../../kit/kube-builders.ts";

test("quantities are read in all of Kubernetes' notations", () => {
  const cases: readonly (readonly [string | number, number | undefined])[] = [
    ["250m", 0.25],
    ["2", 2],
    ["1.5Gi", 1.5 * 2 ** 30],
    ["100Mi", 100 * 2 ** 20],
    ["1k", 1000],
    ["2e3", 2000],
    ["1E", 1e18],
    [4, 4],
    ["0", 0],
    [".5", 0.5],
    ["", undefined],
    ["1 Gi", undefined],
    ["1GiB", undefined],
    ["1e999", undefined],
    ["abc", undefined],
  ];
  for (const [text, value] of cases) assert.equal(parseQuantity(text), value, String(text));
});

test("a pod requests what its containers and sidecars do together, or its largest init container", () => {
  const asks = (cpu: string, more = {}) => ({ name: "c", resources: { requests: { cpu } }, ...more });
  assert.equal(podRequests({ containers: [asks("1"), asks("500m")] }).cpu, 1.5);
  assert.equal(podRequests({ containers: [asks("1")], initContainers: [asks("3")] }).cpu, 3);
  assert.equal(podRequests({ containers: [asks("1")], initContainers: [asks("1", { restartPolicy: "Always" })] }).cpu, 2);
  assert.equal(podRequests({ containers: [{ name: "c", resources: { limits: { cpu: "2" } } }], overhead: { cpu: "250m" } }).cpu, 2.25);
  assert.equal(podRequests(undefined).cpu, 0);
});

test("requirements on labels match as the API defines", () => {
  const labels = labelsFrom({ tier: "front", cores: "8" });
  assert.equal(matchesExpression({ key: "tier", operator: "In", values: ["front", "back"] }, labels), true);
  assert.equal(matchesExpression({ key: "zone", operator: "NotIn", values: ["a"] }, labels), true);
  assert.equal(matchesExpression({ key: "zone", operator: "Exists" }, labels), false);
  assert.equal(matchesExpression({ key: "zone", operator: "DoesNotExist" }, labels), true);
  assert.equal(matchesExpression({ key: "cores", operator: "Gt", values: ["4"] }, labels), true);
  assert.equal(matchesExpression({ key: "cores", operator: "Lt", values: ["4"] }, labels), false);
  assert.equal(matchesExpression({ key: "zone", operator: "Near" }, labels), false);
});

test("fields of the wrong type and inherited names read as absent", () => {
  assert.equal(at({ a: { b: 1 } }, "a", "b", "c"), undefined);
  assert.equal(at({}, "constructor"), undefined);
  assert.equal(timeMsAt({ t: "not a time" }, "t"), undefined);
  assert.deepEqual([...textMapAt({ m: { a: "1", b: 2 } }, "m")], [["a", "1"]]);
});

test("the last edit of a field is read from managedFields, fields below it included", () => {
  const edited = pod({
    metadata: {
      fieldOwners: [
        { manager: "a", atMs: agoMs(90), paths: ["spec.replicas"] },
        { manager: "b", atMs: agoMs(10), paths: ["spec.template.spec"] },
      ],
    },
  });
  assert.equal(editedAtMs(edited, "spec.replicas"), agoMs(90));
  assert.equal(editedAtMs(edited, "spec.template"), agoMs(10));
  assert.equal(editedAtMs(edited, "spec.temp"), undefined);
});

test("commands quote what a shell would read, and texts are bounded", () => {
  assert.equal(shellQuote("web-1"), "web-1");
  assert.equal(shellQuote("a'b $(c)"), `'a'\\''b $(c)'`);
  assert.equal(getFieldCommand(pod(), ".status.phase"), "kubectl -n shop get pod/web-1 -o jsonpath='{.status.phase}'");
  assert.equal(bounded("a\n  b", 10), "a b");
  assert.equal(bounded("abcdef", 4), "abc…");
  assert.equal(durationText(90_000), "90 s");
  assert.equal(timeText(agoMs(5)), "2026-03-01 11:59:55 UTC");
  assert.equal(timeText(Number.NaN), "an unknown time");
});
