// Kubernetes Events and foreign episodes to occurrences.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Occurrence } from "../../../../agent/domain/signal.ts";
import { parseEpisode } from "../../../../agent/sources/events/parse-episode.ts";
import { parseEvent } from "../../../../agent/sources/events/parse-event.ts";

const AT_MS = Date.UTC(2026, 0, 2, 12);
const POD = { apiVersion: "v1", kind: "Pod", namespace: "shop", name: "web-1", uid: "u-1" };
const EVENT = {
  apiVersion: "v1",
  kind: "Event",
  metadata: { name: "web-1.1", namespace: "shop", uid: "event-1", creationTimestamp: "2026-01-02T11:50:00Z" },
  type: "Warning",
  reason: "BackOff",
  message: "Back-off restarting failed container app in pod web-1",
  involvedObject: { ...POD, fieldPath: "spec.containers{app}" },
  source: { component: "kubelet" },
  count: 4,
  firstTimestamp: "2026-01-02T11:50:00Z",
  lastTimestamp: "2026-01-02T11:58:00Z",
};
const minute = (of: number): number => Date.UTC(2026, 0, 2, 11, of);

function kept(value: unknown): Occurrence {
  const parsed = parseEvent(value, "prod", AT_MS);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
  return parsed.value;
}

test("a v1 Event: its uid, refined reason, container, span, count and a command that shows it", () => {
  const { evidence, message: _, category: __, ...rest } = kept(EVENT);
  assert.deepEqual(rest, {
    kind: "occurrence",
    cluster: "prod",
    eid: "event-1",
    etype: "k8s.event",
    severity: "WARNING",
    reason: "CrashLoopBackOff",
    discriminator: "app",
    subject: { kind: "Pod", uid: "u-1", namespace: "shop", name: "web-1" },
    firstMs: minute(50),
    lastMs: minute(58),
    count: 4,
    holds: false,
  });
  assert.equal(evidence[0]?.command, "kubectl -n shop events --for pod/web-1");
  assert.match(evidence[0]?.text ?? "", /^Warning BackOff \(×4\) from kubelet: Back-off/);
});

test("an events.k8s.io/v1 Event, with a series or with the deprecated fields, means the same", () => {
  const modern = {
    apiVersion: "events.k8s.io/v1",
    kind: "Event",
    metadata: { namespace: "shop", uid: "event-2" },
    regarding: EVENT.involvedObject,
    note: EVENT.message,
    reason: "BackOff",
    type: "Warning",
    reportingController: "kubelet",
  };
  const series = kept({
    ...modern,
    eventTime: "2026-01-02T11:50:00.000000Z",
    series: { count: 9, lastObservedTime: "2026-01-02T11:59:00.000000Z" },
  });
  assert.deepEqual([series.firstMs, series.lastMs, series.count, series.reason], [minute(50), minute(59), 9, "CrashLoopBackOff"]);
  const deprecated = kept({
    ...modern,
    deprecatedFirstTimestamp: "2026-01-02T11:50:00Z",
    deprecatedLastTimestamp: "2026-01-02T11:58:00Z",
    deprecatedCount: 4,
  });
  assert.deepEqual([deprecated.firstMs, deprecated.lastMs, deprecated.count], [minute(50), minute(58), 4]);
});

test("the event exporter's payload, which has no kind and null times, is dated by its creation", () => {
  const { kind: _, apiVersion: __, ...payload } = EVENT;
  const exported = kept({
    ...payload,
    firstTimestamp: null,
    lastTimestamp: null,
    eventTime: null,
    involvedObject: { ...POD, labels: { app: "web" } },
  });
  assert.deepEqual([exported.firstMs, exported.discriminator], [minute(50), "app"]); // the message names the container
});

test("without a uid of its own an Event always gets the same id, and another one at another time", () => {
  const anonymous = { ...EVENT, metadata: { namespace: "shop" } };
  assert.match(kept(anonymous).eid, /^[0-9a-f]{32}$/);
  assert.equal(kept(anonymous).eid, kept({ ...anonymous, count: 5, lastTimestamp: "2026-01-02T11:59:00Z" }).eid);
  assert.notEqual(kept(anonymous).eid, kept({ ...anonymous, firstTimestamp: "2026-01-02T11:51:00Z" }).eid);
});

test("the kubelet's stand-ins for a uid are not taken for one, and a node has no namespace", () => {
  assert.deepEqual(kept({ ...EVENT, involvedObject: { kind: "Node", name: "n1", uid: "n1" } }).subject, { kind: "Node", name: "n1" });
  assert.equal(kept({ ...EVENT, involvedObject: { ...POD, uid: "0123456789abcdef0123456789abcdef" } }).subject.uid, undefined);
});

test("names never become shell code", () => {
  const command = kept({ ...EVENT, involvedObject: { ...POD, name: "a'; rm -rf / #" } }).evidence[0]?.command;
  assert.equal(command, "kubectl -n shop events --for 'pod/a'\\''; rm -rf / #'");
});

test("a bad Event is refused with its field", () => {
  const cases: [unknown, RegExp][] = [
    [[], /expected a Kubernetes Event/],
    [{ ...EVENT, involvedObject: undefined }, /^involvedObject: missing/],
    [{ ...EVENT, involvedObject: { kind: "Pod" } }, /^involvedObject\.name: missing/],
    [{ ...EVENT, reason: "" }, /^reason: missing/],
    [{ ...EVENT, metadata: {}, firstTimestamp: undefined, lastTimestamp: null }, /no time/],
    [{ ...EVENT, lastTimestamp: "2026-01-02T14:00:00Z" }, /future/],
    [{ ...EVENT, firstTimestamp: "1999-01-01T00:00:00Z" }, /before 2014/],
  ];
  for (const [value, reason] of cases) {
    const parsed = parseEvent(value, "prod", AT_MS);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, reason);
  }
});

const EPISODE = {
  event_id: "e-1",
  event_time: "2026-01-02T11:50:00Z",
  etype: "prom.alert",
  severity: "critical",
  reason: "HighLatency",
  message: "slow",
  subject: { kind: "service", ns: "shop", name: "web" },
};

test("a foreign episode keeps its id; severity words, ns or namespace, and a subject by uid alone are accepted", () => {
  const parsed = parseEpisode(EPISODE, "prod", AT_MS);
  assert.ok(parsed.ok);
  assert.deepEqual(
    [parsed.value.eid, parsed.value.severity, parsed.value.holds, parsed.value.subject],
    ["e-1", "FATAL", true, { kind: "Service", namespace: "shop", name: "web" }],
  );
  const byUid = parseEpisode({ ...EPISODE, subject: { uid: "u-9" } }, "prod", AT_MS);
  assert.deepEqual(byUid.ok && byUid.value.subject, { kind: "Unknown", uid: "u-9", name: "u-9" });
});

test("a bad episode is refused with its field", () => {
  const cases: [unknown, RegExp][] = [
    [7, /expected an EpisodeRecord/],
    [{ ...EPISODE, event_id: undefined }, /^event_id: missing/],
    [{ ...EPISODE, event_time: "soon" }, /^event_time: /],
    [{ ...EPISODE, etype: "rumour" }, /^etype: /],
    [{ ...EPISODE, reason: undefined }, /^reason: /],
    [{ ...EPISODE, severity: "spicy" }, /^severity: /],
    [{ ...EPISODE, subject: undefined }, /^subject: missing/],
    [{ ...EPISODE, subject: { kind: "pod" } }, /^subject\.name: missing/],
    [{ ...EPISODE, subject: { kind: "pod", name: "a\u0000" } }, /^subject\.name: holds control/],
  ];
  for (const [value, reason] of cases) {
    const parsed = parseEpisode(value, "prod", AT_MS);
    assert.ok(!parsed.ok);
    assert.match(parsed.reason, reason);
  }
});
