// The Markdown report and the timeline of an incident.
import assert from "node:assert/strict";
import test from "node:test";
import { etypeWord, kindGlyph, linkWidth, severityMark, worst } from "../../webview/marks.ts";
import { markdownReport } from "../../webview/report.ts";
import { axisMarks, timelineOf } from "../../webview/timeline-model.ts";
import { hostileIncident, shopGraph, shopIncident, unsureIncident } from "../kit/page-fixture.ts";
import { incident } from "../kit/wire-builders.ts";

const BASE = Date.parse("2026-06-03T08:00:00.000Z");

test("the report says cause, sureness, spread, impact, what was ruled out and what is missing", () => {
  const report = markdownReport(shopIncident(BASE));
  for (const line of [
    "# checkout crash-loops",
    "**Root cause:** ConfigMap shop/checkout-settings",
    "## How it spread",
    "## Hit",
    "## Could be hit",
    "## Ruled out",
    "## Gaps in the evidence",
    "## Similar incidents",
  ]) {
    assert.ok(report.includes(line), line);
  }
  assert.match(report, /`kubectl -n shop get configmap checkout-settings -o yaml --show-managed-fields`/);
  assert.match(markdownReport(unsureIncident(BASE)), /\*\*Root cause:\*\* not sure/);
});

test("cluster text cannot format the report", () => {
  const report = markdownReport(hostileIncident(BASE));
  assert.ok(!/(^|[^\\])</m.test(report.replace(/`[^`]*`/g, "")), "no tag outside of code");
  const tricky = incident("x", BASE, { title: "# a *b* [c](http://d) | @channel\n## e", evidence_gaps: ["`x`"] });
  assert.match(markdownReport(tricky), /^# \\# a \\\*b\\\* \\\[c\\\]\\\(http:\/\/d\\\) \\\| @\u200bchannel \\#\\# e\n/);
  const cause = { ...hostileIncident(BASE).causes[0]!, evidence: [{ source: "s", text: "t", command: "echo `` `x`" }] };
  assert.match(markdownReport(incident("y", BASE, { causes: [cause] })), /``` echo `` `x` ```/);
});

test("the timeline is in order of time, with bars inside the whole span and its marks", () => {
  const { rows, marks } = timelineOf(shopGraph(BASE));
  assert.deepEqual(
    rows.map((row) => row.entry.event_time),
    rows.map((row) => row.entry.event_time).sort(),
  );
  assert.equal(rows[0]?.role, "root_cause");
  assert.equal(rows.find((row) => row.role === "first_critical")?.entry.event_id, "crash-0");
  assert.ok(rows.every((row) => row.from >= 0 && row.from <= row.to && row.to <= 1));
  assert.ok(marks.length > 0 && marks.every((mark) => mark.at >= 0 && mark.at <= 1));
  const spike = rows.find((row) => row.entry.event_id === "spike");
  assert.equal(spike?.to, 430 / 640);
});

test("a timeline of one moment, or of nothing, is no division by zero", () => {
  const graph = shopGraph(BASE);
  const only = timelineOf({ ...graph, timeline: graph.timeline.slice(0, 1) });
  assert.deepEqual([only.rows[0]?.from, only.rows[0]?.to], [0, 0]);
  assert.deepEqual(timelineOf({ ...graph, timeline: [] }).rows, []);
});

test("axis marks are round and few", () => {
  assert.deepEqual(
    axisMarks(BASE + 1000, BASE + 9 * 60_000),
    [5].map((minute) => BASE + minute * 60_000),
  );
  for (const span of [1000, 60_000, 3_600_000, 40 * 24 * 3_600_000]) assert.ok(axisMarks(BASE, BASE + span).length <= 6, String(span));
});

test("severities differ in shape and word, not only in colour", () => {
  const marks = (["INFO", "WARNING", "ERROR", "FATAL"] as const).map(severityMark);
  assert.equal(new Set(marks.map((mark) => mark.shape)).size, 4);
  assert.equal(new Set(marks.map((mark) => mark.word)).size, 4);
  assert.equal(worst(["WARNING", "FATAL", "INFO"]), "FATAL");
  assert.equal(worst([]), "INFO");
});

test("kinds have kubectl's short names, and foreign kinds something short of their own", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["Deployment", "deploy"],
    ["ConfigMap", "cm"],
    ["CertificateRequest", "cr"],
    ["Certificate", "certif"],
    ["constructor", "constr"],
  ];
  for (const [kind, glyph] of cases) assert.equal(kindGlyph(kind), glyph);
  assert.equal(etypeWord("k8s.change"), "change");
  assert.equal(etypeWord("__proto__"), "__proto__");
  const width = (score: number): number => linkWidth(score, "plain");
  assert.deepEqual([width(-1), width(0), width(1), width(9)], [1, 1, 2, 2]);
  assert.ok(linkWidth(0, "chain") > linkWidth(1, "aside"));
});
