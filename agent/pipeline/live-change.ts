// What clients are told live: the part of a committed change set that concerns them.

import type { IncidentId } from "../domain/identity.ts";
import type { Incident } from "../domain/incident.ts";

/** Sent after each commit that touched an incident or the statistics. */
export type LiveChange = {
  readonly incidents: readonly Incident[];
  readonly removed: readonly { readonly cluster: string; readonly id: IncidentId; readonly mergedInto?: IncidentId | undefined }[];
};

/** Hands live changes to subscribers; a listener must not throw and must not block. */
export type LiveFeed = { subscribe(listener: (change: LiveChange) => void): () => void };
