// score.py in TypeScript: the same collapse of objects to entities, the same measures, the same rounding. score.test.ts compares the two.
import type { PredictedCause, Prediction } from "./prediction.ts";
import type { Answer } from "./read-case.ts";

const ALIASES: ReadonlyMap<string, string> = new Map([
  ["db_readonly_mode", "db_read_only"],
  ["gateway_misrouted", "gateway_misroute"],
]);

/** Confidence thresholds of the calibration table. */
const TAUS = [0.5, 0.7, 0.8, 0.9] as const;

/** Measures that are shares of cases, in the order of the table. */
export const RATES = ["object@1", "object@3", "type@1", "A@1", "A@3", "MRR"] as const;

/** One of the measures. */
export type Rate = (typeof RATES)[number];

/** One case's results. `truth` and the keys of `claims` are entities: `app cart`, `node worker-1`, `namespace shop`. */
export type CaseScore = Readonly<Record<Rate, number>> & {
  readonly truth: string;
  readonly claims: ReadonlyMap<string, number>;
  readonly confidence?: number | undefined;
};

/** A group's size and its rates. */
export type GroupRates = { readonly n: number } & Readonly<Record<Rate, number>>;

/** Precision and coverage at a threshold; no precision when nothing was said that surely. */
type AtThreshold = { readonly precision: number | null; readonly coverage: number };

/** How good the first cause's confidence is as a probability. */
export type CalibrationScore = { readonly brier: number; readonly ECE: number; readonly at: Readonly<Record<string, AtThreshold>> };

/** False claims at a threshold. */
export type ClaimScore = {
  readonly tau: number;
  readonly FDR: number;
  readonly FPR: number;
  readonly falsePerCase: number;
  readonly claimsPerCase: number;
  readonly clean: number;
};

/** Everything score.py reports. */
export type Report = {
  readonly groups: Readonly<Record<string, GroupRates>>;
  readonly a1Interval: readonly [number, number];
  readonly claims: ClaimScore;
  readonly pairCalibration: CalibrationScore;
  readonly entityCalibration: CalibrationScore;
  readonly answered: number;
};

/** A fault type's one spelling. */
export function faultOf(type: string | undefined): string {
  const word = (type ?? "").trim().toLowerCase().replace(/[- ]/g, "_");
  return ALIASES.get(word) ?? word;
}

/** The entity that an object belongs to. */
export function entityOf(kind: string, name: string, answer: Answer): string {
  const low = kind.trim().toLowerCase();
  const own = name.trim();
  if (low === "node" || low === "component") return `${low} ${own}`;
  if (low === "namespace") return `namespace ${own}`;
  if (low === "resourcequota" || low === "limitrange") return `namespace ${answer.object.kind === "Namespace" ? answer.object.name : own}`;
  if (answer.apps.includes(own)) return `app ${own}`;
  const owner = answer.owners.get(`${kind.trim()}/${own}`);
  const starts = answer.apps.filter((app) => own.startsWith(`${app}-`)).sort((a, b) => b.length - a.length);
  return `app ${owner ?? starts[0] ?? own}`;
}

/** Results of one case; causes may be empty. */
export function scoreCase(answer: Answer, causes: readonly PredictedCause[]): CaseScore {
  const truth = entityOf(answer.object.kind, answer.object.name, answer);
  const needsType = answer.faultType !== undefined;
  const entities: string[] = [];
  const pairs: string[] = [];
  const claims = new Map<string, number>();
  for (const cause of causes) {
    const entity = entityOf(cause.kind, cause.name, answer);
    const pair = `${entity}\n${faultOf(cause.fault_type)}`;
    if (!entities.includes(entity)) entities.push(entity);
    if (!pairs.includes(pair)) pairs.push(pair);
    claims.set(entity, Math.max(cause.confidence, claims.get(entity) ?? 0));
  }
  const right = (pair: string) =>
    pair.startsWith(`${truth}\n`) && (!needsType || pair.slice(truth.length + 1) === faultOf(answer.faultType));
  const rank = entities.indexOf(truth);
  const first = causes[0];
  return {
    "object@1": Number(rank === 0),
    "object@3": Number(rank >= 0 && rank < 3),
    "type@1": Number(first !== undefined && needsType && faultOf(first.fault_type) === faultOf(answer.faultType)),
    "A@1": Number(pairs.slice(0, 1).some(right)),
    "A@3": Number(pairs.slice(0, 3).some(right)),
    MRR: rank < 0 ? 0 : 1 / (rank + 1),
    truth,
    claims,
    ...(first ? { confidence: first.confidence } : {}),
  };
}

/** The whole report. Cases without a prediction are wrong. */
export function report(answers: readonly Answer[], predictions: readonly Prediction[], tau = 0.5): Report {
  const byCase = new Map(predictions.map((prediction) => [prediction.case, prediction.causes]));
  const rows = answers.map((answer) => scoreCase(answer, byCase.get(answer.case) ?? []));
  const groups = grouped(answers, rows);
  const rates = Object.fromEntries([...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, group]) => [key, ratesOf(group)]));
  const byType = [...groups].filter(([key]) => key.startsWith("type ")).map(([, group]) => ratesOf(group));
  return {
    groups: byType.length > 0 ? { ...rates, "macro over types": macro(byType) } : rates,
    a1Interval: wilson(rates["all"]?.["A@1"] ?? 0, rows.length).map((bound) => rounded(bound, 3)) as [number, number],
    claims: claimScore(rows, answers, tau),
    pairCalibration: calibration(rows, "A@1"),
    entityCalibration: calibration(rows, "object@1"),
    answered: rows.filter((row) => row.confidence !== undefined).length,
  };
}

/** The groups a case belongs to: all, its system, silent or visible, with alerts, its slice, its fault type. */
export function groupsOf(answer: Answer): readonly string[] {
  return [
    "all",
    `system ${answer.system}`,
    ...(answer.visible === undefined ? [] : [answer.visible ? "visible" : "silent"]),
    ...(answer.alerts ? ["with alerts"] : []),
    ...(answer.slice ? [`slice ${answer.slice}`] : []),
    ...(answer.faultType ? [`type ${answer.faultType}`] : []),
  ];
}

function grouped(answers: readonly Answer[], rows: readonly CaseScore[]): ReadonlyMap<string, readonly CaseScore[]> {
  const groups = new Map<string, CaseScore[]>();
  for (const [at, answer] of answers.entries()) {
    for (const key of groupsOf(answer)) groups.set(key, [...(groups.get(key) ?? []), rows[at] as CaseScore]);
  }
  return groups;
}

function ratesOf(rows: readonly CaseScore[]): GroupRates {
  return { n: rows.length, ...eachRate((rate) => rounded(sum(rows.map((row) => row[rate])) / rows.length, 3)) };
}

function macro(groups: readonly GroupRates[]): GroupRates {
  return { n: groups.length, ...eachRate((rate) => rounded(sum(groups.map((group) => group[rate])) / groups.length, 3)) };
}

function eachRate(value: (rate: Rate) => number): Readonly<Record<Rate, number>> {
  return Object.fromEntries(RATES.map((rate) => [rate, value(rate)])) as Record<Rate, number>;
}

function claimScore(rows: readonly CaseScore[], answers: readonly Answer[], tau: number): ClaimScore {
  let [right, wrong, made, clean, innocent] = [0, 0, 0, 0, 0];
  for (const [at, row] of rows.entries()) {
    const said = [...row.claims].filter(([, confidence]) => confidence >= tau).map(([entity]) => entity);
    const isNamed = said.includes(row.truth);
    right += Number(isNamed);
    wrong += said.length - Number(isNamed);
    made += said.length;
    clean += Number(isNamed && said.length === 1);
    const answer = answers[at] as Answer;
    innocent += (answer.entities || answer.apps.length) - 1;
  }
  const n = Math.max(1, rows.length);
  return {
    tau,
    FDR: rounded(wrong / Math.max(1, wrong + right), 3),
    FPR: rounded(wrong / Math.max(1, innocent), 4),
    falsePerCase: rounded(wrong / n, 2),
    claimsPerCase: rounded(made / n, 2),
    clean: rounded(clean / n, 3),
  };
}

function calibration(rows: readonly CaseScore[], key: "A@1" | "object@1"): CalibrationScore {
  const said = rows.flatMap((row) => (row.confidence === undefined ? [] : [{ confidence: row.confidence, right: row[key] }]));
  const n = Math.max(1, said.length);
  const bins = new Map<number, number>();
  for (const { confidence, right } of said) {
    const bin = Math.min(9, Math.trunc(confidence * 10));
    bins.set(bin, (bins.get(bin) ?? 0) + confidence - right);
  }
  const at = TAUS.map((tau) => {
    const hits = said.filter(({ confidence }) => confidence >= tau);
    const precision = hits.length > 0 ? rounded(sum(hits.map(({ right }) => right)) / hits.length, 3) : null;
    return [String(tau), { precision, coverage: rounded(hits.length / Math.max(1, rows.length), 3) }] as const;
  });
  return {
    brier: rounded(sum(said.map(({ confidence, right }) => (confidence - right) ** 2)) / n, 3),
    ECE: rounded(sum([...bins.values()].map(Math.abs)) / n, 3),
    at: Object.fromEntries(at),
  };
}

/** Wilson's 95 % interval of a share. */
export function wilson(share: number, n: number): readonly [number, number] {
  if (n === 0) return [0, 0];
  const z = 1.96;
  const middle = share + (z * z) / 2 / n;
  const half = z * Math.sqrt((share * (1 - share)) / n + (z * z) / 4 / n / n);
  return [(middle - half) / (1 + (z * z) / n), (middle + half) / (1 + (z * z) / n)];
}

/** Neumaier's sum, as Python's `sum` since 3.12: a third added forty times must not decide how a rate is rounded. */
function sum(values: readonly number[]): number {
  let total = 0;
  let lost = 0;
  for (const value of values) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? total - next + value : value - next + total;
    total = next;
  }
  return total + lost;
}

/** As Python rounds: to the nearest decimal of the binary value, halves to even. */
function rounded(value: number, digits: number): number {
  const scale = 10 ** digits;
  const below = Math.floor(value * scale);
  const isTie = value * scale - below === 0.5 && value === (below + 0.5) / scale;
  return isTie ? (below + (below % 2)) / scale : Number(value.toFixed(digits));
}
