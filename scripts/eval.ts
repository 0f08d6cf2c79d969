// `npm run eval -- --cases DIR`: labelled cases through the product's pipeline, scored. With --out the predictions, with --misses FILE why each miss was one.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Fields } from "../agent/sources/fields.ts";
import { caseRecords } from "../test/eval/case-records.ts";
import { type Diagnosis, diagnose } from "../test/eval/diagnose.ts";
import { fitted, type Sample, samplesOf } from "../test/eval/fit.ts";
import { missText } from "../test/eval/misses.ts";
import { predictionOf } from "../test/eval/predict.ts";
import type { Prediction } from "../test/eval/prediction.ts";
import { casePaths, type EvalCase, readAnswers, readCase } from "../test/eval/read-case.ts";
import { report, scoreCase } from "../test/eval/score.ts";
import { serviceRecords } from "../test/eval/service-records.ts";
import { reportTable } from "../test/eval/table.ts";

const USAGE =
  "usage: npm run eval -- --cases DIR [--out predictions.jsonl] [--misses misses.md] [--tau 0.5] [--only TEXT] [--bar 0.95] [--fit] [--json]\n" +
  "  DIR holds cases/*.jsonl.gz and answers.jsonl (../shared/data/README.md); --bar fails below this A@1; --fit prints the coefficients of agent/knowledge/calibration.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string" },
    out: { type: "string" },
    misses: { type: "string" },
    tau: { type: "string", default: "0.5" },
    only: { type: "string" },
    bar: { type: "string" },
    fit: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help || !values.cases) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 1);
}

const only = values.only;
const answers = readAnswers(values.cases).filter((answer) => !only || answer.case.includes(only) || answer.faultType === only);
const byCase = new Map(answers.map((answer) => [answer.case, answer]));
const predictions: Prediction[] = [];
const misses: string[] = [];
const times: number[] = [];
const samples: Sample[] = [];
const refusals = new Map<string, number>();
const paths = casePaths(values.cases);
const startedMs = performance.now();

/** The fault-free minute of a case's day. */
function normalOf(head: Fields): EvalCase | undefined {
  const day = String(head["detectedAt"] ?? "").slice(0, 10);
  const path = paths.find((one) => one.includes(`fault-free-${day}`));
  return path ? readCase(path) : undefined;
}

for (const path of paths) {
  const given = readCase(path);
  const answer = byCase.get(given.id);
  if (only && !answer) continue;
  if (given.id.startsWith("fault-free")) continue;
  const diagnosis = await diagnose(given.of("object").length > 0 ? await caseRecords(given) : serviceRecords(given, normalOf(given.head)));
  const prediction = predictionOf(given.id, diagnosis);
  predictions.push(prediction);
  times.push(diagnosis.tookMs);
  count(diagnosis);
  if (answer) samples.push(...samplesOf(answer, diagnosis));
  const score = answer && scoreCase(answer, prediction.causes);
  if (answer && score && score["A@1"] === 0) misses.push(missText(answer, score, diagnosis));
}

function count({ refused }: Diagnosis): void {
  for (const reason of refused) refusals.set(reason, (refusals.get(reason) ?? 0) + 1);
}

if (values.out) writeFileSync(values.out, predictions.map((one) => `${JSON.stringify(one)}\n`).join(""));
if (values.misses) writeFileSync(values.misses, misses.join("\n"));
const scored = report(answers, predictions, Number(values.tau));
times.sort((a, b) => a - b);
const fit = values.fit ? { fit: fitted(samples) } : {};
const timing = {
  cases: times.length,
  medianMs: Math.round(times[Math.trunc(times.length / 2)] ?? 0),
  p95Ms: Math.round(times[Math.trunc(times.length * 0.95)] ?? 0),
  maxMs: Math.round(times.at(-1) ?? 0),
  totalMs: Math.round(performance.now() - startedMs),
  rssMb: Math.round(process.memoryUsage().rss / 2 ** 20),
};
if (values.json) console.log(JSON.stringify({ ...scored, ...fit, timing }, null, 1));
else {
  console.log(reportTable(scored, answers, predictions));
  if (fit.fit) {
    const [intercept, rootness, accounted, lead] = fit.fit.coefficients;
    console.log(
      `fit of ${fit.fit.samples} incidents: ${JSON.stringify({ intercept, rootness, accounted, lead })}; cross-validated by fault type: ECE ${fit.fit.ECE}, Brier ${fit.fit.brier}`,
    );
  }
  console.log(
    `time in the pipeline per case: median ${timing.medianMs} ms, p95 ${timing.p95Ms} ms, most ${timing.maxMs} ms; all ${(timing.totalMs / 1000).toFixed(1)} s, ${timing.rssMb} MB`,
  );
  for (const [reason, n] of [...refusals].sort((a, b) => b[1] - a[1]).slice(0, 10)) console.log(`refused ${n} × ${reason}`);
}

if (values.bar !== undefined) {
  const reached = scored.groups["all"]?.["A@1"] ?? 0;
  const ok = reached >= Number(values.bar);
  console.log(`A@1 ${reached.toFixed(3)}, bar ${values.bar}: ${ok ? "held" : "missed"}`);
  process.exitCode = ok ? 0 : 1;
}
