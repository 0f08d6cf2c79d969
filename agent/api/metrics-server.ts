// The Prometheus page on its own port: GET /metrics and nothing else.
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The part of a prom-client registry that is served. */
export type MetricsRegistry = { readonly contentType: string; metrics(): Promise<string> };

/** Where to serve it; port 0 is any free one. */
export type MetricsServerOptions = { readonly host: string; readonly port: number; readonly registry: MetricsRegistry };

/** Starts listening; rejects when the address is taken. `stop` may be called twice. */
export async function startMetricsServer({
  host,
  port,
  registry,
}: MetricsServerOptions): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const server = createServer((request, response) => {
    request.resume();
    const path = (request.url ?? "").split("?")[0];
    if (path !== "/metrics") return answer(response, 404, "only /metrics is here\n");
    if (request.method !== "GET") return answer(response.setHeader("allow", "GET"), 405, "only GET\n");
    registry.metrics().then(
      (text) => answer(response.setHeader("content-type", registry.contentType), 200, text),
      (error: unknown) =>
        answer(response, 500, `metrics could not be collected: ${error instanceof Error ? error.message : String(error)}\n`),
    );
  });
  await new Promise<void>((listening, failed) => {
    server.once("error", failed);
    server.listen({ host, port }, () => listening());
  });
  const { port: bound } = server.address() as AddressInfo;
  return {
    address: `http://${host.includes(":") ? `[${host}]` : host}:${bound}/metrics`,
    stop: () =>
      new Promise((closed) => {
        server.close(() => closed());
        server.closeAllConnections();
      }),
  };
}

function answer(response: ServerResponse, status: number, text: string): void {
  if (!response.hasHeader("content-type")) response.setHeader("content-type", "text/plain; charset=utf-8");
  response.writeHead(status).end(text);
}
