// Serves the built page with a fake agent behind it that speaks the same JSON-RPC, for the browser test and for looking at the page.
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { type WebSocket, WebSocketServer } from "ws";
import type { WireStats } from "../../agent/protocol/graph.ts";
import type { WireIncident, WireIncidentGraph } from "../../agent/protocol/incident.ts";
import { PROTOCOL_VERSION, RPC_ERRORS } from "../../agent/protocol/rpc.ts";
import { plainGraph } from "../kit/page-fixture.ts";

/** What the fake agent knows; a test may change it while the page looks. */
export type FakeAgentState = {
  incidents: WireIncident[];
  graphs: Map<string, WireIncidentGraph>;
  stats: WireStats;
  token?: string;
  protocol?: string;
  role?: "viewer" | "operator" | "admin";
  pageSize?: number;
  clusters?: string[];
};

/** A running fake agent. `received` holds the calls that change something; `push` notifies all pages; `drop` cuts their connections. */
export type FakeAgent = {
  readonly url: string;
  readonly port: number;
  readonly received: { readonly method: string; readonly params: unknown }[];
  push(method: string, params: unknown): void;
  drop(): void;
  stop(): Promise<void>;
};

// As strict as it gets: markup made from text, inline scripts and inline styles would all fail the test.
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";
const TYPES: Readonly<Record<string, string>> = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css" };

/** Bundles the page into a folder of its own, as scripts/build.ts does. */
export async function buildPage(): Promise<{ readonly folder: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), "kgroot-page-"));
  const from = join(import.meta.dirname, "../../webview");
  await build({
    entryPoints: [join(from, "main.ts")],
    outdir: folder,
    bundle: true,
    platform: "browser",
    target: "es2022",
    format: "esm",
    minify: true,
    logLevel: "warning",
  });
  for (const asset of globSync(["*.html", "*.css"], { cwd: from })) cpSync(join(from, asset), join(folder, basename(asset)));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts on a free port, or on `port`. */
export async function startFakeAgent(folder: string, state: FakeAgentState, port = 0): Promise<FakeAgent> {
  const received: { method: string; params: unknown }[] = [];
  const server = createServer((request, response) => serve(folder, state, request, response));
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "kgroot.v1" });
  server.on("upgrade", (request, socket, head) => {
    if (state.token !== undefined && tokenOf(request) !== state.token) {
      socket.end("HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n");
      return;
    }
    sockets.handleUpgrade(request, socket, head, (page) => page.on("message", (frame) => answer(page, state, String(frame), received)));
  });
  await new Promise<void>((done) => server.listen(port, "127.0.0.1", done));
  const address = server.address();
  const actual = typeof address === "object" && address ? address.port : 0;
  const drop = (): void => {
    for (const page of sockets.clients) page.terminate();
  };
  return {
    url: `http://127.0.0.1:${actual}/`,
    port: actual,
    received,
    push: (method, params) => {
      for (const page of sockets.clients) page.send(JSON.stringify({ jsonrpc: "2.0", method, params }));
    },
    drop,
    stop: async () => {
      drop();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

function serve(folder: string, state: FakeAgentState, request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? "/", "http://page").pathname;
  if (path === "/api/v1/graph/stats") {
    const allowed = state.token === undefined || request.headers.authorization === `Bearer ${state.token}`;
    response.writeHead(allowed ? 200 : 401, { "content-type": "application/json" }).end(JSON.stringify(allowed ? state.stats : {}));
    return;
  }
  const file = path === "/" ? "index.html" : basename(path);
  try {
    const body = readFileSync(join(folder, file));
    response
      .writeHead(200, { "content-type": TYPES[file.slice(file.lastIndexOf("."))] ?? "text/plain", "content-security-policy": CSP })
      .end(body);
  } catch {
    response.writeHead(404).end();
  }
}

function tokenOf(request: IncomingMessage): string {
  const protocols = String(request.headers["sec-websocket-protocol"] ?? "").split(/,\s*/);
  const encoded = protocols.find((one) => one.startsWith("kgroot.token."))?.slice("kgroot.token.".length) ?? "";
  return Buffer.from(encoded, "base64url").toString("utf8");
}

type Call = { id: number; method: string; params: { id?: string; cursor?: string; state?: string; include_muted?: boolean } };

function answer(page: WebSocket, state: FakeAgentState, frame: string, received: { method: string; params: unknown }[]): void {
  const call = JSON.parse(frame) as Call;
  page.send(JSON.stringify({ jsonrpc: "2.0", id: call.id, ...answered(state, call, received) }));
}

function answered(state: FakeAgentState, call: Call, received: { method: string; params: unknown }[]): object {
  const incident = state.incidents.find((one) => one.id === call.params.id);
  switch (call.method) {
    case "hello":
      return {
        result: {
          protocol: state.protocol ?? PROTOCOL_VERSION,
          server: "test",
          cluster: "prod",
          clusters: state.clusters ?? ["prod"],
          capabilities: [],
          role: state.role ?? "operator",
        },
      };
    case "subscribe":
      return { result: { subscribed: ["incidents", "stats"] } };
    case "incidents/list":
      return { result: listed(state, call.params) };
    case "incidents/graph":
      return incident
        ? { result: state.graphs.get(incident.id) ?? plainGraph(incident) }
        : { error: { code: RPC_ERRORS.notFound, message: "no such incident" } };
    case "graph/stats":
      return { result: state.stats };
    default:
      received.push({ method: call.method, params: call.params });
      return { result: {} };
  }
}

function listed(state: FakeAgentState, params: Call["params"]): { incidents: WireIncident[]; next_cursor?: string } {
  const all = state.incidents.filter(
    (one) => (params.state === undefined || one.state === params.state) && (params.include_muted === true || one.muted_by === undefined),
  );
  const from = Number(params.cursor ?? 0);
  const to = from + (state.pageSize ?? 50);
  return { incidents: all.slice(from, to), ...(to < all.length ? { next_cursor: String(to) } : {}) };
}
