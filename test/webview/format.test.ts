// Words, numbers and times as the page shows them.
import assert from "node:assert/strict";
import test from "node:test";
import * as format from "../../webview/format.ts";

const NOW = Date.parse("2026-06-03T10:00:00.000Z");
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

test("times are local, with the day only when it is another one, and UTC is exact", () => {
  assert.equal(format.clock("2026-06-03T08:42:17.250Z", NOW, "Europe/Berlin"), "10:42:17");
  assert.equal(format.clock("2026-06-01T08:42:17.250Z", NOW, "Europe/Berlin"), "1 Jun 10:42:17");
  assert.equal(format.utc("2026-06-03T08:42:17.250Z"), "2026-06-03 08:42:17.250 UTC");
  assert.equal(format.clock("nonsense", NOW), "unknown time");
});

test("durations use at most two units", () => {
  const cases: readonly (readonly [number, string])[] = [
    [-5, "0 s"],
    [45_000, "45 s"],
    [18 * 60_000, "18 min"],
    [125 * 60_000, "2 h 5 min"],
    [3_600_000, "1 h"],
    [76 * 3_600_000, "3 d 4 h"],
  ];
  for (const [ms, text] of cases) assert.equal(plain(format.span(ms)), text);
  assert.equal(plain(format.ago("2026-06-03T09:42:00Z", NOW)), "18 min ago");
  assert.equal(format.ago("2026-06-03T10:00:30Z", NOW), "just now");
});

test("a probability is never rounded up to certainty nor down to none", () => {
  const cases: readonly (readonly [number, string])[] = [
    [0.923, "92 %"],
    [0.997, "99 %"],
    [1, "100 %"],
    [0.001, "1 %"],
    [0, "0 %"],
  ];
  for (const [share, text] of cases) assert.equal(plain(format.percent(share)), text);
  assert.equal(plain(format.sureness({ root_cause: {}, confidence: 0.92 })), "92 % sure");
  assert.equal(format.sureness({ root_cause: null, confidence: 0.4 }), "not sure");
});

test("kinds get their English plural", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["Pod", "Pods"],
    ["Ingress", "Ingresses"],
    ["NetworkPolicy", "NetworkPolicies"],
    ["Endpoints", "Endpoints"],
    ["Gateway", "Gateways"],
  ];
  for (const [kind, plural] of cases) assert.equal(format.pluralKind(kind), plural);
});

test("hostile text keeps its letters and loses what reorders, hides or breaks the line", () => {
  assert.equal(format.oneLine("a\u202egnp.exe\u200b\nb\u0007"), "agnp.exe b ");
  assert.equal(format.manyLines("one\u202e\r\n\ttwo\u0000"), "one\n\ttwo ");
});

test("text that is too wide is cut in the middle or at the end, to the widest that fits", () => {
  const width = (text: string): number => [...text].length;
  assert.equal(format.fitText("checkout-6b7f9c5d8-2xk4q", 12, width, "middle"), "checko…2xk4q");
  assert.equal(format.fitText("ConfigMapChanged", 9, width, "end"), "ConfigMa…");
  assert.equal(format.fitText("short", 9, width, "middle"), "short");
  assert.equal(format.fitText("anything", 0, width, "middle"), "…");
});
