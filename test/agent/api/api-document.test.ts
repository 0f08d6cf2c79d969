// docs/api.md and the code agree, both ways: routes with their roles, methods, notifications, statuses and error codes.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { CALLS } from "../../../agent/api/calls/invoke.ts";
import { FAULTS } from "../../../agent/api/fault.ts";
import { CALL_ROUTES } from "../../../agent/api/http/routes.ts";
import { JSON_RPC_ERRORS, RPC_ERRORS, type RpcNotifications } from "../../../agent/protocol/rpc.ts";
import { startTestApi } from "../../kit/start-api.ts";

const document = await readFile(new URL("../../../docs/api.md", import.meta.url), "utf8");

/** The rows below the table header that begins with these words, as trimmed cells. */
function table(header: string): string[][] {
  const lines = document.split("\n");
  const from = lines.findIndex((line) => line.startsWith(`| ${header}`));
  assert.notEqual(from, -1, `no table "${header}"`);
  const rows = lines.slice(from + 2);
  return rows
    .slice(
      0,
      rows.findIndex((line) => !line.startsWith("|")),
    )
    .map((row) =>
      row
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll("`", "")),
    );
}

const spelled = (url: string) => url.replace(/:(\w+)/g, "{$1}");

test("routes and roles", async (t) => {
  const { address } = await startTestApi(t);
  const { paths } = (await (await fetch(`${address}/openapi.json`)).json()) as { paths: Record<string, object> };
  const registered = Object.entries(paths).flatMap(([url, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${url}`),
  );
  const rows = table("route");
  assert.deepEqual(rows.map(([route]) => route).sort(), [...registered, "GET /openapi.json", "GET /"].sort());
  for (const { method, url, call } of CALL_ROUTES) {
    assert.equal(rows.find(([route]) => route === `${method} ${spelled(url)}`)?.[1], CALLS[call].role, url);
  }
});

test("methods, each beside its route", () => {
  const rows = table("method");
  assert.deepEqual(rows.map(([method]) => method).sort(), [...Object.keys(CALLS), "hello", "subscribe", "unsubscribe"].sort());
  for (const [method, route] of rows) {
    const own = CALL_ROUTES.filter(({ call }) => call === method).map((entry) => `${entry.method} ${spelled(entry.url)}`);
    assert.ok(own.length === 0 ? route === "" : own.includes(route!), method);
  }
});

test("notifications, statuses and error codes", () => {
  const notifications: Record<keyof RpcNotifications, true> = { "incidents/changed": true, "stats/changed": true, progress: true };
  assert.deepEqual(
    table("notification")
      .map(([name]) => name)
      .sort(),
    Object.keys(notifications).sort(),
  );
  assert.deepEqual(
    table("status").map(([status]) => Number(status)),
    [...new Set(Object.values(FAULTS).map(({ status }) => status as number))].sort(),
  );
  const codes = Object.entries({ ...JSON_RPC_ERRORS, ...RPC_ERRORS }).map(([name, code]) => [String(code), name]);
  assert.deepEqual(
    table("code")
      .map(([code, name]) => [code, name])
      .sort(),
    codes.sort(),
  );
});
