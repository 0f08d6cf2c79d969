// The typed client of the agent's WebSocket: connects, says hello, calls, subscribes, and comes back after a break.
import { type HelloResult, PROTOCOL_VERSION, RPC_ERRORS, type RpcMethods, type RpcNotifications } from "../protocol/rpc.ts";
import { type Backoff, backoffMs } from "./backoff.ts";
import { type CallOptions, type Calls, createCalls } from "./calls.ts";
import { ApiError, ConnectionError, RpcError } from "./errors.ts";
import { request } from "./http.ts";
import { offeredProtocols, type SocketClass, type SocketLike, socketUrl } from "./socket.ts";

/** `connecting`: never connected yet; `stale`: was connected, what is shown may be old; `closed`: for good, `reason` says why. */
export type ClientState = { readonly state: "connecting" | "connected" | "stale" } | { readonly state: "closed"; readonly reason: string };

/** How to connect. */
export type ConnectOptions = {
  readonly token?: string | undefined;
  /** Who asks, for the agent's log: `kgroot-cli 0.1.0`. */
  readonly client: string;
  /** Defaults to the global WebSocket. */
  readonly WebSocketImpl?: SocketClass | undefined;
  /** After `connected` that follows `stale`, changes may have been missed: list again. */
  readonly onState?: ((state: ClientState) => void) | undefined;
  readonly backoff?: Backoff | undefined;
  /** After this much silence the agent is asked for a sign of life; after the same again the connection is given up. */
  readonly heartbeatMs?: number | undefined;
};

/** Topics and what their listeners are told. */
export type Topics = { incidents: RpcNotifications["incidents/changed"]; stats: RpcNotifications["stats/changed"] };

/** A client. Calls made while there is no connection wait for one, as long as their time allows. */
export type Client = {
  state(): ClientState;
  /** What the agent said of itself when it was last connected. */
  agent(): HelloResult | undefined;
  /** Throws RpcError when the agent refuses, ConnectionError when there is no answer, the signal's reason when cancelled. */
  call<M extends keyof RpcMethods>(method: M, params: RpcMethods[M][0], options?: CallOptions): Promise<RpcMethods[M][1]>;
  /** Tells the listener of changes, also after a reconnect; returns how to end it. */
  subscribe<T extends keyof Topics>(topic: T, listener: (news: Topics[T]) => void): () => void;
  close(): void;
};

type Listeners = { readonly [T in keyof Topics]: Set<(news: Topics[T]) => void> };

const BACKOFF: Backoff = { minMs: 500, maxMs: 30_000 };
const HEARTBEAT_MS = 30_000;

/** Starts to connect, at once and again until closed. `url` is the agent's address, `http://127.0.0.1:8080`. */
export function connect(url: string, options: ConnectOptions): Client {
  return new Connection(url, options);
}

class Connection implements Client {
  readonly #url: string;
  readonly #options: ConnectOptions;
  readonly #calls: Calls;
  readonly #listeners: Listeners = { incidents: new Set(), stats: new Set() };
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #state: ClientState = { state: "connecting" };
  #socket: SocketLike | undefined;
  #agent: HelloResult | undefined;
  #attempt = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #signs: "heard" | "silent" | "asked" = "heard";

  constructor(url: string, options: ConnectOptions) {
    this.#url = url;
    this.#options = options;
    this.#calls = createCalls((text) => this.#state.state === "connected" && this.#send(text));
    this.#heartbeat = setInterval(() => this.#beat(), options.heartbeatMs ?? HEARTBEAT_MS);
    this.#open();
  }

  state(): ClientState {
    return this.#state;
  }

  agent(): HelloResult | undefined {
    return this.#agent;
  }

  async call<M extends keyof RpcMethods>(method: M, params: RpcMethods[M][0], options?: CallOptions): Promise<RpcMethods[M][1]> {
    if (this.#state.state === "closed") throw new ConnectionError("closed", this.#state.reason);
    return (await this.#calls.make(method, params, options)) as RpcMethods[M][1];
  }

  subscribe<T extends keyof Topics>(topic: T, listener: (news: Topics[T]) => void): () => void {
    const listeners: Listeners[T] = this.#listeners[topic];
    const change = (method: "subscribe" | "unsubscribe") => {
      if (this.#state.state === "connected") this.#calls.make(method, { topics: [topic] }).catch(() => undefined);
    };
    listeners.add(listener);
    if (listeners.size === 1) change("subscribe");
    return () => {
      if (listeners.delete(listener) && listeners.size === 0) change("unsubscribe");
    };
  }

  close(): void {
    this.#end("the client was closed");
  }

  #open(): void {
    const socket = new (this.#options.WebSocketImpl ?? WebSocket)(socketUrl(this.#url), offeredProtocols(this.#options.token));
    let opened = false;
    this.#socket = socket;
    socket.addEventListener("open", () => {
      opened = true;
      this.#greet().catch((error: unknown) => (isFinal(error) ? this.#end(error.message) : socket.close()));
    });
    socket.addEventListener("message", ({ data }) => {
      if (socket === this.#socket) this.#receive(data);
    });
    socket.addEventListener("error", () => undefined); // a close follows
    socket.addEventListener("close", () => {
      if (socket === this.#socket) void this.#lost(opened);
    });
  }

  async #greet(): Promise<void> {
    const now = (text: string) => this.#send(text);
    const hello = { protocol: PROTOCOL_VERSION, client: this.#options.client };
    this.#agent = (await this.#calls.make("hello", hello, {}, now)) as HelloResult;
    const topics = (["incidents", "stats"] as const).filter((topic) => this.#listeners[topic].size > 0);
    if (topics.length > 0) await this.#calls.make("subscribe", { topics }, {}, now);
    this.#attempt = 0;
    this.#enter({ state: "connected" });
    this.#calls.flush();
  }

  async #lost(opened: boolean): Promise<void> {
    this.#socket = undefined;
    this.#calls.fail(new ConnectionError("lost", "the connection to the agent was lost"), "sent");
    if (this.#state.state === "connected") this.#enter({ state: "stale" });
    const refusal = opened ? undefined : await refusalOf(this.#url, this.#options.token);
    if (this.#state.state === "closed") return;
    if (refusal !== undefined) return this.#end(refusal);
    this.#retry = setTimeout(() => this.#open(), backoffMs(this.#options.backoff ?? BACKOFF, this.#attempt, Math.random()));
    this.#attempt += 1;
  }

  #receive(data: unknown): void {
    this.#signs = "heard";
    const frame = readFrame(data);
    if (frame === undefined) return;
    if (frame.method === "incidents/changed") tell(this.#listeners.incidents, frame.params as Topics["incidents"]);
    else if (frame.method === "stats/changed") tell(this.#listeners.stats, frame.params as Topics["stats"]);
    else if (frame.method === "progress") this.#calls.progress(frame.params as RpcNotifications["progress"]);
    else this.#calls.settle(frame);
  }

  /** A browser cannot ping, so a silent agent is greeted again; one that stays silent is gone. */
  #beat(): void {
    if (this.#state.state !== "connected") return;
    if (this.#signs === "asked") {
      const silent = this.#socket;
      void this.#lost(true);
      silent?.close();
    } else if (this.#signs === "silent") {
      this.#signs = "asked";
      this.#calls.make("hello", { protocol: PROTOCOL_VERSION, client: this.#options.client }).catch(() => undefined);
    } else {
      this.#signs = "silent";
    }
  }

  #end(reason: string): void {
    if (this.#state.state === "closed") return;
    clearTimeout(this.#retry);
    clearInterval(this.#heartbeat);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close(1000, "done");
    this.#enter({ state: "closed", reason });
    this.#calls.fail(new ConnectionError("closed", reason), "all");
  }

  #enter(state: ClientState): void {
    this.#state = state;
    this.#signs = "heard";
    this.#options.onState?.(state);
  }

  #send(text: string): boolean {
    this.#socket?.send(text);
    return this.#socket !== undefined;
  }
}

/** Whether trying again is of no use: another version, or a token that is not known. */
function isFinal(error: unknown): error is RpcError {
  return error instanceof RpcError && (error.code === RPC_ERRORS.versionMismatch || error.code === RPC_ERRORS.unauthorised);
}

/** Why the agent refuses connections; undefined when it does not, or cannot be reached. A WebSocket does not tell, so HTTP is asked. */
async function refusalOf(url: string, token: string | undefined): Promise<string | undefined> {
  try {
    await request(url.replace(/^ws/, "http"), { method: "GET", path: "/api/v1/config" }, { token });
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return error.detail;
  }
  return undefined;
}

function readFrame(data: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const frame: unknown = JSON.parse(String(data));
    return typeof frame === "object" && frame !== null ? (frame as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function tell<T>(listeners: ReadonlySet<(news: T) => void>, news: T): void {
  for (const listener of listeners) listener(news);
}
