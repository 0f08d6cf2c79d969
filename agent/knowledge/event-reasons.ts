// What a Kubernetes Event means: its reason and message to our reason, severity and category.
import type { Category } from "../domain/episode.ts";
import type { Severity } from "../domain/severity.ts";
import type { EventReason, EventReasonTable } from "./event-reason.ts";
import { ADDON_EVENTS } from "./events-addons.ts";
import { CONTROLLER_EVENTS } from "./events-controllers.ts";
import { KUBELET_EVENTS } from "./events-kubelet.ts";
import { schedulingCause } from "./scheduling-message.ts";

/** Every reason we know, by its exact word. */
export const EVENT_REASONS: EventReasonTable = { ...ADDON_EVENTS, ...CONTROLLER_EVENTS, ...KUBELET_EVENTS };

/** What an Event means. `discriminatorHint`: the volume, image, container or ConfigMap the message names, at most 500 characters. */
export type ClassifiedEvent = {
  readonly reason: string;
  readonly severity: Severity;
  readonly category: Category;
  readonly discriminatorHint?: string;
};

/** Patterns look no further than this; hostile messages may be long. */
const MESSAGE_SCAN_MAX = 1_000;

/** Categories of causes that only the message of FailedScheduling names. */
const SCHEDULING_CATEGORIES: Readonly<Record<string, Category>> = {
  UnboundPersistentVolumeClaim: "storage",
  MissingPersistentVolumeClaim: "storage",
  VolumeNodeAffinityConflict: "storage",
  VolumeLimitReached: "storage",
  NodesNotReady: "node",
  NodesUnderPressure: "node",
};

/** Reason, severity and category of an Event. A reason we do not know keeps its word: Normal is INFO, Warning is WARNING, category unknown. */
export function classifyEvent(reason: string, type: string, message: string): ClassifiedEvent {
  const known = Object.hasOwn(EVENT_REASONS, reason) ? EVENT_REASONS[reason] : undefined;
  if (!known) return { reason, severity: type.toLowerCase() === "warning" ? "WARNING" : "INFO", category: "unknown" };
  const text = message.slice(0, MESSAGE_SCAN_MAX);
  if (reason === "FailedScheduling") return classifyScheduling(known, text);
  for (const { pattern, ...exact } of known.refine ?? []) {
    const match = pattern.exec(text);
    if (!match) continue;
    const hint = match.groups?.hint;
    return {
      reason: exact.reason ?? reason,
      severity: exact.severity ?? known.severity,
      category: exact.category ?? known.category,
      ...(hint ? { discriminatorHint: hint } : {}),
    };
  }
  return { reason, severity: known.severity, category: known.category };
}

function classifyScheduling({ severity, category }: EventReason, text: string): ClassifiedEvent {
  if (/skip schedule deleting pod/i.test(text)) return { reason: "FailedScheduling", severity: "INFO", category };
  const cause = schedulingCause(text);
  const exact = cause === undefined ? undefined : SCHEDULING_CATEGORIES[cause];
  return { reason: cause ?? "FailedScheduling", severity, category: exact ?? category };
}
