// Every name that package.json and the code share; a test holds the two in agreement.

/** `publisher.name` of the extension. */
export const EXTENSION_ID = "kgroot.kgroot";

/** Commands, by what they do. */
export const COMMANDS = {
  tryDemo: "kgroot.tryDemo",
  watchCluster: "kgroot.watchCluster",
  startAgent: "kgroot.startAgent",
  stopAgent: "kgroot.stopAgent",
  restartAgent: "kgroot.restartAgent",
  connect: "kgroot.connect",
  disconnect: "kgroot.disconnect",
  showGraph: "kgroot.showGraph",
  explain: "kgroot.explain",
  goToManifest: "kgroot.goToManifest",
  analyze: "kgroot.analyze",
  replay: "kgroot.replay",
  cleanup: "kgroot.cleanup",
  indexes: "kgroot.indexes",
  backup: "kgroot.backup",
  restore: "kgroot.restore",
  doctor: "kgroot.doctor",
  statistics: "kgroot.statistics",
  copyCommand: "kgroot.copyCommand",
  mute: "kgroot.mute",
  unmute: "kgroot.unmute",
  confirmCause: "kgroot.confirmCause",
  rejectCause: "kgroot.rejectCause",
  acknowledge: "kgroot.acknowledge",
  unacknowledge: "kgroot.unacknowledge",
  openObject: "kgroot.openObject",
  openPodLog: "kgroot.openPodLog",
  record: "kgroot.record",
  stopRecording: "kgroot.stopRecording",
  metrics: "kgroot.metrics",
  supportBundle: "kgroot.supportBundle",
  sort: "kgroot.sort",
  openLogs: "kgroot.openLogs",
  groupBy: "kgroot.groupBy",
  filter: "kgroot.filter",
  clearFilter: "kgroot.clearFilter",
  refresh: "kgroot.refresh",
  showMore: "kgroot.showMore",
} as const;

/** One of the commands. */
export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** The tree of incidents. */
export const INCIDENTS_VIEW = "kgroot.incidents";

/** Keys for `when` clauses. `state` is one of SessionState's names, `agent` a target's kind, `role` the token's role, `failure` a FailureCause; those that do not apply are empty. */
export const CONTEXTS = {
  state: "kgroot.state",
  agent: "kgroot.agent",
  role: "kgroot.role",
  failure: "kgroot.failure",
  filtered: "kgroot.filtered",
  recording: "kgroot.recording",
} as const;

/** `contextValue` of tree items, for their menus. */
export const ITEMS = { incident: "incident", acknowledged: "acknowledged", cause: "cause", resource: "resource" } as const;

/** User settings; the section is `kgroot`. */
export const SETTINGS = {
  notifyFatal: "notifyFatal",
  configFile: "agent.configFile",
  logLevel: "agent.logLevel",
  retentionDays: "agent.retentionDays",
  markManifests: "markManifests",
} as const;

/** The webview panel with the causal graph. */
export const GRAPH_PANEL = "kgroot.graph";

/** Scheme of the documents that are made on demand: explanation, analysis, health check, statistics. */
export const DOCUMENT_SCHEME = "kgroot";

/** Theme colours. */
export const COLOURS = { fatal: "kgroot.fatal", rootCause: "kgroot.rootCause" } as const;

/** Before the names of the tools for language models, which are agent/protocol/assistant-tools.ts's. */
export const TOOL_PREFIX = "kgroot_";

/** The provider of the MCP server's definition. */
export const MCP_PROVIDER = "kgroot";
