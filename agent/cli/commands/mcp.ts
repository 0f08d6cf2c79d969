// `kgroot mcp`: the incidents for assistants, over the Model Context Protocol.
import { Command, Option } from "commander";
import { isLoopback } from "../../api/guard/access.ts";
import { readToken, withAnswerer } from "../calls.ts";
import { CommandFailure, EXIT } from "../exit-codes.ts";
import type { WithAsk } from "../mcp/mcp-server.ts";
import { oneAtATime } from "../mcp/one-at-a-time.ts";
import type { HttpPlace } from "../mcp/serve-http.ts";
import { numberBetween, type OptionValues, withExamples, withReach } from "../options.ts";
import { printLines } from "../print.ts";
import { safeJson } from "../show/clean-text.ts";
import { untilAborted } from "../signals.ts";
import type { Terminal } from "../terminal.ts";

const CALL_MS_MAX = 60_000;
const WAITING_MAX = 32;

/** The command. */
export function mcpCommand(terminal: Terminal): Command {
  const command = new Command("mcp")
    .description("serve assistants over the Model Context Protocol: read-only tools, on standard input and output unless told otherwise")
    .option("--http", "over streamable HTTP instead, until Ctrl-C")
    .addOption(new Option("--port <port>", "port for --http; 0 takes a free one").default(8765).argParser(numberBetween(0, 65_535)))
    .addOption(new Option("--host <address>", "address for --http; any but loopback needs --access-token-file").default("127.0.0.1"))
    .option("--access-token-file <file>", "a file with the token that clients of --http must send");
  withReach(command);
  withExamples(command, [
    ["kgroot mcp", "an assistant starts it like this; it asks the running agent, or the store"],
    ["kgroot mcp --url http://127.0.0.1:8080", "asks this agent"],
    ["kgroot mcp --http --port 8765", "for several assistants on this machine"],
  ]);
  return command.action((options: OptionValues) => runMcp(options, terminal));
}

async function runMcp(options: OptionValues, terminal: Terminal): Promise<void> {
  const withAsk = asker(options, terminal);
  if (options["http"] !== true) {
    const { serveStdio } = await import("../mcp/serve-stdio.ts");
    return serveStdio(withAsk, terminal.signal);
  }
  const place = placeOf(options);
  const { serveHttp } = await import("../mcp/serve-http.ts");
  const server = await serveHttp(withAsk, place, terminal.nowMs).catch((error: unknown) => {
    throw listenFailure(error, place);
  });
  try {
    if (options["output"] === "json") terminal.out(`${safeJson({ url: server.url }, 0)}\n`);
    else printLines(terminal, [`MCP over HTTP at ${terminal.paint.command(server.url)}`, terminal.paint.faint("Ctrl-C stops it")]);
    await untilAborted(terminal.signal);
  } finally {
    await server.stop();
  }
}

/** Each question finds its answerer anew: an agent may come, go and move while the assistant stays, and a store must not be held from it. */
function asker(options: OptionValues, terminal: Terminal): WithAsk {
  const inTurn = oneAtATime(WAITING_MAX);
  return (signal, work) => {
    const within = AbortSignal.any([terminal.signal, signal, AbortSignal.timeout(CALL_MS_MAX)]);
    return inTurn(() =>
      withAnswerer(options, { ...terminal, signal: within }, ({ call }) => work((method, params) => call(method, params))),
    );
  };
}

function placeOf(options: OptionValues): HttpPlace {
  const host = String(options["host"]);
  const file = options["accessTokenFile"];
  const token = typeof file === "string" ? readToken(file) : undefined;
  if (token === undefined && !isLoopback(host)) {
    throw new CommandFailure(`${host} can be reached from other machines, and no token is set`, {
      exitCode: EXIT.usage,
      hint: "set one with --access-token-file, or listen on 127.0.0.1",
    });
  }
  return { host, port: Number(options["port"]), token };
}

function listenFailure(error: unknown, { host, port }: HttpPlace): CommandFailure {
  const why =
    error instanceof Error && "code" in error && error.code === "EADDRINUSE" ? "the port is taken by another program" : String(error);
  return new CommandFailure(`cannot listen on port ${port} of ${host}: ${why}`, {
    cause: error,
    hint: "choose another with --port (0 takes a free one)",
  });
}
