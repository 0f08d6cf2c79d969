// The folder that windows and agent share.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import {
  lookAround,
  makeHome,
  nameAgent,
  namedAgent,
  parseRunningAgent,
  removeSign,
  showSign,
  takeStart,
  unnameAgent,
} from "../../extension/session/agent-home.ts";

async function home(t: TestContext): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-home-"));
  t.after(() => rmSync(folder, { recursive: true }));
  await makeHome(folder);
  return folder;
}

const agent = (pid: number) => ({ pid, url: "http://127.0.0.1:1", token: "secret", version: "1.0.0" });

/** The id of a process that has ended. */
async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ["--version"], { stdio: "ignore" });
  await once(child, "exit");
  return child.pid ?? 0;
}

test("none is named, one runs, one ended by itself", async (t) => {
  const folder = await home(t);
  assert.equal(await namedAgent(folder), "none");
  await nameAgent(folder, agent(process.pid));
  assert.deepEqual(await namedAgent(folder), agent(process.pid));
  await nameAgent(folder, agent(await endedPid()));
  assert.equal(await namedAgent(folder), "ended");
  await unnameAgent(folder);
  assert.equal(await namedAgent(folder), "none");
});

test("the file with the token can be read by this user alone", { skip: process.platform === "win32" }, async (t) => {
  const folder = await home(t);
  await nameAgent(folder, agent(1));
  assert.equal(statSync(join(folder, "agent.json")).mode & 0o077, 0);
  assert.match(readFileSync(join(folder, "agent.json"), "utf8"), /secret/);
});

test("the agent sees who is named and every window's sign", async (t) => {
  const folder = await home(t);
  assert.deepEqual(lookAround(folder, 7, 0), { owner: "nobody", marks: "" });
  await nameAgent(folder, agent(7));
  await showSign(folder, "a");
  await showSign(folder, "b");
  const first = lookAround(folder, 7, 0);
  assert.equal(first.owner, "self");
  assert.match(first.marks, /^a@[\d.]+ b@[\d.]+$/);
  assert.equal(lookAround(folder, 8, 0).owner, "other");
  await removeSign(folder, "a");
  assert.match(lookAround(folder, 7, 0).marks, /^b@/);
});

test("an agent that was told to end sees so, though it never saw its name; one that only has the same process id does not", async (t) => {
  const folder = await home(t);
  await nameAgent(folder, agent(7));
  await unnameAgent(folder);
  assert.equal(lookAround(folder, 7, 0).owner, "dismissed");
  assert.equal(lookAround(folder, 7, Date.now() + 60_000).owner, "nobody");
  assert.equal(lookAround(folder, 8, 0).owner, "nobody");
  await nameAgent(folder, agent(8));
  assert.equal(lookAround(folder, 7, 0).owner, "dismissed");
  assert.equal(lookAround(folder, 8, 0).owner, "self");
});

test("only one window may start an agent; one that died in between does not block the others", async (t) => {
  const folder = await home(t);
  const giveBack = await takeStart(folder);
  assert.ok(giveBack);
  assert.equal(await takeStart(folder), undefined);
  await giveBack();
  assert.equal(existsSync(join(folder, "starting")), false);
  writeFileSync(join(folder, "starting"), String(await endedPid()));
  const again = await takeStart(folder);
  assert.ok(again);
  await again();
});

test("a state file that holds anything else is none", () => {
  for (const text of [
    undefined,
    "",
    "{",
    "[]",
    "null",
    '{"pid": "1"}',
    JSON.stringify({ ...agent(1), url: "no address" }),
    JSON.stringify({ ...agent(1), pid: 1.5 }),
  ])
    assert.equal(parseRunningAgent(text), undefined);
});
