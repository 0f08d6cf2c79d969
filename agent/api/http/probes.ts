// Health probes and the description of the API.
import type { FastifyInstance } from "fastify";
import { Health, ReadinessSchema } from "../schemas/health.ts";
import type { AgentServices } from "../services.ts";

/** Registers `/healthz`, `/readyz` and `/openapi.json`. `/healthz` says that the process answers, `/readyz` whether it may be sent traffic (else 503 with the reasons). */
export function registerProbes(app: FastifyInstance, services: AgentServices): void {
  const config = { access: "probe" } as const;
  app.get("/healthz", { config, schema: { summary: "The process answers.", response: { 200: Health } } }, async () => ({
    status: "ok",
    version: services.version,
  }));
  const ready = {
    summary: "Whether the agent may be sent traffic, and why not.",
    response: { 200: ReadinessSchema, 503: ReadinessSchema },
  };
  app.get("/readyz", { config, schema: ready }, async (_request, reply) => {
    const readiness = services.readiness();
    reply.code(readiness.ready ? 200 : 503);
    return { ready: readiness.ready, reasons: readiness.reasons };
  });
  app.get("/openapi.json", { config: { access: "viewer" }, schema: { hide: true } }, async () => app.swagger());
}
