// The WebSocket that a client talks over: Node's, a browser's, or `ws`, all by the same few members.
import { WS_SUBPROTOCOL, WS_TOKEN_PREFIX } from "../protocol/rpc.ts";

/** What a listener is given. */
export type SocketEvent = { readonly type: string; readonly data?: unknown; readonly code?: number; readonly reason?: string };

/** The members that are used. */
export type SocketLike = {
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "message" | "close" | "error", listener: (event: SocketEvent) => void): void;
};

/** A WebSocket class. */
export type SocketClass = new (url: string, protocols: string[]) => SocketLike;

/** `http://host:8080` or `ws://host:8080/ws` as the address of the WebSocket. */
export function socketUrl(url: string): string {
  const address = new URL("/ws", url);
  address.protocol = address.protocol.replace(/^http/, "ws");
  return address.href;
}

/** The subprotocols to offer: a browser cannot set a header, so the token goes here. */
export function offeredProtocols(token: string | undefined): string[] {
  return token === undefined ? [WS_SUBPROTOCOL] : [WS_SUBPROTOCOL, WS_TOKEN_PREFIX + base64Url(token)];
}

function base64Url(text: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
