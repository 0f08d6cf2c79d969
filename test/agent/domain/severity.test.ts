// The four severities: their words, their order, and how far they are raised (contracts.md §6, §8).
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSeverity, raiseSeverity, SEVERITIES, severityRank, worseSeverity } from "../../../agent/domain/severity.ts";

test("other systems' words stand for one of four, in any case", () => {
  const words = {
    NORMAL: "INFO",
    warn: "WARNING",
    Err: "ERROR",
    critical: "FATAL",
    ALERT: "FATAL",
    emerg: "FATAL",
    PANIC: "FATAL",
    " info ": "INFO",
  };
  for (const [word, severity] of Object.entries(words)) assert.equal(parseSeverity(word), severity, word);
  for (const word of ["", "bad", "constructor", "__proto__"]) assert.equal(parseSeverity(word), undefined, word);
});

test("severities are ordered, and the worse of two is the later", () => {
  assert.deepEqual(SEVERITIES.map(severityRank), [0, 1, 2, 3]);
  assert.equal(worseSeverity("WARNING", "ERROR"), "ERROR");
  assert.equal(worseSeverity("FATAL", "INFO"), "FATAL");
});

test("raising ends at FATAL and leaves INFO alone: what is expected stays expected", () => {
  assert.equal(raiseSeverity("WARNING", 1), "ERROR");
  assert.equal(raiseSeverity("WARNING", 2), "FATAL");
  assert.equal(raiseSeverity("ERROR", 5), "FATAL");
  assert.equal(raiseSeverity("INFO", 3), "INFO");
});
