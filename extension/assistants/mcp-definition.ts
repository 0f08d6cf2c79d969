// Tells VS Code of an MCP server: the bundled `kgroot mcp`, asking the agent that this window is connected to.
import { execPath } from "node:process";
import { type Disposable, EventEmitter, lm, type McpServerDefinitionProvider, McpStdioServerDefinition, workspace } from "vscode";
import { MCP_PROVIDER } from "../contributions.ts";
import type { AgentSession } from "../session/agent-session.ts";
import type { OwnTarget, SessionState } from "../session/session-state.ts";

/** What the definition is made from. `tokenFileOf` names the file with the token of an agent that the extension started, `tokenFor` gives another one's. */
export type McpOptions = {
  readonly session: AgentSession;
  readonly program: string;
  readonly tokenFileOf: (target: OwnTarget) => string;
  readonly tokenFor: (url: string) => Promise<string | undefined>;
};

/** Registers the provider: one server while there is a connection in a trusted workspace, else none. */
export function mcpDefinition(options: McpOptions): Disposable[] {
  const { session, tokenFor } = options;
  const changes = new EventEmitter<void>();
  let told = "";
  const listening = session.onState((state) => {
    const now = state.state === "ready" ? state.url : "";
    if (now !== told) changes.fire();
    told = now;
  });
  const provider: McpServerDefinitionProvider<McpStdioServerDefinition> = {
    onDidChangeMcpServerDefinitions: changes.event,
    provideMcpServerDefinitions: () => definitionsFor(session.state, options),
    // The token of an agent elsewhere is added only when the server starts: definitions are kept by VS Code, this is not.
    resolveMcpServerDefinition: async (definition) => {
      const { state } = session;
      if (!workspace.isTrusted || state.state !== "ready") return undefined;
      const token = state.target.kind === "remote" ? await tokenFor(state.target.url) : undefined;
      if (token !== undefined) definition.env = { ...definition.env, KGROOT_TOKEN: token };
      return definition;
    },
  };
  return [changes, listening, lm.registerMcpServerDefinitionProvider(MCP_PROVIDER, provider)];
}

function definitionsFor(state: SessionState, { program, tokenFileOf }: McpOptions): McpStdioServerDefinition[] {
  if (!workspace.isTrusted || state.state !== "ready") return [];
  const { target, url, hello } = state;
  const token = target.kind === "remote" ? [] : ["--token-file", tokenFileOf(target)];
  // VS Code's own program is a Node with this variable; settings of kgroot in VS Code's environment are another agent's.
  const env = { ELECTRON_RUN_AS_NODE: "1", KGROOT_CONFIG: null, KGROOT_TOKEN_FILE: null, KGROOT_TOKEN: null };
  return [new McpStdioServerDefinition("kgroot", execPath, [program, "mcp", "--url", url, ...token], env, `${hello.server} ${url}`)];
}
