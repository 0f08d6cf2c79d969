// Stage 8: what a batch changed, as one change set for the store.

import type { ChangeSet } from "../store/port.ts";
import type { ClusterState } from "./cluster-state.ts";
import type { LiveChange } from "./live-change.ts";
import { takeCheckpoints } from "./memo.ts";

/** A batch's change set, and the part of it that clients are told. */
export type Gathered = { readonly changes: ChangeSet; readonly live: LiveChange };

/** Takes what changed in these clusters since the last call. */
export function gather(states: Iterable<ClusterState>): Gathered {
  const parts = [...states].map(gatherCluster);
  return {
    changes: {
      resources: parts.flatMap((part) => part.changes.resources),
      rekeyed: parts.flatMap((part) => part.changes.rekeyed),
      relations: parts.flatMap((part) => part.changes.relations),
      episodes: parts.flatMap((part) => part.changes.episodes),
      links: parts.flatMap((part) => part.changes.links),
      incidents: parts.flatMap((part) => part.changes.incidents),
      removedIncidents: parts.flatMap((part) => part.changes.removedIncidents),
      checkpoints: parts.flatMap((part) => part.changes.checkpoints),
    },
    live: { incidents: parts.flatMap((part) => part.live.incidents), removed: parts.flatMap((part) => part.live.removed) },
  };
}

function gatherCluster(state: ClusterState): Gathered {
  const { cluster, graph, book, links, incidents } = state;
  const { resources, relations, rekeyed } = graph.takeChanges();
  const { changed, removed } = incidents.take();
  const toStore = state.episodesToStore;
  state.episodesToStore = new Set();
  const rows = {
    resources: [...resources].flatMap((rid) => graph.node(rid)?.resource ?? []),
    rekeyed: rekeyed.map(({ from, to }) => ({ cluster, from, to })),
    relations: relations,
    episodes: [...toStore].flatMap((eid) => book.get(eid) ?? []),
    links: [...links.takeChanged()].map((effect) => ({ cluster, effect, links: links.causesOf(effect) })),
    incidents: changed,
    removedIncidents: removed.map(({ id }) => ({ cluster, id })),
  };
  return { changes: { ...rows, checkpoints: takeCheckpoints(state, !isEmpty(rows)) }, live: { incidents: changed, removed } };
}

/** Whether a change set says nothing. */
export function isEmpty(changes: Partial<ChangeSet>): boolean {
  return Object.values(changes).every((list) => list.length === 0);
}
