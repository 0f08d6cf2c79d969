// The HTTP client: typed answers, and the agent's refusals as errors.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { ApiError } from "../../../agent/client/errors.ts";
import { request } from "../../../agent/client/http.ts";
import type { WireMute } from "../../../agent/protocol/graph.ts";
import type { WireIncidentPage } from "../../../agent/protocol/incident.ts";
import { fakeServices } from "../../kit/fake-services.ts";
import { startTestApi, TOKENS } from "../../kit/start-api.ts";

test("answers are values, refusals are ApiError with the problem", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { tokens: TOKENS });
  const token = "operator-token";
  const page = await request<WireIncidentPage>(address, { method: "GET", path: "/api/v1/incidents?limit=1" }, { token });
  assert.deepEqual([page.incidents.length, page.next_cursor], [1, "next"]);
  const mute = await request<WireMute>(address, { method: "POST", path: "/api/v1/mutes", body: { kind: "Pod", comment: "x" } }, { token });
  assert.equal(mute.kind, "Pod");
  const refused = (method: "GET" | "POST", path: string, options = {}) =>
    request(address, { method, path }, options).then(
      () => assert.fail("refused"),
      (error: unknown) => error as ApiError,
    );
  const unknown = await refused("GET", "/api/v1/incidents/none", { token });
  assert.ok(unknown instanceof ApiError);
  assert.deepEqual([unknown.status, unknown.detail], [404, "there is no incident none"]);
  assert.equal((await refused("GET", "/api/v1/config")).status, 401);
  assert.equal((await refused("POST", "/api/v1/admin/cleanup", { token })).status, 403);
});

test("what is no agent is told apart, and a token follows no redirect", async (t) => {
  const server = createServer((incoming, response) => {
    if (incoming.url === "/moved") response.writeHead(302, { location: "https://elsewhere.example/" }).end();
    else response.writeHead(incoming.url === "/html" ? 200 : 502, { "content-type": "text/html" }).end("<h1>proxy</h1>");
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await assert.rejects(
    request(base, { method: "GET", path: "/" }),
    (error) => error instanceof ApiError && error.status === 502 && error.detail.includes("proxy"),
  );
  await assert.rejects(request(base, { method: "GET", path: "/html" }), ApiError);
  await assert.rejects(request(base, { method: "GET", path: "/moved" }, { token: "t" }), TypeError);
});
