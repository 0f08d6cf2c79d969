// The Prometheus page, and the metrics that the API moves.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { WebSocket } from "ws";
import { startMetricsServer } from "../../../agent/api/metrics-server.ts";
import { createMetrics } from "../../../agent/platform/metrics.ts";
import { fakeServices } from "../../kit/fake-services.ts";
import { startTestApi } from "../../kit/start-api.ts";

test("GET /metrics and nothing else", async (t) => {
  const { registry } = createMetrics();
  const server = await startMetricsServer({ host: "127.0.0.1", port: 0, registry });
  t.after(() => server.stop());
  const page = await fetch(server.address);
  assert.deepEqual([page.status, page.headers.get("content-type")], [200, registry.contentType]);
  assert.match(await page.text(), /^# TYPE kg_ws_clients gauge$/m);
  assert.equal((await fetch(server.address, { method: "POST" })).status, 405);
  assert.equal((await fetch(new URL("/", server.address))).status, 404);
  await server.stop();
  await assert.rejects(() => fetch(server.address));
});

test("a registry that fails is a 500, not a crash", async (t) => {
  const registry = { contentType: "text/plain", metrics: () => Promise.reject(new Error("no")) };
  const server = await startMetricsServer({ host: "127.0.0.1", port: 0, registry });
  t.after(() => server.stop());
  assert.equal((await fetch(server.address)).status, 500);
});

test("clients, messages and requests are counted", async (t) => {
  const seen: unknown[] = [];
  const counted = createMetrics();
  const metrics = { ...counted, httpDuration: { observe: (labels: unknown, seconds: number) => void seen.push([labels, seconds >= 0]) } };
  const { address } = await startTestApi(t, fakeServices(), { metrics });
  const value = async (name: string) =>
    (await counted.registry.getSingleMetric(name)!.get()).values.reduce((sum, entry) => sum + entry.value, 0);
  const socket = new WebSocket(`${address.replace("http", "ws")}/ws`);
  await once(socket, "open");
  socket.send("{");
  await once(socket, "message");
  assert.deepEqual([await value("kg_ws_clients"), await value("kg_ws_messages_total")], [1, 2]);
  socket.close();
  while ((await value("kg_ws_clients")) !== 0) await new Promise(setImmediate);
  await (await fetch(`${address}/api/v1/incidents/inc-1`)).text();
  await (await fetch(`${address}/api/v1/incidents/none`)).text();
  await (await fetch(`${address}/elsewhere`)).text();
  const route = "/api/v1/incidents/:id";
  assert.deepEqual(seen, [
    [{ method: "GET", route, status: "200" }, true],
    [{ method: "GET", route, status: "404" }, true],
    [{ method: "GET", route: "none", status: "404" }, true],
  ]);
});
