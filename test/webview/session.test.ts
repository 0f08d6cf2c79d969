// The page's conversation with its host, and how what arrives changes what the page knows.
import assert from "node:assert/strict";
import test from "node:test";
import type { HelloResult } from "../../agent/protocol/rpc.ts";
import { selectedIncident, whyNot } from "../../webview/app-state.ts";
import { parseIncoming } from "../../webview/host/incoming.ts";
import { retryDelayMs, socketUrl, subprotocols } from "../../webview/host/socket-url.ts";
import type { HostToPage, PageToHost } from "../../webview/protocol.ts";
import { Session } from "../../webview/session.ts";
import { shopGraph, shopIncident, stats } from "../kit/page-fixture.ts";
import { incident } from "../kit/wire-builders.ts";

const BASE = Date.parse("2026-06-03T08:00:00.000Z");
const HELLO: HelloResult = { protocol: "1.0", server: "test", cluster: "prod", clusters: ["prod"], capabilities: [], role: "operator" };

type Call = Extract<PageToHost, { type: "call" }>;

function start(
  hash = "",
  role: HelloResult["role"] = "operator",
): {
  session: Session;
  calls: Call[];
  posted: PageToHost[];
  answer(method: string, result: unknown): void;
  fail(method: string, code: number): void;
} {
  const posted: PageToHost[] = [];
  const session = new Session({ post: (message) => posted.push(message), nowMs: () => BASE, hash });
  const calls: Call[] = [];
  const take = (method: string): Call => {
    calls.push(...posted.splice(0).filter((message): message is Call => message.type === "call"));
    const index = calls.findIndex((call) => call.method === method);
    const [call] = calls.splice(index, 1);
    assert.ok(index >= 0 && call, `${method} was called`);
    return call;
  };
  session.receive({ type: "connection", connection: { state: "ready", hello: { ...HELLO, role } } });
  return {
    session,
    calls,
    posted,
    answer: (method, result) => session.receive({ type: "result", id: take(method).id, result }),
    fail: (method, code) => session.receive({ type: "failure", id: take(method).id, code, message: "no" }),
  };
}

test("once connected, the page asks for the list, the statistics and the incident in its address", () => {
  const { session, answer } = start("#/incident/inc-checkout&cluster=prod");
  answer("incidents/list", { incidents: [shopIncident(BASE)] });
  answer("graph/stats", stats(BASE));
  assert.equal(session.state.detail.state, "loading");
  answer("incidents/graph", shopGraph(BASE));
  assert.equal(session.state.detail.state, "shown");
  assert.equal(selectedIncident(session.state)?.id, "inc-checkout");
});

test("an incident that does not exist is told from one that could not be loaded", () => {
  const missing = start("#/incident/nope");
  missing.fail("incidents/graph", -32004);
  assert.deepEqual(missing.session.state.detail, { state: "failed", missing: true, problem: "no" });
  const failed = start("#/incident/x");
  failed.fail("incidents/graph", -32603);
  assert.deepEqual(failed.session.state.detail, { state: "failed", missing: false, problem: "no" });
});

test("changes of the shown incident fetch its graph again, once more when they come while it is being fetched", () => {
  const { session, posted, calls, answer } = start("#/incident/inc-checkout&cluster=prod");
  answer("incidents/graph", shopGraph(BASE));
  posted.length = calls.length = 0;
  const change: HostToPage = { type: "incidents/changed", params: { changed: [shopIncident(BASE)], removed: [] } };
  for (let times = 0; times < 3; times += 1) session.receive(change);
  assert.equal(posted.length, 1);
  answer("incidents/graph", shopGraph(BASE));
  assert.equal(posted.length, 1);
  answer("incidents/graph", shopGraph(BASE));
  assert.equal(posted.length, 0);
});

test("a merged incident leads to the one it became", () => {
  const { session, posted } = start("#/incident/young&cluster=prod");
  session.receive({ type: "incidents/changed", params: { changed: [], removed: [{ id: "young", cluster: "prod", merged_into: "old" }] } });
  assert.equal(session.state.route.incident, "old");
  assert.ok(posted.some((message) => message.type === "route" && message.hash === "#/incident/old&cluster=prod"));
});

test("an answer to a former question is left aside", () => {
  const { session, posted, answer } = start();
  const former = posted.find((message): message is Call => message.type === "call" && message.method === "incidents/list");
  session.filter({ ...session.state.list.filters, namespace: "edge" });
  session.receive({ type: "result", id: former?.id ?? 0, result: { incidents: [incident("late", BASE)] } });
  assert.equal(session.state.list.order.length, 0);
  posted.splice(posted.indexOf(former as PageToHost), 1);
  answer("incidents/list", { incidents: [incident("right", BASE)] });
  assert.equal(session.state.list.order.length, 1);
});

test("when the connection is lost what is shown stays, is marked as old, and is fresh again afterwards", () => {
  const { session, answer } = start();
  answer("incidents/list", { incidents: [incident("a", BASE)] });
  session.receive({ type: "connection", connection: { state: "waiting", retryAtMs: BASE + 1000, why: "gone" } });
  session.receive({ type: "connection", connection: { state: "connecting" } });
  assert.equal(session.state.lostAtMs, BASE);
  assert.equal(session.state.list.order.length, 1);
  assert.equal(whyNot(session.state), "Not connected to the agent");
  session.receive({ type: "connection", connection: { state: "ready", hello: HELLO } });
  assert.equal(session.state.lostAtMs, undefined);
  assert.equal(whyNot(session.state), undefined);
});

test("a viewer may only look, and a refusal says so", () => {
  const { session, fail } = start("", "viewer");
  assert.equal(whyNot(session.state), "Needs the role operator");
  session.mute({ cluster: "prod", reason: "X", comment: "known" });
  fail("mutes/add", -32003);
  assert.equal(session.state.notice.text, "Your role may only look.");
});

test("searching asks the agent for nothing, other filters do", () => {
  const { session, posted } = start();
  posted.length = 0;
  session.filter({ ...session.state.list.filters, text: "checkout" });
  assert.equal(posted.length, 0);
  session.filter({ ...session.state.list.filters, severity: "FATAL" });
  assert.equal(posted.length, 1);
});

test("the token travels as a subprotocol in base64url, and never without one", () => {
  assert.deepEqual(subprotocols(undefined), ["kgroot.v1"]);
  const token = "?>ü~ secret";
  const [, offered] = subprotocols(token);
  assert.match(offered ?? "", /^kgroot\.token\.[\w-]+$/);
  assert.equal(Buffer.from((offered ?? "").slice("kgroot.token.".length), "base64url").toString("utf8"), token);
  assert.equal(socketUrl({ protocol: "https:", host: "agent:8443" }), "wss://agent:8443/ws");
});

test("tries come ever more slowly, up to half a minute, and not all pages at once", () => {
  assert.deepEqual(
    [1, 2, 3, 6, 50].map((attempt) => retryDelayMs(attempt, 0)),
    [1000, 2000, 4000, 30_000, 30_000],
  );
  assert.equal(retryDelayMs(1, 1), 750);
});

test("frames that are no answer and no known notification are left aside", () => {
  for (const frame of ["", "nonsense", "[]", '{"method":"progress","params":{}}', '{"result":1}', "null"])
    assert.deepEqual(parseIncoming(frame, -1), { type: "ignored" }, frame);
  assert.deepEqual(parseIncoming('{"id":7,"error":{"code":-32004,"message":"gone"}}', -1), {
    type: "failure",
    id: 7,
    code: -32004,
    message: "gone",
  });
  assert.equal(parseIncoming(JSON.stringify({ id: -1, result: HELLO }), -1).type, "hello");
});
