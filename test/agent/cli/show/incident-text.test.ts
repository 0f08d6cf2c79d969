// An incident in the terminal and in a ticket: order, width, what is said when something is not known.
import assert from "node:assert/strict";
import { test } from "node:test";
import { analysisText } from "../../../../agent/cli/show/analysis.ts";
import { incidentMarkdown } from "../../../../agent/cli/show/incident-markdown.ts";
import { reportOf } from "../../../../agent/cli/show/incident-report.ts";
import { incidentText } from "../../../../agent/cli/show/incident-text.ts";
import { confidenceWords, percent } from "../../../../agent/cli/show/words.ts";
import { paintFor } from "../../../../agent/cli/terminal.ts";
import type { WireCause } from "../../../../agent/protocol/incident.ts";
import { shopGraph, shopIncident } from "../../../kit/page-fixture.ts";
import { incident, subject } from "../../../kit/wire-builders.ts";

const BASE_MS = Date.UTC(2026, 0, 31, 8);
const STYLE = { width: 100, paint: paintFor(false, {}), nowMs: BASE_MS + 720_000, full: false };

/** Whatever wrapping did to it, the words are these. */
function flat(lines: readonly string[]): string {
  return lines.join(" ").replace(/\s+/g, " ");
}

function order(text: string, ...parts: readonly string[]): void {
  const places = parts.map((part) => text.indexOf(part));
  assert.ok(!places.includes(-1), `missing: ${parts[places.indexOf(-1)]}\n${text}`);
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
}

function cause(over: Partial<WireCause> = {}): WireCause {
  const { rid, kind, name } = subject("Pod", "shop/cart-1");
  return {
    rid,
    kind,
    namespace: "shop",
    name,
    event_id: "e1",
    reason: "OOMKilled",
    category: "resources",
    confidence: 0.8,
    explanation: "It ran out of memory",
    evidence: [],
    ...over,
  };
}

test("the answer comes first, then what it rests on, in the order of the design", () => {
  const { incident: told, timeline } = shopGraph(BASE_MS);
  const text = flat(incidentText({ incident: told, timeline }, STYLE));
  order(
    text,
    "FATAL checkout crash-loops",
    "(12 min ago)",
    "Root cause ConfigMap shop/checkout-settings (ConfigMapChanged): almost certain, 92%",
    "First failure Pod shop/checkout-6b7f9c5d8-2xk4q, CrashLoopBackOff",
    "Impact 7 hit: ",
    " 3 could be hit: ",
    "How it spread",
    "ConfigMap shop/checkout-settings → Deployment shop/checkout (USES)",
    "$ kubectl -n shop get deployment/checkout -o yaml",
    "Timeline",
    "Evidence",
    "“before: http://payments:8080 after: http://payments:8443”",
    "$ kubectl -n shop get configmap checkout-settings -o yaml --show-managed-fields",
    "Other hypotheses",
    "Deployment shop/checkout (EnvironmentChanged), 5%: possible too",
    "Node worker-eu-3 (MemoryPressure), 1%, ranked lower: Two of the three",
    "What could not be seen",
    "Similar incidents before",
    "Its root cause was confirmed",
  );
});

test("replicas that fail alike are one line of the timeline, and --full tells each", () => {
  const { incident: told, timeline } = shopGraph(BASE_MS);
  const lines = (full: boolean) => reportOf({ incident: told, timeline }, full).timeline.shown.map(({ text }) => text);
  assert.equal(lines(false).filter((text) => text.includes("ConnectionRefused")).length, 1);
  assert.match(lines(false).find((text) => text.includes("ConnectionRefused")) ?? "", /and 2 more, 39 times/);
  assert.equal(lines(true).filter((text) => text.includes("ConnectionRefused")).length, 3);
});

for (const width of [80, 100, 120]) {
  test(`no line but a command or one long word is wider than ${width} columns`, () => {
    const { incident: told, timeline } = shopGraph(BASE_MS);
    const lines = incidentText({ incident: told, timeline }, { ...STYLE, width, full: true });
    assert.deepEqual(
      lines.filter((line) => line.length > width && line.trim().includes(" ") && !line.trim().startsWith("$ ")),
      [],
    );
  });
}

test("without a sure cause it says so and names the likeliest", () => {
  const told = incident("i", BASE_MS, { causes: [cause({ confidence: 0.3 })] });
  assert.match(
    incidentText({ incident: told }, STYLE).join("\n"),
    /Root cause {5}not sure\. Likeliest: Pod shop\/cart-1 \(OOMKilled\), 30%/,
  );
  const unknown = incidentText({ incident: incident("i", BASE_MS) }, STYLE).join("\n");
  assert.match(unknown, /Root cause {5}not known: nothing that was seen explains this/);
});

test("hypotheses that were dropped for one reason are told together, without repeating the root cause's name", () => {
  const because = "it is itself explained by Pod shop/cart-1 (OOMKilled)";
  const dropped = ["CrashLoopBackOff", "Unhealthy"].map((reason) =>
    cause({ event_id: reason, reason, confidence: 0.001, rejected_because: because }),
  );
  const told = incident("i", BASE_MS, { root_cause: cause(), causes: [cause(), ...dropped] });
  const text = flat(incidentText({ incident: told }, STYLE));
  assert.match(text, /- its CrashLoopBackOff, <1%; its Unhealthy, <1%, ranked lower: each is itself explained by the root cause/);
});

test("without a timeline the first failure is found among the causes", () => {
  const told = incident("i", BASE_MS, { root_cause: cause(), causes: [cause()], first_critical_failure: "e1" });
  assert.match(incidentText({ incident: told }, STYLE).join("\n"), /First failure {2}the same, OOMKilled \(2026-01-31/);
});

test("a resolved incident says when it ended", () => {
  const told = incident("i", BASE_MS, { state: "resolved", resolved_at: "2026-01-31T09:00:00.000Z" });
  assert.match(incidentText({ incident: told }, STYLE).join("\n"), /resolved 2026-01-31 .*, began 2026-01-31/);
});

test("colours are only painted on", () => {
  const painted = incidentText({ incident: shopIncident(BASE_MS) }, { ...STYLE, paint: paintFor(true, {}) });
  assert.ok(painted.some((line) => line.includes("\u001b[")));
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    const plain = incidentText({ incident: shopIncident(BASE_MS) }, { ...STYLE, paint: paintFor(true, env) });
    assert.deepEqual(plain, incidentText({ incident: shopIncident(BASE_MS) }, STYLE));
  }
});

test("hostile text from the cluster steers neither the terminal nor the ticket", () => {
  const evil = cause({
    name: "a\u001b[2J\u202eb",
    explanation: "[x](http://evil) `rm -rf ~`",
    evidence: [{ source: "log", text: "```\n# Owned\n@team" }],
  });
  const told = incident("i", BASE_MS, { title: "t\u0007\u001b]0;x\u0007", root_cause: evil, causes: [evil] });
  const text = incidentText({ incident: told }, STYLE);
  assert.doesNotMatch(text.join(""), /[\p{Cc}\p{Cf}]/u);
  const markdown = incidentMarkdown({ incident: told }, false).join("\n");
  assert.ok(!markdown.split("\n").some((line) => line.startsWith("# ")), markdown);
  assert.ok(markdown.includes("\\[x\\]\\(http://evil\\)"), markdown);
  assert.ok(markdown.includes("```` ``` # Owned @team ````"), markdown);
});

test("a ticket has the same parts as the terminal, with times in UTC", () => {
  const { incident: told, timeline } = shopGraph(BASE_MS);
  order(
    incidentMarkdown({ incident: told, timeline }, false).join("\n"),
    "## checkout crash-loops",
    "2026-01-31T08:00:00.000Z",
    "**Root cause:** `ConfigMap shop/checkout-settings`",
    "**First failure:**",
    "**Impact:** 7 hit",
    "### How it spread",
    "### Evidence",
    "### Other hypotheses",
    "### What could not be seen",
    "### Similar incidents before",
  );
});

test("of many incidents each has a line, the first five their details, and what the dump lacks is said once", () => {
  const gap = "the dump holds no Node objects: conditions and capacity of the nodes cannot be seen";
  const many = Array.from({ length: 7 }, (_, at) => incident(`i${at}`, BASE_MS, { evidence_gaps: [gap] }));
  const notes = {
    gaps: [gap, gap.replace("Node", "Service")],
    records: 9,
    dropped: 1,
    resources: 8,
    refused: [{ where: "a.json:3", reason: "not JSON" }],
  };
  const text = analysisText(many, notes, STYLE).join("\n");
  order(
    text,
    "7 incidents",
    "7. ERROR    Incident i6",
    "1 of 7",
    "5 of 7",
    "2 further incidents: --full",
    "Looked at 9 records",
    "Node, Service",
    "a.json:3: not JSON",
  );
  assert.equal(text.split("Node").length, 2);
  assert.ok(!text.includes("6 of 7"));
});

test("probabilities have words", () => {
  assert.deepEqual([0.95, 0.8, 0.65, 0.5, 0.3, 0.1].map(confidenceWords), [
    "almost certain",
    "very likely",
    "likely",
    "more likely than not",
    "possible",
    "unlikely",
  ]);
  assert.deepEqual([0, 0.001, 0.874, 1].map(percent), ["0%", "<1%", "87%", "100%"]);
});
