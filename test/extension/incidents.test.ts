// The incident tree as data: what is kept, how it is grouped, filtered and paged, and how an item reads.
import assert from "node:assert/strict";
import { test } from "node:test";
import "../kit/vscode-stub.ts";
import type { WireIncident } from "../../agent/protocol/incident.ts";
import { incident, subject } from "../kit/wire-builders.ts";

const { byUrgency, incidentKey, matches, NO_INCIDENTS, SORTINGS, withNews } = await import("../../extension/incidents/incident-set.ts");
const { childrenOf, nodeOf, parentOf, rootsOf } = await import("../../extension/incidents/tree-node.ts");
const { treeItem } = await import("../../extension/incidents/tree-item.ts");
const { age, harmless, oneLine, percent } = await import("../../extension/incidents/words.ts");

const BASE = Date.UTC(2026, 0, 1, 8);

const cause = (name: string): WireIncident["causes"][number] => ({
  ...subject("ConfigMap", `shop/${name}`),
  namespace: "shop",
  event_id: `event-${name}`,
  reason: "ConfigMapChanged",
  category: "config",
  confidence: 0.92,
  explanation: `ConfigMap shop/${name} was changed.`,
  evidence: [],
});

const setOf = (...incidents: WireIncident[]) => withNews(NO_INCIDENTS, { changed: incidents, removed: [] });
const look = (set: ReturnType<typeof setOf>, over = {}) => ({
  set,
  grouping: "severity" as const,
  text: "",
  shown: new Map<string, number>(),
  ...over,
});
const ids = (nodes: readonly { readonly id: string }[]) => nodes.map(({ id }) => id);

test("news moves an incident between open and resolved; muted and removed ones go", () => {
  const open = setOf(incident("a", BASE), incident("b", BASE));
  assert.deepEqual([...open.open.keys()], ["prod/a", "prod/b"]);
  const resolved = withNews(open, { changed: [incident("a", BASE, { state: "resolved" })], removed: [] });
  assert.deepEqual([[...resolved.open.keys()], [...resolved.resolved.keys()]], [["prod/b"], ["prod/a"]]);
  const less = withNews(resolved, { changed: [incident("b", BASE, { muted_by: "rule" })], removed: [{ id: "a", cluster: "prod" }] });
  assert.equal(less.open.size + less.resolved.size, 0);
  assert.equal(open.open.size, 2);
});

test("open incidents are grouped with the worst first, resolved ones come last", () => {
  const set = setOf(
    incident("mild", BASE, { severity: "WARNING" }),
    incident("old", BASE, { severity: "FATAL" }),
    incident("new", BASE + 1_000, { severity: "FATAL" }),
    incident("done", BASE, { state: "resolved" }),
  );
  assert.deepEqual(ids(rootsOf(look(set))), ["severity:FATAL", "severity:WARNING", "resolved"]);
  const [fatal] = rootsOf(look(set));
  assert.deepEqual(ids(childrenOf(fatal!, look(set))), ["incident:prod/new", "incident:prod/old"]);
  assert.deepEqual(ids(rootsOf(look(set, { grouping: "none" }))), [
    "incident:prod/new",
    "incident:prod/old",
    "incident:prod/mild",
    "resolved",
  ]);
  assert.equal(parentOf(nodeOf(set.open.get("prod/old")!, "severity"), look(set))?.id, "severity:FATAL");
});

test("the order within a group is the one that was asked for", () => {
  const hit = (name: string) => ({ ...subject("Pod", `shop/${name}`), role: "symptom" as const });
  const set = setOf(
    incident("wide", BASE, { affected: [hit("a"), hit("b")], confidence: 0.2 }),
    incident("sure", BASE + 1_000, { affected: [], confidence: 0.9 }),
    incident("worst", BASE - 1_000, { affected: [hit("a")], confidence: 0.5, severity: "FATAL" }),
  );
  const order = (sorting: (typeof SORTINGS)[number]) =>
    ids(rootsOf(look(set, { grouping: "none", sorting }))).map((id) => id.split("/")[1]);
  assert.deepEqual(order("urgency"), ["worst", "sure", "wide"]);
  assert.deepEqual(order("hit"), ["wide", "worst", "sure"]);
  assert.deepEqual(order("confidence"), ["sure", "worst", "wide"]);
  assert.deepEqual(order("first-seen"), ["sure", "wide", "worst"]);
});

test("an incident that somebody looks after reads and looks so", () => {
  const item = treeItem(nodeOf(incident("a", BASE, { acknowledged_at: "2026-01-01T08:00:00.000Z" }), "none"), BASE);
  assert.equal(item.contextValue, "acknowledged");
  assert.match(String(item.description), /acknowledged/);
  assert.equal(treeItem(nodeOf(incident("a", BASE), "none"), BASE).contextValue, "incident");
});

test("by namespace an incident stands where its root cause is", () => {
  const set = setOf(
    incident("a", BASE, { root_cause: cause("settings"), causes: [cause("settings")], namespaces: ["front", "shop"] }),
    incident("b", BASE, { namespaces: [] }),
  );
  assert.deepEqual(ids(rootsOf(look(set, { grouping: "namespace" }))), ["namespace:", "namespace:shop"]);
});

test("a long group is paged, and more can be shown", () => {
  const set = setOf(...Array.from({ length: 250 }, (_, at) => incident(`i${String(at).padStart(3, "0")}`, BASE)));
  const [group] = rootsOf(look(set));
  const first = childrenOf(group!, look(set));
  assert.equal(first.length, 101);
  assert.deepEqual(first.at(-1), { type: "more", id: "more:severity:ERROR", group: "severity:ERROR", hiddenCount: 150 });
  assert.equal(childrenOf(group!, look(set, { shown: new Map([["severity:ERROR", 300]]) })).length, 250);
});

test("an incident unfolds into what it has, under ids that stay", () => {
  const one = incident("a", BASE, {
    root_cause: cause("settings"),
    causes: [cause("settings"), { ...cause("other"), rejected_because: "It changed later." }],
    affected: [
      { ...subject("Pod", "shop/web-1"), role: "symptom" },
      { ...subject("Service", "shop/web"), role: "at_risk" },
    ],
    evidence_gaps: ["Events may not be read."],
  });
  const node = nodeOf(one, "severity");
  const sections = childrenOf(node, look(setOf(one)));
  assert.deepEqual(ids(sections), ["causes:prod/a", "symptoms:prod/a", "at-risk:prod/a", "timeline:prod/a", "gaps:prod/a"]);
  const again = childrenOf(nodeOf({ ...one, event_count: 9 }, "severity"), look(setOf(one)));
  assert.deepEqual(ids(again), ids(sections));
  const [root, dropped] = childrenOf(sections[0]!, look(setOf(one))).map((child) => treeItem(child, BASE));
  assert.equal(root?.description, "ConfigMapChanged · 92 % · root cause");
  assert.equal(dropped?.description, "ConfigMapChanged · 92 % · ranked lower");
});

test("an incident reads: cause, sureness, age, how many are hit", () => {
  const one = incident("a", BASE, {
    title: "ConfigMap shop/settings: was changed",
    root_cause: cause("settings"),
    confidence: 0.92,
    affected: [{ ...subject("Pod", "shop/web-1"), role: "symptom" }],
  });
  const item = treeItem(nodeOf(one, "severity"), BASE + 18 * 60_000);
  assert.equal(item.label, "shop/settings");
  assert.equal(item.description, "92 % · 18 min · 1 hit · ConfigMap shop/settings: was changed");
  assert.equal(
    item.accessibilityInformation?.label,
    "ERROR incident, open: ConfigMap shop/settings: was changed. 92 % sure, since 18 min, 1 hit",
  );
  const unsure = treeItem(nodeOf(incident("b", BASE), "severity"), BASE);
  assert.equal(unsure.label, "Incident b");
  assert.match(String(unsure.description), /^not sure · /);
});

test("the filter wants every word somewhere", () => {
  const one = incident("a", BASE, { title: "Checkout is down", affected: [{ ...subject("Pod", "shop/web-1"), role: "symptom" }] });
  for (const text of ["", "checkout", "POD web", "shop down", "error"]) assert.ok(matches(one, text), text);
  for (const text of ["billing", "checkout billing"]) assert.ok(!matches(one, text), text);
});

test("urgency and keys", () => {
  const list = [incident("a", BASE), incident("b", BASE, { severity: "FATAL" }), incident("c", BASE + 5)].sort(byUrgency);
  assert.deepEqual(list.map(incidentKey), ["prod/b", "prod/c", "prod/a"]);
});

test("hostile names stay on one line, and make neither links nor icons", () => {
  assert.equal(oneLine("a\u202eb\nc\u0000d\u2028e"), "a b c d e");
  assert.equal(harmless("[click](command:x) $(flame)"), "[click] (command:x) $ (flame)");
  assert.ok(harmless("x".repeat(1_000)).length <= 200);
  const evil = incident("a", BASE, { title: "[x](command:workbench.action.quit)\n![](http://evil.test/)", summary: "<img src=x>" });
  const { tooltip } = treeItem(nodeOf(evil, "severity"), BASE);
  assert.ok(typeof tooltip === "object" && tooltip !== null);
  assert.ok(!/[^\\]\]\(|[^\\]!\[|[^\\]</.test(tooltip.value), tooltip.value);
});

test("numbers and times", () => {
  assert.deepEqual([0, 0.001, 0.5, 0.999, 1].map(percent), ["0 %", "1 %", "50 %", "99 %", "100 %"]);
  const at = new Date(BASE).toISOString();
  assert.deepEqual(
    [5_000, 90_000, 3 * 3_600_000, 5 * 86_400_000].map((ms) => age(at, BASE + ms)),
    ["5 s", "1 min", "3 h", "5 d"],
  );
  assert.equal(age("never", BASE), "unknown time");
});
