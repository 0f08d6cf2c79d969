// The webview panels with causal graphs: one for each incident, found again instead of opened twice, and restored after a reload.

import { randomBytes } from "node:crypto";
import { type Disposable, Uri, ViewColumn, type WebviewPanel, window } from "vscode";
import type { HostToPage } from "../../webview/protocol.ts";
import { GRAPH_PANEL } from "../contributions.ts";
import type { IncidentFeed } from "../incidents/incident-feed.ts";
import { incidentKey } from "../incidents/incident-set.ts";
import { harmless } from "../incidents/words.ts";
import type { AgentSession } from "../session/agent-session.ts";
import { type IncidentRef, refOfRoute, routeOf } from "./incident-ref.ts";
import { pageConnection } from "./page-connection.ts";
import { answerPage } from "./page-host.ts";
import { pageHtml } from "./page-html.ts";
import { parsePageMessage } from "./page-messages.ts";

const TITLE_CHARS_MAX = 40;

/** What the panels need. */
export type GraphPanelsOptions = {
  readonly session: AgentSession;
  readonly page: Uri;
  readonly icon: { readonly light: Uri; readonly dark: Uri };
  /** Keeps a token that was typed into a page, and connects with it. */
  readonly takeToken: (token: string) => Promise<void>;
  readonly feed: IncidentFeed;
};

/** All panels of this window. */
export class GraphPanels implements Disposable {
  readonly #options: GraphPanelsOptions;
  readonly #panels = new Map<WebviewPanel, IncidentRef>();
  readonly #listening: Disposable[];

  constructor(options: GraphPanelsOptions) {
    this.#options = options;
    const { session, feed } = options;
    this.#listening = [
      feed.onChange(() => {
        for (const [panel, incident] of this.#panels) this.#entitle(panel, incident);
      }),
      session.onIncidents((params) => this.#tellAll({ type: "incidents/changed", params })),
      session.onStats((params) => this.#tellAll({ type: "stats/changed", params })),
      session.onState((state) => {
        if (state.state === "none") for (const panel of this.#panels.keys()) panel.dispose();
        this.#tellAll({ type: "connection", connection: pageConnection(state) });
      }),
      window.registerWebviewPanelSerializer(GRAPH_PANEL, { deserializeWebviewPanel: async (panel, kept) => this.#restore(panel, kept) }),
    ];
  }

  /** Shows the graph of an incident. */
  show(incident: IncidentRef): void {
    const same = [...this.#panels].find(([, { id, cluster }]) => id === incident.id && cluster === incident.cluster);
    if (same) {
      same[0].reveal();
      return;
    }
    this.#fill(window.createWebviewPanel(GRAPH_PANEL, "kgroot", ViewColumn.Active), incident);
  }

  /** The incident of the panel that has the focus. */
  active(): IncidentRef | undefined {
    return [...this.#panels].find(([panel]) => panel.active)?.[1];
  }

  dispose(): void {
    for (const one of this.#listening) one.dispose();
  }

  #restore(panel: WebviewPanel, kept: unknown): void {
    const hash: unknown = typeof kept === "object" && kept !== null ? Reflect.get(kept, "hash") : undefined;
    const incident = refOfRoute(hash);
    if (incident) this.#fill(panel, incident);
    else panel.dispose();
  }

  #fill(panel: WebviewPanel, incident: IncidentRef): void {
    const { page, icon, session } = this.#options;
    const { webview } = panel;
    this.#panels.set(panel, incident);
    panel.iconPath = icon;
    this.#entitle(panel, incident);
    webview.options = { enableScripts: true, localResourceRoots: [page] };
    const tell = (message: HostToPage) => void webview.postMessage(message);
    const listening = webview.onDidReceiveMessage((value: unknown) => {
      const message = parsePageMessage(value);
      const moved = (hash: string) => this.#move(panel, hash);
      if (message) void answerPage(message, { session, tell, moved, takeToken: this.#options.takeToken });
    });
    panel.onDidDispose(() => {
      listening.dispose();
      this.#panels.delete(panel);
    });
    const address = (file: string) => webview.asWebviewUri(Uri.joinPath(page, file)).toString();
    webview.html = pageHtml(
      { source: webview.cspSource, style: address("page.css"), script: address("main.js") },
      randomBytes(24).toString("base64url"),
      routeOf(incident),
    );
  }

  /** The page went to another incident, as when two were merged. */
  #move(panel: WebviewPanel, hash: string): void {
    const incident = refOfRoute(hash);
    if (!incident) return;
    this.#panels.set(panel, incident);
    this.#entitle(panel, incident);
  }

  /** The incident's title, once it is known. */
  #entitle(panel: WebviewPanel, { id, cluster }: IncidentRef): void {
    const known = cluster === undefined ? undefined : this.#options.feed.find(incidentKey({ id, cluster }));
    if (!known) return;
    const title = harmless(known.title);
    const short = title.length > TITLE_CHARS_MAX ? `${title.slice(0, TITLE_CHARS_MAX - 1)}…` : title;
    if (panel.title !== short) panel.title = short;
  }

  #tellAll(message: HostToPage): void {
    for (const panel of this.#panels.keys()) void panel.webview.postMessage(message);
  }
}
