// Walking a causal rule's path through the graph, forwards from an effect or backwards from a cause.
import type { PathStep } from "../domain/causal-link.ts";
import type { ResourceId } from "../domain/identity.ts";
import type { RuleStep } from "../knowledge/rule.ts";
import type { CausalView } from "./causal-view.ts";

/** Where a walk ended, and how it got there. */
export type Reached = { readonly rid: ResourceId; readonly steps: readonly PathStep[] };

/** Most resources followed per step: a Service may select thousands of pods, and only those with episodes matter at the end. */
const FAN_OUT_MAX = 1_000;

/** Resources at the end of `path` from `start`, over edges that held within [fromMs, toMs]; only those that episodes are about. */
export function walk(view: CausalView, start: ResourceId, path: readonly RuleStep[], during: { readonly fromMs: number; readonly toMs: number }): readonly Reached[] {
  let reached: readonly Reached[] = [{ rid: start, steps: [] }];
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    reached = reached.flatMap((at) => [...follow(view, at, step, during, last)]).slice(0, FAN_OUT_MAX);
    if (reached.length === 0) return [];
  }
  return path.length === 0 && !view.hasEpisodes(start) ? [] : reached;
}

function* follow(view: CausalView, at: Reached, step: RuleStep, during: { fromMs: number; toMs: number }, last: boolean): Iterable<Reached> {
  if (step.type === "NAMESPACE") {
    const here = view.resource(at.rid);
    if (!here || !step.kind) return;
    const namespace = here.kind === "Namespace" ? here.name : here.namespace;
    for (const rid of view.troubled(step.kind, namespace)) {
      if (rid !== at.rid) yield { rid, steps: [...at.steps, { from: at.rid, to: rid, type: "IN_NAMESPACE", direction: "out" }] };
    }
    return;
  }
  for (const relation of view.edges(at.rid, step.type, step.direction, during.fromMs, during.toMs)) {
    const rid = step.direction === "out" ? relation.target : relation.source;
    if (last && !view.hasEpisodes(rid)) continue;
    if (step.kind && view.resource(rid)?.kind !== step.kind) continue;
    const taken: PathStep = { from: at.rid, to: rid, type: step.type, direction: step.direction, ...(relation.evidence ? { evidence: relation.evidence } : {}) };
    yield { rid, steps: [...at.steps, taken] };
  }
}

/** The same path as seen from the cause. A step's `kind` names what the step leads to, so it moves to the step before. */
export function reversed(path: readonly RuleStep[], effectKinds: readonly string[]): readonly RuleStep[] {
  return path.map((step, index) => {
    const kind = index === 0 ? soleKind(effectKinds) : path[index - 1]?.kind;
    return { type: step.type, direction: step.direction === "out" ? "in" : "out", ...(kind ? { kind } : {}) };
  }).reverse() as readonly RuleStep[];
}

function soleKind(kinds: readonly string[]): string | undefined {
  return kinds.length === 1 && kinds[0] !== "*" ? kinds[0] : undefined;
}
