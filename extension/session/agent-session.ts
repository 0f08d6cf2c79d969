// This window's one conversation with an agent: start or find it, connect, notice that it is gone, bring it back.
import { EventEmitter, l10n } from "vscode";
import type { CallOptions } from "../../agent/client/calls.ts";
import { type Client, type ClientState, connect } from "../../agent/client/connect.ts";
import { ApiError, ConnectionError } from "../../agent/client/errors.ts";
import { request } from "../../agent/client/http.ts";
import type { RpcMethods, RpcNotifications } from "../../agent/protocol/rpc.ts";
import { afterCrash, type Crashes } from "./crash-limit.ts";
import { knock } from "./knock.ts";
import type { LocalAgent } from "./local-agent.ts";
import { type FailureCause, isSameTarget, type OwnTarget, type SessionState, type Target } from "./session-state.ts";

/** What a session needs. `client` names the extension in the agent's log. */
export type SessionOptions = {
  readonly client: string;
  readonly agentOf: (target: OwnTarget) => LocalAgent;
  readonly tokenFor: (url: string) => Promise<string | undefined>;
  readonly say: (line: string) => void;
};

/** Where an agent is, and what opens it. */
type Place = { readonly url: string; readonly token: string | undefined };

const LOOK_MS = 500;
const KNOCK_EVERY_MS = 2_000;
const SETTLE_MS_MAX = 20_000;

/** A window that restarts the agent names none for a moment: 20 s are given to that. */
const UNNAMED_LOOKS_MAX = 40;

/** Starts without an agent. */
export class AgentSession {
  readonly #options: SessionOptions;
  readonly #states = new EventEmitter<SessionState>();
  readonly #incidents = new EventEmitter<RpcNotifications["incidents/changed"]>();
  readonly #stats = new EventEmitter<RpcNotifications["stats/changed"]>();
  #state: SessionState = { state: "none" };
  #client: Client | undefined;
  #turn = new AbortController();
  #crashes: Crashes = [];
  #losses = 0;

  readonly onState = this.#states.event;
  readonly onIncidents = this.#incidents.event;
  readonly onStats = this.#stats.event;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Turns to an agent, and away from the one before. Failures become a state. */
  async open(target: Target): Promise<void> {
    const turn = this.#begin();
    this.#crashes = [];
    const before = this.#own();
    if (before && !isSameTarget(before.target, target)) await before.agent.leave();
    await this.#reach(target, turn);
  }

  /** Turns away from the agent; one that the extension started ends when no window needs it. */
  async close(): Promise<void> {
    const own = this.#own();
    this.#begin();
    this.#enter({ state: "none" });
    await own?.agent.leave();
  }

  /** Ends the agent that the extension started, for every window. */
  async stop(): Promise<void> {
    const own = this.#own();
    this.#begin();
    await own?.agent.stop();
    await own?.agent.leave();
    this.#enter({ state: "none" });
  }

  /** Ends the agent that the extension started, and starts it again. */
  async restart(): Promise<void> {
    const own = this.#own();
    if (!own) return;
    const turn = this.#begin();
    this.#crashes = [];
    this.#enter({ state: "starting", target: own.target });
    await own.agent.stop();
    await this.#reach(own.target, turn);
  }

  /** Tries again at once. */
  async retry(): Promise<void> {
    if (this.#state.state !== "none") await this.open(this.#state.target);
  }

  /** Asks the agent. Throws as Client.call does, and ConnectionError when there is no agent. */
  async call<M extends keyof RpcMethods>(method: M, params: RpcMethods[M][0], options?: CallOptions): Promise<RpcMethods[M][1]> {
    if (!this.#client) throw new ConnectionError("closed", l10n.t("There is no connection to an agent."));
    return this.#client.call(method, params, options);
  }

  /** Resolves once there is a connection or none will come, and after 20 s in any case; tells how things stand then. */
  async settled(): Promise<SessionState> {
    const isOpen = ({ state }: SessionState) => state === "starting" || state === "connecting";
    if (!isOpen(this.#state)) return this.#state;
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        listening.dispose();
        resolve(this.#state);
      };
      const timer = setTimeout(done, SETTLE_MS_MAX);
      const listening = this.onState((state) => {
        if (!isOpen(state)) done();
      });
    });
  }

  /** The window closes. */
  async dispose(): Promise<void> {
    this.#begin();
    await this.#own()?.agent.leave();
  }

  #begin(): AbortSignal {
    this.#turn.abort();
    this.#turn = new AbortController();
    this.#client?.close();
    this.#client = undefined;
    return this.#turn.signal;
  }

  #own(): { readonly target: OwnTarget; readonly agent: LocalAgent } | undefined {
    const { state } = this;
    if (state.state === "none" || state.target.kind === "remote") return undefined;
    const { target } = state;
    return { target, agent: this.#options.agentOf(target) };
  }

  async #reach(target: Target, turn: AbortSignal): Promise<void> {
    try {
      if (target.kind !== "remote") this.#enter({ state: "starting", target });
      const place = await this.#placeOf(target, turn);
      if (turn.aborted) return;
      this.#enter({ state: "connecting", target, url: place.url });
      this.#connect(target, place, turn);
    } catch (error) {
      if (turn.aborted) return;
      const detail = error instanceof Error ? error.message : String(error);
      this.#options.say(`the agent could not be started: ${detail}`);
      this.#enter({ state: "failed", target, because: "start", detail });
    }
  }

  async #placeOf(target: Target, turn: AbortSignal): Promise<Place> {
    if (target.kind === "remote") return { url: target.url, token: await this.#options.tokenFor(target.url) };
    const { url, token } = await this.#options.agentOf(target).ensure(turn);
    return { url, token };
  }

  #connect(target: Target, place: Place, turn: AbortSignal): void {
    const client = connect(place.url, {
      client: this.#options.client,
      token: place.token,
      onState: (state) => {
        if (!turn.aborted) this.#follow(state, { target, place, turn });
      },
    });
    client.subscribe("incidents", (news) => this.#incidents.fire(news));
    client.subscribe("stats", (news) => this.#stats.fire(news));
    this.#client = client;
    if (target.kind !== "remote") void this.#watch(target, place.url, turn);
  }

  #follow(state: ClientState, { target, place, turn }: { target: Target; place: Place; turn: AbortSignal }): void {
    const hello = this.#client?.agent();
    if (state.state === "connected" && hello) this.#enter({ state: "ready", target, url: place.url, hello });
    if (state.state === "stale") void this.#tellLost(target, place.url, turn);
    if (state.state !== "closed") return;
    void refusalOf(place).then((because) => {
      if (turn.aborted) return;
      this.#options.say(`the agent at ${place.url} refuses: ${state.reason}`);
      this.#enter({ state: "failed", target, because, detail: state.reason });
    });
  }

  /** The client tries again by itself; whoever answers meanwhile, or comes there later, may be somebody else. */
  async #tellLost(target: Target, url: string, turn: AbortSignal): Promise<void> {
    const lost = (why: string) => this.#enter({ state: "stale", target, why, retryAtMs: Date.now() + 1_000 });
    lost(l10n.t("The connection to the agent was lost."));
    if (target.kind !== "remote") return;
    this.#losses += 1;
    const loss = this.#losses;
    const isOver = () => turn.aborted || loss !== this.#losses || this.#state.state !== "stale";
    for (; !isOver(); await pause(KNOCK_EVERY_MS)) {
      if ((await knock(url)) !== "stranger" || isOver()) continue;
      lost(l10n.t("What answers at {0} now is no kgroot agent: start the agent again, or connect to another one.", url));
      return;
    }
  }

  /** While there is no connection: looks whether the agent's process is still there, and starts it again when it ended by itself. */
  async #watch(target: OwnTarget, url: string, turn: AbortSignal): Promise<void> {
    const agent = this.#options.agentOf(target);
    let unnamedLooks = 0;
    while (!turn.aborted) {
      await pause(LOOK_MS);
      if (turn.aborted || this.#state.state === "ready") continue;
      const found = await agent.named();
      if (turn.aborted) return;
      unnamedLooks = found === "none" ? unnamedLooks + 1 : 0;
      if (unnamedLooks > UNNAMED_LOOKS_MAX) return this.close(); // another window stopped it
      if (found === "ended") return this.#afterCrash(target);
      if (typeof found !== "string" && found.url !== url) return this.#again(target, 0); // another window restarted it
    }
  }

  async #afterCrash(target: OwnTarget): Promise<void> {
    const { crashes, waitMs } = afterCrash(this.#crashes, Date.now());
    this.#crashes = crashes;
    if (waitMs !== undefined) return this.#again(target, waitMs);
    this.#begin();
    this.#enter({ state: "failed", target, because: "start", detail: l10n.t("The agent ended again and again.") });
  }

  async #again(target: OwnTarget, waitMs: number): Promise<void> {
    const turn = this.#begin();
    this.#options.say(`the agent ended; trying again in ${waitMs} ms`);
    this.#enter({ state: "stale", target, why: l10n.t("The agent ended and is started again."), retryAtMs: Date.now() + waitMs });
    await pause(waitMs);
    if (turn.aborted) return;
    try {
      const place = await this.#placeOf(target, turn);
      if (!turn.aborted) this.#connect(target, place, turn);
    } catch (error) {
      if (turn.aborted) return;
      this.#options.say(`the agent could not be started again: ${error instanceof Error ? error.message : error}`);
      await this.#afterCrash(target);
    }
  }

  #enter(state: SessionState): void {
    this.#state = state;
    this.#states.fire(state);
  }
}

/** A client that closed for good was refused: its token, or else its version. */
async function refusalOf({ url, token }: Place): Promise<FailureCause> {
  try {
    await request(url, { method: "GET", path: "/api/v1/config" }, { token });
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return "token";
  }
  return "version";
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
