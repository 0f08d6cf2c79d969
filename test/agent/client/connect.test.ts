// The client of the WebSocket against a real API: calls, news, cancellation, and coming back after a break.
import assert from "node:assert/strict";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { WebSocketServer } from "ws";
import { backoffMs } from "../../../agent/client/backoff.ts";
import { type ClientState, type ConnectOptions, connect } from "../../../agent/client/connect.ts";
import { ConnectionError, RpcError } from "../../../agent/client/errors.ts";
import { offeredProtocols, socketUrl } from "../../../agent/client/socket.ts";
import { PROTOCOL_VERSION, RPC_ERRORS } from "../../../agent/protocol/rpc.ts";
import { fakeServices, incident } from "../../kit/fake-services.ts";
import { startTestApi, TOKENS } from "../../kit/start-api.ts";

/** A client whose states can be waited for. */
function startClient(t: TestContext, url: string, options: Partial<ConnectOptions> = {}) {
  const states: string[] = [];
  const waiting = new Map<string, () => void>();
  const onState = ({ state }: ClientState) => {
    states.push(state);
    waiting.get(state)?.();
    waiting.delete(state);
  };
  const client = connect(url, { client: "test", backoff: { minMs: 1, maxMs: 5 }, onState, ...options });
  t.after(() => client.close());
  const reaches = (state: ClientState["state"]) =>
    new Promise<void>((resolve) => (client.state().state === state ? resolve() : waiting.set(state, resolve)));
  return { client, states, reaches };
}

test("calls made before there is a connection wait for it; results and errors are typed", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { tokens: TOKENS });
  const { client, states } = startClient(t, address, { token: "viewer-token" });
  assert.equal((await client.call("incidents/get", { id: "inc-1" })).title, "ConfigMap shop/settings was changed");
  assert.deepEqual([client.agent()?.role, states], ["viewer", ["connected"]]);
  await assert.rejects(
    client.call("incidents/get", { id: "none" }),
    (error) => error instanceof RpcError && error.code === RPC_ERRORS.notFound && error.problem?.status === 404,
  );
  await assert.rejects(client.call("admin/cleanup", {}), (error) => error instanceof RpcError && error.code === RPC_ERRORS.forbidden);
});

test("subscriptions come back after the agent was restarted, and the states tell it", async (t) => {
  const services = fakeServices();
  const first = await startTestApi(t, services);
  const { client, states, reaches } = startClient(t, first.address);
  await reaches("connected");
  const titles: string[] = [];
  const heard = () =>
    new Promise<void>((resolve) => {
      const end = client.subscribe("incidents", ({ changed }) => {
        titles.push(...changed.map(({ title }) => title));
        end();
        resolve();
      });
    });
  const before = heard();
  await client.call("doctor", {});
  services.publish({ incidents: [incident()] });
  await before;
  const after = heard();
  await first.stop();
  await reaches("stale");
  const waiting = client.call("doctor", {});
  await startTestApi(t, services, { port: Number(new URL(first.address).port) });
  await reaches("connected");
  assert.equal((await waiting).findings.length, 1);
  services.publish({ incidents: [incident()] });
  await after;
  assert.deepEqual(titles.length, 2);
  assert.deepEqual(states, ["connected", "stale", "connected"]);
});

test("a call that was under way when the connection broke fails as lost: what became of it is not known", async (t) => {
  let started: () => void = () => undefined;
  const running = new Promise<void>((resolve) => {
    started = resolve;
  });
  const services = fakeServices({
    doctor: () => {
      started();
      return new Promise(() => undefined);
    },
  });
  const api = await startTestApi(t, services);
  const { client } = startClient(t, api.address);
  const call = client.call("doctor", {});
  await Promise.all([
    assert.rejects(call, (error) => error instanceof ConnectionError && error.failure === "lost"),
    running.then(() => api.stop()),
  ]);
});

test("progress reaches the caller, and its signal cancels the call at the agent", async (t) => {
  let cancelled: () => void = () => undefined;
  const atTheAgent = new Promise<void>((resolve) => {
    cancelled = resolve;
  });
  const services = fakeServices({
    cleanup: ({ signal, progress }) =>
      new Promise((_resolve, reject) => {
        progress(1, 2, "episodes");
        signal.addEventListener("abort", () => {
          cancelled();
          reject(signal.reason);
        });
      }),
  });
  const { address } = await startTestApi(t, services);
  const { client } = startClient(t, address);
  const stop = new AbortController();
  const call = client.call(
    "admin/cleanup",
    { days: 1 },
    { signal: stop.signal, onProgress: ({ done, total }) => stop.abort(new Error(`stopped at ${done}/${total}`)) },
  );
  await assert.rejects(call, /stopped at 1\/2/);
  await atTheAgent;
});

test("no answer in time is a timeout", async (t) => {
  const { address } = await startTestApi(t, fakeServices({ doctor: () => new Promise(() => undefined) }));
  const { client } = startClient(t, address);
  await assert.rejects(
    client.call("doctor", {}, { timeoutMs: 20 }),
    (error) => error instanceof ConnectionError && error.failure === "timeout",
  );
});

test("an unknown token and another protocol version close the client for good, with the agent's words", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { tokens: TOKENS });
  const stranger = startClient(t, address, { token: "wrong" });
  await assert.rejects(stranger.client.call("doctor", {}), /token is not known/);
  assert.equal(stranger.client.state().state, "closed");
  const other = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "kgroot.v1" });
  t.after(() => other.close());
  other.on("connection", (socket) =>
    socket.on("message", (data) => {
      const { id } = JSON.parse(String(data)) as { id: number };
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code: RPC_ERRORS.versionMismatch, message: "update the client" } }));
    }),
  );
  await once(other, "listening");
  const old = startClient(t, `http://127.0.0.1:${(other.address() as { port: number }).port}`);
  await assert.rejects(old.client.call("doctor", {}), /update the client/);
  await assert.rejects(old.client.call("doctor", {}), (error) => error instanceof ConnectionError && error.failure === "closed");
});

test("an agent that falls silent is given up and looked for again", async (t) => {
  let connections = 0;
  const silent = new WebSocketServer({ port: 0, host: "127.0.0.1", handleProtocols: () => "kgroot.v1" });
  t.after(() => {
    for (const socket of silent.clients) socket.terminate();
    silent.close();
  });
  silent.on("connection", (socket) => {
    connections += 1;
    socket.once("message", (data) => {
      const { id } = JSON.parse(String(data)) as { id: number };
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, result: { protocol: PROTOCOL_VERSION, role: "viewer" } }));
    });
  });
  await once(silent, "listening");
  const { reaches } = startClient(t, `http://127.0.0.1:${(silent.address() as { port: number }).port}`, { heartbeatMs: 5 });
  await reaches("connected");
  await reaches("stale");
  await reaches("connected");
  assert.ok(connections >= 2);
});

test("addresses, offered protocols and waits", () => {
  assert.deepEqual(["http://h:1", "https://h/x", "ws://h:1/ws"].map(socketUrl), ["ws://h:1/ws", "wss://h/ws", "ws://h:1/ws"]);
  assert.deepEqual(offeredProtocols("grün/+?"), ["kgroot.v1", `kgroot.token.${Buffer.from("grün/+?").toString("base64url")}`]);
  const bounds = { minMs: 100, maxMs: 1_000 };
  assert.deepEqual(
    [0, 1, 2, 9, 5_000].map((attempt) => backoffMs(bounds, attempt, 1)),
    [100, 200, 400, 1_000, 1_000],
  );
  assert.equal(backoffMs(bounds, 9, 0), 100);
});
