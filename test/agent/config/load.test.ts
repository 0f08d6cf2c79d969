// Settings are read in rising order of strength; what is wrong is named with its place and what was expected.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { isLoopback, maskedConfig, readTls, readTokens, reasoningSettings } from "../../../agent/config/config.ts";
import { type ConfigSources, loadConfig } from "../../../agent/config/load.ts";
import { DEFAULT_REASONING } from "../../../agent/domain/settings.ts";

const linux = { platform: "linux", home: () => "/home/eve" };

function load(sources: Partial<ConfigSources> = {}) {
  const result = loadConfig({ env: {}, machine: linux, ...sources });
  assert.ok(result.ok, result.ok ? "" : result.reason);
  return result.value;
}

function refusal(sources: Partial<ConfigSources>): string {
  const result = loadConfig({ env: {}, machine: linux, ...sources });
  return result.ok ? assert.fail("was accepted") : result.reason;
}

/** A file with this text in a folder that goes with the test. */
function file(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-config-"));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "kgroot.yaml"), text);
  return join(folder, "kgroot.yaml");
}

test("nothing given: loopback, the contract's ports and the contract's numbers", () => {
  const config = load();
  assert.deepEqual([config.store.kind, config.store.path], ["sqlite", "/home/eve/.local/share/kgroot/kgroot.db"]);
  assert.deepEqual([config.http.host, config.http.port, config.metrics.host, config.metrics.port], ["127.0.0.1", 8080, "127.0.0.1", 9090]);
  assert.equal(config.http.tls, undefined);
  assert.deepEqual(reasoningSettings(config), DEFAULT_REASONING);
  assert.throws(() => Object.assign(config.http, { port: 1 }), TypeError);
});

test("flags beat variables beat the file beats defaults", (context) => {
  const yaml = file(context, "cluster: from-file\nhttp: {port: 1001, host: localhost}\nmetrics:\nlog: {level: debug}\n");
  const config = load({
    file: yaml,
    env: { KGROOT_HTTP_PORT: "1002", KGROOT_LOG_LEVEL: "warn" },
    flags: { "http.port": "1003", cluster: undefined },
  });
  assert.deepEqual([config.http.port, config.http.host, config.cluster, config.log.level], [1003, "localhost", "from-file", "warn"]);
  assert.equal(load({ env: { KGROOT_CONFIG: yaml } }).cluster, "from-file");
});

test("variables carry booleans, fractions and lists", () => {
  const env = {
    KGROOT_METRICS_ENABLED: "no",
    KGROOT_REASONING_WINDOW_MINUTES: "7.5",
    KGROOT_HTTP_ALLOWED_ORIGINS: "https://a.example, https://b.example",
    KGROOT_HTTP_TOKENS: '[{"role":"viewer","token":"0123456789abcdef"}]',
  };
  const config = load({ env });
  assert.equal(config.metrics.enabled, false);
  assert.equal(reasoningSettings(config).windowMs, 450_000);
  assert.deepEqual(config.http.allowedOrigins, ["https://a.example", "https://b.example"]);
  assert.deepEqual(readTokens(config), [{ role: "viewer", token: "0123456789abcdef" }]);
});

test("what is wrong is named by path and source, all of it at once", (context) => {
  const yaml = file(
    context,
    [
      "htpp: {port: 1}",
      "http: {prot: 1, tokens: [{role: root, token: 0123456789abcdef}, {role: admin, token: short, tokenfile: /x}]}",
      "store: sqlite",
      "reasoning: {hopsMax: 9, anomalies: {churnMax: many}}",
      "log: {level: loud}",
    ].join("\n"),
  );
  const env = {
    KGROOT_PIPELINE_BATCH_RECORDS_MAX: "fast",
    KGROOT_STORE_PAHT: "/x",
    KGROOT_SERVICE_HOST: "10.0.0.1",
    KGROOT_METRICS_PORT: "tcp://10.0.0.1:9090",
  };
  const lines = refusal({ file: yaml, env, flags: { "http.hots": "x" } }).split("\n");
  assert.deepEqual(
    lines.toSorted(),
    [
      "KGROOT_STORE_PAHT is not a variable that kgroot knows; did you mean KGROOT_STORE_PATH?",
      "htpp (FILE) is not a setting; did you mean http?",
      "http.hots (flags) is not a setting; did you mean http.host?",
      "http.prot (FILE) is not a setting; did you mean port?",
      'http.tokens[0].role (FILE) must be one of viewer, operator, admin, not "root"',
      "http.tokens[1].token (FILE) must be a text of at least 16 characters",
      "http.tokens[1].tokenfile (FILE) is not known; did you mean tokenFile?",
      'log.level (FILE) must be one of debug, info, warn, error, silent, not "loud"',
      'pipeline.batchRecordsMax (KGROOT_PIPELINE_BATCH_RECORDS_MAX) must be a whole number from 1 to 100000, not "fast"',
      'reasoning.anomalies.churnMax (FILE) must be a whole number from 1 to 1000000, not "many"',
      "reasoning.hopsMax (FILE) must be a whole number from 0 to 5, not 9",
      'store (FILE) must be a section with {kind, path, neo4j}, not "sqlite"',
    ].map((line) => line.replace("FILE", yaml)),
  );
});

test("a server that others can reach needs a token; the refusal says what to do", () => {
  assert.match(
    refusal({ env: { KGROOT_HTTP_HOST: "0.0.0.0" } }),
    /^http\.host \(KGROOT_HTTP_HOST\) is "0\.0\.0\.0".*give a token.*or listen on 127\.0\.0\.1$/,
  );
  load({ env: { KGROOT_HTTP_HOST: "0.0.0.0", KGROOT_HTTP_TOKENS: '[{"role":"admin","tokenFile":"/run/token"}]' } });
  for (const host of ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"]) assert.equal(isLoopback(host), true, host);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.com", "example.com", ""]) assert.equal(isLoopback(host), false, host);
});

test("settings that contradict each other are refused", (context) => {
  assert.match(refusal({ flags: { "http.tls.certFile": "/c.pem" } }), /^http\.tls\.keyFile is missing/);
  assert.match(refusal({ flags: { "metrics.port": 8080 } }), /^metrics\.port must differ/);
  assert.match(refusal({ flags: { "logs.keepPatterns": "[(" } }), /^logs\.keepPatterns/);
  assert.match(refusal({ flags: { "logs.keepPatterns": ["("] } }), /^logs\.keepPatterns\[0\] is not a regular expression/);
  assert.match(
    refusal({ flags: { "http.tokens": [{ role: "admin" }, { token: "0123456789abcdef" }] } }),
    /\[0\] must have either.*\n.*\[1\]\.role is missing/,
  );
  assert.match(refusal({ file: file(context, "a: [") }), /kgroot\.yaml: /);
  assert.match(refusal({ file: "/no/such/file.yaml" }), /ENOENT/);
  const homeless = { platform: "linux", home: () => assert.fail("no home") };
  assert.match(refusal({ machine: homeless }), /^store\.path must be given/);
});

test("tokens and keys come from files; a missing or empty one is named", (context) => {
  const token = file(context, "  s3cret-s3cret-s3cret\n");
  const config = load({
    flags: { "http.tokens": [{ role: "admin", tokenFile: token }], "http.tls.certFile": token, "http.tls.keyFile": token },
  });
  assert.deepEqual(readTokens(config), [{ role: "admin", token: "s3cret-s3cret-s3cret" }]);
  assert.deepEqual(readTls(config), { key: "s3cret-s3cret-s3cret", cert: "s3cret-s3cret-s3cret" });
  const withFile = (tokenFile: string) => load({ flags: { "http.tokens": [{ role: "admin", tokenFile }] } });
  assert.throws(() => readTokens(withFile("/no/such/token")), /cannot read the token of admin from \/no\/such\/token/);
  assert.throws(() => readTokens(withFile(file(context, " \n"))), /cannot be empty/);
});

test("what is shown holds no token and can be put back into a file", () => {
  const tokens = [
    { role: "admin", token: "0123456789abcdef" },
    { role: "viewer", tokenFile: "/run/token" },
  ];
  const shown = maskedConfig(load({ flags: { "http.tokens": tokens } }));
  assert.ok(!JSON.stringify(shown).includes("0123456789abcdef"));
  assert.ok(JSON.stringify(shown).includes("/run/token"));
  const again = load({ flags: { "http.tokens": tokens } });
  assert.deepEqual(shown, { ...again, http: { ...again.http, tokens: [{ role: "admin", token: "[redacted]" }, tokens[1]] } });
});

test("the store lies where this kind of machine keeps a user's data", () => {
  const path = (platform: string, env: Record<string, string>) =>
    load({ env, machine: { platform, home: () => "/home/eve" } }).store.path.replaceAll("\\", "/");
  assert.equal(path("linux", { XDG_DATA_HOME: "/data" }), "/data/kgroot/kgroot.db");
  assert.equal(path("linux", { XDG_DATA_HOME: "relative" }), "/home/eve/.local/share/kgroot/kgroot.db");
  assert.equal(path("darwin", {}), "/home/eve/Library/Application Support/kgroot/kgroot.db");
  assert.equal(path("win32", { LOCALAPPDATA: "C:\\Users\\eve\\AppData\\Local" }), "C:/Users/eve/AppData/Local/kgroot/kgroot.db");
});

test("a store in Neo4j needs an address that is one, one password, and one word on whom to trust", () => {
  const given = (more: Readonly<Record<string, unknown>>) => ({ flags: { "store.kind": "neo4j", ...more } });
  assert.equal(load(given({ "store.neo4j.uri": "bolt+s://graph:7687" })).store.neo4j.uri, "bolt+s://graph:7687");
  assert.match(refusal(given({ "store.neo4j.uri": "http://graph:7474" })), /store\.neo4j\.uri .*must look like neo4j:/);
  assert.match(refusal(given({ "store.neo4j.uri": "neo4j+s://graph", "store.neo4j.caFile": "/ca" })), /caFile goes with/);
  assert.match(refusal(given({ "store.neo4j.password": "a", "store.neo4j.passwordFile": "/b" })), /either password or passwordFile/);
});
