// Keeps the incidents of this window in step with the agent: lists after each connection, then follows the changes.
import { type Disposable, EventEmitter } from "vscode";
import type { WireIncident, WireIncidentPage } from "../../agent/protocol/incident.ts";
import type { IncidentsParams, RpcNotifications } from "../../agent/protocol/rpc.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { type IncidentSet, incidentKey, NO_INCIDENTS, withNews } from "./incident-set.ts";

/** Open incidents that are held at most; about 5 kB each. */
const OPEN_MAX = 2_000;
const PAGE = 200;
const RESOLVED_PAGE = 50;

/** The incidents, and an event after each change. `onNew` tells of open ones that were not there at the last listing. */
export class IncidentFeed implements Disposable {
  readonly #session: AgentSession;
  readonly #changes = new EventEmitter<void>();
  readonly #news = new EventEmitter<readonly WireIncident[]>();
  readonly #listening: Disposable[];
  #set: IncidentSet = NO_INCIDENTS;
  #isListed = false;
  #listing: Promise<void> = Promise.resolve();
  /** News that came while a listing was under way: the listing may be older. */
  #early: RpcNotifications["incidents/changed"][] | undefined;

  readonly onChange = this.#changes.event;
  readonly onNew = this.#news.event;

  constructor(session: AgentSession, say: (line: string) => void) {
    this.#session = session;
    this.#listening = [
      session.onIncidents((news) => this.#follow(news)),
      session.onState(({ state }) => {
        if (state === "none" || state === "failed") this.#become(NO_INCIDENTS, false);
        if (state === "ready") this.list().catch((error: unknown) => say(`the incidents could not be listed: ${error}`));
      }),
    ];
  }

  get set(): IncidentSet {
    return this.#set;
  }

  /** Whether the set is the agent's answer, and not only empty because nobody was asked yet. */
  get isListed(): boolean {
    return this.#isListed;
  }

  /** Lists everything anew; after the listing that is under way, if one is. */
  async list(): Promise<void> {
    const next = this.#listing.catch(() => undefined).then(() => this.#listNow());
    this.#listing = next;
    return next;
  }

  async #listNow(): Promise<void> {
    this.#early = [];
    try {
      const open = await this.#openOnes();
      const resolved = await this.#session.call("incidents/list", { state: "resolved", limit: RESOLVED_PAGE });
      const listed: IncidentSet = { open, resolved: byKey(resolved.incidents), olderResolved: resolved.next_cursor };
      this.#become((this.#early ?? []).reduce(withNews, listed), true);
    } finally {
      this.#early = undefined;
    }
  }

  /** Lists older resolved ones. */
  async listOlder(): Promise<void> {
    const { olderResolved } = this.#set;
    if (olderResolved === undefined) return;
    const page = await this.#session.call("incidents/list", { state: "resolved", limit: RESOLVED_PAGE, cursor: olderResolved });
    const resolved = new Map([...byKey(page.incidents), ...this.#set.resolved]);
    this.#become({ ...this.#set, resolved, olderResolved: page.next_cursor }, true);
  }

  /** The incident with this key. */
  find(key: string): WireIncident | undefined {
    return this.#set.open.get(key) ?? this.#set.resolved.get(key);
  }

  dispose(): void {
    for (const one of this.#listening) one.dispose();
  }

  async #openOnes(): Promise<Map<string, WireIncident>> {
    const open = new Map<string, WireIncident>();
    let params: IncidentsParams | undefined = { state: "open", limit: PAGE };
    while (params && open.size < OPEN_MAX) {
      const page: WireIncidentPage = await this.#session.call("incidents/list", params);
      for (const incident of page.incidents) open.set(incidentKey(incident), incident);
      params = page.next_cursor === undefined ? undefined : { state: "open", limit: PAGE, cursor: page.next_cursor };
    }
    return open;
  }

  #follow(news: RpcNotifications["incidents/changed"]): void {
    this.#early?.push(news);
    const before = this.#set.open;
    this.#become(withNews(this.#set, news), this.#isListed);
    const fresh = news.changed.filter((one) => this.#set.open.has(incidentKey(one)) && !before.has(incidentKey(one)));
    if (this.#isListed && fresh.length > 0) this.#news.fire(fresh);
  }

  #become(set: IncidentSet, isListed: boolean): void {
    this.#set = set;
    this.#isListed = isListed;
    this.#changes.fire();
  }
}

function byKey(incidents: readonly WireIncident[]): Map<string, WireIncident> {
  return new Map(incidents.map((incident) => [incidentKey(incident), incident]));
}
