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

type Step = { readonly afterS: number; readonly what: number; readonly who: number; readonly how: number; readonly past: boolean };

/** Steps are numbers, so that fast-check can make a failing stream shorter. */
const step: fc.Arbitrary<Step> = fc.record({
  afterS: fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 20 }) },
    { weight: 1, arbitrary: fc.integer({ min: 60, max: 1_500 }) },
  ),
  what: fc.nat({ max: 10 }),
  who: fc.nat({ max: NAMES.length - 1 }),
  how: fc.nat({ max: 5 }),
  past: fc.boolean(),
});

/** A stream of at most so many records, in the order of their times. */
export function streams(lengthMax: number): fc.Arbitrary<readonly SourceRecord[]> {
  return fc.array(step, { minLength: 1, maxLength: lengthMax }).map(toRecords);
}

/** What the stream has told so far: which life of each pod is the present one, and whether it is there. */
type World = { readonly lives: number[]; readonly there: boolean[] };

function toRecords(steps: readonly Step[]): readonly SourceRecord[] {
  const world: World = { lives: NAMES.map(() => 0), there: NAMES.map(() => false) };
  let atMs = BEGIN_MS;
  return steps.map((one, index) => {
    // Two versions of one thing are never stamped with the same moment.
    atMs += one.afterS * 1_000 + 1;
    return {
      origin: { source: "test", line: index + 1 },
      cluster: "test",
      atMs,
      body: bodyOf(one, world, { index, at: new Date(atMs).toISOString() }),
    };
  });
}

type Moment = { readonly index: number; readonly at: string };

function bodyOf({ what, who, how, past }: Step, world: World, { index, at }: Moment): RecordBody {
  const name = NAMES[who] as string;
  const other = NAMES[how % NAMES.length] as string;
  if (what === 0 && world.there[who]) world.lives[who] = (world.lives[who] ?? 0) + 1;
  const life = world.lives[who] ?? 0;
  const uid = `uid-${name}-${past ? Math.max(0, life - 1) : life}`;
  const pod = { cluster: "test", kind: "Pod", namespace: "shop", name, uid: `uid-${name}-${life}` };
  switch (what) {
    // A new life, whether or not the end of the former one was told; or the present one in another state.
    case 0:
    case 1:
    case 2:
      world.there[who] = true;
      return {
        kind: "resource",
        value: { op: "UPSERT", at, ...pod, labels: { app: other }, node: "node-1", status: { phase: PHASES[how % 3], restartCount: how } },
      };
    case 3:
      if (!world.there[who]) return serviceRecord(name, other, at);
      world.there[who] = false;
      world.lives[who] = life + 1;
      return { kind: "resource", value: { op: "DELETE", at, ...pod } };
    case 4:
      return serviceRecord(name, other, at);
    case 5:
      return {
        kind: "edge",
        value: {
          op: how % 2 ? "UPSERT" : "DELETE",
          at,
          cluster: "test",
          from: `service:shop:${name}`,
          to: `pod:shop:${other}`,
          type: "CALLS",
        },
      };
    case 6:
    case 7:
      return eventRecord(
        how,
        [
          { kind: "Pod", uid, ns: "shop", name },
          { kind: "Pod", ns: "shop", name },
          { kind: "Pod", uid },
        ][how % 3] as object,
        { index, at },
      );
    case 8:
      return { kind: "log", value: { line: LINES[how % LINES.length], at, pod: name, namespace: "shop", container: "app" } };
    case 9:
      return alertRecord(how, name, at);
    default:
      return {
        kind: "resource",
        value: {
          op: "UPSERT",
          at,
          cluster: "test",
          kind: "Node",
          uid: "uid-node-1",
          name: "node-1",
          status: { conditions: [{ type: "Ready", status: how % 2 ? "True" : "False", lastTransitionTime: at }] },
        },
      };
  }
}

function serviceRecord(name: string, selects: string, at: string): RecordBody {
  return {
    kind: "resource",
    value: {
      op: "UPSERT",
      at,
      cluster: "test",
      kind: "Service",
      uid: `uid-svc-${name}`,
      namespace: "shop",
      name,
      serviceSelector: { app: selects },
    },
  };
}

function eventRecord(how: number, subject: object, { index, at }: Moment): RecordBody {
  const reason = REASONS[how % REASONS.length];
  return {
    kind: "episode",
    value: {
      event_id: `event-${index}`,
      event_time: at,
      cluster: "test",
      etype: "k8s.event",
      severity: how % 2 ? "WARNING" : "ERROR",
      reason,
      message: `${reason}`,
      subject,
    },
  };
}

function alertRecord(how: number, pod: string, at: string): RecordBody {
  const resolved = how % 2 === 1;
  const labels = { alertname: "KubePodCrashLooping", severity: "critical", namespace: "shop", pod };
  return {
    kind: "alert",
    value: {
      status: resolved ? "resolved" : "firing",
      startsAt: new Date(BEGIN_MS).toISOString(),
      ...(resolved ? { endsAt: at } : {}),
      labels,
    },
  };
}
