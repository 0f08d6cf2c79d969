// Detectors by the kind they look at, and which resources must be looked at again when a neighbour of a kind changes.

import { CHANGE_DETECTORS } from "../detectors/all-changes.ts";
import { STATE_DETECTORS } from "../detectors/all-states.ts";
import type { ChangeDetector, StateDetector } from "../detectors/detector.ts";
import type { RelationType } from "../domain/relation.ts";

/** From a changed resource to those whose detectors go by it: over an edge, as seen from the changed one. */
export type Dependence = { readonly type: RelationType; readonly direction: "out" | "in"; readonly detectors: readonly StateDetector[] };

const stateByKind = new Map<string, readonly StateDetector[]>();
const changeByKind = new Map<string, readonly ChangeDetector[]>();

/** The state detectors of a kind, those for every kind included. */
export function stateDetectorsOf(kind: string): readonly StateDetector[] {
  return cached(stateByKind, kind, () =>
    STATE_DETECTORS.filter((detector) => detector.kinds.includes(kind) || detector.kinds.includes("*")),
  );
}

const reasonsByKind = new Map<string, ReadonlySet<string>>();

/** Every reason that a state detector may report of a kind: findings of other reasons are told by somebody else, who also says when they are over. */
export function stateReasonsOf(kind: string): ReadonlySet<string> {
  return cached(reasonsByKind, kind, () => new Set(stateDetectorsOf(kind).flatMap(({ reasons }) => reasons)));
}

/** The change detectors of a kind. */
export function changeDetectorsOf(kind: string): readonly ChangeDetector[] {
  return cached(changeByKind, kind, () =>
    CHANGE_DETECTORS.filter((detector) => detector.kinds.includes(kind) || detector.kinds.includes("*")),
  );
}

/** Every edge over which a change travels to a detector's resource. */
export const DEPENDENCES: readonly Dependence[] = dependences();

const watchersByKind = new Map<string, readonly StateDetector[]>();

/** Detectors that look at every `kind` of their namespace. */
export function watchersInNamespace(kind: string): readonly StateDetector[] {
  return cached(watchersByKind, kind, () => STATE_DETECTORS.filter((detector) => detector.dependsOn?.kindsInNamespace?.includes(kind)));
}

const closures = new Map<readonly StateDetector[], Map<string, readonly StateDetector[]>>();

/** Those of the detectors that look at a kind, with the others that can report the same reasons: only together can they say that something is over. */
export function togetherOn(kind: string, detectors: readonly StateDetector[], statusOnly: boolean): readonly StateDetector[] {
  const byKind = closures.get(detectors) ?? new Map<string, readonly StateDetector[]>();
  closures.set(detectors, byKind);
  return cached(byKind, `${kind} ${statusOnly}`, () => {
    const ofKind = stateDetectorsOf(kind);
    let found = ofKind.filter((detector) => detectors.includes(detector) && !(statusOnly && detector.dependsOn?.declaredOnly));
    for (let size = -1; size !== found.length; ) {
      size = found.length;
      const reasons = new Set(found.flatMap((detector) => detector.reasons));
      found = ofKind.filter((detector) => found.includes(detector) || detector.reasons.some((reason) => reasons.has(reason)));
    }
    return found;
  });
}

function dependences(): readonly Dependence[] {
  const byEdge = new Map<string, { type: RelationType; direction: "out" | "in"; detectors: StateDetector[] }>();
  for (const detector of STATE_DETECTORS) {
    for (const { type, direction } of detector.dependsOn?.relations ?? []) {
      const seenFromNeighbour = direction === "out" ? "in" : "out";
      const key = `${type} ${seenFromNeighbour}`;
      const known = byEdge.get(key) ?? { type, direction: seenFromNeighbour, detectors: [] };
      known.detectors.push(detector);
      byEdge.set(key, known);
    }
  }
  return [...byEdge.values()];
}

function cached<T>(cache: Map<string, T>, key: string, make: () => T): T {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const made = make();
  cache.set(key, made);
  return made;
}
