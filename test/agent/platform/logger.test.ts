// Lines are whole, filtered by level, and carry neither secrets nor control characters.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createLogger, type LoggerOptions } from "../../../agent/platform/logger.ts";

function capture(options: Partial<LoggerOptions>) {
  const lines: string[] = [];
  return { lines, log: createLogger({ level: "info", format: "json", write: (line) => lines.push(line), ...options }) };
}

test("a JSON line has time, level, message and masked fields, the child's among them", () => {
  const { lines, log } = capture({});
  log.debug("not written");
  const cause = new Error("token=abc123 refused");
  log.child({ source: "replay" }).error("could not connect", { password: "x", err: new Error("to redis://:pw@cache", { cause }) });
  assert.equal(lines.length, 1);
  const line = JSON.parse(lines[0] ?? "");
  assert.match(line.time, /^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/);
  assert.equal(line.message, "could not connect");
  assert.equal(line.source, "replay");
  assert.equal(line.password, "[redacted]");
  assert.equal(line.err.message, "to redis://[redacted]@cache");
  assert.equal(line.err.cause.message, "token=[redacted] refused");
});

test("a pretty line is one line, hostile control characters shown as escapes", () => {
  const { lines, log } = capture({ format: "pretty" });
  log.warn("record refused", { reason: "name is \u001b[31mred\nERROR forged line", count: 2 });
  assert.match(
    lines.join(""),
    /^\d\d:\d\d:\d\d\.\d{3} WARN {2}record refused reason=name is \\u001b\[31mred\\u000aERROR forged line count=2\n$/,
  );
});
