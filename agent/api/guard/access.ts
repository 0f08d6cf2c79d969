// Who may come in: Host and Origin against other people's web pages, bearer tokens for roles (design.md §5, contracts.md §8).
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { type Role, WS_TOKEN_PREFIX } from "../../protocol/rpc.ts";
import { ApiFault } from "../fault.ts";
import type { RoleToken } from "../options.ts";

/** A caller: `key` is who the request counts for; `role` is undefined without a known token. */
export type Identity = { readonly key: string; readonly role: Role | undefined };

/** The rules of one agent. */
export type Access = {
  /** Never fails: an unknown token is a caller without a role. */
  identify(request: IncomingMessage): Identity;
  /** Throws `forbidden` for a page of another site, and on loopback without tokens for a Host that is no loopback name (DNS rebinding). */
  checkOrigin(request: IncomingMessage): void;
};

/** Whether a host to listen on can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, "").toLowerCase();
  return name === "localhost" || name === "::1" || /^127(?:\.\d{1,3}){3}$/.test(name);
}

/** The rules for these tokens; without tokens everybody is admin, which only a loopback address may offer. */
export function createAccess(tokens: readonly RoleToken[], allowedOrigins: readonly string[]): Access {
  const known = tokens.map(({ role, token }) => ({ role, digest: digestOf(token) }));
  const allowed = new Set(allowedOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, "")));
  return {
    identify: (request) => {
      const address = `address:${request.socket.remoteAddress ?? ""}`;
      if (known.length === 0) return { key: address, role: "admin" };
      const offered = offeredToken(request);
      if (offered === undefined) return { key: address, role: undefined };
      const digest = digestOf(offered);
      // Every token is compared, so that the time taken tells nothing.
      const matches = known.filter((token) => timingSafeEqual(token.digest, digest));
      const role = matches[0]?.role;
      return { key: role ? `token:${digest.toString("hex", 0, 8)}` : address, role };
    },
    checkOrigin: (request) => {
      const host = request.headers.host ?? "";
      if (known.length === 0 && !isLoopback(hostName(host))) {
        throw new ApiFault("forbidden", "this agent answers under loopback names only: use http://localhost or http://127.0.0.1");
      }
      const origin = request.headers.origin?.toLowerCase();
      if (origin !== undefined && !sameHost(origin, host) && !allowed.has(origin)) {
        throw new ApiFault("forbidden", "this page may not use the agent: its origin is not among allowedOrigins");
      }
    },
  };
}

function digestOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

/** `Authorization: Bearer …`, or what a browser's WebSocket offers as a subprotocol. */
function offeredToken({ headers }: IncomingMessage): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? "")?.[1];
  if (bearer !== undefined) return bearer;
  const offered = headers["sec-websocket-protocol"]?.split(",").map((word) => word.trim());
  const encoded = offered?.find((word) => word.startsWith(WS_TOKEN_PREFIX));
  return encoded === undefined ? undefined : Buffer.from(encoded.slice(WS_TOKEN_PREFIX.length), "base64url").toString("utf8");
}

/** `[::1]:8080` as `[::1]`, `localhost:8080` as `localhost`. */
function hostName(host: string): string {
  return host.replace(/:\d+$/, "");
}

/** The scheme is left out: a proxy that ends TLS in front of the agent changes it. */
function sameHost(origin: string, host: string): boolean {
  const page = URL.canParse(origin) ? new URL(origin) : undefined;
  const own = page && URL.canParse(`${page.protocol}//${host}`) ? new URL(`${page.protocol}//${host}`) : undefined;
  return page !== undefined && own !== undefined && page.host !== "" && page.host === own.host;
}
