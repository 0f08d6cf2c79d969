// Whether a volume fits a claim, and if not, why: the comparison of the persistent volume controller, as a pure function.
import type { KubeObject } from "../domain/kube-object.ts";
import { parseSelector, selectorMatches } from "../graph/selector.ts";
import { isObject, objectAt, textAt, textsAt } from "./read-json.ts";
import { parseQuantity } from "./read-quantity.ts";

/** The class a claim or volume names; the empty text is "no class", undefined is "not said" (a claim then takes the default class). */
export function storageClassOf({ metadata, spec }: KubeObject): string | undefined {
  const named = spec?.storageClassName;
  return typeof named === "string" ? named : metadata.annotations?.["volume.beta.kubernetes.io/storage-class"];
}

/**
 * Why a volume cannot be bound to a claim of the given class, in words that follow the volume's name; undefined when it fits.
 * Source: pkg/controller/volume/persistentvolume, FindMatchingVolume.
 */
export function misfitOf(claim: KubeObject, volume: KubeObject, storageClass: string): string | undefined {
  const holder = objectAt(volume.spec, "claimRef");
  if (holder && !isHeldBy(volume, claim)) return `is reserved for claim ${textAt(holder, "namespace")}/${textAt(holder, "name")}`;
  const volumeClass = storageClassOf(volume) ?? "";
  if (volumeClass !== storageClass) return `has storage class "${volumeClass}", not "${storageClass}"`;
  const [wanted, offered] = [textAt(claim.spec, "resources", "requests", "storage"), textAt(volume.spec, "capacity", "storage")];
  const [wantedBytes, offeredBytes] = [parseQuantity(wanted), parseQuantity(offered)];
  if (wantedBytes !== undefined && offeredBytes !== undefined && offeredBytes < wantedBytes)
    return `has ${offered}, the claim asks for ${wanted}`;
  const modes = textsAt(volume.spec, "accessModes");
  const lacking = textsAt(claim.spec, "accessModes").filter((mode) => !modes.includes(mode));
  if (lacking.length > 0) return `has access modes ${modes.join(", ") || "none"}, the claim asks for ${lacking.join(", ")}`;
  const [wantedMode, mode] = [textAt(claim.spec, "volumeMode") ?? "Filesystem", textAt(volume.spec, "volumeMode") ?? "Filesystem"];
  if (wantedMode !== mode) return `has volume mode ${mode}, the claim asks for ${wantedMode}`;
  const selector = claim.spec?.selector;
  if (isObject(selector) && !selectorMatches(parseSelector(selector), volume.metadata.labels ?? {}))
    return "does not have the labels that the claim selects";
  const phase = textAt(volume.status, "phase");
  return phase === "Released" || phase === "Failed" ? `is ${phase}` : undefined;
}

/** Whether a volume is reserved for this claim: the same name and, where both are known, the same uid. */
export function isHeldBy(volume: KubeObject, claim: KubeObject): boolean {
  const holder = objectAt(volume.spec, "claimRef");
  if (textAt(holder, "namespace") !== claim.metadata.namespace || textAt(holder, "name") !== claim.metadata.name) return false;
  const [uid, claimUid] = [textAt(holder, "uid"), claim.metadata.uid];
  return uid === undefined || claimUid === undefined || uid === claimUid;
}
