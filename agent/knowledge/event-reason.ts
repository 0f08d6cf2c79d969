// The shape of what is known about a Kubernetes Event's reason.
import type { Category } from "../domain/episode.ts";
import type { Severity } from "../domain/severity.ts";

/** A case of a reason that the message tells apart. The first whose pattern matches counts; what it leaves out comes from the reason itself. */
export type EventRefinement = {
  /** Tested on the first 1000 characters of the message. A group named `hint` captures what tells two such events apart (volume, image, ConfigMap). */
  readonly pattern: RegExp;
  /** A more exact word than the Event's own; where a finding (findings.ts) means the same, the finding's word. */
  readonly reason?: string;
  readonly severity?: Severity;
  readonly category?: Category;
};

/** What an Event of one reason means. `severity` replaces the Event's Normal or Warning. */
export type EventReason = {
  readonly severity: Severity;
  readonly category: Category;
  readonly title: string;
  /** The component whose source code defines the reason. */
  readonly component: string;
  readonly refine?: readonly EventRefinement[];
};

/** Reasons by their exact word. */
export type EventReasonTable = Readonly<Record<string, EventReason>>;
