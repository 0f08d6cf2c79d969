// Stage 2: one signal into the working set. Order within a batch is the order of arrival; what a signal means does not depend on where a batch is cut.
import { equalButHeartbeats } from "../domain/deep-equal.ts";
import { displayName, type ResourceRef } from "../domain/identity.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Relation } from "../domain/relation.ts";
import { unreachable } from "../domain/result.ts";
import type { EdgeSeen, GapSeen, ObjectSeen, Occurrence, Signal } from "../domain/signal.ts";
import { applyObject } from "../graph/apply-object.ts";
import { EXTERNAL } from "../graph/edge-table.ts";
import type { GraphNode } from "../graph/graph-node.ts";
import { accuseServer } from "./accuse.ts";
import { countChurn, type RecordTally } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";
import { changesOf, detectState, noteDependents } from "./detect.ts";
import { episodeOfChange, episodeOfOccurrence } from "./episodes.ts";
import { answerCalls, noteCall } from "./heard-calls.ts";
import { recordEpisode } from "./record-episode.ts";

/** Kinds whose coming and going is everyday work of controllers and no change somebody made. */
const EVERYDAY_KINDS = new Set([
  "Pod",
  "ReplicaSet",
  "Endpoints",
  "EndpointSlice",
  "Lease",
  "Event",
  "ControllerRevision",
  "Job",
  "ReplicationController",
  "PodMetrics",
  "NodeMetrics",
]);

/** A resource made this long before it was first seen was made now; older ones were there already. */
const JUST_CREATED_MS = 60 * 60_000;

/** Applies one signal to its cluster's working set. */
export function applySignal(state: ClusterState, signal: Signal, tally: RecordTally): void {
  switch (signal.kind) {
    case "object":
      applyObjectSeen(state, signal, tally);
      break;
    case "edge":
      applyEdge(state, signal);
      break;
    case "occurrence":
      applyOccurrence(state, signal, tally);
      break;
    case "gap":
      applyGap(state, signal);
      break;
    default:
      unreachable(signal);
  }
}

function applyObjectSeen(state: ClusterState, seen: ObjectSeen, tally: RecordTally): void {
  const applied = applyObject(state.graph, state.binder, seen);
  const { node, outcome } = applied;
  noteRelations(state, applied.relations);
  if (outcome === "created") noteRelations(state, answerCalls(state, node));
  if (outcome === "same" || outcome === "stale") return;
  if (outcome !== "changed") state.livesChanged.add(node.resource.rid);
  for (const found of changesOf(applied)) recordEpisode(state, episodeOfChange(found, node.resource, seen.atMs), tally);
  if (outcome === "created" || outcome === "deleted") noteComingOrGoing(state, { node, outcome }, seen, tally);
  const { relations, tiesChanged } = applied;
  const isNews = tiesChanged || !equalButHeartbeats(applied.before?.status, node.resource.object?.status);
  if (isNews || !isSettledPod(state, node)) detectState(state, node, tally, { atMs: seen.atMs, firstSight: outcome === "created" });
  if (isNews) noteDependents(state, node, { relations, statusOnly: !tiesChanged });
  if (!applied.replaced) return;
  state.livesChanged.add(applied.replaced.resource.rid);
  detectState(state, applied.replaced, tally, { atMs: seen.atMs });
  noteDependents(state, applied.replaced, { relations, statusOnly: false });
}

/** A pod that is well and whose findings do not come or go with time: annotations and probe times change nothing about it. */
function isSettledPod({ unsettled }: ClusterState, { resource }: GraphNode): boolean {
  return resource.kind === "Pod" && resource.endedAtMs === undefined && !unsettled.has(resource.rid);
}

/** The first lists of all kinds are in by then. */
const FIRST_LISTS_MS = 120_000;

type Coming = { readonly node: GraphNode; readonly outcome: "created" | "deleted" };

function noteComingOrGoing(state: ClusterState, { node, outcome }: Coming, seen: ObjectSeen, tally: RecordTally): void {
  const { resource } = node;
  const atMs = outcome === "created" ? resource.createdAtMs : seen.atMs;
  if (outcome === "created" && (seen.atMs - atMs > JUST_CREATED_MS || isFirstList(state, seen))) return;
  countChurn(state, resource, atMs, tally);
  if (EVERYDAY_KINDS.has(resource.kind)) return;
  const reason = outcome === "created" ? "Created" : "Deleted";
  const message = `${displayName(resource)} was ${outcome}${byWhom(seen.object, outcome)}`;
  const found = {
    reason,
    discriminator: "",
    message,
    category: "change",
    atMs,
    change: { path: "metadata" },
    evidence: [{ source: displayName(resource), text: `metadata.${outcome === "created" ? "creationTimestamp" : "deletionTimestamp"}` }],
  } as const;
  recordEpisode(state, episodeOfChange(found, resource, atMs), tally);
}

/** An object that does not say when it was made, among the first that are seen at all, was most likely there already. */
function isFirstList(state: ClusterState, { object, atMs }: ObjectSeen): boolean {
  return object.metadata.creationTimestamp === undefined && atMs - state.startedMs < FIRST_LISTS_MS;
}

function byWhom(object: KubeObject, outcome: "created" | "deleted"): string {
  const first = object.metadata.fieldOwners?.find((owner) => owner.subresource === undefined);
  return outcome === "created" && first ? ` by ${first.manager}` : "";
}

function applyEdge(state: ClusterState, seen: EdgeSeen): void {
  // That something unknown is tied to nothing any more is no reason to know it.
  const end = (ref: ResourceRef) => (seen.op === "UPSERT" ? state.graph.resolve(ref, seen.atMs) : state.graph.find(ref, seen.atMs));
  const source = end(seen.source)?.resource.rid;
  const target = end(seen.target)?.resource.rid;
  if (!source || !target) return;
  const edge = { type: seen.type, source, target, byName: !seen.target.uid, evidence: seen.evidence };
  const id = `${source}|${seen.type}|${target}`;
  const relation =
    seen.op === "UPSERT" ? state.graph.edges.open(edge, EXTERNAL, seen.atMs) : state.graph.edges.retract(id, EXTERNAL, seen.atMs);
  noteRelations(state, relation ? [relation] : []);
}

function applyOccurrence(state: ClusterState, occurrence: Occurrence, tally: RecordTally): void {
  const node = state.graph.resolve(occurrence.subject, occurrence.firstMs);
  recordEpisode(state, episodeOfOccurrence(occurrence, node.resource.rid), tally);
  if (node.resource.kind !== "Pod") return;
  noteRelations(state, noteCall(state, node, occurrence));
  accuseServer(state, node, occurrence, tally);
}

function applyGap(state: ClusterState, gap: GapSeen): void {
  if (gap.key.startsWith("complete:")) {
    const kind = gap.key.slice("complete:".length);
    // With a text it says that the kind is seen no more: from then on absence means nothing.
    if (gap.text !== undefined) {
      state.graph.completeKinds.delete(kind);
      return;
    }
    state.graph.completeKinds.add(kind);
    for (const node of state.graph.nodes.values())
      if (node.resource.object && node.resource.endedAtMs === undefined) state.dueDetection.add(node.resource.rid);
    return;
  }
  if (gap.text === undefined) state.gaps.delete(gap.key);
  else state.gaps.set(gap.key, gap.text);
}

function noteRelations(state: ClusterState, relations: readonly Relation[]): void {
  state.relationsChanged.push(...relations);
}
