// The session against real agents and impostors: refused tokens, other versions, lost connections, crashes, a stop in another window.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type TestContext, test } from "node:test";
import { WebSocketServer } from "ws";
import "../kit/vscode-stub.ts";
import { RPC_ERRORS } from "../../agent/protocol/rpc.ts";
import type { RunningAgent } from "../../extension/session/agent-home.ts";
import { knock } from "../../extension/session/knock.ts";
import type { LocalAgent } from "../../extension/session/local-agent.ts";
import type { SessionState } from "../../extension/session/session-state.ts";
import { startTestApi, TOKENS } from "../kit/start-api.ts";

const { AgentSession } = await import("../../extension/session/agent-session.ts");

type FakeAgent = Pick<LocalAgent, "ensure" | "named" | "leave" | "stop">;

/** A session that is closed when the test ends, and what it went through. */
function sessionWith(t: TestContext, { token, agent }: { token?: string; agent?: FakeAgent } = {}) {
  const states: string[] = [];
  const session = new AgentSession({
    client: "test",
    agentOf: () => agent as LocalAgent, // only the four members are used
    tokenFor: async () => token,
    say: () => undefined,
  });
  session.onState(({ state }) => states.push(state));
  t.after(() => session.dispose());
  return { session, states };
}

/** Resolves with the first state that the condition holds for. */
function reached(session: InstanceType<typeof AgentSession>, isIt: (state: SessionState) => boolean): Promise<SessionState> {
  if (isIt(session.state)) return Promise.resolve(session.state);
  return new Promise((resolve) => {
    const listening = session.onState((state) => {
      if (!isIt(state)) return;
      listening.dispose();
      resolve(state);
    });
  });
}

test("an agent elsewhere is connected to and asked; once it is gone what is shown is stale", async (t) => {
  const api = await startTestApi(t, undefined, { tokens: [...TOKENS] });
  const { session, states } = sessionWith(t, { token: "viewer-token" });
  await session.open({ kind: "remote", url: api.address });
  assert.equal((await session.settled()).state, "ready");
  assert.ok((await session.call("incidents/list", {})).incidents.length > 0);
  await api.stop();
  await reached(session, ({ state }) => state === "stale");
  assert.deepEqual(states, ["connecting", "ready", "stale"]);
  await session.close();
  assert.equal(session.state.state, "none");
  await assert.rejects(session.call("doctor", {}), /no connection/);
});

test("something else that comes to a lost agent's address, at once or later, is told apart", { timeout: 60_000 }, async (t) => {
  const api = await startTestApi(t);
  const { session } = sessionWith(t);
  await session.open({ kind: "remote", url: api.address });
  assert.equal((await session.settled()).state, "ready");
  await api.stop();
  await reached(session, ({ state }) => state === "stale");
  // By now whoever looked at once has found nobody.
  assert.equal(await knock(api.address), "nobody");
  const stranger = createServer((_request, response) => response.end("<html></html>"));
  await new Promise<void>((resolve) => stranger.listen(Number(new URL(api.address).port), "127.0.0.1", resolve));
  t.after(() => {
    stranger.closeAllConnections();
    stranger.close();
  });
  await reached(session, (state) => state.state === "stale" && /no kgroot agent/.test(state.why));
});

test("a token that is not known ends the attempts and says so", async (t) => {
  const api = await startTestApi(t, undefined, { tokens: [...TOKENS] });
  const { session } = sessionWith(t, { token: "guess" });
  await session.open({ kind: "remote", url: api.address });
  const state = await session.settled();
  assert.ok(state.state === "failed" && state.because === "token", JSON.stringify(state));
});

test("an agent of another protocol version is told apart from one that refuses the token", async (t) => {
  const server = createServer((_request, response) => response.setHeader("content-type", "application/json").end("{}"));
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (socket) =>
    socket.on("message", (text) => {
      const { id } = JSON.parse(String(text));
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, error: { code: RPC_ERRORS.versionMismatch, message: "update the extension" } }));
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    sockets.close();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as { port: number };
  const { session } = sessionWith(t);
  await session.open({ kind: "remote", url: `http://127.0.0.1:${port}` });
  const state = await session.settled();
  assert.ok(state.state === "failed" && state.because === "version", JSON.stringify(state));
  assert.match(state.detail, /update the extension/);
});

test("an agent that cannot be started is a failure with its last words", async (t) => {
  const agent: FakeAgent = {
    ensure: async () => {
      throw new Error("the disk is full");
    },
    named: async () => "none",
    leave: async () => undefined,
    stop: async () => undefined,
  };
  const { session, states } = sessionWith(t, { agent });
  await session.open({ kind: "local" });
  const state = await session.settled();
  assert.ok(state.state === "failed" && state.because === "start");
  assert.equal(state.detail, "the disk is full");
  assert.deepEqual(states, ["starting", "failed"]);
});

test("an agent that crashed is started again, and the session is with the new one", async (t) => {
  const first = await startTestApi(t);
  const second = await startTestApi(t);
  let isCrashed = false;
  const place = (url: string): RunningAgent => ({ pid: 1, url, token: "", version: "1" });
  const agent: FakeAgent = {
    ensure: async () => place(isCrashed ? second.address : first.address),
    named: async () => (isCrashed ? "ended" : place(first.address)),
    leave: async () => undefined,
    stop: async () => undefined,
  };
  const { session } = sessionWith(t, { agent });
  await session.open({ kind: "local" });
  await reached(session, ({ state }) => state === "ready");
  isCrashed = true;
  await first.stop();
  const state = await reached(session, (now) => now.state === "ready" && now.url === second.address);
  assert.equal(state.state, "ready");
});
