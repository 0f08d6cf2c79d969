// Addresses, kept choices, and when a crashed agent is started again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { afterCrash, type Crashes } from "../../extension/session/crash-limit.ts";
import { urlIn } from "../../extension/session/local-agent.ts";
import { parseAddress, parseTarget } from "../../extension/session/session-state.ts";

test("addresses are read as people write them and kept without a path", () => {
  assert.deepEqual(parseAddress(" localhost:8080 "), { url: "http://localhost:8080" });
  assert.deepEqual(parseAddress("https://kgroot.example/#/incident/1"), { url: "https://kgroot.example" });
  assert.deepEqual(parseAddress("http://user:pass@h:1/x"), { url: "http://h:1" });
  assert.deepEqual(parseAddress("ftp://h"), { reason: "not-http" });
  assert.deepEqual(parseAddress("javascript://h"), { reason: "not-http" });
  for (const text of ["", "  ", "http://", "a b"]) assert.deepEqual(parseAddress(text), { reason: "not-an-address" });
});

test("a kept target is read back, anything else is none", () => {
  assert.deepEqual(parseTarget({ kind: "local", url: "x" }), { kind: "local" });
  assert.deepEqual(parseTarget({ kind: "remote", url: "http://h:1" }), { kind: "remote", url: "http://h:1" });
  assert.deepEqual(parseTarget({ kind: "cluster", context: "prod" }), { kind: "cluster", context: "prod" });
  for (const value of [undefined, null, "demo", {}, { kind: "cluster" }, { kind: "remote" }, { kind: "remote", url: "" }])
    assert.equal(parseTarget(value), undefined);
});

test("a crashed agent is started later each time, and after five crashes in five minutes not at all", () => {
  let crashes: Crashes = [];
  const waits: (number | undefined)[] = [];
  for (let at = 0; at < 6; at++) {
    const next = afterCrash(crashes, at * 10_000);
    crashes = next.crashes;
    waits.push(next.waitMs);
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, undefined]);
  assert.equal(afterCrash(crashes, 1_000_000).waitMs, 500);
});

test("the address is found in what the agent prints, once it is whole", () => {
  assert.equal(urlIn('{\n  "version": "0.1.0",\n  "url": "http://127.0.0.1:4711"\n}\n'), "http://127.0.0.1:4711");
  for (const text of ["", '{"url": "http://127.', "{}", '{"url": "nowhere"}']) assert.equal(urlIn(text), undefined);
});
