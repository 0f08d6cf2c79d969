// Who may do what: roles on every route, other people's web pages, and the page's own files.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startApi } from "../../../agent/api/api.ts";
import { CALLS } from "../../../agent/api/calls/invoke.ts";
import { createAccess, isLoopback } from "../../../agent/api/guard/access.ts";
import { createRateWindow } from "../../../agent/api/guard/rate-window.ts";
import { CALL_ROUTES } from "../../../agent/api/http/routes.ts";
import { fakeServices } from "../../kit/fake-services.ts";
import { startTestApi, TOKENS } from "../../kit/start-api.ts";

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

/** Unlike fetch, this sends the path and the Host header as they are given. */
function raw(
  base: string,
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(base);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, path, method: options.method ?? "GET", headers: options.headers ?? {} }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
    });
    request.on("error", reject).end(options.body);
  });
}

const OPERATOR_ROUTES = [
  "POST /api/v1/updates",
  "POST /api/v1/updates/batch",
  "POST /api/v1/alerts",
  "POST /api/v1/mutes",
  "DELETE /api/v1/mutes/:id",
  "POST /api/v1/feedback",
  "POST /api/v1/admin/replay",
  "POST /api/v1/incidents/:id/acknowledge",
  "GET /api/v1/live/log",
  "GET /api/v1/support",
];
const ADMIN_ROUTES = [
  "POST /api/v1/admin/cleanup",
  "POST /api/v1/admin/indexes",
  "POST /api/v1/admin/backup",
  "POST /api/v1/admin/restore",
  "POST /api/v1/admin/record",
];
const RANK = ["viewer", "operator", "admin"];

test("role by route: a token below the route's role is 403, none or an unknown one 401, the rest pass", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { tokens: TOKENS });
  const routes = [...CALL_ROUTES.map(({ method, url }) => `${method} ${url}`), ...OPERATOR_ROUTES.slice(0, 3), "GET /openapi.json"];
  for (const route of routes) {
    const [method, url] = route.split(" ") as [string, string];
    const needed = ADMIN_ROUTES.includes(route) ? "admin" : OPERATOR_ROUTES.includes(route) ? "operator" : "viewer";
    const status = async (authorization?: string) => {
      // A body that no route accepts: whoever passes the guard is told 400, and nothing is done.
      const body = method === "POST" ? { body: '"no"', headers: { "content-type": "application/json" } } : {};
      return (await raw(address, url, { method, ...body, headers: { ...body.headers, ...(authorization ? { authorization } : {}) } }))
        .status;
    };
    assert.equal(await status(), 401, route);
    assert.equal(await status("Bearer wrong"), 401, route);
    assert.equal(await status("Basic dmlld2VyLXRva2Vu"), 401, route);
    for (const { role, token } of TOKENS) {
      const passes = RANK.indexOf(role) >= RANK.indexOf(needed);
      const got = await status(`Bearer ${token}`);
      assert.equal(got === 403, !passes, `${route} as ${role}: ${got}`);
      assert.notEqual(got, 401);
    }
  }
  const refused = await raw(address, "/api/v1/config");
  assert.equal(refused.headers["www-authenticate"], 'Bearer realm="kgroot"');
  for (const path of ["/healthz", "/readyz"]) assert.equal((await raw(address, path)).status, 200);
  assert.ok(Object.values(CALLS).every(({ role }) => RANK.includes(role)));
});

test("on loopback without tokens: only loopback names and the agent's own pages, on every route", async (t) => {
  const { address } = await startTestApi(t);
  const own = new URL(address).host;
  const port = new URL(address).port;
  const status = async (headers: Record<string, string>, path = "/api/v1/config") => (await raw(address, path, { headers })).status;
  for (const host of [own, `localhost:${port}`, `[::1]:${port}`, "LOCALHOST"]) assert.equal(await status({ host }), 200, host);
  for (const host of ["evil.example", `evil.example:${port}`, "127.0.0.1.evil.example", "localhost.evil.example", `10.0.0.1:${port}`]) {
    for (const path of ["/api/v1/config", "/healthz", "/openapi.json", "/nothing"])
      assert.equal(await status({ host }, path), 403, `${host}${path}`);
  }
  assert.equal(await status({ host: own, origin: `http://${own}` }), 200);
  for (const origin of ["http://evil.example", "null", "", `http://localhost:${port}`, `http://${own}.evil.example`, "file://"]) {
    assert.equal(await status({ host: own, origin }), 403, origin);
  }
});

test("a proxy's origin can be allowed; with tokens any Host will do but a foreign Origin will not", async (t) => {
  const { address } = await startTestApi(t, fakeServices(), { tokens: TOKENS, allowedOrigins: ["https://kgroot.example"] });
  const authorization = "Bearer viewer-token";
  const status = async (headers: Record<string, string>) =>
    (await raw(address, "/api/v1/config", { headers: { authorization, ...headers } })).status;
  assert.equal(await status({ host: "inner:8080", origin: "https://kgroot.example" }), 200);
  assert.equal(await status({ host: "kgroot.internal", origin: "https://kgroot.internal" }), 200);
  assert.equal(await status({ host: "inner:8080", origin: "https://evil.example" }), 403);
});

test("an address beyond loopback without a token is refused at start", async () => {
  for (const host of ["0.0.0.0", "::", "192.168.0.1", "kgroot"]) {
    await assert.rejects(() => startApi(fakeServices(), { host, tokens: [] } as never), /set at least one token/);
  }
  assert.deepEqual(["localhost", "127.0.0.1", "127.1.2.3", "::1", "[::1]", "0.0.0.0", "::", "127.0.0.1.nip.io"].map(isLoopback), [
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});

test("an address that is taken rejects, and starting elsewhere still works", async (t) => {
  const first = await startTestApi(t);
  await assert.rejects(() => startTestApi(t, fakeServices(), { port: Number(new URL(first.address).port) }), /EADDRINUSE/);
  await startTestApi(t);
});

test("a token counts for its own budget, an unknown one for its address", () => {
  const access = createAccess(TOKENS, []);
  const from = (authorization: string) => access.identify({ headers: { authorization }, socket: { remoteAddress: "10.0.0.9" } } as never);
  assert.deepEqual(from("Bearer guess-1"), { key: "address:10.0.0.9", role: undefined });
  assert.equal(from("Bearer guess-2").key, from("Bearer guess-1").key);
  assert.notEqual(from("Bearer viewer-token").key, from("Bearer admin-token").key);
  const rate = createRateWindow(2);
  assert.deepEqual(
    [0, 1, 30_000, 59_999, 60_000].map((nowMs) => rate("a", nowMs)),
    [0, 0, 30, 1, 0],
  );
  assert.equal(rate("b", 30_000), 0);
});

test("the page: its own files by name with an ETag, strict headers, and no way out of the folder", async (t) => {
  const pageDir = await mkdtemp(join(tmpdir(), "kgroot-page-"));
  t.after(() => rm(pageDir, { recursive: true }));
  await assert.rejects(() => startTestApi(t, fakeServices(), { pageDir }), /build the page first/);
  await writeFile(join(pageDir, "index.html"), "<!doctype html><title>kgroot</title>");
  await writeFile(join(pageDir, "page.js"), "1;");
  await writeFile(join(pageDir, "notes.txt"), "not for the page");
  const { address } = await startTestApi(t, fakeServices(), { pageDir, tokens: TOKENS });
  const page = await raw(address, "/");
  assert.deepEqual([page.status, page.headers["content-type"], page.text.includes("kgroot")], [200, "text/html; charset=utf-8", true]);
  assert.match(String(page.headers["content-security-policy"]), /default-src 'none'.*script-src 'self'.*frame-ancestors 'none'/);
  assert.doesNotMatch(String(page.headers["content-security-policy"]), /unsafe/);
  assert.deepEqual([page.headers["x-content-type-options"], page.headers["referrer-policy"]], ["nosniff", "no-referrer"]);
  const again = await raw(address, "/", { headers: { "if-none-match": String(page.headers.etag) } });
  assert.deepEqual([again.status, again.text], [304, ""]);
  assert.equal((await raw(address, "/page.js")).headers["content-type"], "text/javascript; charset=utf-8");
  for (const path of [
    "/notes.txt",
    "/index.html/../notes.txt",
    "/../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/..%2fnotes.txt",
    "/page.js%00",
  ]) {
    assert.ok([400, 404].includes((await raw(address, path)).status), path);
  }
});
