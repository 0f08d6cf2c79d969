// The page's one conversation with its host: asks for what the state lacks, applies what arrives, and tells the views.
import type { MuteRequest } from "../agent/protocol/graph.ts";
import type { WireCause, WireIncident } from "../agent/protocol/incident.ts";
import { type AppEvent, type AppState, initialState, reduce } from "./app-state.ts";
import { type Filters, listParams } from "./incident-list.ts";
import { CALL_ERRORS, type HostToPage, type PageMethod, type PageMethods, type PageToHost } from "./protocol.ts";
import { formatHash, parseHash, type Route } from "./router.ts";

/** What the session needs of its surroundings. */
export type SessionOptions = { readonly post: (message: PageToHost) => void; readonly nowMs: () => number; readonly hash: string };

type Failure = { readonly code: number; readonly message: string };
type Waiting = { readonly done: (result: unknown) => void; readonly failed: (failure: Failure) => void };

/** Holds the state and does the calls. Listeners are told after every change. */
export class Session {
  readonly #options: SessionOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners: ((state: AppState, before: AppState) => void)[] = [];
  #state: AppState;
  #lastCall = 0;
  /** Numbers the list and graph requests, so that a late answer to a former one is left aside. */
  #listTurn = 0;
  #graphTurn = 0;
  #graphAsked = false;
  #graphStale = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#state = initialState(parseHash(options.hash).route);
  }

  get state(): AppState {
    return this.#state;
  }

  /** Calls the listener after every change of state. */
  onChange(listener: (state: AppState, before: AppState) => void): void {
    this.#listeners.push(listener);
  }

  /** Takes what the host says. */
  receive(message: HostToPage): void {
    switch (message.type) {
      case "connection":
        this.#apply({ type: "connection", connection: message.connection, nowMs: this.#options.nowMs() });
        if (message.connection.state === "ready") this.#refresh();
        return;
      case "result":
        this.#settle(message.id, (waiting) => waiting.done(message.result));
        return;
      case "failure":
        this.#settle(message.id, (waiting) => waiting.failed(message));
        return;
      case "incidents/changed":
        this.#changed(message.params);
        return;
      case "stats/changed":
        this.#apply({ type: "stats", stats: message.params });
        return;
      case "show":
        this.go(parseHash(message.hash).route);
        return;
      case "done":
        this.say(message.what === "save" ? "Saved" : message.ok ? "Copied" : "Could not copy");
        return;
    }
  }

  /** Shows a route, and tells the host where the page is. */
  go(route: Route): void {
    const before = this.#state;
    this.#apply({ type: "route", route });
    this.#options.post({ type: "route", hash: formatHash(route) });
    if (this.#state.detail !== before.detail) this.loadGraph();
  }

  /** Changes the filters; what only narrows the loaded list (`text`) needs no call. */
  filter(filters: Filters): void {
    const { text: _now, ...asked } = filters;
    const { text: _before, ...former } = this.#state.list.filters;
    const reload = JSON.stringify(asked) !== JSON.stringify(former);
    this.#apply({ type: "filters", filters, reload });
    if (reload) this.loadList();
  }

  /** Loads the first page of the list, or the next one. */
  loadList(more = false): void {
    const turn = ++this.#listTurn;
    const cursor = more ? this.#state.list.cursor : undefined;
    this.#call("incidents/list", listParams(this.#state.list.filters, cursor), {
      done: (page) => turn === this.#listTurn && this.#apply({ type: "page", page, fresh: !more }),
      failed: (failure) => turn === this.#listTurn && this.#apply({ type: "list-failed", problem: failure.message }),
    });
  }

  /** Fetches the chosen incident's graph; asked again while a request runs, once more after it. */
  loadGraph(): void {
    const { incident, cluster } = this.#state.route;
    if (!incident) return;
    const turn = ++this.#graphTurn;
    this.#graphAsked = true;
    this.#graphStale = false;
    const ended = (event: AppEvent): void => {
      if (turn !== this.#graphTurn) return;
      this.#graphAsked = false;
      this.#apply(event);
      if (this.#graphStale) this.loadGraph();
    };
    this.#call(
      "incidents/graph",
      { id: incident, ...(cluster ? { cluster } : {}) },
      {
        done: (graph) => ended({ type: "graph", graph }),
        failed: (failure) => {
          const missing = failure.code === CALL_ERRORS.notFound;
          if (missing || this.#state.detail.state !== "shown") ended({ type: "graph-failed", missing, problem: failure.message });
          else this.#graphAsked = false;
        },
      },
    );
  }

  /** Mutes incidents like this one. */
  mute(request: MuteRequest): void {
    this.#act("mutes/add", request, "Muted", () => this.loadList());
  }

  /** Takes back the rule that mutes an incident. */
  unmute(id: string): void {
    this.#act("mutes/remove", { id }, "No longer muted", () => this.loadList());
  }

  /** Somebody looks after an incident, or no longer. */
  acknowledge({ id, cluster }: WireIncident, acknowledged: boolean): void {
    this.#act("incidents/acknowledge", { id, cluster, acknowledged }, acknowledged ? "Acknowledged" : "No longer acknowledged", () => {
      this.loadList();
      this.loadGraph();
    });
  }

  /** A person's word on a root cause. */
  judge(incident: WireIncident, cause: WireCause, verdict: "confirmed" | "rejected"): void {
    this.#act(
      "feedback",
      { incident: incident.id, cluster: incident.cluster, rid: cause.rid, verdict },
      verdict === "confirmed" ? "Confirmed. Similar incidents will name it." : "Rejected. Thank you.",
    );
  }

  /** Puts a short word on the screen. */
  say(text: string): void {
    this.#apply({ type: "notice", text });
  }

  /** Sends something straight to the host. */
  tell(message: PageToHost): void {
    this.#options.post(message);
  }

  #refresh(): void {
    this.loadList();
    this.loadGraph();
    this.#call("graph/stats", {}, { done: (stats) => this.#apply({ type: "stats", stats }), failed: () => undefined });
  }

  #changed(change: Extract<HostToPage, { type: "incidents/changed" }>["params"]): void {
    this.#apply({ type: "incidents", change });
    const { route } = this.#state;
    const isChosen = (one: { readonly id: string; readonly cluster: string }): boolean =>
      one.id === route.incident && (!route.cluster || one.cluster === route.cluster);
    const gone = change.removed.find(isChosen);
    if (gone?.merged_into) {
      this.go({ ...route, incident: gone.merged_into });
      this.say("This incident was merged into an older one, which is shown now.");
    } else if (gone) {
      this.#apply({ type: "graph-failed", missing: true, problem: "" });
    } else if (change.changed.some(isChosen)) {
      if (this.#graphAsked) this.#graphStale = true;
      else this.loadGraph();
    }
  }

  #act<M extends PageMethod>(method: M, params: PageMethods[M][0], word: string, then?: () => void): void {
    this.#call(method, params, {
      done: () => {
        this.say(word);
        this.loadGraph();
        then?.();
      },
      failed: (failure) =>
        this.say(failure.code === CALL_ERRORS.forbidden ? "Your role may only look." : `That did not work: ${failure.message}`),
    });
  }

  #call<M extends PageMethod>(
    method: M,
    params: PageMethods[M][0],
    then: { done: (result: PageMethods[M][1]) => void; failed: (failure: Failure) => void },
  ): void {
    const id = ++this.#lastCall;
    // The host answers a call with the result of that method: protocol.ts pairs them.
    this.#waiting.set(id, { done: (result) => then.done(result as PageMethods[M][1]), failed: then.failed });
    this.#options.post({ type: "call", id, method, params });
  }

  #settle(id: number, how: (waiting: Waiting) => void): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (waiting) how(waiting);
  }

  #apply(event: AppEvent): void {
    const before = this.#state;
    this.#state = reduce(before, event);
    for (const listener of this.#listeners) listener(this.#state, before);
  }
}
