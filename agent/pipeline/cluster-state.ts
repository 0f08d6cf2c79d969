// Everything the pipeline keeps in memory about one cluster: the working set of design.md §2.

import type { NeighbourView, StateDetector } from "../detectors/detector.ts";
import type { EpisodeId, ResourceId } from "../domain/identity.ts";
import type { Relation } from "../domain/relation.ts";
import type { ReasoningSettings } from "../domain/settings.ts";
import { AnomalyCounters } from "../graph/anomaly-counters.ts";
import { ClusterGraph } from "../graph/cluster-graph.ts";
import { EpisodeBook } from "../graph/episode-book.ts";
import type { GraphNode } from "../graph/graph-node.ts";
import { IncidentBook } from "../graph/incident-book.ts";
import { LinkBook } from "../graph/link-book.ts";
import { PlaceIndex } from "../graph/place-index.ts";
import { TopologyBinder } from "../graph/topology-binder.ts";
import { type CausalView, causalView } from "../reasoning/causal-view.ts";
import type { Heard } from "./heard-calls.ts";
import { neighbourView } from "./neighbour-view.ts";

/** The working set of one cluster. Mutable; only the pipeline's stages touch it, one batch at a time. */
export type ClusterState = {
  readonly cluster: string;
  readonly settings: ReasoningSettings;
  readonly graph: ClusterGraph;
  readonly binder: TopologyBinder;
  readonly book: EpisodeBook;
  readonly links: LinkBook;
  readonly incidents: IncidentBook;
  readonly counters: AnomalyCounters;
  readonly places: PlaceIndex;
  readonly view: CausalView;
  readonly neighbours: NeighbourView;
  /** What sources could not see, by key: the evidence gaps of verdicts. */
  readonly gaps: Map<string, string>;
  /** Resources that began, ended or got another rid in this batch. */
  readonly livesChanged: Set<ResourceId>;
  /** Resources that got another rid in this batch, by the new one. */
  readonly renamed: Set<ResourceId>;
  /** Edges that opened or closed in this batch. */
  relationsChanged: Relation[];
  /** Episodes that the store does not have as they are now. */
  episodesToStore: Set<EpisodeId>;
  /** Resources to look at again at the next tick: a neighbour changed. */
  readonly dueDetection: Set<ResourceId>;
  /** Likewise, but only by the detectors that go by that neighbour. */
  readonly dueDetectors: Map<ResourceId, Set<StateDetector>>;
  /** Resources whose findings may come or go with time alone. */
  readonly unsettled: Set<ResourceId>;
  /** Cross-object findings that do not hold long enough yet, by resource and thing: since when, and when last reported. */
  readonly pendingFindings: Map<ResourceId, Map<string, { sinceMs: number; seenMs: number }>>;
  /** Time of the stream: the latest time that any record was seen at, or the clock's when live. */
  nowMs: number;
  /** The latest time that a record was seen at. */
  seenMs: number;
  /** The earliest time that anything was seen at: before it nothing was watched. */
  startedMs: number;
  /** What was heard of calls to Services that have not been seen, by the Service's name key and the caller. */
  readonly heardCalls: Map<string, Map<GraphNode, Heard>>;
  /** Workloads under which the memory kills of resources are counted. */
  readonly killsOf: Map<ResourceId, ResourceId>;
  /** What the store was last given of what memory holds besides rows, by part. */
  readonly checkpointed: Map<string, string>;
  /** Records come as they happen, so the clock is the stream's time too. */
  realTime: boolean;
  /** Last tick, and last full look at unsettled resources and incidents. */
  tickedMs: number;
  settledMs: number;
  /** Episodes last seen before this may be forgotten in memory. */
  horizonMs: number;
};

/** An empty working set. */
export function clusterState(cluster: string, settings: ReasoningSettings): ClusterState {
  const book = new EpisodeBook(settings);
  const places = new PlaceIndex();
  const killsOf = new Map<ResourceId, ResourceId>();
  const livesChanged = new Set<ResourceId>();
  const renamed = new Set<ResourceId>();
  const graph = new ClusterGraph(cluster, (from, to) => {
    book.rekey(from, to);
    places.drop(from);
    livesChanged.add(from);
    renamed.add(to);
    binder.rename(from, to);
    const workload = killsOf.get(from);
    if (workload !== undefined && killsOf.delete(from)) killsOf.set(to, workload);
  });
  const binder = new TopologyBinder(graph);
  const state: ClusterState = {
    cluster,
    settings,
    graph,
    binder,
    book,
    links: new LinkBook(),
    incidents: new IncidentBook(),
    counters: new AnomalyCounters(settings.anomalies),
    places,
    view: causalView(graph, book, () => state.startedMs),
    neighbours: neighbourView(graph),
    gaps: new Map(),
    livesChanged,
    renamed,
    relationsChanged: [],
    episodesToStore: new Set(),
    dueDetection: new Set(),
    dueDetectors: new Map(),
    unsettled: new Set(),
    pendingFindings: new Map(),
    nowMs: 0,
    seenMs: 0,
    startedMs: Number.POSITIVE_INFINITY,
    heardCalls: new Map(),
    killsOf,
    checkpointed: new Map(),
    realTime: false,
    tickedMs: 0,
    settledMs: 0,
    horizonMs: 0,
  };
  return state;
}
