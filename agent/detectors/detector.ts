// The shape of a detector: state to findings, two versions to changes. Pure: time and neighbours come in.

import type { KubeObject } from "../domain/kube-object.ts";
import type { RelationType } from "../domain/relation.ts";
import type { Resource } from "../domain/resource.ts";
import type { ChangeFound, Finding } from "../domain/signal.ts";

/** What a state detector may ask about the neighbourhood; answered by the working set. Only resources that still live are returned. */
export type NeighbourView = {
  /** Over edges that hold now. `out`: the resource is the edge's source. Stubs (no `object`) are included. */
  neighbours(resource: Resource, type: RelationType, direction: "out" | "in"): readonly Resource[];
  /** A live resource by name, stubs excluded. */
  byName(kind: string, namespace: string | undefined, name: string): Resource | undefined;
  /** Live, really seen resources of a kind in a namespace (all namespaces when undefined). */
  ofKind(kind: string, namespace?: string): readonly Resource[];
  /** Whether all objects of this kind are known (its list is complete), so that absence means something. */
  complete(kind: string): boolean;
};

/** Finds what is wrong in the present state of one resource. */
export type StateDetector = {
  /** `pod-containers`; unique. */
  readonly id: string;
  readonly kinds: readonly string[];
  /** Every reason it can report. Each is in knowledge/findings.ts. */
  readonly reasons: readonly string[];
  /** Where the rule comes from: a page of the Kubernetes documentation or a source file, by name. */
  readonly source: string;
  /**
   * When a neighbour changes, this resource is looked at again: the neighbour's change travels over these edges.
   * `direction` is seen from this detector's resource. `kinds: []` with byName or ofKind use: name the kinds watched in the same namespace instead.
   */
  readonly dependsOn?: {
    readonly relations?: readonly { readonly type: RelationType; readonly direction: "out" | "in" }[];
    readonly kindsInNamespace?: readonly string[];
    /** What it goes by in others is declared, or that they are there at all: a change of their status alone is no reason to look again. */
    readonly declaredOnly?: true;
  };
  /** True: the finding rests on other objects, whose news may lag; it must hold for the settling time before it is believed. */
  readonly crossObject?: boolean;
  detect(resource: Resource & { readonly object: KubeObject }, view: NeighbourView, nowMs: number): readonly Finding[];
};

/** Finds what was edited between two versions of one object. Controllers' own writes (status, scale by HPA, tool annotations) are not changes. */
export type ChangeDetector = {
  readonly id: string;
  readonly kinds: readonly string[];
  readonly reasons: readonly string[];
  detect(before: KubeObject, after: KubeObject): readonly ChangeFound[];
};
