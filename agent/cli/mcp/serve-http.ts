// MCP over streamable HTTP: one POST, one answer in JSON, no sessions; guarded as the agent's own API is.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { ApiFault, faultOf, problemOf } from "../../api/fault.ts";
import { createAccess } from "../../api/guard/access.ts";
import { createRateWindow } from "../../api/guard/rate-window.ts";
import { createMcpServer, type WithAsk } from "./mcp-server.ts";

/** Where to listen, and the token that opens it; without one everybody on this machine may ask. */
export type HttpPlace = { readonly host: string; readonly port: number; readonly token: string | undefined };

/** A server that listens; `url` is where clients go. */
export type RunningMcp = { readonly url: string; stop(): Promise<void> };

const PATH = "/mcp";
const BODY_BYTES_MAX = 1_000_000;
const REQUESTS_PER_MINUTE_MAX = 600;
const CONNECTIONS_MAX = 100;
const LIMITS = { headersTimeout: 20_000, requestTimeout: 60_000, keepAliveTimeout: 5_000 };

/** Listens. Rejects with the system's error when it cannot. */
export async function serveHttp(withAsk: WithAsk, { host, port, token }: HttpPlace, nowMs: () => number): Promise<RunningMcp> {
  const access = createAccess(token === undefined ? [] : [{ role: "viewer", token }], []);
  const rate = createRateWindow(REQUESTS_PER_MINUTE_MAX);
  const guard = (request: IncomingMessage) => {
    const { key, role } = access.identify(request);
    const waitS = rate(key, nowMs());
    if (waitS > 0) throw new ApiFault("tooBusy", `too many requests; try again in ${waitS} s`, { retryAfterS: waitS });
    access.checkOrigin(request);
    if (role === undefined) throw new ApiFault("unauthorised", "a token is needed: Authorization: Bearer …");
  };
  const server = createServer(LIMITS, (request, response) => {
    answer(request, response, { guard, withAsk }).catch((error: unknown) => refuse(response, faultOf(error)));
  });
  server.maxConnections = CONNECTIONS_MAX;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  const bound = typeof address === "object" && address ? address.port : port;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${bound}${PATH}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

type Parts = { readonly guard: (request: IncomingMessage) => void; readonly withAsk: WithAsk };

async function answer(request: IncomingMessage, response: ServerResponse, { guard, withAsk }: Parts): Promise<void> {
  response.setHeader("x-content-type-options", "nosniff");
  response.setHeader("cache-control", "no-store");
  guard(request);
  // Clients ask for an event stream with GET, and learn so that there is none.
  if (request.method !== "POST") return void response.writeHead(405, { allow: "POST" }).end();
  checkRequest(request);
  const body = await readBody(request);
  const server = createMcpServer(withAsk);
  // Without sessions every question stands for itself: nothing is kept between them.
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
  response.once("close", () => void server.close());
  // The SDK's own types differ in optional members where `undefined` is not a value.
  await server.connect(transport as Transport);
  await transport.handleRequest(request, response, body);
}

function checkRequest({ url = "", headers }: IncomingMessage): void {
  if (url.split("?")[0] !== PATH) throw new ApiFault("notFound", `there is nothing here but ${PATH}`);
  if (!/^application\/json\b/i.test(headers["content-type"] ?? "")) {
    throw new ApiFault("unsupportedMediaType", "the body must be application/json");
  }
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new ApiFault("tooLarge", `the body is larger than ${BODY_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  const body = parsed(Buffer.concat(chunks).toString("utf8"));
  if (body === undefined) throw new ApiFault("parseError", "the body is not JSON");
  return body;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(response: ServerResponse, fault: ApiFault): void {
  if (response.headersSent) return void response.destroy();
  const problem = problemOf(fault);
  response.writeHead(problem.status, {
    "content-type": "application/problem+json",
    ...(problem.retry_after_s === undefined ? {} : { "retry-after": String(problem.retry_after_s) }),
    ...(fault.kind === "unauthorised" ? { "www-authenticate": 'Bearer realm="kgroot"' } : {}),
    connection: "close",
  });
  response.end(JSON.stringify(problem));
}
