// Fits the curve of agent/knowledge/calibration.ts: a logistic regression on the first cause of every open incident, cross-validated by fault type, so that no
// type is judged by a curve that has seen it.
import { rootnessOf } from "../../agent/knowledge/titles.ts";
import type { Diagnosis } from "./diagnose.ts";
import { predictedCause } from "./mapping.ts";
import type { Answer } from "./read-case.ts";
import { entityOf, faultOf } from "./score.ts";

/** One incident's first cause: what the curve sees, and whether it was right. */
export type Sample = { readonly type: string; readonly x: readonly [number, number, number, number]; readonly right: boolean };

/** Coefficients in the order of the calibration: intercept, rootness, accounted, lead. */
export type Fit = { readonly coefficients: readonly number[]; readonly samples: number; readonly brier: number; readonly ECE: number };

const ROUNDS = 3_000;
const RATE = 0.5;
/** Keeps coefficients small where the samples do not decide: few cases, most of them right. */
const RIDGE = 0.002;

/** The samples of one case. */
export function samplesOf(answer: Answer, { incidents, episodes }: Diagnosis): readonly Sample[] {
  const byId = new Map(episodes.map((episode) => [episode.eid as string, episode]));
  return incidents.flatMap(({ state, verdict }): readonly Sample[] => {
    const [first, next] = verdict.causes;
    const episode = first && byId.get(first.eid);
    if (state !== "open" || !first || !episode || first.score <= 0) return [];
    const { kind, name, fault_type } = predictedCause(first, byId);
    const rightEntity = entityOf(kind, name, answer) === entityOf(answer.object.kind, answer.object.name, answer);
    const rootness = rootnessOf(episode);
    const accounted = rootness > 0 ? Math.min(1, first.score / rootness) : 0;
    const lead = first.score / (first.score + (next?.score ?? 0));
    const right = rightEntity && (answer.faultType === undefined || faultOf(fault_type) === faultOf(answer.faultType));
    return [{ type: answer.faultType ?? answer.system, x: [1, rootness, accounted, lead], right }];
  });
}

/** The coefficients on all samples, with the errors measured by cross-validation. */
export function fitted(samples: readonly Sample[]): Fit {
  const types = [...new Set(samples.map(({ type }) => type))].sort();
  const judged = types.flatMap((type) => {
    const weights = regress(samples.filter((sample) => sample.type !== type));
    return samples.filter((sample) => sample.type === type).map(({ x, right }) => ({ p: probability(weights, x), right: Number(right) }));
  });
  const bins = new Map<number, number>();
  for (const { p, right } of judged)
    bins.set(Math.min(9, Math.trunc(p * 10)), (bins.get(Math.min(9, Math.trunc(p * 10))) ?? 0) + p - right);
  const n = Math.max(1, judged.length);
  return {
    coefficients: regress(samples).map((value) => Number(value.toFixed(2))),
    samples: samples.length,
    brier: Number((judged.reduce((total, { p, right }) => total + (p - right) ** 2, 0) / n).toFixed(3)),
    ECE: Number(([...bins.values()].reduce((total, value) => total + Math.abs(value), 0) / n).toFixed(3)),
  };
}

function regress(samples: readonly Sample[]): readonly number[] {
  const weights = [0, 0, 0, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const gradient = [0, 0, 0, 0];
    for (const { x, right } of samples) {
      const error = probability(weights, x) - Number(right);
      for (const [at, value] of x.entries()) gradient[at] = (gradient[at] ?? 0) + error * value;
    }
    for (const [at, slope] of gradient.entries())
      weights[at] = (weights[at] ?? 0) - RATE * (slope / Math.max(1, samples.length) + (at === 0 ? 0 : RIDGE * (weights[at] ?? 0)));
  }
  return weights;
}

function probability(weights: readonly number[], x: readonly number[]): number {
  return 1 / (1 + Math.exp(-x.reduce((total, value, at) => total + value * (weights[at] ?? 0), 0)));
}
