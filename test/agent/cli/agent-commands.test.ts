// The command line beside a running agent: start and stop, ports, tokens, long calls, cancelling.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { runCommandLine } from "../../../agent/cli/program.ts";
import { fakeServices } from "../../kit/fake-services.ts";
import { startTestApi, TOKENS } from "../../kit/start-api.ts";
import { desk, fakeTerminal } from "./run-kgroot.ts";

const SAMPLE = join(import.meta.dirname, "../../../samples/bad-rollout.jsonl.gz");

test("an agent is started, fed and asked, and a SIGTERM ends it in order", async (t) => {
  const { agent, run } = desk(t);
  const { url, stop } = await agent();
  const replayed = await run("replay", SAMPLE, "--url", url);
  assert.match(replayed.out, /replayed into the agent at http:\/\/127\.0\.0\.1:\d+/);
  const list = await run("incidents", "--url", url, "--state", "open");
  const id = /kgroot incident (\w+)/.exec(list.out)?.[1] ?? "";
  assert.match((await run("incident", id, "--url", url, "--format", "markdown")).out, /^## ConfigMap shop\/shop-config/);
  const backup = await run("backup", "copy.gz", "--url", url, "--output", "json");
  assert.ok(JSON.parse(backup.out).rows > 0);
  const locked = await run("stats");
  assert.equal(locked.code, 1, "an agent that is not found at the settings' address still holds its store");
  assert.match(locked.err, /in use by process \d+.*--url/);
  assert.equal(await stop(), 0);
  assert.equal((await run("stats")).code, 0, "now the store is free");
});

test("a port that is taken is named, with what to do", async (t) => {
  const { agent, run } = desk(t);
  const { url } = await agent();
  const { port } = new URL(url);
  const { code, err } = await run("agent", "--http-port", port, "--metrics-port", "0", "--store-path", "other.db");
  assert.equal(code, 1);
  assert.match(err, new RegExp(`port ${port} on 127\\.0\\.0\\.1 is taken[\\s\\S]*--http-port`));
});

test("with no agent at the address that was given, the store is not asked instead", async (t) => {
  const { runHere } = desk(t);
  const { code, err } = await runHere("stats", "--url", "http://127.0.0.1:1");
  assert.equal(code, 1);
  assert.match(err, /no agent answers at http:\/\/127\.0\.0\.1:1\n/);
});

test("a token opens what its role may do; none or a wrong one is told so", async (t) => {
  const { file } = desk(t);
  const api = await startTestApi(t, fakeServices(), { tokens: TOKENS });
  const ask = async (...args: readonly string[]) => {
    const own = fakeTerminal();
    return { code: await runCommandLine([...args, "--url", api.address], own), ...own.texts };
  };
  const none = await ask("stats");
  assert.equal(none.code, 1);
  assert.match(none.err, /--token-file/);
  assert.match((await ask("stats", "--token-file", file("viewer", "viewer-token\n"))).out, /resources/);
  const viewer = await ask("cleanup", "--token-file", file("viewer", "viewer-token\n"));
  assert.equal(viewer.code, 1);
  assert.match(viewer.err, /needs the role admin/);
  assert.equal((await ask("cleanup", "--token-file", file("admin", "admin-token\n"))).code, 0);
});

test("Ctrl-C cancels the long call in the agent and exits 130", async (t) => {
  const pressed = new AbortController();
  let cancelled: () => void = () => undefined;
  const wasCancelled = new Promise<void>((resolve) => {
    cancelled = resolve;
  });
  const services = fakeServices({
    replay: ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => {
          cancelled();
          reject(signal.reason);
        });
        pressed.abort(new DOMException("stopped by SIGINT", "AbortError"));
      }),
  });
  const api = await startTestApi(t, services);
  const own = fakeTerminal({ signal: pressed.signal });
  assert.equal(await runCommandLine(["replay", SAMPLE, "--url", api.address], own), 130);
  assert.deepEqual(own.texts, { out: "", err: "cancelled\n" });
  await wasCancelled;
});

test("a health check that finds something broken exits 1 and says what to do", async (t) => {
  const findings = [{ component: "store", status: "error", text: "the store is damaged", action: "restore a backup" }] as const;
  const api = await startTestApi(t, fakeServices({ doctor: async () => findings }));
  const own = fakeTerminal();
  assert.equal(await runCommandLine(["doctor", "--url", api.address], own), 1);
  assert.match(own.texts.out, /error {4}store: the store is damaged\n {9}→ restore a backup\n\n1 thing broken, 0 warnings/);
});
