// A case without Kubernetes objects (logs, call spans, pod metrics) as records: calls as edges, slow services and busy pods as the alerts a monitoring system raises.
import { type Fields, isFields, listAt, numberAt, textAt } from "../../agent/sources/fields.ts";
import type { RecordBody, SourceRecord } from "../../agent/sources/port.ts";
import { parseTime } from "../../agent/sources/times.ts";
import type { EvalCase } from "./read-case.ts";
import { risen } from "./series.ts";

const NAMESPACE = "default";
/** A service is slow when its requests take so many times as long as in a normal minute, and so much longer. */
const SLOW_RATIO = 2;
const SLOW_US_MIN = 20_000;
const INJECTED_BEFORE_MS = 2 * 60_000;

/** The records of a case; `normal` is a minute without a fault of the same day. */
export function serviceRecords(given: EvalCase, normal: EvalCase | undefined): readonly SourceRecord[] {
  const lines = given.of("log").flatMap((line) => listAt(line, "lines"));
  const lastMs = Math.max(0, ...lines.flatMap((line) => (Array.isArray(line) ? (parseTime(line[0]) ?? []) : [])));
  const atMs = parseTime(given.head["detectedAt"]) ?? lastMs;
  const bodies: RecordBody[] = [
    ...edgesOf(given),
    ...latencyAlerts(given, normal, atMs),
    ...cpuAlerts(given, atMs),
    ...given.of("log").flatMap((line) => logBodies(line)),
  ];
  return bodies.map((body, at) => ({ origin: { source: "dump", file: given.id, line: at + 1 }, atMs: Math.max(atMs, lastMs), body }));
}

/** `orders-5d4f8c9b7-x2x4v` is a pod of `orders`. */
export function serviceOf(pod: string): string {
  return pod.replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, "");
}

function edge(type: string, from: string, to: string): RecordBody {
  return { kind: "edge", value: { op: "UPSERT", type, from, to } };
}

function edgesOf(given: EvalCase): readonly RecordBody[] {
  const pods = new Set<string>();
  const calls = new Set<string>();
  for (const span of given.of("span")) {
    const [caller, callee] = [textAt(span, "caller") ?? "", textAt(span, "callee") ?? ""];
    pods.add(callee);
    if (caller === "root" || caller === "?" || serviceOf(caller) === serviceOf(callee)) continue;
    pods.add(caller);
    calls.add(`${caller}\n${callee}`);
  }
  for (const line of given.of("log")) pods.add(textAt(line, "pod") ?? "");
  return [
    ...[...pods]
      .filter((pod) => pod !== "")
      .map((pod) => edge("SELECTS", `service:${NAMESPACE}:${serviceOf(pod)}`, `pod:${NAMESPACE}:${pod}`)),
    ...[...calls].flatMap((call) => {
      const [caller = "", callee = ""] = call.split("\n");
      const to = `service:${NAMESPACE}:${serviceOf(callee)}`;
      return [edge("CALLS", `pod:${NAMESPACE}:${caller}`, to), edge("CALLS", `service:${NAMESPACE}:${serviceOf(caller)}`, to)];
    }),
  ];
}

/** Mean time of a service's requests from others, microseconds. */
function requestTimes(given: EvalCase): ReadonlyMap<string, number> {
  const sums = new Map<string, { n: number; us: number }>();
  for (const span of given.of("span")) {
    const service = serviceOf(textAt(span, "callee") ?? "");
    if (serviceOf(textAt(span, "caller") ?? "") === service) continue;
    const known = sums.get(service) ?? { n: 0, us: 0 };
    const n = numberAt(span, "n") ?? 0;
    sums.set(service, { n: known.n + n, us: known.us + n * (numberAt(span, "mean_us") ?? 0) });
  }
  return new Map([...sums].map(([service, { n, us }]) => [service, us / Math.max(1, n)]));
}

function latencyAlerts(given: EvalCase, normal: EvalCase | undefined, atMs: number): readonly RecordBody[] {
  const usual = normal ? requestTimes(normal) : new Map<string, number>();
  return [...requestTimes(given)].flatMap(([service, us]) => {
    const before = usual.get(service);
    return before !== undefined && us > SLOW_RATIO * before && us - before > SLOW_US_MIN
      ? [
          alert(
            { alertname: "HighLatency", service, severity: "critical" },
            `requests take ${Math.round(us / 1000)} ms, usually ${Math.round(before / 1000)} ms`,
            atMs,
          ),
        ]
      : [];
  });
}

function cpuAlerts(given: EvalCase, atMs: number): readonly RecordBody[] {
  return given.of("metrics").flatMap((line) => {
    const column = listAt(line, "columns").indexOf("CpuUsage(m)");
    const rows = listAt(line, "rows").filter((row): row is readonly number[] => Array.isArray(row) && column >= 0);
    const split = (atMs - INJECTED_BEFORE_MS) / 1000;
    const values = (isAfter: boolean) => rows.filter((row) => (row[0] ?? 0) >= split === isAfter).flatMap((row) => row[column] ?? []);
    const change = risen(values(false), values(true));
    const service = serviceOf(textAt(line, "pod") ?? "");
    return change
      ? [
          alert(
            { alertname: "HighCpuUsage", service, severity: "warning" },
            `CPU rose from ${change.from.toFixed(1)} to ${change.to.toFixed(1)} millicores`,
            atMs,
          ),
        ]
      : [];
  });
}

function alert(labels: Readonly<Record<string, string>>, description: string, atMs: number): RecordBody {
  const startsAt = new Date(atMs - INJECTED_BEFORE_MS).toISOString();
  return {
    kind: "alert",
    value: { status: "firing", labels: { ...labels, namespace: NAMESPACE }, annotations: { description }, startsAt },
  };
}

function logBodies(line: Fields): readonly RecordBody[] {
  const pod = textAt(line, "pod") ?? "";
  return listAt(line, "lines").flatMap((entry): readonly RecordBody[] =>
    Array.isArray(entry) && typeof entry[1] === "string" && !isFields(entry)
      ? [{ kind: "log", value: { line: entry[1], at: entry[0], pod, namespace: NAMESPACE, container: "app" } }]
      : [],
  );
}
