// Findings about claims and volumes, each with a near miss.
import assert from "node:assert/strict";
import { test } from "node:test";
import { storageClaim } from "../../../agent/detectors/storage-claim.ts";
import { storageVolume } from "../../../agent/detectors/storage-volume.ts";
import type { JsonObject, KubeObject } from "../../../agent/domain/kube-object.ts";
import { checkFindings } from "../../kit/check-findings.ts";
import * as kit from "../../kit/kube-builders.ts";
import type { Surroundings } from "../../kit/neighbour-view.ts";

const ALL = ["StorageClass", "PersistentVolume"];

function claim(spec: JsonObject = {}, seconds = 300, annotations: Record<string, string> = {}): KubeObject {
  const base = kit.persistentVolumeClaim({ metadata: { creationTimestamp: kit.ago(seconds), annotations }, status: { phase: "Pending" } });
  return {
    ...base,
    spec: { accessModes: ["ReadWriteOnce"], storageClassName: "fast", resources: { requests: { storage: "10Gi" } }, ...spec },
  };
}

function volume(spec: JsonObject = {}, status: JsonObject = { phase: "Available" }): KubeObject {
  const { claimRef: _, ...free } = kit.persistentVolume().spec ?? {};
  return { ...kit.persistentVolume(), spec: { ...free, storageClassName: "manual", ...spec }, status };
}

function check(it: KubeObject, objects: readonly KubeObject[], expected: readonly string[], around: Surroundings = {}) {
  return checkFindings(storageClaim, it, { complete: ALL, ...around, objects: [...objects, ...(around.objects ?? [])] }, expected);
}

test("a bound claim is fine, a lost one is not", () => {
  check(kit.persistentVolumeClaim(), [], []);
  check(kit.persistentVolumeClaim({ status: { phase: "Lost" } }), [], ["PersistentVolumeClaimLost"]);
});

test("the provisioner does not make the volume", () => {
  const [found] = check(claim(), [kit.storageClass()], ["PersistentVolumeClaimPending"]);
  assert.equal(found?.sinceMs, kit.agoMs(300));
  check(claim({}, 30), [kit.storageClass()], []);
});

test("a claim that waits for its first consumer waits rightly, until a node is chosen", () => {
  const waits = kit.storageClass({ rest: { volumeBindingMode: "WaitForFirstConsumer" } });
  check(claim(), [waits], []);
  check(claim({}, 300, { "volume.kubernetes.io/selected-node": "node-a" }), [waits], ["PersistentVolumeClaimPending"]);
});

test("the class does not exist", () => {
  const [found] = check(claim({ storageClassName: "fats" }), [kit.storageClass()], ["StorageClassMissing"]);
  assert.match(found?.message ?? "", /storage class fats does not exist/);
  checkFindings(storageClaim, claim({ storageClassName: "fats" }), {}, []);
  check(claim({ storageClassName: undefined }), [kit.storageClass()], ["StorageClassMissing"]);
  const standard = kit.storageClass({ metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } } });
  check(claim({ storageClassName: undefined }, 30), [standard], []);
});

test("no volume fits, and why", () => {
  const manual = { storageClassName: "manual" };
  const because = (spec: JsonObject, expected: RegExp, wanted: JsonObject = {}) =>
    assert.match(check(claim({ ...manual, ...wanted }), [volume(spec)], ["NoMatchingVolume"])[0]?.message ?? "", expected);
  because({ capacity: { storage: "5Gi" } }, /pv-1 has 5Gi, the claim asks for 10Gi/);
  because({}, /pv-1 has access modes ReadWriteOnce, the claim asks for ReadWriteMany/, { accessModes: ["ReadWriteMany"] });
  because({}, /does not have the labels that the claim selects/, { selector: { matchLabels: { disk: "ssd" } } });
  because({ volumeMode: "Block" }, /volume mode Block/);
  because({ claimRef: { namespace: "shop", name: "other" } }, /reserved for claim shop\/other/);
  check(claim({ storageClassName: "" }), [volume()], ["NoMatchingVolume"]);
  check(claim(manual), [volume()], []);
  check(claim(manual), [volume({ capacity: { storage: "5Gi" } })], [], { complete: ["StorageClass"] });
});

test("the wanted volume is missing, or another claim's", () => {
  const wants = { storageClassName: "manual", volumeName: "pv-1" };
  check(claim(wants), [], ["NoMatchingVolume"]);
  check(claim(wants), [volume()], []);
  check(claim(wants), [volume({ claimRef: { namespace: "shop", name: "other" } }, { phase: "Bound" })], ["VolumeAlreadyBound"]);
  const [released] = check(
    claim(wants),
    [volume({ claimRef: { namespace: "shop", name: "data", uid: "former-life" } }, { phase: "Released" })],
    ["VolumeAlreadyBound"],
  );
  assert.match(released?.message ?? "", /Released: that claim is gone/);
});

test("a failed volume", () => {
  const [found] = checkFindings(
    storageVolume,
    volume({}, { phase: "Failed", message: "error deleting disk", lastPhaseTransitionTime: kit.ago(60) }),
    {},
    ["PersistentVolumeFailed"],
  );
  assert.equal(found?.sinceMs, kit.agoMs(60));
  checkFindings(storageVolume, volume({}, { phase: "Released" }), {}, []);
});
