// Edits of ConfigMaps, key by key, and of Secrets, whose values are never seen.

import { deepEqual } from "../domain/deep-equal.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import { changesFrom, type Edit } from "./change-found.ts";
import { leaves } from "./change-leaves.ts";
import type { ChangeDetector } from "./detector.ts";
import { isMemorySetting } from "./memory-setting.ts";
import { objectAt, textAt } from "./read-json.ts";

/** Written by programs about themselves, all the time. */
const STATUS_CONFIG_MAPS = new Set(["cluster-autoscaler-status", "ingress-controller-leader"]);

/** Written by controllers, or a record of a release rather than a setting. */
const MANAGED_SECRETS = new Set(["kubernetes.io/service-account-token", "helm.sh/release.v1", "bootstrap.kubernetes.io/token"]);

/** Tells edits of a ConfigMap's data. */
export const changeConfigMap: ChangeDetector = {
  id: "change-config-map",
  kinds: ["ConfigMap"],
  reasons: ["ConfigMapChanged", "MemorySettingChanged"],
  detect(before, after) {
    if (STATUS_CONFIG_MAPS.has(after.metadata.name)) return [];
    return changesFrom(before, after, dataEdits(before, after));
  },
};

/** Tells edits of a Secret: keys that came or went, its type, or that some value was written anew. */
export const changeSecret: ChangeDetector = {
  id: "change-secret",
  kinds: ["Secret"],
  reasons: ["SecretChanged"],
  detect(before, after) {
    if (MANAGED_SECRETS.has(textAt(after.rest, "type") ?? "")) return [];
    const keys = keyEdits(before, after);
    return changesFrom(before, after, keys.length > 0 ? keys : valueEdits(before, after));
  },
};

function dataEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  return (["data", "binaryData"] as const).flatMap((field) => {
    const [former, present] = [objectAt(before.rest, field), objectAt(after.rest, field)];
    if (after.partial && !present) return [];
    return leaves(former ?? {}, present ?? {}, field).map((leaf) => {
      const key = leaf.owned.slice(field.length + 1);
      return {
        reason: isMemorySetting(key) ? "MemorySettingChanged" : "ConfigMapChanged",
        ...leaf,
        path: `${field}[${key}]`,
        what: `key ${key} of ConfigMap ${after.metadata.name}`,
        quoted: true,
      } as const;
    });
  });
}

function keyEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  const [former, present] = [objectAt(before.rest, "data"), objectAt(after.rest, "data")];
  if (after.partial && !present) return [];
  const named = (key: string, note: string): Edit => ({
    reason: "SecretChanged",
    path: `data[${key}]`,
    owned: `data.${key}`,
    what: `key ${key} of Secret ${after.metadata.name}`,
    before: undefined,
    after: undefined,
    note,
  });
  const added = Object.keys(present ?? {}).filter((key) => !Object.hasOwn(former ?? {}, key));
  const removed = Object.keys(former ?? {}).filter((key) => !Object.hasOwn(present ?? {}, key));
  const type = leaves(before.rest?.type, after.rest?.type, "type").map(
    (leaf) => ({ reason: "SecretChanged", ...leaf, what: `type of Secret ${after.metadata.name}` }) as const,
  );
  return [...added.map((key) => named(key, "added")), ...removed.map((key) => named(key, "removed")), ...type];
}

/**
 * A Secret's values are cut off at the source, so an edited value shows only in that a new version has nothing else that is new.
 * Where managedFields are there, somebody must have written `data` in between.
 */
function valueEdits(before: KubeObject, after: KubeObject): readonly Edit[] {
  const [former, present] = [before.metadata, after.metadata];
  if (after.partial || former.resourceVersion === present.resourceVersion) return [];
  const path = "data";
  const edit: Edit = {
    reason: "SecretChanged",
    path,
    what: `values of Secret ${present.name} written anew`,
    before: undefined,
    after: undefined,
  };
  if (present.fieldOwners) {
    const written = present.fieldOwners.some(
      (owner) =>
        owner.paths.some((owned) => owned === path || owned.startsWith("data.") || owned.startsWith("stringData")) &&
        !former.fieldOwners?.some(
          ({ manager, subresource, atMs }) => manager === owner.manager && subresource === owner.subresource && atMs >= owner.atMs,
        ),
    );
    return written ? [edit] : [];
  }
  const same =
    deepEqual(former.labels, present.labels) &&
    deepEqual(former.annotations, present.annotations) &&
    former.deletionTimestamp === present.deletionTimestamp;
  return same || hashChanged(before, after) ? [edit] : [];
}

/** Tools note a checksum of the values in an annotation. */
function hashChanged({ metadata: before }: KubeObject, { metadata: after }: KubeObject): boolean {
  return Object.entries(after.annotations ?? {}).some(
    ([key, value]) => /hash|checksum|resource-?version/i.test(key) && before.annotations?.[key] !== value,
  );
}
