// The folder of one agent, shared by all windows: its state file, its store, its log, and the windows' signs of life.
import { randomUUID } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, open, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sighting } from "./lease.ts";

/** An agent that was started, as the state file names it. Only this user may read the file. */
export type RunningAgent = { readonly pid: number; readonly url: string; readonly token: string; readonly version: string };

const STATE = "agent.json";
/** The state file of the agent that was told to end last. */
const DISMISSED = "dismissed.json";
const WINDOWS = "windows";
const STARTING = "starting";

/** Paths in an agent's folder. */
export type HomePaths = { readonly store: string; readonly log: string; readonly answer: string; readonly token: string };

/** Where an agent keeps what. `answer` holds its standard output: the address it listens at. `token` holds what opens it. */
export function homePaths(folder: string): HomePaths {
  const file = (name: string) => join(folder, name);
  return { store: file("kgroot.db"), log: file("agent.log"), answer: file("agent.out"), token: file("token") };
}

/** A window that crashed leaves its sign behind; after a day it is removed. */
const SIGN_MS_MAX = 86_400_000;

/** Makes the folder. */
export async function makeHome(folder: string): Promise<void> {
  const windows = join(folder, WINDOWS);
  await mkdir(windows, { recursive: true, mode: 0o700 });
  for (const name of namesNow(windows)) {
    if (mtimeNow(join(windows, name)) < Date.now() - SIGN_MS_MAX) await rm(join(windows, name), { force: true });
  }
}

/** The agent that the state file names, if its process still runs. `ended`: it runs no more, though nobody stopped it; `none`: none is named. */
export async function namedAgent(folder: string): Promise<RunningAgent | "ended" | "none"> {
  const agent = parseRunningAgent(await textOf(join(folder, STATE)));
  if (agent === undefined) return "none";
  return isAlive(agent.pid) ? agent : "ended";
}

/** Names the agent; in one step, so that no window reads half of it. */
export async function nameAgent(folder: string, agent: RunningAgent): Promise<void> {
  const draft = join(folder, `${STATE}.${randomUUID()}`);
  await writeFile(draft, JSON.stringify(agent), { mode: 0o600 });
  await rename(draft, join(folder, STATE));
}

/** Names no agent any more: the one that was named stops itself, also if it never saw that it was named. */
export async function unnameAgent(folder: string): Promise<void> {
  try {
    await rename(join(folder, STATE), join(folder, DISMISSED));
  } catch {
    // None was named, or another window has just done the same.
    await rm(join(folder, STATE), { force: true });
  }
}

/** Shows that a window is there. */
export async function showSign(folder: string, windowId: string): Promise<void> {
  const file = join(folder, WINDOWS, windowId);
  const now = new Date();
  try {
    await utimes(file, now, now);
  } catch {
    await writeFile(file, "");
  }
}

/** Removes a window's sign. */
export async function removeSign(folder: string, windowId: string): Promise<void> {
  await rm(join(folder, WINDOWS, windowId), { force: true });
}

/** What the agent with this process id, which runs since `sinceMs`, sees. Synchronous: it runs inside the agent, between its own work. */
export function lookAround(folder: string, pid: number, sinceMs: number): Sighting {
  return {
    owner: ownerNow(folder, pid, sinceMs),
    marks: namesNow(join(folder, WINDOWS))
      .map((name) => `${name}@${mtimeNow(join(folder, WINDOWS, name))}`)
      .join(" "),
  };
}

function ownerNow(folder: string, pid: number, sinceMs: number): Sighting["owner"] {
  const agent = parseRunningAgent(textNow(join(folder, STATE)));
  if (agent?.pid === pid) return "self";
  // An older one may be of another process that had the same id.
  const dismissed = join(folder, DISMISSED);
  if (mtimeNow(dismissed) >= sinceMs && parseRunningAgent(textNow(dismissed))?.pid === pid) return "dismissed";
  return agent === undefined ? "nobody" : "other";
}

/** Takes the right to start an agent, which only one window may do at a time; undefined while another has it. Returns how to give it back. */
export async function takeStart(folder: string): Promise<(() => Promise<void>) | undefined> {
  const file = join(folder, STARTING);
  const holder = Number(await textOf(file));
  if (Number.isInteger(holder) && holder > 0 && holder !== process.pid && isAlive(holder)) return undefined;
  if (holder !== process.pid) await rm(file, { force: true });
  try {
    const handle = await open(file, "wx");
    await handle.writeFile(String(process.pid));
    await handle.close();
  } catch {
    return undefined;
  }
  return () => rm(file, { force: true });
}

/** A state file's text; undefined when it is none. */
export function parseRunningAgent(text: string | undefined): RunningAgent | undefined {
  try {
    const value: unknown = JSON.parse(text ?? "");
    if (typeof value !== "object" || value === null) return undefined;
    const { pid, url, token, version } = value as Partial<RunningAgent>;
    const whole = Number.isInteger(pid) && typeof url === "string" && typeof token === "string" && typeof version === "string";
    return whole && URL.canParse(url) ? (value as RunningAgent) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a process with this id runs; one that belongs to somebody else counts as running. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/** The whole text of a file; undefined when there is none. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch {
    return undefined;
  }
}

function textNow(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

function namesNow(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}

function mtimeNow(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    return 0;
  }
}
