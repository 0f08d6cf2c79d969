// One JSON-RPC connection to the agent that comes back by itself: hello, subscribe, calls, notifications, and a pulse that notices a dead line.
import { oneLine } from "../format.ts";
import { CALL_ERRORS, type Connection, type HostToPage, type PageToHost } from "../protocol.ts";
import { type Incoming, parseIncoming } from "./incoming.ts";
import { retryDelayMs, socketUrl, subprotocols } from "./socket-url.ts";

/** What the connection needs of its owner. */
export type ConnectionOptions = {
  readonly token: () => string | undefined;
  readonly protocol: string;
  readonly onState: (state: Connection) => void;
  readonly onMessage: (message: HostToPage) => void;
};

const CLIENT = "kgroot page";
const UNREACHABLE = "The agent cannot be reached.";
/** The agent is asked for a sign of life after so long without one. */
const SILENCE_MS = 45_000;
const PULSE_MS = 10_000;
/** Ids of the connection's own calls; the page's are positive. */
const HELLO = -1;
const SUBSCRIBE = -2;
const PULSE = -3;

/** Opens nothing until `reconnect` is called. */
export class AgentConnection {
  readonly #options: ConnectionOptions;
  readonly #open = new Set<number>();
  #socket: WebSocket | undefined;
  #ready = false;
  #attempt = 0;
  #heardAtMs = 0;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #pulseTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: ConnectionOptions) {
    this.#options = options;
  }

  /** Leaves the present connection, if any, and opens one at once. */
  reconnect(): void {
    this.#leave();
    this.#options.onState({ state: "connecting" });
    const socket = new WebSocket(socketUrl(location), subprotocols(this.#options.token()));
    this.#socket = socket;
    this.#heardAtMs = Date.now();
    this.#pulseTimer = setTimeout(() => this.#pulse(), PULSE_MS);
    let opened = false;
    socket.onopen = () => {
      opened = true;
      this.#send(HELLO, "hello", { protocol: this.#options.protocol, client: CLIENT });
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      if (this.#socket === socket) this.#take(event.data);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#closed(socket, opened);
    };
  }

  /** Someone looks at the page again: no need to wait out the delay. */
  check(): void {
    if (this.#retryTimer !== undefined) this.reconnect();
  }

  /** Sends a call; its answer, or its failure if the connection is lost meanwhile, goes to `onMessage`. */
  call(call: Extract<PageToHost, { type: "call" }>): void {
    if (!this.#ready) {
      this.#options.onMessage({ type: "failure", id: call.id, code: 0, message: "Not connected to the agent." });
      return;
    }
    this.#open.add(call.id);
    this.#send(call.id, call.method, call.params);
  }

  #send(id: number, method: string, params: unknown): void {
    this.#socket?.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
  }

  #take(frame: unknown): void {
    this.#heardAtMs = Date.now();
    const incoming = parseIncoming(frame, HELLO);
    if (incoming.type === "ignored") return;
    if (!this.#ready) this.#greet(incoming);
    else if (incoming.type === "result" || incoming.type === "failure") {
      if (this.#open.delete(incoming.id)) this.#options.onMessage(incoming);
    } else if (incoming.type !== "hello") this.#options.onMessage(incoming);
  }

  #greet(incoming: Incoming): void {
    if (incoming.type === "failure") {
      const { code, message } = incoming;
      if (code === CALL_ERRORS.unauthorised || code === CALL_ERRORS.forbidden) this.#refuse("token", message);
      else if (code === CALL_ERRORS.versionMismatch) this.#refuse("version", message);
      else this.#wait(message);
      return;
    }
    if (incoming.type !== "hello") return;
    const { hello } = incoming;
    if (hello.protocol.split(".")[0] !== this.#options.protocol.split(".")[0]) {
      this.#refuse("version", `The agent speaks protocol ${hello.protocol}, this page ${this.#options.protocol}.`);
      return;
    }
    this.#ready = true;
    this.#attempt = 0;
    this.#send(SUBSCRIBE, "subscribe", { topics: ["incidents", "stats"] });
    this.#options.onState({ state: "ready", hello });
  }

  #closed(socket: WebSocket, opened: boolean): void {
    if (opened) {
      this.#wait("The agent closed the connection.");
      return;
    }
    whyClosed(this.#options.token()).then(
      ({ because, detail }) => {
        if (this.#socket !== socket) return;
        if (because === "token") this.#refuse("token", detail);
        else this.#wait(detail);
      },
      () => this.#socket === socket && this.#wait(UNREACHABLE),
    );
  }

  #wait(why: string): void {
    this.#leave();
    this.#attempt += 1;
    const delayMs = retryDelayMs(this.#attempt, Math.random());
    this.#options.onState({ state: "waiting", retryAtMs: Date.now() + delayMs, why });
    this.#retryTimer = setTimeout(() => this.reconnect(), delayMs);
  }

  #refuse(because: "token" | "version", detail: string): void {
    this.#leave();
    this.#options.onState({ state: "refused", because, detail });
  }

  #leave(): void {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#pulseTimer);
    this.#retryTimer = undefined;
    const former = this.#socket;
    this.#socket = undefined;
    this.#ready = false;
    former?.close();
    const lost = [...this.#open];
    this.#open.clear();
    for (const id of lost) this.#options.onMessage({ type: "failure", id, code: 0, message: "The connection to the agent was lost." });
  }

  #pulse(): void {
    const silentMs = Date.now() - this.#heardAtMs;
    if (silentMs > SILENCE_MS + 2 * PULSE_MS) {
      this.#wait("The agent stopped answering.");
      return;
    }
    if (this.#ready && silentMs > SILENCE_MS) this.#send(PULSE, "graph/stats", {});
    this.#pulseTimer = setTimeout(() => this.#pulse(), PULSE_MS);
  }
}

/** A browser does not tell why an upgrade failed, so the same token is tried over HTTP. */
async function whyClosed(token: string | undefined): Promise<{ readonly because: "token" | "other"; readonly detail: string }> {
  const answer = await fetch("/api/v1/graph/stats", token ? { headers: { authorization: `Bearer ${token}` } } : {});
  if (answer.status === 401)
    return { because: "token", detail: token ? "The agent does not accept the token." : "The agent wants a token." };
  const problem: unknown = answer.ok ? undefined : await answer.json();
  const detail: unknown = typeof problem === "object" && problem !== null ? Reflect.get(problem, "detail") : undefined;
  return { because: "other", detail: typeof detail === "string" ? `The agent refuses: ${oneLine(detail)}` : UNREACHABLE };
}
