// Documents and commands that are made of what a cluster says: complete, and without obeying it.
import assert from "node:assert/strict";
import { test } from "node:test";
import "../kit/vscode-stub.ts";
import { ConnectionError, RpcError } from "../../agent/client/errors.ts";
import { RPC_ERRORS } from "../../agent/protocol/rpc.ts";
import { shopGraph, stats } from "../kit/page-fixture.ts";
import { incident, subject } from "../kit/wire-builders.ts";

const { explanation } = await import("../../extension/documents/explanation.ts");
const { healthReport, statisticsReport } = await import("../../extension/documents/reports.ts");
const { code, prose } = await import("../../extension/documents/markdown.ts");
const { commandsFor } = await import("../../extension/commands/kubectl.ts");
const { failureWords } = await import("../../extension/commands/failure-words.ts");

const BASE = Date.UTC(2026, 0, 1, 8);

test("an explanation has cause, evidence with commands, spread, impact, other hypotheses and gaps", () => {
  const graph = shopGraph(BASE);
  const text = explanation(graph);
  for (const heading of ["Root cause", "How it spread", "Hit", "Could be hit", "Other hypotheses", "Timeline", "What could not be seen"])
    assert.ok(text.includes(`\n## ${heading}\n`), heading);
  const command = graph.incident.root_cause?.evidence.find((one) => one.command)?.command;
  assert.ok(command && text.includes(`\`${command}\``));
});

test("without a root cause the explanation says so", () => {
  const text = explanation({ incident: incident("a", BASE), nodes: [], links: [], timeline: [], truncated: false });
  assert.match(text, /## Root cause\n\nNot sure/);
  assert.ok(!text.includes("## How it spread"));
});

test("text from a cluster cannot become markup", () => {
  assert.equal(prose("[x](http://e) <img> **b** `c`"), "\\[x\\]\\(http://e\\) \\<img\\> \\*\\*b\\*\\* \\`c\\`");
  assert.equal(prose("# heading\n- item"), "\\# heading - item");
  assert.equal(code("a ``` b"), "```` a ``` b ````");
  assert.equal(code(""), "`  `");
});

test("the health check puts the worst first and says what to do", () => {
  const text = healthReport([
    { component: "store", status: "ok", text: "opens" },
    { component: "disk", status: "error", text: "is full", action: "free some" },
  ]);
  assert.match(text, /1 of 2 findings need a look/);
  assert.ok(text.indexOf("disk") < text.indexOf("store"));
  assert.match(text, /→ free some/);
});

test("the statistics name every count", () => {
  const text = statisticsReport(stats(BASE));
  for (const kind of Object.keys(stats(BASE).resources_by_kind)) assert.ok(text.includes(`| ${kind} |`), kind);
});

test("kubectl commands are quoted so that a shell reads one word", () => {
  const resource = { ...subject("Pod", "shop/web-1"), role: "symptom" as const };
  const node = { type: "resource", id: "x", incident: incident("a", BASE), resource } as const;
  assert.deepEqual(commandsFor(node), ["kubectl -n shop describe pod/web-1"]);
  const evil = { ...node, resource: { ...resource, name: "x; rm -rf $HOME'" } };
  assert.deepEqual(commandsFor(evil), ["kubectl -n shop describe 'pod/x; rm -rf $HOME'\\'''"]);
});

test("failures are told with what to do, and a cancelled command is not told at all", () => {
  assert.equal(failureWords(new RpcError(RPC_ERRORS.cancelled, "cancelled", undefined)), undefined);
  assert.equal(failureWords(new DOMException("no more", "AbortError")), undefined);
  assert.match(failureWords(new RpcError(RPC_ERRORS.forbidden, "needs admin", undefined)) ?? "", /token does not allow.*needs admin/);
  assert.match(failureWords(new ConnectionError("lost", "gone")) ?? "", /not known/);
  assert.equal(failureWords("[x](command:y)"), "[x] (command:y)");
});
