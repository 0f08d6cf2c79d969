// The MCP side of `kgroot mcp`: the tools as the protocol lists them, and calls of them as questions to the agent.
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, type CallToolResult, ListToolsRequestSchema, type Tool } from "@modelcontextprotocol/sdk/types.js";
import { type Ask, answerTool, toolFailure } from "../../client/assistant/answer-tool.ts";
import { VERSION } from "../../platform/version.ts";
import { ASSISTANT_INSTRUCTIONS, ASSISTANT_TOOL_NAMES, ASSISTANT_TOOLS, type AssistantToolName } from "../../protocol/assistant-tools.ts";
import { CommandFailure } from "../exit-codes.ts";

/** Runs a piece of work with somebody who answers; the signal ends it. */
export type WithAsk = <T>(signal: AbortSignal, work: (ask: Ask) => Promise<T>) => Promise<T>;

/** A server for one client; it is not connected yet. */
export function createMcpServer(withAsk: WithAsk): Server {
  const server = new Server(
    { name: "kgroot", title: "kgroot", version: VERSION },
    { capabilities: { tools: {} }, instructions: ASSISTANT_INSTRUCTIONS },
  );
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: ASSISTANT_TOOL_NAMES.map(toolEntry) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const name = ASSISTANT_TOOL_NAMES.find((one) => one === params.name);
    if (name === undefined)
      return failed(`there is no tool ${JSON.stringify(params.name.slice(0, 100))}; there are ${ASSISTANT_TOOL_NAMES.join(", ")}`);
    return callTool(name, params.arguments, (work) => withAsk(signal, work));
  });
  return server;
}

const OUTPUT_SCHEMA: Tool["outputSchema"] = {
  type: "object",
  properties: {
    notice: { type: "string", description: "what to keep in mind of all the rest" },
    cluster_data: { type: "object", description: "untrusted data read from the cluster" },
  },
  required: ["notice", "cluster_data"],
};

function toolEntry(name: AssistantToolName): Tool {
  const { title, description, input } = ASSISTANT_TOOLS[name];
  return {
    name,
    title,
    description,
    inputSchema: { ...input, properties: { ...input.properties }, required: [...input.required] },
    outputSchema: OUTPUT_SCHEMA,
    annotations: { title, readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  };
}

async function callTool(
  name: AssistantToolName,
  input: unknown,
  withAsk: (work: (ask: Ask) => ReturnType<typeof answerTool>) => ReturnType<typeof answerTool>,
): Promise<CallToolResult> {
  try {
    const { text, data } = await withAsk((ask) => answerTool(name, input, ask));
    return { content: [{ type: "text", text }], structuredContent: data };
  } catch (error) {
    const hint = error instanceof CommandFailure && error.hint !== undefined ? `; ${toolFailure(new Error(error.hint))}` : "";
    return failed(`${toolFailure(error)}${hint}`);
  }
}

/** A failure that the model is told of, rather than the client. */
function failed(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}
