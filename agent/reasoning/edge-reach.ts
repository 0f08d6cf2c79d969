// Whom a changed edge can matter to: the effects whose walk to a cause leads over it, and the incidents whose trouble spreads over it.
import type { ResourceId } from "../domain/identity.ts";
import type { Relation } from "../domain/relation.ts";
import type { CausalRule, RuleStep } from "../knowledge/rule.ts";
import { RULES } from "../knowledge/rules.ts";
import { SPREADS } from "./blast-radius.ts";
import type { CausalView } from "./causal-view.ts";
import { type Span, walkBack } from "./walk.ts";

/** A step of rules' paths with the steps before it, and the kinds of effects that such walks start from. */
type Crossing = { readonly step: RuleStep; readonly before: readonly RuleStep[]; readonly effectKinds: Set<string> };

const CROSSINGS: ReadonlyMap<string, readonly Crossing[]> = crossings(RULES);

const EVER: Span = { fromMs: Number.NEGATIVE_INFINITY, toMs: Number.POSITIVE_INFINITY };

/** Resources with episodes from which some rule's path leads over the edge. */
export function walkersOver(view: CausalView, { type, source, target }: Relation): ReadonlySet<ResourceId> {
  const walkers = new Set<ResourceId>();
  for (const { step, before, effectKinds } of CROSSINGS.get(type) ?? []) {
    const [near, far] = step.direction === "out" ? [source, target] : [target, source];
    if (step.kind && view.resource(far)?.kind !== step.kind) continue;
    for (const rid of walkersTo(view, near, before, effectKinds)) walkers.add(rid);
  }
  return walkers;
}

function walkersTo(
  view: CausalView,
  near: ResourceId,
  before: readonly RuleStep[],
  effectKinds: ReadonlySet<string>,
): Iterable<ResourceId> {
  if (before.length > 0) return walkBack(view, near, { path: before, effectKinds: [...effectKinds] }, EVER);
  const kind = view.resource(near)?.kind;
  return kind !== undefined && (effectKinds.has("*") || effectKinds.has(kind)) && view.hasEpisodes(near) ? [near] : [];
}

/** Resources from which trouble spreads over the edge, as its first or second step. */
export function spreadersOver(view: CausalView, { type, source, target }: Relation): readonly ResourceId[] {
  const spread = SPREADS.find((one) => one.type === type);
  if (!spread) return [];
  const from = spread.direction === "in" ? target : source;
  const found = [from];
  for (const { type: earlier, direction } of SPREADS) {
    for (const relation of view.edges(from, earlier, direction === "in" ? "out" : "in", EVER))
      found.push(direction === "in" ? relation.target : relation.source);
  }
  return found;
}

function crossings(rules: readonly CausalRule[]): ReadonlyMap<string, readonly Crossing[]> {
  const byText = new Map<string, Crossing>();
  for (const { path, effectKinds } of rules) {
    for (const [at, step] of path.entries()) {
      if (step.type === "NAMESPACE") continue;
      const text = JSON.stringify(path.slice(0, at + 1));
      const crossing = byText.get(text) ?? { step, before: path.slice(0, at), effectKinds: new Set() };
      for (const kind of effectKinds) crossing.effectKinds.add(kind);
      byText.set(text, crossing);
    }
  }
  const byType = new Map<string, Crossing[]>();
  for (const crossing of byText.values()) byType.set(crossing.step.type, [...(byType.get(crossing.step.type) ?? []), crossing]);
  return byType;
}
