// The report as a table for a terminal.
import { interval } from "./bootstrap.ts";
import type { Prediction } from "./prediction.ts";
import type { Answer } from "./read-case.ts";
import { type CalibrationScore, groupsOf, RATES, type Report, scoreCase } from "./score.ts";

const WIDTH = 38;

/** Rates by group with bootstrap intervals of A@1 and object@1, then false claims and calibration. */
export function reportTable(report: Report, answers: readonly Answer[], predictions: readonly Prediction[]): string {
  const intervals = groupIntervals(answers, predictions);
  const head = `${"group".padEnd(WIDTH)}${"n".padStart(5)}${RATES.map((rate) => rate.padStart(10)).join("")}   A@1 95 %       object@1 95 %`;
  const rows = Object.entries(report.groups).map(([key, group]) => {
    const bounds = intervals.get(key);
    const tail = bounds ? `   ${range(bounds.a1)}  ${range(bounds.object1)}` : "";
    return `${key.padEnd(WIDTH)}${String(group.n).padStart(5)}${RATES.map((rate) => group[rate].toFixed(3).padStart(10)).join("")}${tail}`;
  });
  const { claims } = report;
  return [
    head,
    ...rows,
    `A@1 Wilson 95 %: ${report.a1Interval.join(" to ")}; answered ${report.answered}`,
    `false claims at confidence >= ${claims.tau}: FDR ${claims.FDR}, FPR ${claims.FPR}, ${claims.falsePerCase} a case of ${claims.claimsPerCase}; clean ${claims.clean}`,
    calibrationLine("entity and type", report.pairCalibration),
    calibrationLine("entity", report.entityCalibration),
  ].join("\n");
}

function calibrationLine(what: string, { brier, ECE, at }: CalibrationScore): string {
  const points = Object.entries(at).map(([tau, { precision, coverage }]) => `>=${tau}: ${precision ?? "-"} of ${coverage}`);
  return `calibration (${what}): ECE ${ECE}, Brier ${brier}; precision of coverage ${points.join(", ")}`;
}

function range([low, high]: readonly [number, number]): string {
  return `${low.toFixed(2)}-${high.toFixed(2)}`.padEnd(14);
}

type Bounds = { readonly a1: readonly [number, number]; readonly object1: readonly [number, number] };

/** Bootstrap intervals by group. */
export function groupIntervals(answers: readonly Answer[], predictions: readonly Prediction[]): ReadonlyMap<string, Bounds> {
  const byCase = new Map(predictions.map((prediction) => [prediction.case, prediction.causes]));
  const groups = new Map<string, { a1: number[]; object1: number[] }>();
  for (const answer of answers) {
    const score = scoreCase(answer, byCase.get(answer.case) ?? []);
    for (const key of groupsOf(answer)) {
      const group = groups.get(key) ?? { a1: [], object1: [] };
      groups.set(key, group);
      group.a1.push(score["A@1"]);
      group.object1.push(score["object@1"]);
    }
  }
  return new Map([...groups].map(([key, { a1, object1 }]) => [key, { a1: interval(a1), object1: interval(object1) }]));
}
