// The command line without a running agent: analyze, help, usage, settings, and work on the store itself.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { brokenPod, desk, healthyPod } from "./run-kgroot.ts";

const SAMPLE = join(import.meta.dirname, "../../../samples/bad-rollout.jsonl.gz");

test("analyze names what is wrong and exits 2", async (t) => {
  const { file, run } = desk(t);
  const { code, out } = await run("analyze", file("pods.json", brokenPod()));
  assert.equal(code, 2);
  assert.match(out, /Pod shop\/cart-1/);
  assert.match(out, /Root cause .*OOMKilled/);
  assert.match(out, /\$ kubectl -n shop /);
  assert.match(out, /Looked at \d+ records? about \d+ resources?/);
});

test("analyze of a healthy dump says that nothing is wrong, what was looked at and what was not, and exits 0", async (t) => {
  const { file, run } = desk(t);
  const { code, out } = await run("analyze", file("pods.json", healthyPod()));
  assert.equal(code, 0);
  assert.match(out, /^Nothing wrong was found\.\n\nLooked at \d+ records? /);
  assert.match(out, /Could not be looked at:/);
});

test("analyze that cannot do it exits 1: a path that is not there, or nothing to judge", async (t) => {
  const { file, run } = desk(t);
  const absent = await run("analyze", "nowhere");
  assert.deepEqual([absent.code, absent.out], [1, ""]);
  assert.match(absent.err, /there is no file or folder nowhere/);
  const empty = await run("analyze", file("notes.txt", "milk, bread\n"));
  assert.deepEqual([empty.code, empty.out], [1, ""]);
  assert.match(empty.err, /nothing was found to judge/);
});

test("analyze --format json is the shape that scripts read, and nothing but it", async (t) => {
  const { file, run } = desk(t);
  const { code, out } = await run("analyze", file("pods.json", brokenPod()), "--format", "json");
  assert.equal(code, 2);
  const answer = JSON.parse(out);
  assert.deepEqual(Object.keys(answer), ["incidents"]);
  const [incident] = answer.incidents;
  for (const key of [
    "id",
    "title",
    "severity",
    "state",
    "first_seen",
    "last_seen",
    "confidence",
    "root_cause",
    "causes",
    "affected",
    "path",
    "evidence_gaps",
  ]) {
    assert.ok(key in incident, key);
  }
  const { kind, namespace, name, reason, evidence } = incident.root_cause;
  assert.deepEqual([kind, namespace, name, reason], ["Pod", "shop", "cart-1", "OOMKilled"]);
  assert.deepEqual(Object.keys(evidence[0]).sort(), ["command", "source", "text"]);
  const healthy = await run("analyze", file("well.json", healthyPod()), "--format", "json");
  assert.deepEqual([healthy.code, JSON.parse(healthy.out)], [0, { incidents: [] }]);
});

test("analyze --format markdown --output writes a ticket", async (t) => {
  const { file, run, folder } = desk(t);
  const { code, out } = await run("analyze", file("pods.json", brokenPod()), "--format", "markdown", "--output", "ticket.md");
  assert.deepEqual([code, out], [2, ""]);
  assert.match(readFileSync(join(folder, "ticket.md"), "utf8"), /^# 1 incident found\n[\s\S]*## [\s\S]*\*\*Root cause:\*\*/);
});

test("hostile text in a dump reaches no terminal", async (t) => {
  const { file, run } = desk(t);
  const hostile = file("pods.json", brokenPod({ message: "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202e[x](http://evil)" }));
  for (const format of ["text", "json", "markdown"]) {
    const { code, out, err } = await run("analyze", hostile, "--format", format, "--full");
    assert.equal(code, 2, err);
    // The only invisible character of our own: it takes the meaning of @ and # away in tickets.
    assert.doesNotMatch(out.replaceAll(/[\n\u200b]/g, ""), /[\p{Cc}\p{Cf}]/u, format);
  }
});

test("a wrong word is named and exits 3", async (t) => {
  const { file, run, runHere, runWith } = desk(t);
  const cases: readonly (readonly [args: readonly string[], says: RegExp])[] = [
    [["analize"], /unknown command 'analize'[\s\S]*analyze/],
    [["analyze", "x", "--fromat", "json"], /unknown option '--fromat'[\s\S]*--format/],
    [["analyze", "x", "--format", "html"], /Allowed choices are text, json, markdown/],
    [["analyze"], /missing required argument 'path'/],
    [["replay", "x", "--speed", "fast"], /max, real, or a number/],
    [["incidents", "--limit", "0"], /whole number from 1 to 500/],
    [["rca"], /an event's id, or a resource with --uid/],
    [["mute", "--comment", "x"], /would mute everything/],
    [["indexes", "ensure", "a"], /names only go with drop/],
    [["config", "--http-port", "high"], /http\.port \(--http-port\) must be a whole number/],
    [["config", "--config", file("bad.yaml", "http: {prot: 1}")], /http\.prot .*did you mean http\.port|did you mean port/],
    [["stats", "--url", "localhost"], /not an address/],
  ];
  for (const [args, says] of cases) {
    const { code, out, err } = await runHere(...args);
    assert.deepEqual([args, code, out], [args, 3, ""]);
    assert.match(err, says);
  }
  assert.equal((await run("analize")).code, 3);
  const fromEnvironment = await runWith({ KGROOT_RETENTION_DAYS: "soon" }, "config");
  assert.equal(fromEnvironment.code, 3);
  assert.match(fromEnvironment.err, /retention\.days \(KGROOT_RETENTION_DAYS\)/);
});

test("help and versions are no failure", async (t) => {
  const { run, runHere } = desk(t);
  const help = await run("--help");
  assert.equal(help.code, 0);
  assert.match(help.out, /Exit codes:[\s\S]*130/);
  const { kgroot } = JSON.parse((await runHere("version", "--output", "json")).out);
  assert.deepEqual(await runHere("--version"), { code: 0, out: `${kgroot}\n`, err: "" });
});

test("without an agent and without a store, a question says what to do", async (t) => {
  const { runHere } = desk(t);
  const { code, err } = await runHere("incidents");
  assert.equal(code, 1);
  assert.match(err, /no agent answers at http:\/\/127\.0\.0\.1:1, and there is no store at .*kgroot agent/s);
});

test("replay, look, judge, keep and clean up, all on the store itself", async (t) => {
  const { folder, runHere } = desk(t);
  const copy = join(folder, "copy.jsonl.gz");
  const json = async (...args: readonly string[]) => {
    const { code, out, err } = await runHere(...args, "--output", "json");
    assert.equal(code, 0, err);
    return JSON.parse(out);
  };
  const replayed = await json("replay", SAMPLE);
  assert.equal(replayed.into, "store");
  assert.ok(replayed.applied > 200 && replayed.refused === 0, JSON.stringify(replayed));
  const { incidents } = await json("incidents", "--namespace", "shop");
  const { id, first_critical_failure: event } = incidents[0];
  assert.match((await runHere("incident", id)).out, /Root cause[\s\S]*Timeline/);
  assert.ok((await json("rca", event)).potential_causes.length > 0);
  assert.ok((await json("stats")).resources > 10);
  assert.deepEqual(await json("confirm", id, "--comment", "rolled back"), { stored: true });
  const mute = await json("mute", "--namespace", "sandbox", "--for", "1h", "--comment", "nobody is on call");
  assert.equal((await json("mutes")).mutes.length, 1);
  assert.deepEqual(await json("unmute", mute.id), { removed: true });
  assert.equal((await runHere("unmute", mute.id)).code, 1);
  const { rows } = await json("backup", copy);
  assert.equal((await runHere("restore", copy)).code, 1, "a store that holds something is not overwritten by mistake");
  assert.deepEqual(await json("restore", copy, "--replace"), { rows });
  assert.deepEqual((await json("indexes", "drop", "episodic_reason")).changed, ["episodic_reason"]);
  const { indexes } = await json("indexes", "ensure");
  assert.deepEqual([...new Set(indexes.map(({ state }: { state: string }) => state))], ["online"]);
  assert.equal((await json("cleanup", "--days", "0", "--dry-run")).dry_run, true);
  const { findings } = await json("doctor");
  assert.deepEqual([...new Set(findings.map((finding: { status: string }) => finding.status))], ["ok"]);
});

test("config shows what is in force, with tokens masked", async (t) => {
  const { file, runHere } = desk(t);
  const yaml = file("kgroot.yaml", 'cluster: prod\nhttp: {tokens: [{role: admin, token: "0123456789abcdefgh"}]}\n');
  const { code, out } = await runHere("config", "--config", yaml, "--http-port", "1234");
  assert.equal(code, 0);
  assert.match(out, /^cluster: "prod"$/m);
  assert.match(out, /^http\.port: 1234$/m);
  assert.doesNotMatch(out, /0123456789/);
});

test("demo --once finds the root cause of its recording and leaves nothing behind", async (t) => {
  const { runWith, folder } = desk(t);
  const { code, out } = await runWith({ TMPDIR: folder }, "demo", "--once", "--no-open");
  assert.equal(code, 0);
  assert.match(out, /Root cause {5}ConfigMap shop\/shop-config/);
  assert.match(out, /Evidence[\s\S]*\$ kubectl/);
  assert.deepEqual(readdirSync(folder), []);
});
