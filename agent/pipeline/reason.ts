// What a batch means for a cluster: links, incidents, root causes, and the past incidents that are like the new ones.
import type { MuteRule } from "../domain/incident.ts";
import type { Metrics } from "../platform/metrics.ts";
import type { GraphReader } from "../store/port.ts";
import type { RecordTally } from "./anomalies.ts";
import { clusterBatch } from "./cluster.ts";
import type { ClusterState } from "./cluster-state.ts";
import { countLinks } from "./count.ts";
import { linkBatch } from "./link.ts";
import { rankBatch } from "./rank.ts";
import { nameSimilar } from "./similar.ts";

/** What reasoning goes by besides the working set. `committing`: the batch before, on its way to the store. */
export type ReasonMeans = {
  readonly store: GraphReader;
  readonly metrics: Metrics;
  readonly mutes: readonly MuteRule[];
  readonly committing: Promise<void>;
};

/** Reasons about what changed in a cluster since the last time. Rejects when the store cannot be read, or did not take the batch before. */
export async function reason(state: ClusterState, tally: RecordTally, { store, metrics, mutes, committing }: ReasonMeans): Promise<void> {
  const before = new Set([...state.incidents.all()].map((incident) => incident.id));
  const linked = linkBatch(state, tally);
  const newlyRooted = rankBatch(state, clusterBatch(state, linked.touched), mutes);
  // Which past incidents there are must not depend on how far the store has got.
  if (newlyRooted.length > 0) await committing;
  await nameSimilar(state, newlyRooted, store);
  countLinks(metrics, linked.newLinks);
  for (const { id, aliases } of state.incidents.all())
    if (!before.has(id) && !aliases.some((alias) => before.has(alias))) metrics.incidentsClustered.inc();
}
