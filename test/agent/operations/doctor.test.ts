// The health check judges what it is given: versions, clock, sources, lag and settings, each warning with what to do.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Config } from "../../../agent/config/config.ts";
import { loadConfig } from "../../../agent/config/load.ts";
import { type DoctorInput, doctor, examine } from "../../../agent/operations/doctor.ts";
import { fakeServices } from "../../kit/fake-services.ts";

const NOW_MS = Date.UTC(2026, 2, 1, 12);
const MINUTE_MS = 60_000;

function config(flags: Record<string, unknown> = {}): Config {
  const loaded = loadConfig({ env: {}, flags: { "store.path": "/tmp/never-opened.db", ...flags } });
  assert.ok(loaded.ok, loaded.ok ? "" : loaded.reason);
  return loaded.value;
}

function input(over: Partial<DoctorInput> = {}): DoctorInput {
  return {
    config: config(),
    store: [{ component: "store", status: "ok", text: "the store is whole" }],
    sources: [],
    newestMs: NOW_MS - MINUTE_MS,
    nowMs: NOW_MS,
    node: "24.21.0",
    kgroot: "0.1.0",
    sqlite: "3.50.0",
    openTokenFiles: [],
    ...over,
  };
}

test("a healthy agent has no finding that asks for anything", () => {
  const findings = examine(input());
  assert.deepEqual(
    findings.filter(({ status, action }) => status !== "ok" || action !== undefined),
    [],
  );
  assert.deepEqual(
    findings.map(({ component }) => component),
    ["versions", "clock", "store", "sources", "lag", "configuration"],
  );
});

const TOKENS = [{ role: "admin", tokenFile: "/run/secrets/admin" }];

const CASES: readonly (readonly [name: string, over: Partial<DoctorInput>, component: string, status: string, text: RegExp])[] = [
  ["an old Node", { node: "20.11.1" }, "versions", "error", /Node 20\.11\.1.*not supported/],
  ["Node 22 before node:sqlite was usable", { node: "22.12.0" }, "versions", "error", /not supported/],
  ["Node 24 before 24.6", { node: "24.5.0" }, "versions", "error", /not supported/],
  ["a clock that lost its battery", { nowMs: Date.UTC(2015, 0, 1), newestMs: undefined }, "clock", "error", /2015-01-01/],
  ["records from the future", { newestMs: NOW_MS + 10 * MINUTE_MS }, "clock", "warning", /10 min ahead/],
  ["what the store says", { store: [{ component: "store", status: "error", text: "damaged" }] }, "store", "error", /^damaged$/],
  [
    "a source that fails",
    { sources: [{ name: "pods", state: "failing", reason: "forbidden" }] },
    "sources",
    "error",
    /pods is failing: forbidden/,
  ],
  ["a silent source", { sources: [{ name: "pods", state: "running", newestMs: NOW_MS - 60 * MINUTE_MS }] }, "lag", "warning", /60 min/],
  [
    "an open API without TLS",
    { config: config({ "http.host": "0.0.0.0", "http.tokens": TOKENS }) },
    "configuration",
    "warning",
    /without TLS/,
  ],
  [
    "files anywhere on an open API",
    { config: config({ "http.host": "0.0.0.0", "http.tokens": TOKENS }) },
    "configuration",
    "warning",
    /any file on this machine/,
  ],
  ["metrics for everybody", { config: config({ "metrics.host": "0.0.0.0" }) }, "configuration", "warning", /asks for no token/],
  [
    "a token in the settings",
    { config: config({ "http.tokens": [{ role: "viewer", token: "0123456789abcdef" }] }) },
    "configuration",
    "warning",
    /role viewer stands in the settings/,
  ],
  ["a token file that all may read", { openTokenFiles: ["/etc/to ken"] }, "configuration", "warning", /\/etc\/to ken/],
];

for (const [name, over, component, status, text] of CASES) {
  test(`${name} is found`, () => {
    const found = examine(input(over)).find((finding) => finding.component === component && text.test(finding.text));
    assert.equal(found?.status, status);
    if (component !== "store") assert.ok(found?.action, "a person is told what to do");
    assert.ok(!JSON.stringify(found).includes("0123456789abcdef"), "a token is never shown");
  });
}

test("quiet is no lag where nothing is watched", () => {
  const findings = examine(input({ newestMs: NOW_MS - 600 * MINUTE_MS }));
  assert.equal(findings.find(({ component }) => component === "lag")?.status, "ok");
});

test("the machine is asked for token files that others may read", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-doctor-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "token");
  writeFileSync(file, "0123456789abcdef");
  const { store } = fakeServices();
  const ask = async () => {
    const settings = config({ "http.tokens": [{ role: "admin", tokenFile: file }] });
    const findings = await doctor({ config: settings, store, sources: [], kgroot: "0.1.0", nowMs: NOW_MS });
    return findings.filter(({ component, status }) => component === "configuration" && status === "warning").map(({ action }) => action);
  };
  chmodSync(file, 0o644);
  assert.deepEqual(await ask(), [`chmod 600 '${file}'`]);
  chmodSync(file, 0o600);
  assert.deepEqual(await ask(), []);
});
