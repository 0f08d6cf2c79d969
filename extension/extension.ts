// The extension's start: makes the few long-lived things and registers everything else, one line each.
import { randomUUID } from "node:crypto";
import { type ExtensionContext, Uri, workspace } from "vscode";
import { languageModelTools } from "./assistants/language-model-tools.ts";
import { mcpDefinition } from "./assistants/mcp-definition.ts";
import { acknowledge } from "./commands/acknowledge.ts";
import { analyze } from "./commands/analyze.ts";
import { backup, restore } from "./commands/backup.ts";
import type { Choice } from "./commands/choose-incident.ts";
import { cleanup } from "./commands/cleanup.ts";
import { connectToAgent, tokenKey } from "./commands/connect.ts";
import { copyCommand } from "./commands/copy-command.ts";
import { explain } from "./commands/explain.ts";
import { goToManifest } from "./commands/go-to-manifest.ts";
import { indexes } from "./commands/indexes.ts";
import { judge } from "./commands/judge.ts";
import { openObject, openPodLog } from "./commands/live.ts";
import { clearFilter, filter, groupBy, refresh, showMore, sort } from "./commands/look.ts";
import { mute, unmute } from "./commands/mute.ts";
import { followRecording, record, stopRecording } from "./commands/record.ts";
import { register } from "./commands/register.ts";
import { replay } from "./commands/replay.ts";
import { doctor, metrics, statistics } from "./commands/reports.ts";
import { disconnect, restartAgent, startAgent, stopAgent } from "./commands/run-agent.ts";
import { showGraph } from "./commands/show-graph.ts";
import { supportBundle } from "./commands/support.ts";
import { tryDemo } from "./commands/try-demo.ts";
import { watchCluster } from "./commands/watch-cluster.ts";
import { COMMANDS, type CommandId } from "./contributions.ts";
import { Documents } from "./documents/documents.ts";
import { IncidentFeed } from "./incidents/incident-feed.ts";
import { IncidentTree } from "./incidents/incident-tree.ts";
import { Manifests } from "./manifests/manifests.ts";
import { AgentLog } from "./notices/agent-log.ts";
import { deepLinks } from "./notices/deep-link.ts";
import { fatalNotice } from "./notices/fatal-notice.ts";
import { statusBar } from "./notices/status-bar.ts";
import { GraphPanels } from "./panels/graph-panels.ts";
import { AgentSession } from "./session/agent-session.ts";
import { agentFlags } from "./session/agent-settings.ts";
import { contextKeys } from "./session/context-keys.ts";
import { homeName, LocalAgent } from "./session/local-agent.ts";
import { remember, resume } from "./session/remembered.ts";
import { type OwnTarget, targetOf } from "./session/session-state.ts";

let opened: AgentSession | undefined;

/** VS Code calls this on first use: a view is opened, a command called, a panel restored, a link followed. */
export function activate(context: ExtensionContext): void {
  const parts = makeParts(context);
  const { session, feed, tree, log, panels, documents, demo, agentOf, tokenFor } = parts;
  opened = session;
  const say = (line: string) => log.say(line);
  context.subscriptions.push(
    log,
    documents,
    feed,
    tree,
    panels,
    parts.manifests,
    contextKeys(session),
    remember(session, context.globalState),
    followRecording(session),
    deepLinks(session, panels),
    fatalNotice(session, feed, panels),
    ...statusBar(session, feed),
    ...languageModelTools(session),
    ...mcpDefinition({ session, program: programOf(context), tokenFileOf: (target) => agentOf(target).tokenFile, tokenFor }),
    session.onState((state) => {
      const target = targetOf(state);
      log.follow(target === undefined || target.kind === "remote" ? undefined : agentOf(target).logFile);
    }),
    workspace.onDidGrantWorkspaceTrust(() => void resume(session, context.globalState, demo)),
    ...commandsOf(context, parts).map(([id, run]) => register(id, run, say)),
  );
  void resume(session, context.globalState, demo);
}

/** VS Code waits a little for this when the window closes. */
export async function deactivate(): Promise<void> {
  await opened?.dispose();
}

type Parts = ReturnType<typeof makeParts>;

function makeParts(context: ExtensionContext) {
  const log = new AgentLog();
  const version = String(context.extension.packageJSON.version);
  const windowId = randomUUID();
  const agents = new Map<string, LocalAgent>();
  const agentOf = (target: OwnTarget) => {
    const name = homeName(target);
    const agent = agents.get(name) ?? startable(name, target);
    agents.set(name, agent);
    return agent;
  };
  const startable = (name: string, target: OwnTarget) =>
    new LocalAgent({
      folder: Uri.joinPath(context.globalStorageUri, name).fsPath,
      program: programOf(context),
      keeper: Uri.joinPath(context.extensionUri, "dist", "agent-keeper.cjs").fsPath,
      version,
      windowId,
      settings: () => agentFlags(target),
    });
  const tokenFor = async (url: string) => context.secrets.get(tokenKey(url));
  const session = new AgentSession({
    client: `kgroot-vscode ${version}`,
    agentOf,
    tokenFor,
    say: (line) => log.say(line),
  });
  const feed = new IncidentFeed(session, (line) => log.say(line));
  const tree = new IncidentTree(feed, session, context.workspaceState);
  const media = (name: string) => Uri.joinPath(context.extensionUri, "media", name);
  const panels = new GraphPanels({
    session,
    page: Uri.joinPath(context.extensionUri, "dist", "webview"),
    icon: { light: media("graph-light.svg"), dark: media("graph-dark.svg") },
    takeToken: async (token) => {
      const target = targetOf(session.state);
      if (target?.kind === "remote") await context.secrets.store(tokenKey(target.url), token);
      await session.retry();
    },
    feed,
  });
  return {
    log,
    demo: agentOf({ kind: "demo" }),
    agentOf,
    tokenFor,
    session,
    feed,
    tree,
    panels,
    manifests: new Manifests(feed, (line) => log.say(line)),
    documents: new Documents(),
  };
}

function programOf(context: ExtensionContext): string {
  return Uri.joinPath(context.extensionUri, "dist", "kgroot.mjs").fsPath;
}

function commandsOf(context: ExtensionContext, parts: Parts): [CommandId, (...args: readonly unknown[]) => Promise<void>][] {
  const { session, feed, tree, log, panels, documents, demo, manifests } = parts;
  const choice: Choice = { feed, panels };
  const recording = Uri.joinPath(context.extensionUri, "samples", "bad-rollout.jsonl.gz").fsPath;
  return [
    [COMMANDS.tryDemo, tryDemo({ session, agent: demo, feed, tree, recording })],
    [COMMANDS.watchCluster, watchCluster(session)],
    [COMMANDS.startAgent, startAgent(session)],
    [COMMANDS.stopAgent, stopAgent(session)],
    [COMMANDS.restartAgent, restartAgent(session)],
    [COMMANDS.connect, connectToAgent(session, context.secrets)],
    [COMMANDS.disconnect, disconnect(session)],
    [COMMANDS.showGraph, showGraph(panels, choice)],
    [COMMANDS.explain, explain(session, documents, choice)],
    [COMMANDS.goToManifest, goToManifest(manifests, choice)],
    [COMMANDS.analyze, analyze(programOf(context), documents)],
    [COMMANDS.replay, replay(session)],
    [COMMANDS.cleanup, cleanup(session)],
    [COMMANDS.indexes, indexes(session)],
    [COMMANDS.backup, backup(session)],
    [COMMANDS.restore, restore(session)],
    [COMMANDS.doctor, doctor(session, documents)],
    [COMMANDS.statistics, statistics(session, documents)],
    [COMMANDS.copyCommand, copyCommand(choice)],
    [COMMANDS.mute, mute(session, choice)],
    [COMMANDS.unmute, unmute(session, feed)],
    [COMMANDS.confirmCause, judge(session, choice, "confirmed")],
    [COMMANDS.rejectCause, judge(session, choice, "rejected")],
    [COMMANDS.acknowledge, acknowledge(session, choice, true)],
    [COMMANDS.unacknowledge, acknowledge(session, choice, false)],
    [COMMANDS.openObject, openObject(session, documents, choice)],
    [COMMANDS.openPodLog, openPodLog(session, documents, choice)],
    [COMMANDS.record, record(session)],
    [COMMANDS.stopRecording, stopRecording(session)],
    [COMMANDS.metrics, metrics(session, documents)],
    [COMMANDS.supportBundle, supportBundle(session, String(context.extension.packageJSON.version))],
    [COMMANDS.sort, sort(tree)],
    [COMMANDS.openLogs, async () => log.show()],
    [COMMANDS.groupBy, groupBy(tree)],
    [COMMANDS.filter, filter(tree)],
    [COMMANDS.clearFilter, clearFilter(tree)],
    [COMMANDS.refresh, refresh(feed)],
    [COMMANDS.showMore, showMore(tree)],
  ];
}
