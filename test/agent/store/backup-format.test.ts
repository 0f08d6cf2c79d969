// The backup's lines: what is written is read again, in a form other programs can read.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type BackupRow, endLine, headerLine, parseLine, rowLine } from "../../../agent/store/backup-format.ts";
import { candidate, episode, incident, link, minute, relation, resource, verdict } from "../../kit/graph-builders.ts";

const web = resource({ endedAtMs: minute(5) });

const ROWS: readonly BackupRow[] = [
  { t: "resource", row: web },
  {
    t: "state",
    row: { cluster: "test", rid: web.rid, fromMs: minute(0), toMs: minute(1), patch: [[["status", "phase"], "Pending"], [["rest"]]] },
  },
  { t: "relation", row: relation(web.rid, "RUNS_ON", web.rid, { validToMs: minute(9) }) },
  { t: "episode", row: episode("e", { clearedMs: minute(3) }) },
  { t: "link", row: link("a", "b") },
  {
    t: "incident",
    row: incident("i", {
      resolvedMs: minute(2),
      verdict: verdict({ affected: [{ subject: candidate().subject, role: "at_risk", sinceMs: minute(1) }] }),
    }),
  },
  { t: "mute", row: { id: "m", comment: "", createdAtMs: minute(0), untilMs: minute(1) } },
  {
    t: "feedback",
    row: { cluster: "test", incident: incident("i").id, rid: web.rid, reason: "r", verdict: "confirmed", confidence: 1, atMs: minute(0) },
  },
  { t: "checkpoint", row: { key: "k", value: "v" } },
];

test("every kind of row is read as it was written", () => {
  for (const row of ROWS) assert.deepEqual(parseLine(rowLine(row)), { ok: true, value: row });
  assert.deepEqual(parseLine(headerLine(minute(0))), { ok: true, value: { t: "header", asOfMs: minute(0) } });
  assert.deepEqual(parseLine(endLine(7)), { ok: true, value: { t: "end", rows: 7 } });
});

test("times in the file are RFC 3339, and an object is left as the cluster wrote it", () => {
  assert.match(rowLine({ t: "episode", row: episode("e") }), /"first":"2026-03-01T12:00:00\.000Z"/);
  const own = resource({
    object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "x" }, rest: { data: { firstMs: "1", timeoutMs: 5 } } },
  });
  assert.match(rowLine({ t: "resource", row: own }), /"firstMs":"1","timeoutMs":5/);
});

test("a line that is no row is refused with the reason", () => {
  const refusedBecause = (line: string): string => {
    const parsed = parseLine(line);
    return parsed.ok ? "taken" : parsed.reason;
  };
  assert.match(refusedBecause("{"), /not JSON/);
  assert.match(refusedBecause("[]"), /no row/);
  assert.match(refusedBecause('{"t":"__proto__","row":{}}'), /unknown type/);
  assert.match(refusedBecause('{"t":"link"}'), /no link/);
  assert.match(refusedBecause('{"t":"mute","row":{"id":"m","comment":"","createdAt":"yesterday"}}'), /"createdAt" that is no time/);
  assert.match(refusedBecause('{"t":"mute","row":{"id":7,"comment":""}}'), /"id" is not a text/);
});
