// Whether the present state of a resource contradicts an earlier report about it: trouble that was, and is over.

import type { Episode } from "../domain/episode.ts";
import type { KubeObject } from "../domain/kube-object.ts";
import type { Resource } from "../domain/resource.ts";
import { conditionOf } from "./read-conditions.ts";
import { numberAt } from "./read-json.ts";
import { containersOf, isRunning, podPhase, runningSinceMs } from "./read-pod.ts";
import { replicasOf } from "./read-replicas.ts";

/** An event this young may be about trouble that goes on although the state looks well for the moment: a probe fails three times before it counts. */
const FRESH_MS = 60_000;

/** A program that is well and has not complained for this long has stopped complaining. */
const SILENT_MS = 5 * 60_000;

/** What is said of a bound claim about its size has nothing to do with its being bound. */
const RESIZING = /resize/i;

/** Since when a resource is well: trouble before `sinceMs` is over; `Infinity` where what is reported can no longer be so, whatever its time stamp says. */
type Well = { readonly sinceMs: number };

/**
 * Whether an event or log line tells of trouble that its resource no longer shows: a pod that has become ready, a controller that has all its pods, a claim
 * that is bound, a node that is ready again. Conditions, alerts and edits are never judged here. Source: kubernetes.io, Pod Lifecycle (Pod conditions);
 * ReplicaSet, status; Persistent Volumes, Phase.
 */
export function isRecovered(episode: Episode, resource: Resource, nowMs: number): boolean {
  if (episode.holds || (episode.etype !== "k8s.event" && episode.etype !== "k8s.log") || resource.endedAtMs !== undefined) return false;
  const { object } = resource;
  // What is logged under a workload's name is said of it by others (its clients), and its own replicas do not answer that.
  const judged = episode.etype === "k8s.event" || resource.kind === "Pod" || resource.kind === "Node";
  const well = object && judged ? wellSince(object, episode, nowMs) : undefined;
  if (!well) return false;
  // A pod may be ready and its program may complain all the same.
  return episode.lastMs < Math.max(well.sinceMs, nowMs - (episode.etype === "k8s.log" ? SILENT_MS : FRESH_MS));
}

const SETTLED: Well = { sinceMs: Number.POSITIVE_INFINITY };

function wellSince(object: KubeObject, episode: Episode, nowMs: number): Well | undefined {
  switch (object.kind) {
    case "Pod":
      return podWellSince(object, nowMs);
    case "ReplicaSet":
    case "ReplicationController":
    case "StatefulSet":
    case "Deployment":
      return hasItsPods(object) ? SETTLED : undefined;
    case "DaemonSet":
      return hasItsDaemons(object) ? SETTLED : undefined;
    case "PersistentVolumeClaim":
      return podPhase(object) === "Bound" && !RESIZING.test(episode.reason) ? SETTLED : undefined;
    case "Node":
      return nodeWellSince(object);
    default:
      return undefined;
  }
}

function podWellSince(object: KubeObject, nowMs: number): Well | undefined {
  if (podPhase(object) === "Succeeded") return { sinceMs: nowMs };
  const ready = conditionOf(object, "Ready");
  if (ready?.status !== "True") return undefined;
  if (ready.sinceMs !== undefined) return { sinceMs: ready.sinceMs };
  const started = containersOf(object).flatMap((container) => (isRunning(container) ? (runningSinceMs(container) ?? []) : []));
  return { sinceMs: Math.max(0, ...started) };
}

/** What a controller reports is about making pods: once they are all there it has made them, whether or not they are ready. */
function hasItsPods(object: KubeObject): boolean {
  const wanted = replicasOf(object)?.wanted ?? numberAt(object.spec, "replicas");
  const present = numberAt(object.status, "replicas");
  return wanted !== undefined && present !== undefined && present >= wanted;
}

function hasItsDaemons(object: KubeObject): boolean {
  const wanted = numberAt(object.status, "desiredNumberScheduled");
  const present = numberAt(object.status, "currentNumberScheduled");
  return wanted !== undefined && present !== undefined && present >= wanted;
}

const PRESSURES = ["MemoryPressure", "DiskPressure", "PIDPressure", "NetworkUnavailable"] as const;

function nodeWellSince(object: KubeObject): Well | undefined {
  const ready = conditionOf(object, "Ready");
  if (ready?.status !== "True" || PRESSURES.some((type) => conditionOf(object, type)?.status === "True")) return undefined;
  return { sinceMs: ready.sinceMs ?? 0 };
}
