// What log lines say: every pattern with its examples and near misses, and the level of lines in the formats of common loggers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LOG_GROUPS } from "../../../agent/knowledge/log-pattern.ts";
import { LOG_PATTERNS, logSeverity, matchLog } from "../../../agent/knowledge/log-patterns.ts";

test("every pattern matches its examples, names their target, and leaves its near misses alone", () => {
  for (const { id, examples, negatives, needles } of LOG_PATTERNS) {
    assert.ok(examples.length > 0 && negatives.length > 0, id);
    for (const needle of needles) assert.equal(needle, needle.toLowerCase(), id);
    for (const [line, target] of examples) {
      const match = matchLog(line);
      assert.deepEqual([match?.pattern.id, match?.target], [id, target], line);
    }
    for (const line of negatives) assert.notEqual(matchLog(line)?.pattern.id, id, line);
  }
});

test("there are at least 40 patterns, with unique ids, in all ten groups", () => {
  assert.ok(LOG_PATTERNS.length >= 40);
  assert.equal(new Set(LOG_PATTERNS.map(({ id }) => id)).size, LOG_PATTERNS.length);
  assert.deepEqual([...new Set(LOG_PATTERNS.map(({ group }) => group))].sort(), [...LOG_GROUPS].sort());
});

test("no pattern has an unbounded quantifier, so that a hostile line costs no more than its length", () => {
  for (const { id, regex, targets } of LOG_PATTERNS) {
    for (const { source } of [regex, ...(targets ?? [])]) {
      const bare = source.replace(/\\./g, "x").replace(/\[[^\]]*\]/g, "x");
      assert.doesNotMatch(bare, /[*+]|\{\d+,\}/, `${id}: ${source}`);
    }
  }
});

test("a number that is not a status is no HTTP error", () => {
  for (const line of [
    "imported 500 rows",
    "503",
    "id=503 done",
    'GET /item/500 HTTP/1.1" 200 503',
    "took 504 ms",
    "listening on :5000",
    "user 502 logged in",
  ]) {
    assert.equal(matchLog(line), undefined, line);
  }
});

test("a line is looked at only so far", () => {
  assert.equal(matchLog(`${"x".repeat(3_000)} connection refused`), undefined);
  assert.equal(matchLog(`connection refused ${"x".repeat(3_000)}`)?.pattern.id, "ConnectionRefused");
});

test("the name a line speaks of is preferred to an address in it", () => {
  assert.equal(
    matchLog('Get "http://stock.shop.svc:8080/x": dial tcp 10.96.0.3:8080: connect: connection refused')?.target,
    "stock.shop.svc:8080",
  );
  assert.equal(matchLog("redis://user:pw@cache:6379 connection refused")?.target, "cache:6379");
  assert.equal(matchLog('caller=main.go:216 msg="connection refused"')?.target, undefined);
});

test("the level is read from the formats of common loggers", () => {
  const check = (line: string, expected: string | undefined) => assert.equal(logSeverity(line), expected, line);
  check('{"ts":"2026-01-02T03:04:05Z","level":"error","msg":"boom"}', "ERROR");
  check('{"msg":"boom","severity":"CRITICAL"}', "FATAL");
  check('{"level":50,"time":1700000000000,"msg":"boom"}', "ERROR");
  check('{"t":{"$date":"2026-01-02"},"s":"E","c":"NETWORK"}', "ERROR");
  check('{"message":"an error happened","level":"info"}', "INFO");
  check('time="2026-01-02T03:04:05Z" level=warning msg="error=nil"', "WARNING");
  check("ts=2026-01-02 lvl=eror msg=x", "ERROR");
  check("E0312 10:00:00.000001       1 reflector.go:147] failed to watch", "ERROR");
  check("Nov 10 14:17:41 node kubelet[2296]: I1110 14:17:41.900391 2296 x.go:1] ERROR in text", "INFO");
  check("2026-01-02 03:04:05.678 ERROR 1 --- [main] c.a.Shop : boom", "ERROR");
  check("2026-01-02 03:04:05,678 - app - WARNING - slow", "WARNING");
  check("ERROR:app:boom", "ERROR");
  check('INFO:     127.0.0.1 - "GET / HTTP/1.1" 200 OK', "INFO");
  check("2026/01/02 03:04:05 [error] 29#29: *1 open() failed", "ERROR");
  check("[2026-01-02 03:04:05][12][critical][main] x", "FATAL");
  check("2026-01-02T03:04:05Z [Warning] [MY-010055] [Server] x", "WARNING");
  check("2026-01-02 03:04:05 UTC [12] FATAL:  sorry, too many clients already", "FATAL");
  check("\u001b[31mERROR\u001b[0m boom", "ERROR");
  check("10:00AM ERR boom err=x", "ERROR");
  check("fail: Microsoft.AspNetCore.Server[13]", "ERROR");
  check("Error: Cannot find module 'x'", "ERROR");
  check("SEVERE: Servlet.service() threw exception", "ERROR");
});

test("the word error in a text is no level", () => {
  for (const line of [
    "done, 0 errors",
    "error=nil duration=3ms",
    "processed with ERRORS=0",
    "GET /ERROR.html 200",
    "handled the last error well",
    `${"x".repeat(130)} ERROR`,
    "",
  ]) {
    assert.equal(logSeverity(line), undefined, line);
  }
  assert.equal(logSeverity("INFO retry after ERROR from peer"), "INFO");
});
