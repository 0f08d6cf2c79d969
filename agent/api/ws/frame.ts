// JSON-RPC 2.0 frames: what a client sent, or what is wrong with it.
import { ApiFault, FAULTS, problemOf } from "../fault.ts";

const ID_LENGTH_MAX = 200;

/** The id of a request. */
export type RequestId = number | string;

/** One frame. A request without an id is a notification and gets no answer; a refused one is answered under the id it had, if any. */
export type Frame =
  | { readonly kind: "request"; readonly id: RequestId; readonly method: string; readonly params: unknown }
  | { readonly kind: "notification"; readonly method: string; readonly params: unknown }
  | { readonly kind: "refused"; readonly id: RequestId | null; readonly fault: ApiFault };

/** Reads one frame. Batches are refused: one request a frame. */
export function readFrame(text: string): Frame {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return { kind: "refused", id: null, fault: new ApiFault("parseError", "the message is not JSON") };
  }
  if (Array.isArray(frame))
    return { kind: "refused", id: null, fault: new ApiFault("invalidRequest", "batches are not supported: send one request a message") };
  if (typeof frame !== "object" || frame === null)
    return { kind: "refused", id: null, fault: new ApiFault("invalidRequest", "a request is a JSON object") };
  const { jsonrpc, id, method, params } = frame as Record<string, unknown>;
  const answerTo = isRequestId(id) ? id : null;
  if (jsonrpc !== "2.0" || typeof method !== "string" || (id !== undefined && answerTo === null)) {
    const detail = `a request has jsonrpc "2.0", a method, and an id that is a number or a text of at most ${ID_LENGTH_MAX} characters`;
    return { kind: "refused", id: answerTo, fault: new ApiFault("invalidRequest", detail) };
  }
  return answerTo === null ? { kind: "notification", method, params } : { kind: "request", id: answerTo, method, params };
}

/** The text of a good answer. */
export function resultFrame(id: RequestId, result: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}

/** The text of a failure; `data` is the problem that HTTP would answer. */
export function errorFrame(id: RequestId | null, fault: ApiFault): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code: FAULTS[fault.kind].code, message: fault.message, data: problemOf(fault) } });
}

/** The text of a notification. */
export function notificationFrame(method: string, params: unknown): string {
  return JSON.stringify({ jsonrpc: "2.0", method, params });
}

function isRequestId(id: unknown): id is RequestId {
  return (typeof id === "number" && Number.isFinite(id)) || (typeof id === "string" && id.length <= ID_LENGTH_MAX);
}
