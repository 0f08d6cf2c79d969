// What memory has forgotten, the store still knows: before a record about it is applied it is put back, so that the record is not taken for the first of its kind.
import type { EpisodeId, ResourceRef } from "../domain/identity.ts";
import { unreachable } from "../domain/result.ts";
import type { ObjectSeen, Signal } from "../domain/signal.ts";
import type { GraphReader } from "../store/port.ts";
import type { ClusterState } from "./cluster-state.ts";

/** Whether a signal is older than memory reaches, or speaks of a uid that memory does not know. */
export function mayBeForgotten(state: ClusterState, signal: Signal): boolean {
  const { horizonMs, graph, book } = state;
  if (horizonMs <= 0) return false;
  const unknown = (ref: ResourceRef, atMs: number) => graph.find(ref, atMs) === undefined;
  switch (signal.kind) {
    case "object":
      return unknown(refOf(signal), signal.atMs);
    case "edge":
      return unknown(signal.source, signal.atMs) || unknown(signal.target, signal.atMs);
    case "occurrence":
      return unknown(signal.subject, signal.firstMs) || (signal.lastMs < horizonMs && book.get(signal.eid as EpisodeId) === undefined);
    case "gap":
      return false;
    default:
      return unreachable(signal);
  }
}

/** `known`: the store has it and memory needs it no more. `new`: it is to be applied; whom it speaks of is in memory again if it ever was. */
export async function recall(state: ClusterState, signal: Signal, store: GraphReader): Promise<"known" | "new"> {
  switch (signal.kind) {
    case "object":
      await recallResource(state, refOf(signal), signal.atMs, store);
      return "new";
    case "edge":
      for (const end of [signal.source, signal.target]) await recallResource(state, end, signal.atMs, store);
      return "new";
    case "occurrence":
      if (signal.lastMs < state.horizonMs) {
        const stored = await store.findEpisodes(signal.eid, state.cluster);
        if (stored.some(({ lastMs }) => lastMs >= signal.lastMs)) return "known";
      }
      await recallResource(state, signal.subject, signal.firstMs, store);
      return "new";
    case "gap":
      return "new";
    default:
      return unreachable(signal);
  }
}

function refOf({ object: { kind, metadata } }: ObjectSeen): ResourceRef {
  return { kind, uid: metadata.uid, namespace: metadata.namespace, name: metadata.name };
}

async function recallResource(state: ClusterState, ref: ResourceRef, atMs: number, store: GraphReader): Promise<void> {
  if (state.graph.find(ref, atMs)) return;
  const { kind, uid, namespace, name } = ref;
  const found = await store.findResources({ cluster: state.cluster, ...(uid ? { uid } : { kind, namespace, name }), limit: 1 });
  for (const resource of found) if (!state.graph.node(resource.rid)) state.graph.restoreResource(resource);
}
