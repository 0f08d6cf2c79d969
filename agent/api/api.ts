// Starts the agent's HTTP and WebSocket interface over its services.
import { createInvoke } from "./calls/invoke.ts";
import { createAccess, isLoopback } from "./guard/access.ts";
import { createRateWindow } from "./guard/rate-window.ts";
import { createHttpServer } from "./http/server.ts";
import { type ApiOptions, WS_LIMITS } from "./options.ts";
import type { AgentServices } from "./services.ts";
import { startLiveHub } from "./ws/live-hub.ts";
import { startSocketServer } from "./ws/socket-server.ts";

/** A running API. `address` is a URL without a path; `stop` may be called twice. */
export type RunningApi = { readonly address: string; stop(): Promise<void> };

/** Starts listening. Throws when the address is taken, when the page was not built, or when a host beyond loopback is offered without a token. */
export async function startApi(services: AgentServices, options: ApiOptions): Promise<RunningApi> {
  if (options.tokens.length === 0 && !isLoopback(options.host)) {
    throw new Error(`the API on ${options.host} can be reached from other machines: set at least one token, or listen on 127.0.0.1`);
  }
  const nowMs = options.nowMs ?? Date.now;
  const limits = { ...WS_LIMITS, ...options.ws };
  const stopped = new AbortController();
  const access = createAccess(options.tokens, options.allowedOrigins);
  const rate = createRateWindow(options.requestsPerMinuteMax);
  const invoke = createInvoke({ services, nowMs, filesDir: options.filesDir });
  const app = await createHttpServer({ options, services, invoke, access, rate, nowMs, stopped: stopped.signal });
  const hub = startLiveHub({ live: services.live, store: services.store, statsMs: limits.statsMs, nowMs, logger: options.logger });
  const sockets = startSocketServer({ server: app.server, options, limits, services, invoke, access, rate, hub, nowMs });
  let stopping: Promise<void> | undefined;
  const stop = () => {
    stopping ??= (async () => {
      stopped.abort();
      sockets.stop();
      hub.stop();
      await app.close();
    })();
    return stopping;
  };
  try {
    const address = await app.listen({ host: options.host, port: options.port });
    options.logger.info("API is listening", { address });
    return { address: options.tls ? address.replace(/^http:/, "https:") : address, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
