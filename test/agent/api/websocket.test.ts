// JSON-RPC over /ws: hello, calls and their failures, roles, subscriptions, slow and dead clients, cancellation.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect as connectTcp } from "node:net";
import { type TestContext, test } from "node:test";
import { WebSocket } from "ws";
import type { IncidentId } from "../../../agent/domain/identity.ts";
import { JSON_RPC_ERRORS, PROTOCOL_VERSION, RPC_ERRORS, WS_SUBPROTOCOL, WS_TOKEN_PREFIX } from "../../../agent/protocol/rpc.ts";
import { fakeServices, incident } from "../../kit/fake-services.ts";
import { startTestApi, TOKENS } from "../../kit/start-api.ts";

type Frame = {
  id?: unknown;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { code: number; message: string; data: Record<string, unknown> };
};

/** A bare client: frames in order of arrival, asked for one by one. */
async function bareClient(t: TestContext, address: string, protocols: string[] = [], options = {}) {
  const socket = new WebSocket(`${address.replace("http", "ws")}/ws`, protocols, options);
  t.after(() => socket.terminate());
  const frames: Frame[] = [];
  const waiting: ((frame: Frame) => void)[] = [];
  socket.on("message", (data) => {
    const frame = JSON.parse(String(data)) as Frame;
    const next = waiting.shift();
    if (next) next(frame);
    else frames.push(frame);
  });
  const closed = once(socket, "close") as Promise<[number, Buffer]>;
  await once(socket, "open");
  const next = () => new Promise<Frame>((resolve) => (frames.length > 0 ? resolve(frames.shift()!) : waiting.push(resolve)));
  const send = (frame: unknown) => socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
  const call = (id: unknown, method: string, params?: unknown) => {
    send({ jsonrpc: "2.0", id, method, params });
    return next();
  };
  const hello = () => call(0, "hello", { protocol: PROTOCOL_VERSION, client: "test" });
  return { socket, send, next, call, hello, closed };
}

/** The status with which an upgrade is refused. */
async function upgradeStatus(address: string, headers: Record<string, string>, protocols: string[] = [], path = "/ws"): Promise<number> {
  const socket = new WebSocket(address.replace("http", "ws") + path, protocols, { headers });
  return new Promise((resolve, reject) => {
    socket.on("unexpected-response", (_request, response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
    socket.on("error", reject);
  });
}

test("hello says who answers; before it nothing else does", async (t) => {
  const { address } = await startTestApi(t);
  const { call, hello } = await bareClient(t, address);
  assert.equal((await call(1, "graph/stats")).error?.code, JSON_RPC_ERRORS.invalidRequest);
  const { result } = await hello();
  assert.deepEqual(
    { ...result, capabilities: [] },
    { protocol: PROTOCOL_VERSION, server: "0.1.0-test", cluster: "prod", clusters: ["lab", "prod"], capabilities: [], role: "admin" },
  );
  assert.match(String(result?.capabilities), /admin\/restore/);
  assert.equal((await call("two", "graph/stats", { cluster: "prod" })).result?.resources, 4);
});

test("another major version is refused with what to update, a later minor one is not", async (t) => {
  const { address } = await startTestApi(t);
  const hello = async (protocol: string) => {
    const client = await bareClient(t, address);
    return { answer: await client.call(1, "hello", { protocol, client: "test" }), closed: client.closed };
  };
  const newer = await hello("2.3");
  assert.equal(newer.answer.error?.code, RPC_ERRORS.versionMismatch);
  assert.match(newer.answer.error?.message ?? "", /update the agent/);
  assert.equal((await newer.closed)[0], 1002);
  for (const older of ["0.9", "old"]) assert.match((await hello(older)).answer.error?.message ?? "", /update the client/);
  assert.ok((await hello("1.99")).answer.result);
});

test("what is wrong with a message is said by its standard code", async (t) => {
  const { address } = await startTestApi(t);
  const { send, next, call, hello, socket } = await bareClient(t, address);
  await hello();
  const wrong: readonly [unknown, number, unknown][] = [
    ["{", JSON_RPC_ERRORS.parseError, null],
    [[{ jsonrpc: "2.0", id: 1, method: "doctor" }], JSON_RPC_ERRORS.invalidRequest, null],
    [5, JSON_RPC_ERRORS.invalidRequest, null],
    [{ id: 1, method: "doctor" }, JSON_RPC_ERRORS.invalidRequest, 1],
    [{ jsonrpc: "2.0", id: {}, method: "doctor" }, JSON_RPC_ERRORS.invalidRequest, null],
    [{ jsonrpc: "2.0", id: "x".repeat(300), method: "doctor" }, JSON_RPC_ERRORS.invalidRequest, null],
    [{ jsonrpc: "2.0", id: 2, method: "admin/format" }, JSON_RPC_ERRORS.methodNotFound, 2],
    [{ jsonrpc: "2.0", id: 2, method: "toString" }, JSON_RPC_ERRORS.methodNotFound, 2],
    [{ jsonrpc: "2.0", id: 3, method: "incidents/list", params: { limit: 1e9 } }, JSON_RPC_ERRORS.invalidParams, 3],
    [{ jsonrpc: "2.0", id: 3, method: "incidents/list", params: [1] }, JSON_RPC_ERRORS.invalidParams, 3],
    [{ jsonrpc: "2.0", id: 3, method: "subscribe", params: { topics: ["secrets"] } }, JSON_RPC_ERRORS.invalidParams, 3],
    [{ jsonrpc: "2.0", id: 4, method: "incidents/get", params: { id: "none" } }, RPC_ERRORS.notFound, 4],
    [{ jsonrpc: "2.0", id: 5, method: "rca", params: { resource_uid: "ns-1" } }, RPC_ERRORS.conflict, 5],
  ];
  for (const [frame, code, id] of wrong) {
    send(frame);
    const answer = await next();
    assert.deepEqual([answer.error?.code, answer.id], [code, id], JSON.stringify(frame));
  }
  const limit = await call(6, "incidents/list", { limit: 0 });
  assert.deepEqual([limit.error?.data.status, limit.error?.data.field], [400, "limit"]);
  socket.send(Buffer.from("{}"), { binary: true });
  assert.equal((await next()).error?.code, JSON_RPC_ERRORS.parseError);
  send({ jsonrpc: "2.0", method: "unknown/notification" });
  assert.ok((await call(7, "doctor")).result, "a notification gets no answer");
});

test("a message beyond the size limit closes the connection", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { ws: { messageBytesMax: 1_000 } });
  const { send, closed } = await bareClient(t, address);
  send("x".repeat(1_001));
  assert.equal((await closed)[0], 1009);
});

test("upgrades: a token as header or subprotocol, our own pages only, /ws only", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { tokens: TOKENS });
  const token = WS_TOKEN_PREFIX + Buffer.from("operator-token").toString("base64url");
  assert.equal(await upgradeStatus(address, {}), 401);
  assert.equal(await upgradeStatus(address, {}, [WS_SUBPROTOCOL, `${WS_TOKEN_PREFIX}d3Jvbmc`]), 401);
  assert.equal(await upgradeStatus(address, { authorization: "Bearer viewer-token" }), 101);
  assert.equal(await upgradeStatus(address, { authorization: "Bearer viewer-token", origin: "https://evil.example" }), 403);
  assert.equal(await upgradeStatus(address, { authorization: "Bearer viewer-token" }, [], "/elsewhere"), 404);
  const { socket, hello, call } = await bareClient(t, address, [WS_SUBPROTOCOL, token]);
  assert.equal(socket.protocol, WS_SUBPROTOCOL);
  const { result } = await hello();
  assert.equal(result?.role, "operator");
  assert.doesNotMatch(String(result?.capabilities), /admin\/backup/);
  assert.equal((await call(1, "admin/backup", { file: "/tmp/x" })).error?.code, RPC_ERRORS.forbidden);
  assert.ok((await call(2, "admin/replay", { file: "/tmp/x" })).result);
});

test("on loopback without tokens a rebound name and a foreign page cannot connect", async (t) => {
  const { address } = await startTestApi(t);
  const host = new URL(address).host;
  assert.equal(await upgradeStatus(address, { host: "evil.example" }), 403);
  assert.equal(await upgradeStatus(address, { origin: "http://evil.example" }), 403);
  assert.equal(await upgradeStatus(address, { origin: `http://${host}` }), 101);
});

test("clients beyond the limit are 503, messages beyond the rate too busy", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { ws: { clientsMax: 1 }, requestsPerMinuteMax: 4, nowMs: () => 0 });
  const { hello, call } = await bareClient(t, address);
  assert.equal(await upgradeStatus(address, {}), 503);
  assert.ok((await hello()).result);
  assert.ok((await call(1, "doctor")).result);
  const refused = await call(2, "doctor");
  assert.deepEqual([refused.error?.code, refused.error?.data.retry_after_s], [RPC_ERRORS.tooBusy, 60]);
  assert.equal(await upgradeStatus(address, {}), 429);
});

test("subscribers hear of changed and removed incidents and of statistics that differ; others hear nothing", async (t) => {
  const services = fakeServices();
  const { address } = await startTestApi(t, services, { ws: { statsMs: 1 } });
  const told = await bareClient(t, address);
  const silent = await bareClient(t, address);
  await told.hello();
  await silent.hello();
  assert.deepEqual((await told.call(1, "subscribe", { topics: ["incidents", "stats"] })).result, { subscribed: ["incidents", "stats"] });
  services.publish({
    incidents: [incident()],
    removed: [{ cluster: "prod", id: "inc-9" as IncidentId, mergedInto: "inc-1" as IncidentId }],
  });
  const changed = await told.next();
  assert.equal(changed.method, "incidents/changed");
  assert.deepEqual(
    (changed.params!.changed as { id: string }[]).map(({ id }) => id),
    ["inc-1"],
  );
  assert.deepEqual(changed.params?.removed, [{ cluster: "prod", id: "inc-9", merged_into: "inc-1" }]);
  const stats = await told.next();
  assert.deepEqual([stats.method, stats.params?.resources], ["stats/changed", 4]);
  services.publish({}); // the same counts: nothing to tell
  services.stats = { ...services.stats, resources: 5 };
  services.publish({});
  assert.equal((await told.next()).params?.resources, 5);
  assert.deepEqual((await told.call(2, "unsubscribe", { topics: ["stats", "incidents"] })).result, { subscribed: [] });
  services.publish({ incidents: [incident()] });
  assert.ok((await told.call(3, "doctor")).result);
  assert.ok((await silent.call(3, "doctor")).result);
});

test("a client that does not read is dropped with 1013 and counted", async (t) => {
  const services = fakeServices();
  const { address, metrics } = await startTestApi(t, services, { ws: { pendingMax: 5 } });
  const client = await bareClient(t, address);
  await client.hello();
  await client.call(1, "subscribe", { topics: ["incidents"] });
  client.socket.pause();
  const dropped = async () => (await metrics.wsDropped.get()).values.find(({ labels }) => labels.reason === "slow")?.value ?? 0;
  const summary = "x".repeat(100_000);
  const { verdict } = incident();
  for (let sent = 0; (await dropped()) === 0; sent += 1) {
    assert.ok(sent < 10_000, "a slow client must be dropped before a gigabyte is sent to it");
    services.publish({ incidents: [incident({ id: `inc-${sent}` as IncidentId, verdict: { ...verdict, summary } })] });
    await new Promise(setImmediate);
  }
  client.socket.resume();
  assert.equal((await client.closed)[0], 1013);
});

test("a client that answers no ping, and one that never says hello, are dropped", async (t) => {
  const { address, metrics } = await startTestApi(t, fakeServices(), { ws: { pingMs: 5 } });
  const reason = async (name: string) => (await metrics.wsDropped.get()).values.find(({ labels }) => labels.reason === name)?.value ?? 0;
  const mute = await bareClient(t, address);
  assert.equal((await mute.closed)[0], 1006);
  assert.equal(await reason("no_hello"), 1);
  // A bare TCP client says hello (masked with zeroes) and never answers a ping.
  const hello = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "hello", params: { protocol: PROTOCOL_VERSION, client: "dead" } });
  const { host, port } = new URL(address);
  const dead = connectTcp(Number(port), "127.0.0.1");
  dead.write(
    `GET /ws HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  );
  dead.write(Buffer.concat([Buffer.from([0x81, 0x80 | hello.length, 0, 0, 0, 0]), Buffer.from(hello)]));
  dead.resume();
  await once(dead, "close");
  assert.equal(await reason("dead"), 1);
});

test("a long call reports its progress and can be cancelled, also by hanging up", async (t) => {
  const aborted: string[] = [];
  const services = fakeServices({
    replay: ({ file, signal, progress }) =>
      new Promise((_resolve, reject) => {
        progress(3, 10, "records");
        signal.addEventListener("abort", () => {
          aborted.push(file);
          reject(signal.reason);
        });
      }),
  });
  const { address } = await startTestApi(t, services);
  const client = await bareClient(t, address);
  await client.hello();
  const progress = await client.call("long", "admin/replay", { file: "/tmp/cancelled" });
  assert.deepEqual([progress.method, progress.params], ["progress", { id: "long", done: 3, total: 10, what: "records" }]);
  assert.equal((await client.call("long", "doctor")).error?.code, JSON_RPC_ERRORS.invalidRequest, "its id is taken");
  client.send({ jsonrpc: "2.0", method: "$/cancel", params: { id: "long" } });
  const answer = await client.next();
  assert.deepEqual([answer.id, answer.error?.code], ["long", RPC_ERRORS.cancelled]);
  assert.equal((await client.call(2, "admin/replay", { file: "/tmp/left" })).method, "progress");
  client.socket.terminate();
  while (aborted.length < 2) await new Promise(setImmediate);
  assert.deepEqual(aborted, ["/tmp/cancelled", "/tmp/left"]);
});

test("stopping says goodbye and may be done twice", async (t) => {
  const api = await startTestApi(t);
  const client = await bareClient(t, api.address);
  await Promise.all([api.stop(), api.stop()]);
  assert.equal((await client.closed)[0], 1001);
  await assert.rejects(() => fetch(api.address));
});
