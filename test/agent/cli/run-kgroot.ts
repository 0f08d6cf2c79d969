// Runs the command line as a user does: a process of its own, a home folder of its own, nothing of the tester's environment.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { runCommandLine } from "../../../agent/cli/program.ts";
import { paintFor, type Terminal } from "../../../agent/cli/terminal.ts";

const MAIN = join(import.meta.dirname, "../../../agent/main.ts");

/** What came of a run. */
export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

/** A terminal that remembers what was written to it; 100 columns, no colours, nobody in front of it. */
export function fakeTerminal(over: Partial<Terminal> = {}): Terminal & { readonly texts: { out: string; err: string } } {
  const texts = { out: "", err: "" };
  return {
    out: (text) => {
      texts.out += text;
    },
    err: (text) => {
      texts.err += text;
    },
    env: {},
    width: 100,
    paint: paintFor(false, {}),
    progress: undefined,
    interactive: false,
    signal: new AbortController().signal,
    nowMs: Date.now,
    texts,
    ...over,
  };
}

/** A folder and commands that run in it; all of it goes when the test ends. */
export type Desk = {
  readonly folder: string;
  /** Writes a file and gives its path; what is no text is written as JSON. */
  file(name: string, content: unknown): string;
  run(...args: readonly string[]): Promise<Ran>;
  /** The same with more environment. */
  runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran>;
  /** The same without a process of its own: quicker, for commands whose ending is not what is tested. Paths are to be whole. */
  runHere(...args: readonly string[]): Promise<Ran>;
  /** Starts `kgroot agent` on free ports; `settings` are more flags. */
  agent(...settings: readonly string[]): Promise<{ readonly url: string; stop(signal?: NodeJS.Signals): Promise<number | null> }>;
};

/** A desk. */
export function desk(t: TestContext): Desk {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-cli-"));
  const children = new Set<ChildProcess>();
  // A port on which nothing listens: whatever runs on the tester's machine has no part in this.
  const settings = { KGROOT_STORE_PATH: join(folder, "kgroot.db"), KGROOT_HTTP_PORT: "1" };
  const own = { PATH: process.env.PATH ?? "", HOME: folder, TZ: "UTC", ...settings };
  t.after(async () => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (args: readonly string[], env: Readonly<Record<string, string>>) => {
    const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { ...own, ...env }, stdio: ["ignore", "pipe", "pipe"] });
    children.add(child);
    const texts = { out: "", err: "" };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      texts.out += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      texts.err += text;
    });
    return { child, texts, ended: once(child, "close").then(([code]) => (typeof code === "number" ? code : null)) };
  };
  const runWith: Desk["runWith"] = async (env, ...args) => {
    const { texts, ended } = start(args, env);
    const code = await ended;
    return { code, ...texts };
  };
  return {
    folder,
    file(name, content) {
      const path = join(folder, name);
      writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
      return path;
    },
    run: (...args) => runWith({}, ...args),
    runWith,
    async runHere(...args) {
      const terminal = fakeTerminal({ env: settings });
      const code = await runCommandLine(args, terminal);
      return { code, ...terminal.texts };
    },
    async agent(...flags) {
      const { child, texts, ended } = start(["agent", "--output", "json", "--http-port", "0", "--metrics-port", "0", ...flags], {});
      while (!texts.out.includes("\n")) {
        const news = await Promise.race([once(child.stdout, "data"), ended]);
        if (typeof news === "number" || news === null) throw new Error(`the agent ended: ${texts.err}`);
      }
      const { url } = JSON.parse(texts.out) as { url: string };
      return {
        url,
        stop: (signal = "SIGTERM") => {
          child.kill(signal);
          return ended;
        },
      };
    },
  };
}

const DAY = "2026-03-01T";

/** What `kubectl get pods,events -o json` writes of a pod that is killed for memory; `name` and `message` may be hostile. */
export function brokenPod({ name = "cart-1", message = "" } = {}): unknown {
  const state = {
    terminated: { exitCode: 137, reason: "OOMKilled", message, startedAt: `${DAY}11:00:00Z`, finishedAt: `${DAY}11:58:00Z` },
  };
  return podList(name, {
    phase: "Running",
    conditions: [{ type: "Ready", status: "False", reason: "ContainersNotReady", lastTransitionTime: `${DAY}11:58:00Z` }],
    containerStatuses: [
      {
        name: "app",
        image: "shop/cart:1",
        imageID: "",
        ready: false,
        restartCount: 4,
        started: false,
        state: { waiting: { reason: "CrashLoopBackOff", message: `back-off restarting failed container ${message}` } },
        lastState: state,
      },
    ],
  });
}

/** The same of a pod that is well. */
export function healthyPod(): unknown {
  const running = { running: { startedAt: `${DAY}11:00:00Z` } };
  return podList("cart-1", {
    phase: "Running",
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: `${DAY}11:00:00Z` }],
    containerStatuses: [
      { name: "app", image: "shop/cart:1", imageID: "", ready: true, restartCount: 0, started: true, state: running, lastState: {} },
    ],
  });
}

function podList(name: string, status: unknown): unknown {
  const metadata = {
    name,
    namespace: "shop",
    uid: "11111111-2222-3333-4444-555555555555",
    resourceVersion: "7",
    creationTimestamp: `${DAY}10:59:00Z`,
  };
  const spec = { nodeName: "node-a", containers: [{ name: "app", image: "shop/cart:1", resources: { limits: { memory: "128Mi" } } }] };
  return { apiVersion: "v1", kind: "List", items: [{ apiVersion: "v1", kind: "Pod", metadata, spec, status }] };
}
