// Which episodes can have caused this one: the typed rules walked from the effect's resource, scored by the formula of contracts.md §6.
import { type CausalLink, linkScore, temporalScore } from "../domain/causal-link.ts";
import type { Episode } from "../domain/episode.ts";
import type { EpisodeId } from "../domain/identity.ts";
import type { Resource } from "../domain/resource.ts";
import type { ReasoningSettings } from "../domain/settings.ts";
import { classesOf } from "../knowledge/classes.ts";
import type { CausalRule } from "../knowledge/rule.ts";
import { type PathRules, pathsForEffect, rulesForCause } from "../knowledge/rules.ts";
import type { CausalView } from "./causal-view.ts";
import { type Reached, walk, walkBack } from "./walk.ts";

/** The numbers of the settings that linking needs. */
export type LinkSettings = Pick<ReasoningSettings, "windowMs" | "skewMs" | "hopsMax" | "scoreMin" | "linksPerEffectMax">;

/** The best causes of an episode, best first; the same for any order in which episodes and edges arrived. */
export function linksFor(effect: Episode, view: CausalView, settings: LinkSettings): readonly CausalLink[] {
  const resource = view.resource(effect.rid);
  if (!resource || !canBeEffect(effect)) return [];
  const best = new Map<EpisodeId, CausalLink>();
  for (const classId of classesOf(effect)) {
    for (const { path, byCause } of pathsForEffect(classId, resource.kind)) {
      if (path.length > settings.hopsMax) continue;
      for (const reached of walk(view, effect.rid, path, during(effect, settings))) {
        for (const link of linksOver(byCause, reached, { effect, view, settings })) {
          const known = best.get(link.cause);
          if (!known || byScore(link, known) < 0) best.set(link.cause, link);
        }
      }
    }
  }
  return [...best.values()].sort(byScore).slice(0, settings.linksPerEffectMax);
}

/** Episodes that a new or changed cause may explain: what must be linked again when it arrives. */
export function* effectsOf(cause: Episode, view: CausalView, settings: LinkSettings): Iterable<Episode> {
  const resource = view.resource(cause.rid);
  if (!resource) return;
  const from = { fromMs: cause.firstMs - settings.windowMs, toMs: (cause.clearedMs ?? cause.lastMs) + settings.windowMs };
  for (const classId of classesOf(cause)) {
    for (const rule of rulesForCause(classId, resource.kind)) {
      if (rule.path.length > settings.hopsMax) continue;
      for (const rid of walkBack(view, cause.rid, rule, from)) {
        for (const effect of view.about(rid))
          if (effect.eid !== cause.eid && canBeEffect(effect) && classesOf(effect).includes(rule.effect)) yield effect;
      }
    }
  }
}

/** A change is somebody's act and an expected occurrence needs no explanation. */
export function canBeEffect(episode: Episode): boolean {
  return episode.etype !== "k8s.change" && episode.severity !== "INFO";
}

function during(effect: Episode, settings: LinkSettings): { fromMs: number; toMs: number } {
  return { fromMs: effect.firstMs - settings.windowMs, toMs: effect.firstMs + settings.skewMs };
}

type Question = { readonly effect: Episode; readonly view: CausalView; readonly settings: LinkSettings };

function* linksOver(byCause: PathRules["byCause"], reached: Reached, question: Question): Iterable<CausalLink> {
  const { effect, view, settings } = question;
  const resource = view.resource(reached.rid);
  if (!resource) return;
  for (const cause of view.about(reached.rid)) {
    if (cause.eid === effect.eid || !classesOf(cause).some((classId) => byCause.has(classId))) continue;
    const temporal = temporalOf(cause, effect, settings);
    if (temporal === undefined) continue;
    for (const classId of classesOf(cause)) {
      for (const rule of byCause.get(classId) ?? []) {
        if (!applies(rule, cause, effect, resource)) continue;
        const scores = linkScore(temporal, rule.path.length, rule.domain);
        if (scores.score < settings.scoreMin) continue;
        yield {
          cluster: effect.cluster,
          cause: cause.eid,
          effect: effect.eid,
          hops: rule.path.length,
          ruleId: rule.id,
          path: reached.steps,
          ...scores,
        };
      }
    }
  }
}

function applies(rule: CausalRule, cause: Episode, effect: Episode, resource: Resource): boolean {
  if (!fits(rule.causeKinds, resource.kind)) return false;
  if (rule.targetMatches && !names(effect.target, resource)) return false;
  if (rule.sameDiscriminator && containerOf(cause) !== containerOf(effect)) return false;
  return rule.cause !== rule.effect || isBefore(cause, effect);
}

/**
 * Temporal score by the cause's last occurrence up to the effect's beginning; a condition that still held then counts as Δt = 0. Where one of the two is a
 * condition found in a snapshot (`exact` false), its beginning is only an upper bound and cannot rule the other out.
 */
function temporalOf(cause: Episode, effect: Episode, settings: LinkSettings): number | undefined {
  const { windowMs, skewMs } = settings;
  if (cause.holds && cause.firstMs <= effect.firstMs + skewMs && (cause.clearedMs === undefined || cause.clearedMs >= effect.firstMs))
    return 1;
  const nearestMs = cause.firstMs > effect.firstMs ? cause.firstMs : Math.min(cause.lastMs, effect.firstMs);
  const score = temporalScore(nearestMs, effect.firstMs, windowMs, skewMs);
  if (score !== undefined) return score;
  // The condition was first seen after the effect, but it may have held before.
  if (!cause.exact && cause.holds && cause.firstMs > effect.firstMs && lastTime(effect) >= cause.firstMs - windowMs) return 0.5;
  const inexact = !cause.exact || !effect.exact;
  return inexact && cause.firstMs <= lastTime(effect) + skewMs && lastTime(cause) >= effect.firstMs - windowMs ? 0.5 : undefined;
}

function lastTime(episode: Episode): number {
  return episode.holds ? (episode.clearedMs ?? Number.POSITIVE_INFINITY) : episode.lastMs;
}

/** Of two episodes of one class only the earlier can be the cause; at the same moment the order of ids decides, so that there is no cycle. */
function isBefore(cause: Episode, effect: Episode): boolean {
  return cause.firstMs !== effect.firstMs ? cause.firstMs < effect.firstMs : cause.eid < effect.eid;
}

function fits(kinds: readonly string[], kind: string): boolean {
  return kinds.includes("*") || kinds.includes(kind);
}

/** The container part of a discriminator: log episodes put the pattern before it. */
function containerOf({ discriminator }: Episode): string {
  return discriminator.slice(discriminator.indexOf("/") + 1);
}

/** Whether the host that an effect's text names is this resource: `name`, `name.ns`, `name.ns.svc…`, with or without a port. */
export function names(target: string | undefined, resource: Resource): boolean {
  if (!target) return false;
  const [name, namespace] = target.replace(/:\d+$/, "").toLowerCase().split(".");
  return name === resource.name.toLowerCase() && (namespace === undefined || namespace === resource.namespace?.toLowerCase());
}

function byScore(a: CausalLink, b: CausalLink): number {
  return b.score - a.score || a.hops - b.hops || (a.cause < b.cause ? -1 : a.cause > b.cause ? 1 : a.ruleId < b.ruleId ? -1 : 1);
}
