// A typed, directed edge between two resources, with the time in which it held.
import type { ResourceId } from "./identity.ts";

export const RELATION_TYPES = [
  "CONTROLS",
  "OWNS",
  "RUNS_ON",
  "SELECTS",
  "ROUTES_TO",
  "USES",
  "BINDS",
  "SCALES",
  "GUARDS",
  "CALLS",
] as const;

/**
 * Source to target reads as a sentence: Deployment CONTROLS ReplicaSet CONTROLS Pod; Pod RUNS_ON Node; Service SELECTS Pod; Ingress ROUTES_TO Service;
 * Pod USES ConfigMap; PersistentVolumeClaim BINDS PersistentVolume BINDS StorageClass; HorizontalPodAutoscaler SCALES Deployment;
 * NetworkPolicy, PodDisruptionBudget GUARDS Pod (directly); ResourceQuota, LimitRange GUARDS Namespace; Namespace OWNS nothing: membership is by field.
 * caller Pod or workload CALLS Service.
 */
export type RelationType = (typeof RELATION_TYPES)[number];

/** One edge. `id` is deterministic: `<source>|<type>|<target>`, so replay makes the same one. */
export type Relation = {
  readonly cluster: string;
  readonly id: string;
  readonly type: RelationType;
  readonly source: ResourceId;
  readonly target: ResourceId;
  readonly validFromMs: number;
  /** Absent while the edge holds. */
  readonly validToMs?: number | undefined;
  /** What the edge was read from, quoted: `spec.template.spec.containers[web].env[API_URL]=http://api:80`. */
  readonly evidence?: string | undefined;
};

/** The deterministic identifier of an edge. */
export function relationId(source: ResourceId, type: RelationType, target: ResourceId): string {
  return `${source}|${type}|${target}`;
}
