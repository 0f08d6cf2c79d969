// Stage 3: what is wrong with a resource now, and what was edited. Findings open, move and clear episodes of type k8s.state.

import type { Episode } from "../domain/episode.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Resource } from "../domain/resource.ts";
import type { Finding } from "../domain/signal.ts";
import type { Applied } from "../graph/apply-object.ts";
import type { GraphNode } from "../graph/graph-node.ts";
import type { RecordTally } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";
import { changeDetectorsOf, DEPENDENCES, stateDetectorsOf, stateReasonsOf, watchersInNamespace } from "./detector-index.ts";
import { episodeOfFinding } from "./episodes.ts";
import { recordEpisode } from "./record-episode.ts";

/** Most resources of a namespace that one change makes look again; beyond it the next full look finds them. */
const WATCHERS_MAX = 5_000;

/** Why a resource is looked at: its own news of that time, or at that time something else (a neighbour's news, time itself). */
export type Look = { readonly atMs: number; readonly firstSight?: boolean };

/** Runs the state detectors on a resource and makes its open findings what they report. */
export function detectState(state: ClusterState, node: GraphNode, tally: RecordTally, { atMs, firstSight = false }: Look): void {
  const { resource } = node;
  const object = resource.object;
  if (!object || resource.endedAtMs !== undefined) {
    clearAll(state, resource, resource.endedAtMs ?? atMs);
    return;
  }
  const seen = { ...resource, object };
  const current = new Set<string>();
  for (const detector of stateDetectorsOf(resource.kind)) {
    for (const finding of detector.detect(seen, state.neighbours, state.nowMs)) {
      current.add(thingOf(finding));
      const since = sinceOf(state, resource, finding, { crossObject: detector.crossObject === true, firstSight });
      if (since) open(state, episodeOfFinding(finding, resource, since), tally);
    }
  }
  const holdsSome = clearMissing(state, resource, current, atMs);
  if (holdsSome || state.pendingFindings.has(resource.rid) || isUnsettled(object, resource)) state.unsettled.add(resource.rid);
  else state.unsettled.delete(resource.rid);
}

type Since = { readonly atMs: number; readonly exact: boolean };

/** Since when a finding holds; undefined while a finding about other objects must still prove itself. */
function sinceOf(
  state: ClusterState,
  resource: Resource,
  finding: Finding,
  how: { crossObject: boolean; firstSight: boolean },
): Since | undefined {
  const holding = state.book.holding({
    rid: resource.rid,
    etype: "k8s.state",
    reason: finding.reason,
    discriminator: finding.discriminator,
  });
  // What rests on others holds from when it began until it clears: that another of them fails later is no repeat.
  if (holding && (finding.sinceMs === undefined || how.crossObject)) return { atMs: holding.lastMs, exact: holding.exact };
  const own = finding.sinceMs === undefined ? undefined : { atMs: finding.sinceMs, exact: true };
  if (!how.crossObject) return own ?? { atMs: resource.updatedAtMs, exact: !how.firstSight };
  const pending = notePending(state, resource, thingOf(finding));
  if (state.nowMs - pending.sinceMs < state.settings.settleMs) return undefined;
  dropPending(state, resource, thingOf(finding));
  return own ? { atMs: Math.min(own.atMs, pending.sinceMs), exact: true } : { atMs: pending.sinceMs, exact: false };
}

function open(state: ClusterState, one: Episode, tally: RecordTally): void {
  const holding = state.book.holding(one);
  if (holding && holding.lastMs >= one.firstMs) {
    // The same state told again; a newer sentence about it (a higher count, a later line) or another severity is not a repeat.
    if (holding.message !== one.message || holding.baseSeverity !== one.baseSeverity) state.book.retell(holding, one);
    return;
  }
  recordEpisode(state, one, tally);
}

/** Whether some finding still holds. */
function clearMissing(state: ClusterState, resource: Resource, current: ReadonlySet<string>, atMs: number): boolean {
  let holdsSome = false;
  for (const episode of holdingFindings(state, resource)) {
    if (current.has(thingOf(episode))) holdsSome = true;
    else if (stateReasonsOf(resource.kind).has(episode.reason)) state.book.clear(episode, atMs);
  }
  // A pod that crashes again and again is ready in between: a short absence does not make a finding start anew.
  for (const [thing, { seenMs }] of [...(state.pendingFindings.get(resource.rid) ?? [])]) {
    if (!current.has(thing) && state.nowMs - seenMs > state.settings.settleMs / 2) dropPending(state, resource, thing);
  }
  return holdsSome;
}

function clearAll(state: ClusterState, resource: Resource, atMs: number): void {
  for (const episode of holdingFindings(state, resource)) state.book.clear(episode, atMs);
  state.unsettled.delete(resource.rid);
  state.pendingFindings.delete(resource.rid);
}

function holdingFindings(state: ClusterState, resource: Resource): readonly Episode[] {
  return state.book.holdingAbout(resource.rid).filter((episode) => episode.etype === "k8s.state");
}

function thingOf({ reason, discriminator }: Pick<Finding, "reason" | "discriminator">): string {
  return `${reason}\n${discriminator}`;
}

function notePending(state: ClusterState, resource: Resource, thing: string): { readonly sinceMs: number } {
  const ofResource = state.pendingFindings.get(resource.rid) ?? new Map<string, { sinceMs: number; seenMs: number }>();
  state.pendingFindings.set(resource.rid, ofResource);
  const known = ofResource.get(thing) ?? { sinceMs: state.nowMs, seenMs: state.nowMs };
  known.seenMs = state.nowMs;
  ofResource.set(thing, known);
  return known;
}

function dropPending(state: ClusterState, resource: Resource, thing: string): void {
  const pending = state.pendingFindings.get(resource.rid);
  pending?.delete(thing);
  if (pending?.size === 0) state.pendingFindings.delete(resource.rid);
}

/** Kinds of which a detector looks at how long something has lasted, or at something more than one edge away. */
const TIMED_KINDS = new Set([
  "Service",
  "CronJob",
  "StatefulSet",
  "DaemonSet",
  "HorizontalPodAutoscaler",
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
]);

/** Resources whose findings depend on how long something has lasted. */
function isUnsettled(object: KubeObject, resource: Resource): boolean {
  if (object.metadata.deletionTimestamp) return true;
  const phase = object.status?.phase;
  if (resource.kind === "Pod") return phase !== "Succeeded" && phase !== "Failed" && !hasCondition(object, "Ready", "True");
  if (resource.kind === "PersistentVolumeClaim") return phase === "Pending";
  if (resource.kind === "Deployment") return !hasCondition(object, "Available", "True");
  return TIMED_KINDS.has(resource.kind);
}

function hasCondition(object: KubeObject, type: string, status: string): boolean {
  const conditions = object.status?.conditions;
  return Array.isArray(conditions) && conditions.some((condition) => condition?.type === type && condition.status === status);
}

/** What was edited between the version before and this one. */
export function changesOf(applied: Applied) {
  const { before, node, declaredChanged, outcome } = applied;
  const after = node.resource.object;
  if (!before || !after || outcome !== "changed" || !declaredChanged) return [];
  return changeDetectorsOf(after.kind).flatMap((detector) => detector.detect(before, after));
}

/** Notes which other resources must be looked at again because this one changed. */
export function noteDependents(state: ClusterState, node: GraphNode): void {
  for (const { type, direction, kinds } of DEPENDENCES) {
    for (const { resource } of state.graph.edges.neighbours(node.resource.rid, type, direction)) {
      if (resource.endedAtMs === undefined && (kinds.includes(resource.kind) || kinds.includes("*"))) state.dueDetection.add(resource.rid);
    }
  }
  let count = 0;
  for (const kind of watchersInNamespace(node.resource.kind)) {
    for (const resource of state.graph.ofKind(kind, node.resource.namespace)) {
      state.dueDetection.add(resource.rid);
      count += 1;
      if (count >= WATCHERS_MAX) return;
    }
  }
}
