// MCP over standard input and output: the client starts this program and ends it by closing its input.
import { stdin, stdout } from "node:process";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { createMcpServer, type WithAsk } from "./mcp-server.ts";

// A question is a few hundred bytes; a client that sends more without a line break is none.
const MESSAGE_BYTES_MAX = 1_000_000;

/** Serves until the input ends, the transport breaks, or the signal says so. */
export async function serveStdio(withAsk: WithAsk, signal: AbortSignal): Promise<void> {
  const server = createMcpServer(withAsk);
  const over = new Promise<void>((resolve) => {
    stdin.once("end", resolve);
    stdin.once("close", resolve);
    server.onclose = resolve;
    signal.addEventListener("abort", () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });
  await server.connect(new StdioServerTransport(stdin, stdout, { maxBufferSize: MESSAGE_BYTES_MAX }));
  await over;
  await server.close();
}
