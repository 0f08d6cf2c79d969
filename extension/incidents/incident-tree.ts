// The tree view of incidents: hands the nodes to VS Code, refreshes them without losing the selection, and keeps badge and message true.
import { commands, type Disposable, EventEmitter, l10n, type Memento, type TreeDataProvider, type TreeView, window } from "vscode";
import type { WireIncident } from "../../agent/protocol/incident.ts";
import { CONTEXTS, INCIDENTS_VIEW } from "../contributions.ts";
import type { AgentSession } from "../session/agent-session.ts";
import type { SessionState } from "../session/session-state.ts";
import type { IncidentFeed } from "./incident-feed.ts";
import { SORTINGS, type Sorting } from "./incident-set.ts";
import { treeItem } from "./tree-item.ts";
import {
  childrenOf,
  GROUPINGS,
  type Grouping,
  momentsOf,
  nodeOf,
  PAGE,
  parentOf,
  RESOLVED,
  rootsOf,
  type TreeLook,
  type TreeNode,
  UNGROUPED,
} from "./tree-node.ts";
import { oneLine } from "./words.ts";

/** At most four redraws a second, however many changes come. */
const REDRAW_MS = 250;

/** What comes together is drawn together. */
const GATHER_MS = 20;

/** The ages in the tree are told in minutes. */
const AGES_MS = 60_000;

const GROUPING_KEY = "kgroot.grouping";
const SORTING_KEY = "kgroot.sorting";

/** The view and its choices. The grouping is kept in the workspace. */
export class IncidentTree implements TreeDataProvider<TreeNode>, Disposable {
  readonly #feed: IncidentFeed;
  readonly #session: AgentSession;
  readonly #kept: Memento;
  readonly #redraw = new EventEmitter<undefined>();
  readonly #view: TreeView<TreeNode>;
  readonly #listening: Disposable[];
  readonly #ages: ReturnType<typeof setInterval>;
  readonly #shown = new Map<string, number>();
  #text = "";
  #drawing: ReturnType<typeof setTimeout> | undefined;
  #drawnMs = 0;

  readonly onDidChangeTreeData = this.#redraw.event;

  constructor(feed: IncidentFeed, session: AgentSession, kept: Memento) {
    this.#feed = feed;
    this.#session = session;
    this.#kept = kept;
    this.#view = window.createTreeView(INCIDENTS_VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.#listening = [feed.onChange(() => this.redraw()), session.onState((state) => this.#tell(state))];
    this.#ages = setInterval(() => {
      if (this.#view.visible) this.redraw();
    }, AGES_MS);
    this.#tell(session.state);
  }

  get grouping(): Grouping {
    const kept = this.#kept.get<unknown>(GROUPING_KEY);
    return GROUPINGS.find((grouping) => grouping === kept) ?? "severity";
  }

  get sorting(): Sorting {
    const kept = this.#kept.get<unknown>(SORTING_KEY);
    return SORTINGS.find((sorting) => sorting === kept) ?? "urgency";
  }

  get text(): string {
    return this.#text;
  }

  /** Groups the open incidents. */
  async groupBy(grouping: Grouping): Promise<void> {
    await this.#kept.update(GROUPING_KEY, grouping);
    this.redraw();
  }

  /** Orders the open incidents within their groups. */
  async sortBy(sorting: Sorting): Promise<void> {
    await this.#kept.update(SORTING_KEY, sorting);
    this.redraw();
  }

  /** Shows what holds every word of the text; all of it for the empty text. */
  async filter(text: string): Promise<void> {
    this.#text = text.trim();
    await commands.executeCommand("setContext", CONTEXTS.filtered, this.#text !== "");
    this.redraw();
  }

  /** Shows one page more of a group. */
  async showMore(group: string | undefined): Promise<void> {
    const key = group ?? UNGROUPED;
    const shown = this.#shown.get(key) ?? PAGE;
    if (group === RESOLVED && this.#feed.set.resolved.size <= shown) await this.#feed.listOlder();
    this.#shown.set(key, shown + PAGE);
    this.redraw();
  }

  /** Unfolds the view and selects an incident. */
  async reveal(incident: WireIncident): Promise<void> {
    await this.#view.reveal(nodeOf(incident, this.grouping), { select: true, focus: false, expand: true });
  }

  /** Draws soon; what changes until then is drawn with it. */
  redraw(): void {
    const waitMs = Math.max(GATHER_MS, REDRAW_MS - (performance.now() - this.#drawnMs));
    this.#drawing ??= setTimeout(() => {
      this.#drawing = undefined;
      this.#drawnMs = performance.now();
      const open = this.#feed.set.open.size;
      this.#view.badge = open === 0 ? undefined : { value: open, tooltip: openTooltip(open) };
      this.#tell(this.#session.state);
      this.#redraw.fire(undefined);
    }, waitMs);
  }

  getChildren(node?: TreeNode): TreeNode[] | Promise<TreeNode[]> {
    if (!this.#feed.isListed) return [];
    if (node?.type === "section" && node.section === "timeline") return this.#timelineOf(node.incident);
    return node === undefined ? rootsOf(this.#look()) : childrenOf(node, this.#look());
  }

  /** Asked for when it is unfolded. An agent that is away just then leaves it empty: the view says that it is away. */
  async #timelineOf(incident: WireIncident): Promise<TreeNode[]> {
    const { id, cluster } = incident;
    const graph = await this.#session.call("incidents/graph", { id, cluster }).catch(() => undefined);
    return graph ? momentsOf(incident, graph.timeline) : [];
  }

  getTreeItem(node: TreeNode) {
    return treeItem(node, Date.now());
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return parentOf(node, this.#look());
  }

  dispose(): void {
    clearTimeout(this.#drawing);
    clearInterval(this.#ages);
    for (const one of [...this.#listening, this.#view]) one.dispose();
  }

  #look(): TreeLook {
    return { set: this.#feed.set, grouping: this.grouping, sorting: this.sorting, text: this.#text, shown: this.#shown };
  }

  /** VS Code shows either a message or, above an empty tree, the welcome text: package.json has one for each state. */
  #tell(state: SessionState): void {
    this.#view.description = placeWord(state);
    const isEmpty = !this.#feed.isListed || rootsOf(this.#look()).length === 0;
    const stale = state.state === "stale" ? l10n.t("{0} What is shown may be old.", state.why) : "";
    const filtered = this.#text === "" ? "" : l10n.t('Filtered by "{0}".', this.#text);
    this.#view.message = isEmpty ? "" : stale || filtered;
  }
}

function openTooltip(count: number): string {
  return count === 1 ? l10n.t("1 open incident") : l10n.t("{0} open incidents", count);
}

/** Which agent, in a word beside the view's title. */
function placeWord(state: SessionState): string {
  if (state.state === "none") return "";
  if (state.target.kind === "remote") return new URL(state.target.url).host;
  if (state.target.kind === "cluster") return oneLine(state.target.context);
  return state.target.kind === "demo" ? l10n.t("demo") : l10n.t("this machine");
}

/** What is wrong and what to do, in one or two sentences. */
export function failureMessage({ because, detail }: Extract<SessionState, { state: "failed" }>): string {
  if (because === "token") return l10n.t("The agent does not accept the token. Connect again with another one.");
  if (because === "version") return l10n.t("Agent and extension do not fit together: {0}", detail);
  return l10n.t("The agent could not be started. {0}", detail);
}
