// Log lines in every wrapping: which are kept, what they say, whose they are and when they were written.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Occurrence } from "../../../../agent/domain/signal.ts";
import { parseLog } from "../../../../agent/sources/logs/parse-log.ts";
import { readLine } from "../../../../agent/sources/logs/read-line.ts";

const AT_MS = Date.UTC(2026, 0, 2, 12);
const WHERE = { pod: "web-1", namespace: "shop", container: "app", at: "2026-01-02T11:59:00Z" };

function kept(value: unknown): Occurrence {
  const parsed = parseLog(value, "prod", AT_MS);
  assert.ok(parsed.ok, parsed.ok ? "" : parsed.reason);
  assert.ok("kept" in parsed.value, "dropped");
  return parsed.value.kept;
}

test("each wrapping gives up its message and its time", () => {
  const refused = "connection refused by db";
  const at = Date.UTC(2026, 0, 2, 11, 58, 1, 500);
  for (const line of [
    `2026-01-02T11:58:01.500000000Z ${refused}`,
    `2026-01-02T11:58:01.500Z stderr F ${refused}`,
    `[pod/web-1/app] 2026-01-02T11:58:01.5Z ${refused}`,
    JSON.stringify({ log: `${refused}\n`, stream: "stderr", time: "2026-01-02T11:58:01.5Z" }),
    JSON.stringify({ level: "error", msg: refused, ts: at / 1000 }),
    JSON.stringify({ severity: "ERROR", "@timestamp": "2026-01-02T12:58:01.500+01:00", message: refused }),
    `ts=2026-01-02T11:58:01.500Z level=error msg="${refused}"`,
    `E0102 11:58:01.500000       1 main.go:12] ${refused}`,
    `Jan  2 11:58:01.500000 node-1 kubelet[22]: E0102 11:58:01.400000    2296 x.go:1] ${refused}`,
  ]) {
    const said = readLine(line, AT_MS);
    assert.deepEqual([said.message, said.timeMs], [refused, at], line);
  }
  assert.equal(readLine(`2026-01-02 11:58:01,500 - ERROR - ${refused}`, AT_MS).timeMs, at);
  assert.equal(readLine('{"level":"error","msg":"save failed","err":{"message":"disk full"}}', AT_MS).message, "save failed: disk full");
});

test("a line of a known pattern is kept, with the pattern as reason and the host it names as target", () => {
  const occurrence = kept({ ...WHERE, line: "dial tcp: lookup db.data.svc on 10.96.0.10:53: no such host" });
  assert.deepEqual(
    [occurrence.etype, occurrence.target, occurrence.subject, occurrence.firstMs],
    ["k8s.log", "db.data.svc", { kind: "Pod", namespace: "shop", name: "web-1" }, Date.UTC(2026, 0, 2, 11, 59)],
  );
  assert.equal(occurrence.discriminator, `${occurrence.reason}/app`);
  assert.match(occurrence.evidence[0]?.command ?? "", /^kubectl -n shop logs web-1 -c app --timestamps --since-time=2026-01-02T11:59:00Z$/);
});

test("ERROR and FATAL are kept for their level alone, lower levels and chatter are dropped", () => {
  assert.deepEqual(
    ["ERROR: cannot frobnicate", '{"level":"fatal","msg":"giving up"}'].map((line) => kept({ ...WHERE, line }).reason),
    ["LogError", "LogFatal"],
  );
  for (const line of ["GET /items 200", "INFO: served 500 requests in 503 ms", "level=info msg=ready", "WARN slow query"]) {
    const parsed = parseLog({ ...WHERE, line }, "prod", AT_MS);
    assert.ok(parsed.ok && "dropped" in parsed.value, line);
  }
});

test("the same failure told at INFO is no more than a warning", () => {
  assert.equal(
    kept({ ...WHERE, line: 'level=info msg="retrying" err="dial tcp 10.0.0.9:5432: connect: connection refused"' }).severity,
    "WARNING",
  );
});

test("a component that calls its own line informational reports no failure with it", () => {
  const line = (letter: string) =>
    `${letter}0102 11:58:01.000000 2 proxy.go:1] "retrying" err="dial tcp 10.0.0.9:5432: connect: connection refused"`;
  assert.deepEqual(
    ["I", "E"].map((letter) => kept({ ...WHERE, line: line(letter) }).severity),
    ["INFO", "ERROR"],
  );
});

test("Vector's record, a LogRecord with fallbacks, and a kubelet's journal line find their subject", () => {
  const vector = kept({
    message: "panic: nil map",
    timestamp: "2026-01-02T11:59:00Z",
    kubernetes: { pod_name: "web-1", pod_namespace: "shop", pod_uid: "u-1", container_name: "app" },
  });
  assert.deepEqual(vector.subject, { kind: "Pod", uid: "u-1", namespace: "shop", name: "web-1" });
  const record = kept({
    event_id: "log-1",
    event_time: "2026-01-02T11:59:00Z",
    etype: "k8s.log",
    severity: "ERROR",
    reason: "x",
    message: "it broke",
    subject: { kind: "Pod" },
    pod_uid: "u-1",
    pod_namespace: "shop",
    pod_name: "web-1",
  });
  assert.deepEqual([record.eid, record.subject.uid], ["log-1", "u-1"]);
  const journal = kept({
    line: 'Jan  2 11:58:01 node-1 kubelet[2]: E0102 11:58:01.000000 2 pod_workers.go:1] "Error syncing pod, skipping" err="CrashLoopBackOff" pod="shop/web-1"',
  });
  assert.deepEqual(journal.subject, { kind: "Pod", namespace: "shop", name: "web-1" });
  assert.deepEqual(kept({ line: "Jan  2 11:58:01 node-1 kubelet[2]: E0102 11:58:01.000000 2 x.go:1] container runtime is down" }).subject, {
    kind: "Node",
    name: "node-1",
  });
});

test("a stack trace is read to the line that says what happened", () => {
  const trace = kept({
    ...WHERE,
    line: "ERROR request failed\n\tat a.B.c(B.java:1)\nCaused by: java.lang.OutOfMemoryError: Java heap space",
  });
  assert.notEqual(trace.reason, "LogError");
  assert.match(trace.message, /Caused by/);
});

test("secrets in a line are masked, long lines are cut, the id is the same each time", () => {
  const line = `ERROR login failed password=hunter2 ${"x ".repeat(5000)}`;
  const occurrence = kept({ ...WHERE, line });
  assert.doesNotMatch(JSON.stringify(occurrence), /hunter2/);
  assert.ok(occurrence.message.length <= 2048);
  assert.equal(occurrence.eid, kept({ ...WHERE, line }).eid);
  assert.notEqual(occurrence.eid, kept({ ...WHERE, line: `ERROR other ${line}` }).eid);
});

test("a bad record is refused, a line without a zone is never put into the future", () => {
  for (const bad of [
    null,
    { pod: "a" },
    { line: "ERROR x", at: WHERE.at },
    { line: "ERROR x", pod: "a" },
    { line: "ERROR x", pod: "a", at: "2027-01-01T00:00:00Z" },
    { line: "ERROR x", pod: "a\n", at: WHERE.at },
  ]) {
    assert.equal(parseLog(bad, "prod", AT_MS).ok, false, JSON.stringify(bad));
  }
  assert.equal(kept({ pod: "a", line: "2026-01-02 12:30:00 ERROR x" }).firstMs, AT_MS);
});
