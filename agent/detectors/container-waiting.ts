// Containers that wait for a reason that is a failure: crash loops, images that cannot be pulled, configuration that cannot be used.
import type { KubeObject } from "../domain/kube-object.ts";
import type { Finding } from "../domain/signal.ts";
import type { FindingReason } from "../knowledge/findings.ts";
import type { StateDetector } from "./detector.ts";
import { bounded, describeCommand, fieldEvidence, finding, getFieldCommand, logsCommand, timeText } from "./finding.ts";
import { exitText, ranOutOfMemory } from "./read-exit.ts";
import { textAt } from "./read-json.ts";
import { type ContainerView, containersOf, isDeleting, lastTerminatedOf, podPhase, restartCountOf, waitingOf } from "./read-pod.ts";
import { containerNoun, specPath, statePath, unreadySinceMs } from "./read-since.ts";

// kubelet: pkg/kubelet/container/sync_result.go and pkg/kubelet/images/types.go; the rarer words are told as their nearest well-known one.
const WAITING: ReadonlyMap<string, FindingReason> = new Map([
  ["CrashLoopBackOff", "CrashLoopBackOff"],
  ["ErrImagePull", "ErrImagePull"],
  ["ImageInspectError", "ErrImagePull"],
  ["RegistryUnavailable", "ErrImagePull"],
  ["SignatureValidationFailed", "ErrImagePull"],
  ["ImagePullBackOff", "ImagePullBackOff"],
  ["InvalidImageName", "InvalidImageName"],
  ["ErrImageNeverPull", "ErrImageNeverPull"],
  ["CreateContainerConfigError", "CreateContainerConfigError"],
  ["CreateContainerError", "CreateContainerError"],
  ["PreCreateHookError", "CreateContainerError"],
  ["RunContainerError", "RunContainerError"],
  ["PreStartHookError", "RunContainerError"],
  ["PostStartHookError", "RunContainerError"],
]);

const PULL_REASONS: ReadonlySet<string> = new Set(["ErrImagePull", "ImagePullBackOff"]);

// What registries and container runtimes say when a pull fails.
const PULL_FAULTS: readonly (readonly [pattern: RegExp, meaning: string])[] = [
  [/no such host|server misbehaving|name resolution|lookup .{1,253} on /i, "the registry's name cannot be resolved"],
  [
    /unauthorized|authentication required|denied|forbidden|\b40[13]\b|no basic auth/i,
    "the registry refuses access, or the image does not exist there",
  ],
  [/toomanyrequests|rate limit|\b429\b/i, "the registry limits how often may be pulled"],
  [/x509|certificate|tls:/i, "the registry's certificate is not accepted"],
  [/not found|manifest unknown|does not exist|\b404\b/i, "the image or tag does not exist in the registry"],
  [/no match for platform|no matching manifest|exec format/i, "the image has no build for the node's processor"],
  [/timeout|deadline exceeded|connection refused|no route to host|unreachable|reset by peer/i, "the registry cannot be reached"],
  [/no space left/i, "the node's disk is full"],
];

/** Whether a waiting container waits for its image and cannot get it. */
export function isPullFailure(container: ContainerView): boolean {
  return PULL_REASONS.has(WAITING.get(waitingOf(container)?.reason ?? "") ?? "");
}

/** The finding's reason for a waiting reason (or a status word of kubectl), undefined when it is no failure. */
export function waitingFailure(reason: string | undefined): FindingReason | undefined {
  return WAITING.get(reason ?? "");
}

/** CrashLoopBackOff, ErrImagePull, ImagePullBackOff, InvalidImageName, ErrImageNeverPull, Create…Error, RunContainerError. */
export const containerWaiting: StateDetector = {
  id: "container-waiting",
  kinds: ["Pod"],
  reasons: [...new Set(WAITING.values())],
  source: "kubernetes pkg/kubelet/container/sync_result.go, pkg/kubelet/images/types.go",
  detect({ object }) {
    if (isDeleting(object) || podPhase(object) === "Succeeded") return [];
    return containersOf(object).flatMap((container) => waitingFinding(object, container) ?? []);
  },
};

function waitingFinding(object: KubeObject, container: ContainerView): Finding | undefined {
  const waiting = waitingOf(container);
  const reason = waitingFailure(waiting?.reason);
  if (waiting === undefined || reason === undefined) return undefined;
  if (reason === "CrashLoopBackOff") return crashLoop(object, container);
  const image = textAt(container.spec, "image") ?? textAt(container.status, "image");
  const isImage = PULL_REASONS.has(reason) || reason === "InvalidImageName" || reason === "ErrImageNeverPull";
  const stated = [waiting.reason, waiting.message].filter((part) => part !== undefined).join(": ");
  return finding(reason, {
    discriminator: container.name,
    message: isImage
      ? imageMessage(container, image, waiting.message)
      : `${containerNoun(container)} cannot start: ${bounded(stated, 300)}.`,
    sinceMs: unreadySinceMs(object, container),
    evidence: [
      fieldEvidence(
        object,
        `${statePath(container)}.state.waiting`,
        stated,
        getFieldCommand(object, `.status.${container.statusField}[?(@.name=="${container.name}")].state`),
      ),
      ...(isImage && image !== undefined ? [fieldEvidence(object, `${specPath(container)}.image`, image, describeCommand(object))] : []),
    ],
    target: PULL_REASONS.has(reason) ? registryOf(image) : undefined,
  });
}

function crashLoop(object: KubeObject, container: ContainerView): Finding {
  const last = lastTerminatedOf(container);
  const restarts = restartCountOf(container);
  const whenText = last?.finishedAtMs === undefined ? "" : ` at ${timeText(last.finishedAtMs)}`;
  const lastText =
    last === undefined ? "" : `; its last run ended with ${ranOutOfMemory(last) ? "OOMKilled (out of memory)" : exitText(last)}${whenText}`;
  const waitingText = ["CrashLoopBackOff", waitingOf(container)?.message].filter((part) => part !== undefined).join(": ");
  return finding("CrashLoopBackOff", {
    discriminator: container.name,
    message: `${containerNoun(container)} keeps crashing: ${restarts} restart${restarts === 1 ? "" : "s"} so far${lastText}.`,
    sinceMs: last?.finishedAtMs ?? unreadySinceMs(object, container),
    category: last !== undefined && ranOutOfMemory(last) ? "resources" : undefined,
    evidence: [
      fieldEvidence(object, `${statePath(container)}.state.waiting`, waitingText, logsCommand(object, container.name, true)),
      ...(last === undefined
        ? []
        : [fieldEvidence(object, `${statePath(container)}.lastState.terminated`, exitText(last), describeCommand(object))]),
    ],
  });
}

function imageMessage(container: ContainerView, image: string | undefined, message: string | undefined): string {
  const meaning = PULL_FAULTS.find(([pattern]) => pattern.test(message ?? ""))?.[1];
  const why = meaning ?? (message === undefined ? undefined : bounded(message, 250));
  return `${containerNoun(container)} cannot start because its image ${image ?? ""} cannot be had${why === undefined ? "" : `: ${why}`}.`.replaceAll(
    "  ",
    " ",
  );
}

/** The registry host of an image reference, undefined when it names none. */
function registryOf(image: string | undefined): string | undefined {
  const [host, rest] = [image?.split("/")[0], image?.includes("/")];
  return rest && host !== undefined && /[.:]|^localhost$/.test(host) ? host : undefined;
}
