// What memory has forgotten, the store still knows: a record older than memory reaches is held against it first, so that telling it again changes nothing.
import type { EpisodeId, ResourceRef } from "../domain/identity.ts";
import { unreachable } from "../domain/result.ts";
import type { Signal } from "../domain/signal.ts";
import type { GraphReader } from "../store/port.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Whether what a signal tells of may have been forgotten. */
export function isOlderThanMemory({ horizonMs, book }: ClusterState, signal: Signal): boolean {
  return signal.kind === "occurrence"
    ? signal.lastMs < horizonMs && book.get(signal.eid as EpisodeId) === undefined
    : signal.kind !== "gap" && signal.atMs < horizonMs;
}

/** `known`: the store has it and memory needs it no more. `new`: it is to be applied; whom it speaks of is in memory again if it ever was. */
export async function recall(state: ClusterState, signal: Signal, store: GraphReader): Promise<"known" | "new"> {
  switch (signal.kind) {
    case "object":
      await recallResource(state, { kind: signal.object.kind, ...signal.object.metadata }, store);
      return "new";
    case "edge":
      for (const end of [signal.source, signal.target]) await recallResource(state, end, store);
      return "new";
    case "occurrence":
      if ((await store.findEpisodes(signal.eid, state.cluster)).some(({ lastMs }) => lastMs >= signal.lastMs)) return "known";
      await recallResource(state, signal.subject, store);
      return "new";
    case "gap":
      return "new";
    default:
      return unreachable(signal);
  }
}

async function recallResource(state: ClusterState, { kind, uid, namespace, name }: ResourceRef, store: GraphReader): Promise<void> {
  if (state.graph.knows({ kind, uid, namespace, name })) return;
  const wanted = uid ? { uid } : { kind, namespace, name };
  const found = await store.findResources({ cluster: state.cluster, ...wanted, limit: 1 });
  for (const resource of found) if (!state.graph.node(resource.rid)) state.graph.restoreResource(resource);
}
