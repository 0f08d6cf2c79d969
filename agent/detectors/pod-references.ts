// Things a pod or a workload's pods need and which do not exist: by the kubelet's or scheduler's own words, or because a complete list lacks them.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Severity } from "../domain/severity.ts";
import type { Finding } from "../domain/signal.ts";
import type { FindingReason } from "../knowledge/findings.ts";
import { isPullFailure } from "./container-waiting.ts";
import type { NeighbourView, StateDetector } from "./detector.ts";
import { fieldEvidence, finding, getCommand } from "./finding.ts";
import { conditionOf } from "./read-conditions.ts";
import { numberAt, objectAt } from "./read-json.ts";
import { containersOf, isDeleting, isRunning, podPhase, waitingOf } from "./read-pod.ts";
import { type Needed, type NeededKind, neededBy } from "./read-references.ts";
import { statePath, unreadySinceMs } from "./read-since.ts";

const REASONS: Readonly<Record<NeededKind, FindingReason>> = {
  ConfigMap: "MissingConfigMap",
  Secret: "MissingSecret",
  PersistentVolumeClaim: "MissingPersistentVolumeClaim",
  ServiceAccount: "MissingServiceAccount",
  PriorityClass: "MissingPriorityClass",
  ImagePullSecret: "MissingImagePullSecret",
};

// pkg/kubelet/kubelet_pods.go and pkg/scheduler/framework/plugins/volumebinding.
const NOT_FOUND = /\b(configmap|secret|persistentvolumeclaim) "([a-z0-9.-]{1,253})" not found/i;
const KEY_NOT_FOUND = /couldn't find key (\S{1,253}) in (ConfigMap|Secret) [^/\s]{1,63}\/([a-z0-9.-]{1,253})/i;

const KINDS: Readonly<Record<string, "ConfigMap" | "Secret" | "PersistentVolumeClaim">> = {
  configmap: "ConfigMap",
  secret: "Secret",
  persistentvolumeclaim: "PersistentVolumeClaim",
};

type Missing = Pick<Needed, "kind" | "name" | "key">;

/** What the kubelet (waiting message) or the scheduler (PodScheduled message) says is missing; needs no other object to be known. */
export const podReferenceMessages: StateDetector = {
  id: "pod-reference-messages",
  kinds: ["Pod"],
  reasons: ["MissingConfigMap", "MissingConfigMapKey", "MissingSecret", "MissingSecretKey", "MissingPersistentVolumeClaim"],
  source: "kubernetes pkg/kubelet/kubelet_pods.go, pkg/scheduler/framework/plugins/volumebinding/volume_binding.go",
  detect({ object }) {
    return isDeleting(object) || isOver(object) ? [] : stated(object).map(({ finding: said }) => said);
  },
};

/** What the pod's spec asks for and the complete list of that kind does not hold. */
export const podReferences: StateDetector = {
  id: "pod-references",
  kinds: ["Pod"],
  reasons: [
    "MissingConfigMap",
    "MissingConfigMapKey",
    "MissingSecret",
    "MissingSecretKey",
    "MissingImagePullSecret",
    "MissingServiceAccount",
    "MissingPersistentVolumeClaim",
  ],
  source: "kubernetes.io: Configure a Pod to Use a ConfigMap, Restrictions; Secrets, Optional Secrets",
  dependsOn: { relations: [{ type: "USES", direction: "out" }], declaredOnly: true },
  crossObject: true,
  detect({ object }, view) {
    if (isDeleting(object) || isOver(object)) return [];
    const absent = missingFor(object, view);
    if (absent.length === 0) return [];
    const known = new Set(stated(object).map(({ missing }) => keyOf(missing)));
    const containers = containersOf(object);
    const started = containers.some(isRunning);
    const pulls = containers.some(isPullFailure);
    return absent
      .filter((needed) => !known.has(keyOf(needed)) && needed.kind !== "PriorityClass" && (needed.kind !== "ImagePullSecret" || pulls))
      .map((needed) => missingFinding(object, needed, started ? "WARNING" : undefined));
  },
};

/** A missing service account or priority class keeps pods from being created at all, so only the workload can be told of. */
export const workloadReferences: StateDetector = {
  id: "workload-references",
  kinds: ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"],
  reasons: ["MissingServiceAccount", "MissingPriorityClass"],
  source: "kubernetes.io: Admission Control, ServiceAccount and Priority",
  dependsOn: { relations: [{ type: "USES", direction: "out" }], declaredOnly: true },
  crossObject: true,
  detect({ object }, view) {
    const wanted = numberAt(object.spec, "replicas");
    const over = object.kind === "Job" && (conditionOf(object, "Complete") ?? conditionOf(object, "Failed"))?.status === "True";
    if (isDeleting(object) || wanted === 0 || over) return [];
    return missingFor(object, view)
      .filter(({ kind }) => kind === "ServiceAccount" || kind === "PriorityClass")
      .map((needed) => missingFinding(object, needed, undefined));
  },
};

function isOver(object: KubeObject): boolean {
  return podPhase(object) === "Succeeded" || podPhase(object) === "Failed";
}

// Controllers put these into every namespace; sources of recorded data often leave them out.
const PUBLISHED = new Set(["kube-root-ca.crt", "openshift-service-ca.crt"]);

function missingFor(object: KubeObject, view: NeighbourView): readonly Needed[] {
  const unique = new Map<string, Needed>();
  for (const needed of neededBy(object)) {
    const missing = PUBLISHED.has(needed.name) ? undefined : missingPart(object, needed, view);
    if (missing !== undefined && !unique.has(keyOf(missing))) unique.set(keyOf(missing), missing);
  }
  return [...unique.values()];
}

/** The whole object where it is absent from a complete list, or its key where the object has data without it. */
function missingPart(object: KubeObject, needed: Needed, view: NeighbourView): Needed | undefined {
  const found = lookUp(object, needed, view);
  if (found === undefined) return view.complete(resourceKind(needed.kind)) ? { ...needed, key: undefined } : undefined;
  return needed.key !== undefined && hasData(found) && !hasKey(found, needed.key) ? needed : undefined;
}

function lookUp(object: KubeObject, { kind, name }: Missing, view: NeighbourView): KubeObject | undefined {
  return view.byName(resourceKind(kind), kind === "PriorityClass" ? undefined : object.metadata.namespace, name)?.object;
}

function resourceKind(kind: NeededKind): string {
  return kind === "ImagePullSecret" ? "Secret" : kind;
}

const DATA_FIELDS = ["data", "binaryData", "stringData"] as const;

/** An object that tells none of its data may have been cut down on its way here. */
function hasData(object: KubeObject): boolean {
  return !object.partial && DATA_FIELDS.some((field) => objectAt(object.rest, field) !== undefined);
}

function hasKey(object: KubeObject, key: string): boolean {
  return DATA_FIELDS.some((field) => Object.hasOwn(objectAt(object.rest, field) ?? {}, key));
}

function keyOf({ kind, name, key }: Missing): string {
  return `${kind}/${name}/${key ?? ""}`;
}

function reasonOf({ kind, key }: Missing): FindingReason {
  if (key === undefined) return REASONS[kind];
  return kind === "ConfigMap" ? "MissingConfigMapKey" : "MissingSecretKey";
}

function describe({ kind, name, key }: Missing): string {
  const thing = kind === "ImagePullSecret" ? `image pull secret "${name}"` : `${kind} "${name}"`;
  return key === undefined ? `${thing} does not exist` : `${thing} has no key "${key}"`;
}

function missingFinding(object: KubeObject, needed: Needed, severity: Severity | undefined): Finding {
  const kind = resourceKind(needed.kind);
  const asks = fieldEvidence(
    object,
    needed.path,
    needed.key === undefined ? needed.name : `${needed.name} key ${needed.key}`,
    getCommand(object, `${kind.toLowerCase()}/${needed.name}`),
  );
  return finding(reasonOf(needed), {
    discriminator: needed.key === undefined ? needed.name : `${needed.name}/${needed.key}`,
    message: `${describe(needed)}, but ${needed.path} needs it${severity === "WARNING" ? "; containers that run already notice at their next start" : ""}.`,
    severity,
    evidence: [asks],
  });
}

function stated(object: KubeObject): readonly { readonly missing: Missing; readonly finding: Finding }[] {
  const waiting = containersOf(object).flatMap((container) => {
    const message = waitingOf(container)?.message;
    return message === undefined
      ? []
      : [{ message, path: `${statePath(container)}.state.waiting.message`, sinceMs: unreadySinceMs(object, container) }];
  });
  const scheduled = conditionOf(object, "PodScheduled");
  const refused =
    scheduled?.status === "False" && scheduled.message !== undefined
      ? [{ message: scheduled.message, path: "status.conditions[PodScheduled].message", sinceMs: scheduled.sinceMs }]
      : [];
  const unique = new Map<string, { readonly missing: Missing; readonly finding: Finding }>();
  for (const { message, path, sinceMs } of [...waiting, ...refused]) {
    const missing = parseMissing(message);
    if (missing === undefined || unique.has(keyOf(missing))) continue;
    const said = finding(reasonOf(missing), {
      discriminator: missing.key === undefined ? missing.name : `${missing.name}/${missing.key}`,
      message: `${describe(missing)}, but the pod needs it to start.`,
      sinceMs,
      evidence: [fieldEvidence(object, path, message, getCommand(object, `${resourceKind(missing.kind).toLowerCase()}/${missing.name}`))],
    });
    unique.set(keyOf(missing), { missing, finding: said });
  }
  return [...unique.values()];
}

function parseMissing(message: string): Missing | undefined {
  const text = message.slice(0, 2_000);
  const key = KEY_NOT_FOUND.exec(text);
  if (key?.[1] !== undefined && key[3] !== undefined)
    return { kind: key[2]?.toLowerCase() === "secret" ? "Secret" : "ConfigMap", name: key[3], key: key[1] };
  const whole = NOT_FOUND.exec(text);
  const kind = KINDS[whole?.[1]?.toLowerCase() ?? ""];
  return kind === undefined || whole?.[2] === undefined ? undefined : { kind, name: whole[2] };
}
