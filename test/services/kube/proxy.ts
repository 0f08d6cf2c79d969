// Stands between the agent and the API server: hides the test's own fault labels from the agent, and breaks the connection in the ways networks do.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { request } from "node:https";
import { createInterface } from "node:readline";
import type { KubeCluster } from "./cluster.ts";

/** A proxy that speaks plain HTTP to the agent. */
export type KubeProxy = {
  readonly url: string;
  /** From now on nothing passes on connections that stand, and new ones get no answer; nobody is told. */
  stall(): void;
  /** New connections pass again; those that were stalled never do. */
  flow(): void;
  /** Every connection breaks, and new ones are refused until `flow`. */
  cut(): void;
  /** The next so many requests get this answer. */
  answer(status: number, headers: Readonly<Record<string, string>>, count: number): void;
  /** Requests answered so, or passed on, whose address holds this text. */
  requests(part: string): number;
  close(): Promise<void>;
};

type Valve = { state: "flow" | "stall" | "cut"; scripted: { status: number; headers: Readonly<Record<string, string>> }[]; seen: string[] };

/** Starts a proxy in front of a cluster. */
export async function startProxy(cluster: KubeCluster): Promise<KubeProxy> {
  const valve: Valve = { state: "flow", scripted: [], seen: [] };
  const open = new Set<Pipe>();
  const server = createServer((incoming, outgoing) => {
    valve.seen.push(incoming.url ?? "");
    if (valve.state === "stall") return;
    const scripted = valve.scripted.shift();
    if (scripted) {
      outgoing.writeHead(scripted.status, scripted.headers).end("{}");
      return;
    }
    pass(cluster, { incoming, outgoing }, open);
  });
  server.on("connection", (socket) => {
    if (valve.state === "cut") socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    stall() {
      valve.state = "stall";
      for (const pipe of open) pipe.stall();
    },
    flow() {
      valve.state = "flow";
    },
    cut() {
      valve.state = "cut";
      server.closeAllConnections();
    },
    answer(status, headers, count) {
      valve.scripted = Array.from({ length: count }, () => ({ status, headers }));
    },
    requests: (part) => valve.seen.filter((url) => url.includes(part)).length,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

type Pipe = { stall(): void };

function pass({ server, ca }: KubeCluster, sides: { incoming: IncomingMessage; outgoing: ServerResponse }, open: Set<Pipe>): void {
  const { incoming, outgoing } = sides;
  const { host: _host, connection: _connection, "accept-encoding": _encoding, ...headers } = incoming.headers;
  const upstream = request(`${server}${incoming.url}`, { ca, headers, method: incoming.method }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, { "content-type": "application/json" });
    outgoing.flushHeaders();
    const lines = createInterface({ input: answer });
    const pipe: Pipe = { stall: () => lines.removeAllListeners("line") };
    open.add(pipe);
    // Lists are one line, watches one line for each event.
    // It repeats the faults of its input, which are dealt with below.
    lines.on("error", () => undefined);
    lines.on("line", (line) => outgoing.write(`${hidden(line)}\n`));
    answer.on("error", () => outgoing.destroy());
    answer.on("end", () => {
      if (open.has(pipe)) outgoing.end();
    });
    const stall = pipe.stall;
    pipe.stall = () => {
      stall();
      open.delete(pipe);
    };
    outgoing.on("close", () => open.delete(pipe));
  });
  upstream.on("error", () => outgoing.destroy());
  outgoing.on("close", () => upstream.destroy());
  upstream.end();
}

/** A line without the labels and annotations that give the fault away. */
function hidden(line: string): string {
  return line.includes("chaos") ? JSON.stringify(JSON.parse(line, withoutChaos)) : line;
}

function withoutChaos(key: string, value: unknown): unknown {
  if (/^(?:f:)?chaos(?:\/.*)?$/.test(key)) return undefined;
  // kubectl's own copy of what was applied.
  return key.endsWith("last-applied-configuration") ? undefined : value;
}
