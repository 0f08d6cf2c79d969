// The only place that starts processes: the bundled agent, and one run of the bundled command line. Both run on VS Code's own Node.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { env, execPath } from "node:process";

/** What to start. `folder` is the agent's home and its working folder. */
export type AgentStart = {
  readonly program: string;
  readonly keeper: string;
  readonly folder: string;
  readonly settings: readonly string[];
  readonly tokenFile: string;
  readonly logFile: string;
  readonly answerFile: string;
};

/** An agent that was started. `ended` is undefined while it runs; then the exit code or signal, in words. `end` ends it at once. */
export type StartedAgent = { readonly pid: number; ended(): string | undefined; end(): void };

/** Starts the agent as a process of its own: it outlives this window, and writes to files because nobody may be there to read a pipe. */
export function spawnAgent({ program, keeper, folder, settings, tokenFile, logFile, answerFile }: AgentStart): StartedAgent {
  const answer = openSync(answerFile, "w", 0o600);
  const log = openSync(logFile, "w", 0o600);
  try {
    const child = spawn(execPath, ["--max-semi-space-size=8", "--require", keeper, program, "agent", "--output", "json", ...settings], {
      cwd: folder,
      detached: true,
      windowsHide: true,
      stdio: ["ignore", answer, log],
      // The token is in a file: arguments, and on some machines the environment too, can be read by others.
      env: { ...ownEnvironment(), KGROOT_HTTP_TOKENS: JSON.stringify([{ role: "admin", tokenFile }]) },
    });
    child.unref();
    return watched(child);
  } finally {
    closeSync(answer);
    closeSync(log);
  }
}

/** How one run of the command line ended; `text` is what it printed, `complaint` what it said on standard error. */
export type Run = { readonly code: number; readonly text: string; readonly complaint: string };

/** More than this is cut off: a document that large cannot be read. */
const OUTPUT_CHARS_MAX = 5_000_000;

/** Runs `kgroot` with these arguments. Throws the signal's reason when cancelled, an Error when it could not be started. */
export function runCommandLine(program: string, args: readonly string[], signal: AbortSignal): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(execPath, [program, ...args], {
      windowsHide: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: ownEnvironment(),
      signal,
    });
    let text = "";
    let complaint = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      if (text.length < OUTPUT_CHARS_MAX) text += part;
    });
    child.stderr.setEncoding("utf8").on("data", (part: string) => {
      if (complaint.length < OUTPUT_CHARS_MAX) complaint += part;
    });
    child.on("error", (error) => reject(signal.aborted ? signal.reason : error));
    child.on("close", (code) => (signal.aborted ? reject(signal.reason) : resolve({ code: code ?? 1, text, complaint })));
  });
}

/** The environment of VS Code without settings of kgroot, which are VS Code's here, and with the variable that makes its program a Node. */
function ownEnvironment(): Record<string, string | undefined> {
  const others = Object.entries(env).filter(([name]) => !name.startsWith("KGROOT_"));
  return { ...Object.fromEntries(others), ELECTRON_RUN_AS_NODE: "1", NO_COLOR: "1" };
}

function watched(child: ChildProcess): StartedAgent {
  let end: string | undefined;
  child.on("error", (error) => {
    end = error.message;
  });
  child.on("exit", (code, signal) => {
    end = signal === null ? `exit code ${code}` : `signal ${signal}`;
  });
  return { pid: child.pid ?? 0, ended: () => end, end: () => void child.kill() };
}
