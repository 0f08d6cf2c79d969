// An agent on this machine that the extension starts: found if another window started it, else started, once however many windows ask.
import { createHash, randomBytes } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { request } from "../../agent/client/http.ts";
import {
  homePaths,
  isAlive,
  makeHome,
  nameAgent,
  namedAgent,
  type RunningAgent,
  removeSign,
  showSign,
  takeStart,
  unnameAgent,
} from "./agent-home.ts";
import { type StartedAgent, spawnAgent } from "./agent-process.ts";
import { SIGN_EVERY_MS } from "./lease.ts";
import type { OwnTarget } from "./session-state.ts";

/** What a local agent is started with. `settings` are flags of `kgroot agent`, read anew at every start. */
export type LocalAgentOptions = {
  readonly folder: string;
  readonly program: string;
  readonly keeper: string;
  readonly version: string;
  readonly windowId: string;
  readonly settings: () => readonly string[];
};

/** The agent could not be started; `detail` is the end of its log. */
export class StartFailure extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = "StartFailure";
  }
}

/** The folder of a target's agent, below the extension's storage. A context's name may hold what no file name may. */
export function homeName(target: OwnTarget): string {
  if (target.kind !== "cluster") return target.kind;
  return `cluster-${createHash("sha256").update(target.context).digest("hex").slice(0, 16)}`;
}

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 15_000;
const LOOK_MS = 100;
const PROBE_MS = 5_000;
const COMPLAINT_LINES = 6;

/** One agent, seen from one window. */
export class LocalAgent {
  readonly #options: LocalAgentOptions;
  #signs: ReturnType<typeof setInterval> | undefined;

  constructor(options: LocalAgentOptions) {
    this.#options = options;
  }

  /** The file with the agent's log. */
  get logFile(): string {
    return homePaths(this.#options.folder).log;
  }

  /** The file with the token of the agent that runs. */
  get tokenFile(): string {
    return homePaths(this.#options.folder).token;
  }

  /** The agent that runs, if one does. */
  async running(): Promise<RunningAgent | undefined> {
    const found = await this.named();
    return typeof found === "string" ? undefined : found;
  }

  /** The agent that the windows share: it runs, or it ended by itself, or there is none. */
  async named(): Promise<RunningAgent | "ended" | "none"> {
    return namedAgent(this.#options.folder);
  }

  /** The running agent, or a new one. Throws StartFailure. From now on this window keeps it alive. */
  async ensure(signal: AbortSignal): Promise<RunningAgent> {
    const { folder } = this.#options;
    await makeHome(folder);
    await this.#keepAlive();
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(START_MS_MAX)]);
    while (!deadline.aborted) {
      const found = await this.#usable();
      if (found) return found;
      const giveBack = await takeStart(folder);
      if (giveBack) {
        try {
          return (await this.#usable()) ?? (await this.#start(deadline));
        } finally {
          await giveBack();
        }
      }
      await pause(LOOK_MS);
    }
    signal.throwIfAborted();
    throw new StartFailure("the agent did not answer in time");
  }

  /** Removes what an earlier agent stored, unless one runs. */
  async forget(): Promise<void> {
    if (await this.running()) return;
    const { store } = homePaths(this.#options.folder);
    for (const file of [store, `${store}-wal`, `${store}-shm`]) await rm(file, { force: true });
  }

  /** Ends the agent for every window and waits until it has ended. */
  async stop(): Promise<void> {
    const found = await this.running();
    await unnameAgent(this.#options.folder);
    if (found) await waitFor(() => !isAlive(found.pid), STOP_MS_MAX);
  }

  /** This window needs the agent no more; the agent ends by itself when no window does. */
  async leave(): Promise<void> {
    clearInterval(this.#signs);
    this.#signs = undefined;
    await removeSign(this.#options.folder, this.#options.windowId);
  }

  async #keepAlive(): Promise<void> {
    const { folder, windowId } = this.#options;
    await showSign(folder, windowId);
    this.#signs ??= setInterval(() => void showSign(folder, windowId).catch(() => undefined), SIGN_EVERY_MS);
  }

  /** A running agent of this version that answers; another version's is asked to end first. */
  async #usable(): Promise<RunningAgent | undefined> {
    const found = await this.running();
    if (found === undefined) return undefined;
    if (found.version !== this.#options.version) {
      await this.stop();
      return undefined;
    }
    try {
      await request(found.url, { method: "GET", path: "/healthz" }, { timeoutMs: PROBE_MS });
      return found;
    } catch {
      // Either it ends just now, or it hangs, or the process id is another program's by now: it is named no more and never killed, and its store is not free before it ends.
      await this.stop();
      return undefined;
    }
  }

  async #start(deadline: AbortSignal): Promise<RunningAgent> {
    const { folder, program, keeper, version, settings } = this.#options;
    const paths = homePaths(folder);
    const token = randomBytes(32).toString("base64url");
    const own = ["--http-host", "127.0.0.1", "--http-port", "0", "--metrics-enabled", "false", "--store-path", paths.store];
    await writeFile(paths.token, token, { mode: 0o600 });
    const started = spawnAgent({
      program,
      keeper,
      folder,
      tokenFile: paths.token,
      settings: [...settings(), ...own],
      logFile: paths.log,
      answerFile: paths.answer,
    });
    const url = await addressOf(started, paths.answer, deadline);
    if (url === undefined) {
      const words = await lastWords(started, paths.log);
      started.end();
      throw new StartFailure(words);
    }
    const agent: RunningAgent = { pid: started.pid, url, token, version };
    await nameAgent(folder, agent);
    return agent;
  }
}

/** The address that the agent printed; undefined when it ended before, or took too long. */
async function addressOf(started: StartedAgent, answerFile: string, deadline: AbortSignal): Promise<string | undefined> {
  while (!deadline.aborted) {
    const url = urlIn(await readFile(answerFile, "utf8").catch(() => ""));
    if (url !== undefined) return url;
    if (started.ended() !== undefined) return undefined;
    await pause(LOOK_MS);
  }
  return undefined;
}

/** The address in what `kgroot agent --output json` prints. */
export function urlIn(answer: string): string | undefined {
  try {
    const value: unknown = JSON.parse(answer);
    const url: unknown = typeof value === "object" && value !== null ? Reflect.get(value, "url") : undefined;
    return typeof url === "string" && URL.canParse(url) ? url : undefined;
  } catch {
    return undefined;
  }
}

async function lastWords(started: StartedAgent, logFile: string): Promise<string> {
  const log = await readFile(logFile, "utf8").catch(() => "");
  const lines = log.split(/\r?\n/).filter((line) => line.trim() !== "");
  const end = started.ended();
  return [...lines.slice(-COMPLAINT_LINES), ...(end === undefined ? [] : [`(${end})`])].join("\n") || "no answer";
}

async function waitFor(isTrue: () => boolean, msMax: number): Promise<void> {
  const until = Date.now() + msMax;
  while (!isTrue() && Date.now() < until) await pause(LOOK_MS);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
