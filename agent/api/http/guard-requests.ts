// What every HTTP request passes before its body is read: security headers, rate, Host and Origin, role.
import type { FastifyInstance, FastifyRequest } from "fastify";
import type { Role } from "../../protocol/rpc.ts";
import { mayAct } from "../calls/invoke.ts";
import { ApiFault } from "../fault.ts";
import type { Access, Identity } from "../guard/access.ts";
import type { RateWindow } from "../guard/rate-window.ts";

/** Who may use a route. `probe`: everybody, and it does not count towards the rate; `public`: everybody. */
export type RouteAccess = Role | "public" | "probe";

declare module "fastify" {
  interface FastifyContextConfig {
    access?: RouteAccess;
  }
  interface FastifyRequest {
    identity: Identity;
  }
}

/** The page is our own script and style sheet, data images, and the agent it came from. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const SECURITY_HEADERS = {
  "content-security-policy": CONTENT_SECURITY_POLICY,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "x-frame-options": "DENY",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

/** Installs the checks on every route, also on those that lead nowhere. */
export function guardRequests(
  app: FastifyInstance,
  guard: { readonly access: Access; readonly rate: RateWindow; readonly nowMs: () => number },
): void {
  app.decorateRequest("identity");
  app.addHook("onRequest", async (request, reply) => {
    reply.headers(SECURITY_HEADERS);
    const identity = guard.access.identify(request.raw);
    request.identity = identity;
    const access = request.routeOptions.config.access ?? "public";
    const waitS = access === "probe" ? 0 : guard.rate(identity.key, guard.nowMs());
    if (waitS > 0) throw new ApiFault("tooBusy", `too many requests; try again in ${waitS} s`, { retryAfterS: waitS });
    guard.access.checkOrigin(request.raw);
    if (access !== "public" && access !== "probe") checkRole(request, identity.role, access);
  });
}

function checkRole(request: FastifyRequest, role: Role | undefined, needed: Role): void {
  if (role === undefined) {
    throw new ApiFault(
      "unauthorised",
      request.headers.authorization ? "this token is not known to the agent" : "a token is needed: Authorization: Bearer …",
    );
  }
  if (!mayAct(role, needed)) throw new ApiFault("forbidden", `this needs the role ${needed}; this token has ${role}`);
}
