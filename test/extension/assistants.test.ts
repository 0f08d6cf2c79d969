// The tools and the MCP server that the extension offers to assistants: against a real agent's API, and only where one is connected and trusted.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import "../kit/vscode-stub.ts";
import type { LanguageModelTool, LanguageModelToolResult, McpServerDefinitionProvider, McpStdioServerDefinition } from "vscode";
import { ASSISTANT_TOOL_NAMES, ASSISTANT_TOOLS, UNTRUSTED_NOTICE } from "../../agent/protocol/assistant-tools.ts";
import { startTestApi, TOKENS } from "../kit/start-api.ts";

const { lm, workspace } = (await import("vscode")) as unknown as {
  lm: { registered: Map<string, unknown> };
  workspace: { isTrusted: boolean };
};
const { AgentSession } = await import("../../extension/session/agent-session.ts");
const { languageModelTools } = await import("../../extension/assistants/language-model-tools.ts");
const { mcpDefinition } = await import("../../extension/assistants/mcp-definition.ts");
const { MCP_PROVIDER, TOOL_PREFIX } = await import("../../extension/contributions.ts");

const ROOT = join(import.meta.dirname, "../..");
const MAIN = join(ROOT, "agent/main.ts");
const TOKEN = TOKENS[0].token;

/** A window with the extension's two doors for assistants, and an agent that wants a token; not connected yet. */
async function setUp(t: TestContext) {
  const api = await startTestApi(t, undefined, { tokens: [...TOKENS] });
  const tokenFor = async () => TOKEN;
  const session = new AgentSession({
    client: "test",
    agentOf: () => {
      throw new Error("no agent is started here");
    },
    tokenFor,
    say: () => undefined,
  });
  const registered = [
    ...languageModelTools(session),
    ...mcpDefinition({ session, program: MAIN, tokenFileOf: () => "/own/token", tokenFor }),
  ];
  workspace.isTrusted = true;
  t.after(async () => {
    for (const one of registered) one.dispose();
    await session.dispose();
  });
  return { session, connect: () => session.open({ kind: "remote", url: api.address }).then(() => session.settled()) };
}

async function invoke(name: string, input: unknown): Promise<string> {
  const tool = lm.registered.get(`${TOOL_PREFIX}${name}`) as LanguageModelTool<unknown>;
  const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };
  const result = (await tool.invoke({ input, toolInvocationToken: undefined }, token)) as LanguageModelToolResult;
  return result.content.map((part) => (part as { value: string }).value).join("");
}

async function definitions(): Promise<readonly McpStdioServerDefinition[]> {
  const provider = lm.registered.get(MCP_PROVIDER) as McpServerDefinitionProvider<McpStdioServerDefinition>;
  const token = { isCancellationRequested: false, onCancellationRequested: () => ({ dispose: () => undefined }) };
  const found = (await provider.provideMcpServerDefinitions(token)) ?? [];
  const ready = await Promise.all(found.map(async (one) => provider.resolveMcpServerDefinition?.(one, token)));
  return ready.flatMap((one) => one ?? []);
}

test("the manifest offers the tools of kgroot mcp, in the same words, while there is a connection and trust", () => {
  const { contributes } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const offered: readonly Record<string, unknown>[] = contributes.languageModelTools;
  assert.deepEqual(
    offered.map(({ name }) => name),
    ASSISTANT_TOOL_NAMES.map((name) => `${TOOL_PREFIX}${name}`),
  );
  for (const [at, name] of ASSISTANT_TOOL_NAMES.entries()) {
    assert.equal(offered[at]?.["modelDescription"], ASSISTANT_TOOLS[name].description);
    assert.deepEqual(offered[at]?.["inputSchema"], ASSISTANT_TOOLS[name].input);
    assert.equal(offered[at]?.["when"], "isWorkspaceTrusted && kgroot.state == ready");
  }
  assert.deepEqual(
    contributes.mcpServerDefinitionProviders.map(({ id }: { id: string }) => id),
    [MCP_PROVIDER],
  );
});

test("a tool answers over the window's connection, and tells the model what it asked wrongly", async (t) => {
  const { connect } = await setUp(t);
  await connect();
  const list = await invoke("list_incidents", { state: "any" });
  assert.ok(list.startsWith(UNTRUSTED_NOTICE), list);
  const id = /incident_id: (\S+)/.exec(list)?.[1];
  assert.match(await invoke("explain_incident", { incident_id: id }), /^root_cause:/m);
  await assert.rejects(invoke("explain_incident", {}), /incident_id is missing/);
  await assert.rejects(invoke("explain_incident", { incident_id: "gone" }), /there is no incident gone/);
});

test("without a connection, or without trust, nothing is answered and no server is offered", async (t) => {
  const { connect, session } = await setUp(t);
  await assert.rejects(invoke("list_incidents", {}), /not connected/);
  assert.deepEqual(await definitions(), []);
  await connect();
  workspace.isTrusted = false;
  await assert.rejects(invoke("list_incidents", {}), /trusted workspaces only/);
  assert.deepEqual(await definitions(), []);
  workspace.isTrusted = true;
  assert.equal((await definitions()).length, 1);
  await session.close();
  assert.deepEqual(await definitions(), []);
});

test("the MCP server that is offered starts as it is defined, and answers from the connected agent", async (t) => {
  const { connect } = await setUp(t);
  await connect();
  const [definition] = await definitions();
  assert.ok(definition);
  assert.ok(!definition.args.join(" ").includes(TOKEN), "arguments can be read by others");
  const env = Object.fromEntries(Object.entries(definition.env).flatMap(([key, value]) => (value === null ? [] : [[key, String(value)]])));
  const transport = new StdioClientTransport({
    command: definition.command,
    args: definition.args,
    env: { PATH: process.env.PATH ?? "", ...env },
  });
  const client = new Client({ name: "test", version: "1" });
  await client.connect(transport);
  t.after(() => client.close());
  const { content, isError } = await client.callTool({ name: "list_incidents", arguments: { state: "any" } });
  assert.notEqual(isError, true, JSON.stringify(content));
  assert.match(JSON.stringify(content), /incident_id/);
});
