// The HTTP server: fastify with our guard, our routes and our failures.
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import swagger from "@fastify/swagger";
import fastify, { type FastifyInstance } from "fastify";
import type { Invoke } from "../calls/invoke.ts";
import type { Access } from "../guard/access.ts";
import type { RateWindow } from "../guard/rate-window.ts";
import type { ApiOptions } from "../options.ts";
import type { AgentServices } from "../services.ts";
import { answerFailures } from "./failures.ts";
import { guardRequests } from "./guard-requests.ts";
import { registerIntake } from "./intake.ts";
import { registerPage } from "./page.ts";
import { registerProbes } from "./probes.ts";
import { registerCallRoutes } from "./routes.ts";

// A uid has 36 characters; a rid of names, at most three times 253.
const PARAM_LENGTH_MAX = 1_024;
const HEADER_TIMEOUT_MS = 20_000;
const REQUEST_TIMEOUT_MS = 60_000;

/** What the HTTP server is made of. */
export type HttpParts = {
  readonly options: ApiOptions;
  readonly services: AgentServices;
  readonly invoke: Invoke;
  readonly access: Access;
  readonly rate: RateWindow;
  readonly nowMs: () => number;
  readonly stopped: AbortSignal;
};

/** The server with all routes; it does not listen yet. */
export async function createHttpServer(parts: HttpParts): Promise<FastifyInstance> {
  const { options, services, stopped, nowMs } = parts;
  const app = fastify({
    logger: false,
    bodyLimit: options.bodyBytesMax,
    routerOptions: { maxParamLength: PARAM_LENGTH_MAX },
    forceCloseConnections: true,
    serverFactory: (handler) => {
      const limits = { headersTimeout: HEADER_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS };
      return options.tls ? (createTlsServer({ ...options.tls, ...limits }, handler) as unknown as Server) : createServer(limits, handler);
    },
  });
  // Parameters are checked once, by the call itself, with the same schemas that describe the routes; answers are typed against them.
  app.setValidatorCompiler(() => (value: unknown) => ({ value }));
  app.setSerializerCompiler(() => (value) => JSON.stringify(value));
  app.removeContentTypeParser("text/plain");
  answerFailures(app, options.logger);
  guardRequests(app, { access: parts.access, rate: parts.rate, nowMs });
  observeDurations(app, options);
  await app.register(swagger, { openapi: description(services.version) });
  await app.after();
  registerProbes(app, services);
  registerCallRoutes(app, parts.invoke, stopped);
  registerIntake(app, { parseUpdates: options.parseUpdates, splitAlerts: options.splitAlerts, sink: services.sink, nowMs, stopped });
  if (options.pageDir !== undefined) await registerPage(app, options.pageDir);
  return app;
}

function observeDurations(app: FastifyInstance, { metrics }: ApiOptions): void {
  app.addHook("onResponse", async (request, reply) => {
    const labels = { method: request.method, route: request.routeOptions.url ?? "none", status: String(reply.statusCode) };
    metrics.httpDuration?.observe(labels, reply.elapsedTime / 1_000);
  });
}

function description(version: string) {
  return {
    openapi: "3.1.0",
    info: { title: "kgroot", version, description: "Finds the root cause when something breaks in Kubernetes, and shows the evidence." },
    components: { securitySchemes: { bearer: { type: "http" as const, scheme: "bearer" } } },
    security: [{ bearer: [] }],
  };
}
