// Claims that are not bound, and why; claims that lost their volume.
import { displayName } from "../domain/identity.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { FindingReason } from "../knowledge/findings.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { bounded, describeCommand, durationText, fieldEvidence, finding, getFieldCommand } from "./finding.ts";
import { parseTimeMs, textAt } from "./read-json.ts";
import { isDeleting } from "./read-pod.ts";
import { isSeen, type Seen } from "./service-readiness.ts";
import { isHeldBy, misfitOf, storageClassOf } from "./storage-fit.ts";

type Why = { readonly reason: FindingReason; readonly text: string; readonly volume?: KubeObject | undefined };

/** Provisioning takes its time. */
const PROVISIONING_MS = 60_000;
const VOLUMES_MAX = 200;

/** Tells why a PersistentVolumeClaim is not bound. */
export const storageClaim: StateDetector = {
  id: "storage-claim",
  kinds: ["PersistentVolumeClaim"],
  reasons: ["PersistentVolumeClaimPending", "PersistentVolumeClaimLost", "StorageClassMissing", "NoMatchingVolume", "VolumeAlreadyBound"],
  source: "kubernetes.io: Persistent Volumes, Binding; Storage Classes, Volume Binding Mode; pkg/controller/volume/persistentvolume",
  dependsOn: {
    relations: [
      { type: "BINDS", direction: "out" },
      { type: "USES", direction: "in" },
    ],
  },
  crossObject: true,
  detect(claim, view, nowMs) {
    const { object } = claim;
    if (object.partial || isDeleting(object)) return [];
    const phase = textAt(object.status, "phase");
    if (phase === "Lost") return [lost(claim)];
    const why = phase === "Pending" ? whyPending(claim, view, nowMs) : undefined;
    return why ? [pending(claim, why)] : [];
  },
};

function lost({ object, ...claim }: Seen): Finding {
  const volume = textAt(object.spec, "volumeName") ?? "";
  return finding("PersistentVolumeClaimLost", {
    message: `${displayName(claim)} lost its volume ${volume}`,
    evidence: [fieldEvidence(object, "status.phase", "Lost", describeCommand(object))],
  });
}

function pending({ object, ...claim }: Seen, { reason, text, volume }: Why): Finding {
  const command = describeCommand(object);
  return finding(reason, {
    message: `${displayName(claim)} is not bound: ${text}`,
    sinceMs: parseTimeMs(object.metadata.creationTimestamp),
    evidence: [
      fieldEvidence(object, "status.phase", "Pending", command),
      ...(volume
        ? [
            fieldEvidence(
              volume,
              "spec.claimRef",
              bounded(JSON.stringify(volume.spec?.claimRef ?? null), 200),
              getFieldCommand(volume, ".spec.claimRef"),
            ),
          ]
        : []),
    ],
  });
}

function whyPending(claim: Seen, view: NeighbourView, nowMs: number): Why | undefined {
  const { object } = claim;
  const wanted = textAt(object.spec, "volumeName");
  if (wanted) return whyNotThatVolume(object, wanted, view);
  const classes = view.ofKind("StorageClass").filter(isSeen);
  const className = storageClassOf(object) ?? classes.find(isDefaultClass)?.name;
  const storageClass = classes.find(({ name }) => name === className);
  const provisioner = textAt(storageClass?.object.rest, "provisioner");
  if (storageClass && provisioner !== "kubernetes.io/no-provisioner") return whyNotProvisioned(claim, storageClass, view, nowMs);
  if (isWaitingForConsumer(claim, storageClass, view)) return undefined;
  const volumes = view.ofKind("PersistentVolume").filter(isSeen);
  const isNamed = className !== undefined && className !== "";
  const ofClass = volumes.filter(({ object: volume }) => (storageClassOf(volume) ?? "") === (className ?? ""));
  // A class that does not exist is a mere label as long as there are volumes with it (kubernetes.io, Persistent Volumes, Class).
  if (!storageClass && ofClass.length === 0 && view.complete("StorageClass") && (isNamed || storageClassOf(object) === undefined)) {
    return {
      reason: "StorageClassMissing",
      text: isNamed ? `storage class ${className} does not exist` : "it names no storage class and there is no default class",
    };
  }
  return view.complete("PersistentVolume") ? whyNoVolume(object, className ?? "", ofClass, volumes) : undefined;
}

function whyNotThatVolume(claim: KubeObject, name: string, view: NeighbourView): Why | undefined {
  const volume = view.byName("PersistentVolume", undefined, name)?.object;
  if (!volume)
    return view.complete("PersistentVolume")
      ? { reason: "NoMatchingVolume", text: `the volume it wants, ${name}, does not exist` }
      : undefined;
  if (volume.spec?.claimRef && !isHeldBy(volume, claim)) {
    const phase = textAt(volume.status, "phase");
    const misfit = misfitOf(claim, volume, storageClassOf(claim) ?? "");
    return {
      reason: "VolumeAlreadyBound",
      text: `the volume it wants, ${name}, ${misfit}${phase === "Released" ? " and Released: that claim is gone" : ""}`,
      volume,
    };
  }
  const misfit = misfitOf(claim, volume, storageClassOf(claim) ?? storageClassOf(volume) ?? "");
  return misfit ? { reason: "NoMatchingVolume", text: `the volume it wants, ${name}, ${misfit}` } : undefined;
}

function whyNotProvisioned(claim: Seen, storageClass: Seen, view: NeighbourView, nowMs: number): Why | undefined {
  if (isWaitingForConsumer(claim, storageClass, view)) return undefined;
  const ageMs = nowMs - claim.createdAtMs;
  if (ageMs < PROVISIONING_MS) return undefined;
  const provisioner = textAt(storageClass.object.rest, "provisioner") ?? "its provisioner";
  return {
    reason: "PersistentVolumeClaimPending",
    text: `${provisioner} (storage class ${storageClass.name}) has not made a volume for ${durationText(ageMs)}`,
  };
}

function whyNoVolume(claim: KubeObject, className: string, ofClass: readonly Seen[], all: readonly Seen[]): Why | undefined {
  // Volumes of other classes are worth a word only where there is none of the right class.
  const candidates = (ofClass.length > 0 ? ofClass : all).slice(0, VOLUMES_MAX);
  const misfits = candidates.map(({ name, object }) => ({ name, misfit: misfitOf(claim, object, className) }));
  if (misfits.some(({ misfit }) => misfit === undefined)) return undefined;
  const text = misfits
    .slice(0, 3)
    .map(({ name, misfit }) => `${name} ${misfit}`)
    .join("; ");
  const more = misfits.length > 3 ? ` (and ${misfits.length - 3} more)` : "";
  return { reason: "NoMatchingVolume", text: text === "" ? "there is no volume, and nothing makes one" : `no volume fits: ${text}${more}` };
}

/**
 * With WaitForFirstConsumer a claim is left alone until a pod that uses it has been given a node. Until then either nothing wants it,
 * or the scheduler says on the pod why it has none.
 */
function isWaitingForConsumer(claim: Seen, storageClass: Seen | undefined, view: NeighbourView): boolean {
  if (textAt(storageClass?.object.rest, "volumeBindingMode") !== "WaitForFirstConsumer") return false;
  const hasNode = claim.object.metadata.annotations?.["volume.kubernetes.io/selected-node"] !== undefined;
  if (textAt(storageClass?.object.rest, "provisioner") !== "kubernetes.io/no-provisioner") return !hasNode;
  return !view.neighbours(claim, "USES", "in").some(({ kind }) => kind === "Pod");
}

function isDefaultClass({ object }: Seen): boolean {
  const { annotations } = object.metadata;
  return (
    annotations?.["storageclass.kubernetes.io/is-default-class"] === "true" ||
    annotations?.["storageclass.beta.kubernetes.io/is-default-class"] === "true"
  );
}
