// One way to ask for both settings: a running agent over its WebSocket, or the same calls on the store itself when none runs.
import { existsSync, readFileSync } from "node:fs";
import { createInvoke } from "../api/calls/invoke.ts";
import { startApp } from "../app.ts";
import { connect } from "../client/connect.ts";
import { ApiError, ConnectionError } from "../client/errors.ts";
import { request } from "../client/http.ts";
import { type Config, readTokens, storePlace } from "../config/config.ts";
import { createLogger } from "../platform/logger.ts";
import { VERSION } from "../platform/version.ts";
import type { RpcMethods } from "../protocol/rpc.ts";
import { CommandFailure } from "./exit-codes.ts";
import { configFrom, type OptionValues } from "./options.ts";
import { cleanText } from "./show/clean-text.ts";
import type { Terminal } from "./terminal.ts";

/** Calls that an agent and a store alone can both answer. */
export type CallName = Exclude<keyof RpcMethods, "hello" | "subscribe" | "unsubscribe">;

/** How far a long call is. */
export type OnProgress = (done: number, total: number, what: string) => void;

/** Whoever answers. */
export type Answerer = {
  /** `agent`: a running one at `where`, its address; `store`: nobody runs, `where` is the store's file or address. */
  readonly who: "agent" | "store";
  readonly where: string;
  /** Long calls are given `onProgress`; every call ends when the terminal's signal says so. */
  call<M extends CallName>(method: M, params: RpcMethods[M][0], onProgress?: OnProgress): Promise<RpcMethods[M][1]>;
  close(): Promise<void>;
};

/** Which answerer is wanted, and whether a store that does not exist yet may be made. */
export type Wanted = { readonly from?: "agent" | "store" | undefined; readonly mayCreate?: boolean };

const PROBE_MS = 5_000;
const CONNECT_MS = 10_000;

/** Runs `work` with whoever answers, and closes it afterwards. */
export async function withAnswerer<T>(
  options: OptionValues,
  terminal: Terminal,
  work: (answerer: Answerer) => Promise<T>,
  wanted: Wanted = {},
): Promise<T> {
  const answerer = await openAnswerer(options, terminal, wanted);
  try {
    return await work(answerer);
  } finally {
    await answerer.close();
  }
}

async function openAnswerer(options: OptionValues, terminal: Terminal, { from, mayCreate = false }: Wanted): Promise<Answerer> {
  const config = configFrom(options, terminal);
  const given = typeof options["url"] === "string" ? options["url"] : terminal.env["KGROOT_URL"] || undefined;
  const url = given === undefined ? addressOf(config) : agentUrl(given);
  if (from === "store" || url === undefined) return openStore(config, url, terminal, mayCreate);
  const found = await lookFor(url, terminal);
  if (found === "agent") return openAgent(url, tokenFor(options, terminal, given === undefined ? config : undefined), terminal);
  if (given !== undefined || from === "agent") {
    const message = found === "nobody" ? `no agent answers at ${url}` : `what answers at ${url} is no kgroot agent`;
    throw new CommandFailure(message, { hint: START_HINT });
  }
  if (found === "stranger") terminal.err(`note: what answers at ${url} is no kgroot agent; working on the store itself\n`);
  return openStore(config, url, terminal, mayCreate);
}

const START_HINT = "start one with kgroot agent, or say where one is with --url";

async function openStore(config: Config, url: string | undefined, terminal: Terminal, mayCreate: boolean): Promise<Answerer> {
  const { kind, path } = config.store;
  if (kind === "sqlite" && !mayCreate && !existsSync(path)) {
    throw new CommandFailure(`no agent answers${url === undefined ? "" : ` at ${url}`}, and there is no store at ${path}`, {
      hint: `${START_HINT}, or name the store with --store-path`,
    });
  }
  const logger = createLogger({ level: "error", format: config.log.format, write: terminal.err });
  const app = await startApp(config, { logger, listen: false });
  const invoke = createInvoke({ services: app.services, nowMs: terminal.nowMs, filesDir: undefined });
  return {
    who: "store",
    where: storePlace(config),
    call: (method, params, onProgress = () => undefined) =>
      invoke(method, params, { role: "admin", signal: terminal.signal, progress: onProgress }),
    close: () => app.stop(),
  };
}

async function openAgent(url: string, token: string | undefined, terminal: Terminal): Promise<Answerer> {
  let settle: { resolve: () => void; reject: (error: Error) => void } | undefined;
  const connected = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject };
  });
  const client = connect(url, {
    client: `kgroot-cli ${VERSION}`,
    token,
    onState: (state) => {
      if (state.state === "connected") settle?.resolve();
      if (state.state === "closed") settle?.reject(new ConnectionError("closed", state.reason));
    },
  });
  const late = AbortSignal.any([terminal.signal, AbortSignal.timeout(CONNECT_MS)]);
  late.addEventListener("abort", () => settle?.reject(new ConnectionError("timeout", `no agent answers at ${url}`)));
  try {
    await connected;
  } catch (error) {
    client.close();
    terminal.signal.throwIfAborted();
    const reason = error instanceof Error ? cleanText(error.message) : String(error);
    const hint =
      token === undefined ? `is it the right address? If it asks for a token: --token-file` : "is it the right address and token?";
    throw new CommandFailure(reason.includes(url) ? reason : `the agent at ${url} does not let us in: ${reason}`, { cause: error, hint });
  }
  return {
    who: "agent",
    where: url,
    call: (method, params, onProgress) =>
      client.call(method, params, {
        signal: terminal.signal,
        ...(onProgress ? { onProgress: ({ done, total, what }) => onProgress(done, total, what) } : {}),
      }),
    close: async () => client.close(),
  };
}

/** Who answers there. An agent may be busy and slow; it is one all the same. */
async function lookFor(url: string, terminal: Terminal): Promise<"agent" | "stranger" | "nobody"> {
  try {
    const health: unknown = await request(url, { method: "GET", path: "/healthz" }, { timeoutMs: PROBE_MS, signal: terminal.signal });
    return typeof health === "object" && health !== null && "status" in health && "version" in health ? "agent" : "stranger";
  } catch (error) {
    terminal.signal.throwIfAborted();
    return error instanceof ApiError ? "stranger" : "nobody";
  }
}

/** Where an agent with these settings listens, as this machine reaches it; a free port is not known. */
function addressOf({ http }: Config): string | undefined {
  if (http.port === 0) return undefined;
  const host =
    http.host === "0.0.0.0" ? "127.0.0.1" : http.host === "::" ? "[::1]" : http.host.includes(":") ? `[${http.host}]` : http.host;
  return `${http.tls ? "https" : "http"}://${host}:${http.port}`;
}

function agentUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && ["http:", "https:", "ws:", "wss:"].includes(url.protocol)) return url.origin === "null" ? text : url.origin;
  throw new CommandFailure(`${JSON.stringify(text)} is not an address such as http://127.0.0.1:8080`, { exitCode: 3 });
}

/** The file's token; else, for the agent that these settings describe, the one among them that may do most. It goes to no other address. */
function tokenFor(options: OptionValues, terminal: Terminal, config: Config | undefined): string | undefined {
  const file = typeof options["tokenFile"] === "string" ? options["tokenFile"] : terminal.env["KGROOT_TOKEN_FILE"] || undefined;
  if (file !== undefined) return readToken(file);
  const own = terminal.env["KGROOT_TOKEN"]?.trim();
  if (own) return own;
  const roles = ["admin", "operator", "viewer"];
  const tokens = config && config.http.tokens.length > 0 ? readTokens(config) : [];
  return [...tokens].sort((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role))[0]?.token;
}

/** The token in a file. Throws CommandFailure when there is none. */
export function readToken(file: string): string {
  try {
    const token = readFileSync(file, "utf8").trim();
    if (token !== "") return token;
  } catch (error) {
    throw new CommandFailure(`cannot read the token: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
  throw new CommandFailure(`the token file ${file} is empty`);
}
