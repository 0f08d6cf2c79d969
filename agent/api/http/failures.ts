// Failures over HTTP: whatever went wrong leaves as RFC 9457 problem details with the right status.
import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import type { Logger } from "../../platform/logger.ts";
import { ApiFault, type FaultKind, faultOf, problemOf } from "../fault.ts";

const BY_STATUS: Readonly<Record<number, FaultKind>> = { 404: "notFound", 413: "tooLarge", 415: "unsupportedMediaType" };

/** Installs the handlers for failures and for addresses that lead nowhere. */
export function answerFailures(app: FastifyInstance, logger: Logger): void {
  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const fault = fastifyFault(error) ?? faultOf(error);
    if (fault.kind === "internal") logger.error("request failed", { method: request.method, route: request.routeOptions.url, err: error });
    return sendProblem(reply, fault);
  });
  app.setNotFoundHandler((_request, reply) =>
    sendProblem(reply, new ApiFault("notFound", "there is nothing at this address; /openapi.json lists what there is")),
  );
}

/** Answers with the problem details of a fault. */
export function sendProblem(reply: FastifyReply, fault: ApiFault): FastifyReply {
  const problem = problemOf(fault);
  if (fault.kind === "unauthorised") reply.header("www-authenticate", 'Bearer realm="kgroot"');
  if (problem.retry_after_s !== undefined) reply.header("retry-after", String(problem.retry_after_s));
  return reply.code(problem.status).type("application/problem+json").send(JSON.stringify(problem));
}

/** What fastify itself refuses: bodies that are too large, not JSON, or not well formed. */
function fastifyFault(error: FastifyError): ApiFault | undefined {
  const status = error.statusCode ?? 500;
  if (error instanceof ApiFault || status < 400 || status > 499) return undefined;
  if (status === 415) return new ApiFault("unsupportedMediaType", "the body must be application/json");
  if (status === 413) return new ApiFault("tooLarge", "the body is larger than this agent takes; send it in parts");
  return new ApiFault(BY_STATUS[status] ?? "badRequest", `the request cannot be read: ${error.message}`);
}
