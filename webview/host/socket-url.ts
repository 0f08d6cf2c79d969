// How the browser's connection is opened: address, subprotocols with the token, and how long to wait before the next try.

import type { WS_SUBPROTOCOL, WS_TOKEN_PREFIX } from "../../agent/protocol/rpc.ts";

// The types make the compiler hold these equal to the agent's.
const SUBPROTOCOL: typeof WS_SUBPROTOCOL = "kgroot.v1";
const TOKEN_PREFIX: typeof WS_TOKEN_PREFIX = "kgroot.token.";

/** The agent's WebSocket address beside the page's own. */
export function socketUrl(location: { readonly protocol: string; readonly host: string }): string {
  return `${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`;
}

/** Browsers cannot set headers on a WebSocket, so the token travels as a subprotocol, in base64url. */
export function subprotocols(token: string | undefined): string[] {
  if (!token) return [SUBPROTOCOL];
  const bytes = String.fromCharCode(...new TextEncoder().encode(token));
  return [SUBPROTOCOL, `${TOKEN_PREFIX}${btoa(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")}`];
}

/** Milliseconds before try number `attempt` (from 1): 1 s doubling to 30 s, less up to a quarter by `random` 0..1 so that many pages do not come at once. */
export function retryDelayMs(attempt: number, random: number): number {
  const full = Math.min(30_000, 1000 * 2 ** Math.max(0, attempt - 1));
  return Math.round(full * (1 - random / 4));
}
