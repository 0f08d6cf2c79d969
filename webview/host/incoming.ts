// What arrives on the WebSocket, read once and checked for the shape of its envelope.
import type { HelloResult } from "../../agent/protocol/rpc.ts";
import type { HostToPage } from "../protocol.ts";

/** A message for the page, the answer to hello, or something to leave aside (progress, other methods, no JSON). */
export type Incoming = HostToPage | { readonly type: "hello"; readonly hello: HelloResult } | { readonly type: "ignored" };

const IGNORED: Incoming = { type: "ignored" };

/** Reads one frame. `helloId` is the id under which hello was sent. */
export function parseIncoming(frame: unknown, helloId: number): Incoming {
  const message = parseJson(frame);
  if (message === undefined) return IGNORED;
  const { id, method, params, result, error } = message;
  if (method === "incidents/changed" || method === "stats/changed") {
    // The agent is the page's own origin and speaks a checked protocol: the body is taken as its types say.
    return { type: method, params } as HostToPage;
  }
  if (typeof id !== "number") return IGNORED;
  if (isObject(error))
    return { type: "failure", id, code: Number(error["code"]), message: String(error["message"] ?? "The agent reports an error.") };
  if (id === helloId && isHello(result)) return { type: "hello", hello: result };
  return { type: "result", id, result };
}

function parseJson(frame: unknown): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(String(frame));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isHello(value: unknown): value is HelloResult {
  return isObject(value) && typeof value["protocol"] === "string" && typeof value["role"] === "string" && Array.isArray(value["clusters"]);
}
