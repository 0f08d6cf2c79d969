// Walking a causal rule's path through the graph, forwards from an effect and backwards from a cause.
import type { PathStep } from "../domain/causal-link.ts";
import { isClusterScoped, type ResourceId } from "../domain/identity.ts";
import type { Resource } from "../domain/resource.ts";
import type { CausalRule, RuleStep } from "../knowledge/rule.ts";
import type { CausalView } from "./causal-view.ts";

/** Where a walk ended, and how it got there. */
export type Reached = { readonly rid: ResourceId; readonly steps: readonly PathStep[] };

/** Edges count that held at some time within it. */
export type Span = { readonly fromMs: number; readonly toMs: number };

/** Most resources followed per step: a Service may select thousands of pods, and only those with episodes matter at the end. */
const FAN_OUT_MAX = 1_000;

/** Resources at the end of `path` from `start`; only those that episodes are about. */
export function walk(view: CausalView, start: ResourceId, path: readonly RuleStep[], span: Span): readonly Reached[] {
  if (path.length === 0) return view.hasEpisodes(start) ? [{ rid: start, steps: [] }] : [];
  let reached: readonly Reached[] = [{ rid: start, steps: [] }];
  for (const [index, step] of path.entries()) {
    const next: Reached[] = [];
    for (const at of reached) follow(view, at, { step, span }, next);
    reached = (index === path.length - 1 ? next.filter(({ rid }) => view.hasEpisodes(rid)) : next).slice(0, FAN_OUT_MAX);
    if (reached.length === 0) break;
  }
  return reached;
}

function follow(view: CausalView, at: Reached, { step, span }: { step: RuleStep; span: Span }, found: Reached[]): void {
  if (step.type === "NAMESPACE") {
    for (const rid of inNamespace(view, at.rid, step)) {
      if (rid !== at.rid) found.push({ rid, steps: [...at.steps, { from: at.rid, to: rid, type: "IN_NAMESPACE", direction: "out" }] });
    }
    return;
  }
  for (const relation of view.edges(at.rid, step.type, step.direction, span)) {
    const rid = step.direction === "out" ? relation.target : relation.source;
    if (step.kind && view.resource(rid)?.kind !== step.kind) continue;
    const { type, evidence } = relation;
    found.push({
      rid,
      steps: [...at.steps, { from: at.rid, to: rid, type, direction: step.direction, ...(evidence ? { evidence } : {}) }],
    });
  }
}

function* inNamespace(view: CausalView, from: ResourceId, step: RuleStep): Iterable<ResourceId> {
  const here = view.resource(from);
  if (!here || !step.kind) return;
  for (const rid of view.troubled(step.kind, searched(here, step))) {
    const there = view.resource(rid);
    if (there && isNamed(there, step) && (step.kind !== "Namespace" || there.name === namespaceOf(here))) yield rid;
  }
}

/** Which namespace a step looks in; undefined: everywhere. */
function searched(here: Resource, step: RuleStep): string | undefined {
  if (step.namespace === "*" || isClusterScoped(step.kind ?? "")) return undefined;
  return step.namespace ?? namespaceOf(here);
}

function namespaceOf(resource: Resource): string | undefined {
  return resource.kind === "Namespace" ? resource.name : resource.namespace;
}

function isNamed(resource: Resource, { names }: RuleStep): boolean {
  return names === undefined || names.some((prefix) => resource.name.startsWith(prefix));
}

/** Resources with episodes from which the rule's path leads to `cause`. */
export function walkBack(
  view: CausalView,
  cause: ResourceId,
  { path, effectKinds }: Pick<CausalRule, "path" | "effectKinds">,
  span: Span,
): ReadonlySet<ResourceId> {
  let reached = new Set<ResourceId>([cause]);
  for (let index = path.length - 1; index >= 0; index -= 1) {
    const step = path[index] as RuleStep;
    const before = index === 0 ? effectKinds : [path[index - 1]?.kind ?? "*"];
    const next = new Set<ResourceId>();
    for (const rid of reached) {
      if (next.size < FAN_OUT_MAX) comeFrom(view, rid, { step, before, span }, next);
    }
    reached = next;
  }
  return new Set([...reached].filter((rid) => view.hasEpisodes(rid)));
}

type Back = { readonly step: RuleStep; readonly before: readonly string[]; readonly span: Span };

function comeFrom(view: CausalView, at: ResourceId, { step, before, span }: Back, found: Set<ResourceId>): void {
  const here = view.resource(at);
  if (!here || (step.kind && here.kind !== step.kind)) return;
  if (step.type === "NAMESPACE") {
    if (!isNamed(here, step) || (step.namespace !== undefined && step.namespace !== "*" && step.namespace !== here.namespace)) return;
    const namespace = step.namespace !== undefined || isClusterScoped(here.kind) ? undefined : here.namespace;
    const within = here.kind === "Namespace" ? here.name : namespace;
    for (const kind of before) for (const rid of view.troubled(kind === "*" ? undefined : kind, within)) if (rid !== at) found.add(rid);
    // A namespace is not in itself, but what happens to it can come from what is in it.
    if (within !== undefined && (before.includes("Namespace") || before.includes("*")))
      for (const rid of view.troubled("Namespace", undefined)) if (rid !== at && view.resource(rid)?.name === within) found.add(rid);
    return;
  }
  for (const relation of view.edges(at, step.type, step.direction === "out" ? "in" : "out", span)) {
    const rid = step.direction === "out" ? relation.source : relation.target;
    const kind = view.resource(rid)?.kind;
    if (kind !== undefined && (before.includes("*") || before.includes(kind))) found.add(rid);
  }
}
