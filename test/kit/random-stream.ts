// Streams of records such as the topics of contracts.md §1 may hold, made by fast-check: a few names that come, fail, go and come again, told by uid, by name or by both.
import * as fc from "fast-check";
import type { RecordBody, SourceRecord } from "../../agent/sources/port.ts";

/** When the streams begin. */
const BEGIN_MS = Date.UTC(2026, 4, 4, 8);

const NAMES = ["web", "api", "db"] as const;
const PHASES = ["Running", "Pending", "Failed"] as const;
const REASONS = ["BackOff", "Unhealthy", "FailedScheduling", "OOMKilled", "Evicted", "Started"] as const;
const LINES = [
  "ERROR connect to db:5432: connection refused",
  "FATAL: could not write: No space left on device",
  "panic: runtime error: index out of range",
  "INFO all is well",
] as const;

type Step = { readonly afterS: number; readonly what: number; readonly who: number; readonly how: number; readonly life: number };

/** Steps are numbers, so that fast-check can make a failing stream shorter. */
const step: fc.Arbitrary<Step> = fc.record({
  afterS: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) }, { weight: 1, arbitrary: fc.integer({ min: 60, max: 1_500 }) }),
  what: fc.nat({ max: 9 }),
  who: fc.nat({ max: NAMES.length - 1 }),
  how: fc.nat({ max: 5 }),
  life: fc.nat({ max: 1 }),
});

/** A stream of at most so many records, in the order of their times. */
export function streams(lengthMax: number): fc.Arbitrary<readonly SourceRecord[]> {
  return fc.array(step, { minLength: 1, maxLength: lengthMax }).map(toRecords);
}

function toRecords(steps: readonly Step[]): readonly SourceRecord[] {
  let atMs = BEGIN_MS;
  return steps.map((one, index) => {
    // Two versions of one thing are never stamped with the same moment.
    atMs += one.afterS * 1_000 + 1;
    return { origin: { source: "test", line: index + 1 }, cluster: "test", atMs, body: bodyOf(one, index, new Date(atMs).toISOString()) };
  });
}

function bodyOf({ what, who, how, life }: Step, index: number, at: string): RecordBody {
  const name = NAMES[who] as string;
  const uid = `uid-${name}-${life}`;
  const pod = { cluster: "test", kind: "Pod", namespace: "shop", name };
  const subject = how % 3 === 0 ? { kind: "Pod", uid, ns: "shop", name } : how % 3 === 1 ? { kind: "Pod", ns: "shop", name } : { kind: "Pod", uid };
  const reason = REASONS[how % REASONS.length];
  switch (what) {
    case 0:
    case 1:
      return { kind: "resource", value: { op: "UPSERT", at, ...pod, uid, labels: { app: name }, node: "node-1", status: { phase: PHASES[how % 3], restartCount: how } } };
    case 2:
      return { kind: "resource", value: { op: "DELETE", at, ...pod, uid } };
    case 3:
      return { kind: "resource", value: { op: "UPSERT", at, cluster: "test", kind: "Service", uid: `uid-svc-${name}`, namespace: "shop", name, serviceSelector: { app: NAMES[how % 3] } } };
    case 4:
      return { kind: "edge", value: { op: how % 2 ? "UPSERT" : "DELETE", at, cluster: "test", from: `service:shop:${name}`, to: `pod:shop:${NAMES[how % 3]}`, type: "CALLS" } };
    case 5:
    case 6:
      return { kind: "episode", value: { event_id: `event-${index}`, event_time: at, cluster: "test", etype: "k8s.event", severity: how % 2 ? "WARNING" : "ERROR", reason, message: `${reason} of ${name}`, subject } };
    case 7:
      return { kind: "log", value: { line: LINES[how % LINES.length], at, pod: name, namespace: "shop", container: "app" } };
    case 8:
      return { kind: "alert", value: { status: how % 2 ? "resolved" : "firing", startsAt: new Date(BEGIN_MS).toISOString(), ...(how % 2 ? { endsAt: at } : {}), labels: { alertname: "KubePodCrashLooping", severity: "critical", namespace: "shop", pod: name } } };
    default:
      return { kind: "resource", value: { op: "UPSERT", at, cluster: "test", kind: "Node", uid: "uid-node-1", name: "node-1", status: { conditions: [{ type: "Ready", status: how % 2 ? "True" : "False", lastTransitionTime: at }] } } };
  }
}
