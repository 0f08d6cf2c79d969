// The keeper inside a real process: it ends the program as a signal would, once the windows name it no more.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { makeHome, nameAgent, showSign, unnameAgent } from "../../extension/session/agent-home.ts";

const KEEPER = join(dirname(dirname(import.meta.dirname)), "extension/session/agent-keeper.ts");

// It stands for the agent: runs until it is asked to end, and ends in an orderly way.
const PROGRAM = `
const running = setInterval(() => undefined, 1_000);
process.once("SIGTERM", () => { clearInterval(running); console.log("in an orderly way"); });
console.log("running");
`;

test("an agent that is named no more ends in an orderly way, on every platform", { timeout: 60_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-keeper-"));
  await makeHome(folder);
  const program = join(folder, "program.mjs");
  writeFileSync(program, PROGRAM);
  const child = spawn(process.execPath, ["--require", KEEPER, program], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  t.after(() => {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  let said = "";
  child.stdout.on("data", (part) => {
    said += part;
  });
  child.stderr.on("data", (part) => {
    said += part;
  });
  await once(child.stdout, "data");
  await showSign(folder, "window");
  const ended = once(child, "exit");
  // At once, between two of its looks.
  await nameAgent(folder, { pid: child.pid ?? 0, url: "http://127.0.0.1:1", token: "", version: "1" });
  await unnameAgent(folder);
  assert.deepEqual(await ended, [0, null]);
  assert.match(said, /the agent ends: stopped/);
  assert.match(said, /in an orderly way/);
});
