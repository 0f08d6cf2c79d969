// The WebSocket end of the API: who may connect, who is still there, and who is too slow.
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { type Role, WS_SUBPROTOCOL } from "../../protocol/rpc.ts";
import type { Invoke } from "../calls/invoke.ts";
import { ApiFault, faultOf, problemOf } from "../fault.ts";
import type { Access, Identity } from "../guard/access.ts";
import type { RateWindow } from "../guard/rate-window.ts";
import type { ApiOptions, WsLimits } from "../options.ts";
import type { AgentServices } from "../services.ts";
import { createConnection } from "./connection.ts";
import type { LiveHub } from "./live-hub.ts";
import { createOutbox } from "./outbox.ts";

// A client that does not answer a goodbye within this is cut off.
const GOODBYE_MS = 1_000;

/** What the WebSocket server is made of. */
export type SocketParts = {
  readonly server: Server;
  readonly options: Pick<ApiOptions, "metrics" | "logger">;
  readonly limits: WsLimits;
  readonly services: AgentServices;
  readonly invoke: Invoke;
  readonly access: Access;
  readonly rate: RateWindow;
  readonly hub: LiveHub;
  readonly nowMs: () => number;
};

/** Takes upgrades on `/ws`. `stop` says goodbye to all clients (1001). */
export function startSocketServer(parts: SocketParts): { stop(): void } {
  const { server, limits } = parts;
  const { metrics } = parts.options;
  const alive = new Map<WebSocket, { answered: boolean; readonly saidHello: () => boolean }>();
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.messageBytesMax,
    perMessageDeflate: false,
    clientTracking: false,
    // Only our own name is echoed: an offered token must not come back.
    handleProtocols: (offered) => (offered.has(WS_SUBPROTOCOL) ? WS_SUBPROTOCOL : false),
  });
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      const identity = admit(request, parts, alive.size);
      sockets.handleUpgrade(request, socket, head, (client) => serve(client, identity));
    } catch (error) {
      refuse(socket, faultOf(error));
    }
  };
  const serve = (client: WebSocket, identity: Identity & { readonly role: Role }) => {
    const served = serveClient(client, identity, parts);
    const state = { answered: true, saidHello: served.saidHello };
    alive.set(client, state);
    metrics.wsClients.set(alive.size);
    const heard = () => {
      state.answered = true;
    };
    client.on("pong", heard).on("message", heard);
    client.on("close", () => {
      alive.delete(client);
      metrics.wsClients.set(alive.size);
      served.end();
    });
  };
  const pings = setInterval(() => {
    for (const [client, state] of alive) {
      if (state.answered) {
        state.answered = false;
        if (state.saidHello()) client.ping();
      } else {
        metrics.wsDropped.inc({ reason: state.saidHello() ? "dead" : "no_hello" });
        client.terminate();
      }
    }
  }, limits.pingMs).unref();
  server.on("upgrade", onUpgrade);
  return {
    stop: () => {
      clearInterval(pings);
      server.off("upgrade", onUpgrade);
      for (const client of alive.keys()) client.close(1001, "the agent is stopping");
      setTimeout(() => {
        for (const client of alive.keys()) client.terminate();
      }, GOODBYE_MS).unref();
      sockets.close();
    },
  };
}

/** Who a connection is for, or the fault with which it is refused. */
function admit(
  request: IncomingMessage,
  { access, rate, nowMs, limits }: SocketParts,
  clients: number,
): Identity & { readonly role: Role } {
  const { key, role } = access.identify(request);
  if (new URL(request.url ?? "/", "http://agent").pathname !== "/ws") throw new ApiFault("notFound", "the WebSocket is at /ws");
  const waitS = rate(key, nowMs());
  if (waitS > 0) throw new ApiFault("tooBusy", `too many requests; try again in ${waitS} s`, { retryAfterS: waitS });
  access.checkOrigin(request);
  if (role === undefined)
    throw new ApiFault("unauthorised", "a token is needed: Authorization: Bearer …, or the subprotocol kgroot.token.<base64url>");
  if (clients >= limits.clientsMax)
    throw new ApiFault("unavailable", `${limits.clientsMax} clients are connected already`, { retryAfterS: 30 });
  return { key, role };
}

/** Wires one client; `end` releases what it holds. */
function serveClient(
  client: WebSocket,
  identity: Identity & { readonly role: Role },
  parts: SocketParts,
): { end(): void; saidHello(): boolean } {
  const { limits, hub, services, invoke } = parts;
  const { metrics, logger } = parts.options;
  const outlet = {
    send: (text: string, done: () => void) => {
      metrics.wsMessages.inc({ direction: "out" });
      client.send(text, () => done());
    },
    get bufferedAmount() {
      return client.bufferedAmount;
    },
  };
  const outbox = createOutbox(outlet, limits, () => {
    metrics.wsDropped.inc({ reason: "slow" });
    client.close(1013, "too slow: connect again and list");
  });
  const connection = createConnection({
    role: identity.role,
    outbox,
    services,
    invoke,
    callsMax: limits.callsMax,
    rate: () => parts.rate(identity.key, parts.nowMs()),
    close: (code, reason) => client.close(code, reason),
    onInternal: (method, error) => logger.error("call failed", { method, err: error }),
  });
  const subscriber = { topics: connection.topics, outbox };
  hub.add(subscriber);
  client.on("error", (error) => logger.info("client failed", { err: error }));
  client.on("message", (data, isBinary) => {
    metrics.wsMessages.inc({ direction: "in" });
    connection.receive(isBinary ? "" : data.toString());
  });
  return {
    saidHello: connection.saidHello,
    end: () => {
      hub.remove(subscriber);
      connection.end();
    },
  };
}

/** Answers an upgrade that is not granted, as HTTP would. */
function refuse(socket: Duplex, fault: ApiFault): void {
  const problem = problemOf(fault);
  const body = JSON.stringify(problem);
  const headers = [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    "content-type: application/problem+json",
    `content-length: ${Buffer.byteLength(body)}`,
    "connection: close",
    ...(fault.kind === "unauthorised" ? ['www-authenticate: Bearer realm="kgroot"'] : []),
    ...(problem.retry_after_s === undefined ? [] : [`retry-after: ${problem.retry_after_s}`]),
  ];
  socket.on("error", () => socket.destroy());
  socket.end(`${headers.join("\r\n")}\r\n\r\n${body}`);
}
