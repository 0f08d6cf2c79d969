// A node of the graph: one life of one Kubernetes object (or of a thing named like one, such as an external host).
import type { ResourceId } from "./identity.ts";
import type { KubeObject } from "./kube-object.ts";

/** One life of a resource. A new uid under the same name is another Resource; the old one gets `endedAtMs`. */
export type Resource = {
  readonly cluster: string;
  readonly rid: ResourceId;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid?: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** When the object says it was created, else when it was first seen. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  readonly endedAtMs?: number | undefined;
  /** Absent for a stub: named by something else, never seen itself. */
  readonly object?: KubeObject | undefined;
};

/** How answers name a resource (contracts.md §8). */
export type Subject = {
  readonly rid: ResourceId;
  readonly cluster: string;
  readonly kind: string;
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly uid?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
};

/** The subject form of a resource. */
export function subjectOf(resource: Resource): Subject {
  const { rid, cluster, kind, namespace, name, uid, labels } = resource;
  return { rid, cluster, kind, ...(namespace ? { namespace } : {}), name, ...(uid ? { uid } : {}), labels };
}
