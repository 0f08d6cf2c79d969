// Stage 3: what is wrong with a resource now, and what was edited. Findings open, move and clear episodes of type k8s.state.

import type { StateDetector } from "../detectors/detector.ts";
import type { Episode } from "../domain/episode.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Relation } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";
import type { Finding } from "../domain/signal.ts";
import type { Applied } from "../graph/apply-object.ts";
import type { GraphNode } from "../graph/graph-node.ts";
import type { RecordTally } from "./anomalies.ts";
import type { ClusterState } from "./cluster-state.ts";
import { changeDetectorsOf, DEPENDENCES, stateDetectorsOf, stateReasonsOf, togetherOn, watchersInNamespace } from "./detector-index.ts";
import { episodeOfFinding } from "./episodes.ts";
import { recordEpisode } from "./record-episode.ts";

/** Most resources of a namespace that one change makes look again; beyond it the next full look finds them. */
const WATCHERS_MAX = 5_000;

/**
 * Why a resource is looked at: its own news of that time, or at that time something else (a neighbour's news, time itself). `detectors`: only these look; with
 * each of them all others that can report the same reasons.
 */
export type Look = { readonly atMs: number; readonly firstSight?: boolean; readonly detectors?: readonly StateDetector[] };

/** Runs the state detectors on a resource and makes its open findings what they report. */
export function detectState(state: ClusterState, node: GraphNode, tally: RecordTally, look: Look): void {
  const { atMs, firstSight = false } = look;
  const { resource } = node;
  const object = resource.object;
  if (!object || resource.endedAtMs !== undefined) {
    clearAll(state, resource, resource.endedAtMs ?? atMs);
    return;
  }
  const seen = { ...resource, object };
  const current = new Set<string>();
  for (const detector of look.detectors ?? stateDetectorsOf(resource.kind)) {
    for (const finding of detector.detect(seen, state.neighbours, state.nowMs)) {
      current.add(thingOf(finding));
      const since = sinceOf(state, resource, finding, { crossObject: detector.crossObject === true, firstSight });
      if (since) open(state, episodeOfFinding(finding, resource, since), tally);
    }
  }
  const holdsSome = clearMissing(state, resource, current, look);
  if (holdsSome || state.pendingFindings.has(resource.rid) || isUnsettled(state, object, resource)) state.unsettled.add(resource.rid);
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

/** Whether some finding still holds. What nobody looked for stays as it is. */
function clearMissing(state: ClusterState, resource: Resource, current: ReadonlySet<string>, { atMs, detectors }: Look): boolean {
  let holdsSome = false;
  const isLookedFor = (reason: string) =>
    detectors ? detectors.some(({ reasons }) => reasons.includes(reason)) : stateReasonsOf(resource.kind).has(reason);
  for (const episode of holdingFindings(state, resource)) {
    if (current.has(thingOf(episode))) holdsSome = true;
    else if (isLookedFor(episode.reason)) state.book.clear(episode, atMs);
    else if (detectors) holdsSome = true;
  }
  // A pod that crashes again and again is ready in between: a short absence does not make a finding start anew.
  for (const [thing, { seenMs }] of [...(state.pendingFindings.get(resource.rid) ?? [])]) {
    if (!current.has(thing) && isLookedFor(reasonIn(thing)) && state.nowMs - seenMs > state.settings.settleMs / 2)
      dropPending(state, resource, thing);
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

function reasonIn(thing: string): string {
  return thing.slice(0, thing.indexOf("\n"));
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
  "CronJob",
  "StatefulSet",
  "DaemonSet",
  "HorizontalPodAutoscaler",
  "ValidatingWebhookConfiguration",
  "MutatingWebhookConfiguration",
]);

/** Resources whose findings depend on how long something has lasted. */
function isUnsettled(state: ClusterState, object: KubeObject, resource: Resource): boolean {
  if (object.metadata.deletionTimestamp) return true;
  const phase = object.status?.phase;
  if (resource.kind === "Pod") return phase !== "Succeeded" && phase !== "Failed" && !hasCondition(object, "Ready", "True");
  if (resource.kind === "Service") return object.spec?.type === "LoadBalancer" || !hasOnlyReadyPods(state, resource);
  if (resource.kind === "PersistentVolumeClaim") return phase === "Pending";
  if (resource.kind === "Deployment") return !hasCondition(object, "Available", "True");
  return TIMED_KINDS.has(resource.kind);
}

/** Its pods' news make a Service look again; only what is just starting, or not there, may turn into trouble by time alone. */
function hasOnlyReadyPods({ graph }: ClusterState, service: Resource): boolean {
  let count = 0;
  for (const { resource } of graph.edges.neighbours(service.rid, "SELECTS", "out")) {
    if (!resource.object || !hasCondition(resource.object, "Ready", "True")) return false;
    count += 1;
  }
  return count > 0;
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

/** What changed, for those that go by it: the edges that opened or ended with it, and whether nothing but its status did. */
export type News = { readonly relations: readonly Relation[]; readonly statusOnly: boolean };

/** Notes which other resources must be looked at again because this one changed, and by which detectors. */
export function noteDependents(state: ClusterState, node: GraphNode, { relations, statusOnly }: News): void {
  const { rid } = node.resource;
  for (const { type, direction, detectors } of DEPENDENCES) {
    if (relations.length === 0 && !node[direction].get(type)?.size) continue;
    const note = (other: GraphNode | undefined) =>
      other && noteDue(state, other.resource, togetherOn(other.resource.kind, detectors, statusOnly));
    for (const other of state.graph.edges.neighbours(rid, type, direction)) note(other);
    // Those that it is tied to no more lost something that they may have gone by.
    for (const relation of relations) {
      if (relation.type !== type || relation.validToMs === undefined) continue;
      if (relation.source === rid && direction === "out") note(state.graph.node(relation.target));
      if (relation.target === rid && direction === "in") note(state.graph.node(relation.source));
    }
  }
  noteWatchers(state, node.resource, statusOnly);
}

function noteWatchers(state: ClusterState, { kind, namespace }: Resource, statusOnly: boolean): void {
  const detectors = watchersInNamespace(kind);
  let count = 0;
  for (const watching of new Set(detectors.flatMap((detector) => detector.kinds))) {
    const due = togetherOn(watching, detectors, statusOnly);
    if (due.length === 0) continue;
    for (const resource of state.graph.ofKind(watching, namespace)) {
      noteDue(state, resource, due);
      count += 1;
      if (count >= WATCHERS_MAX) return;
    }
  }
}

function noteDue(state: ClusterState, { rid, endedAtMs }: Resource, detectors: readonly StateDetector[]): void {
  if (endedAtMs !== undefined || detectors.length === 0) return;
  const due = state.dueDetectors.get(rid);
  if (due) for (const detector of detectors) due.add(detector);
  else state.dueDetectors.set(rid, new Set(detectors));
}
