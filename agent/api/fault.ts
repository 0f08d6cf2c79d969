// Every way in which a call can fail, with its HTTP status and JSON-RPC code: one table for both.
import type { Problem } from "../protocol/problem.ts";
import { JSON_RPC_ERRORS, RPC_ERRORS } from "../protocol/rpc.ts";
import { StoreFault } from "../store/port.ts";

/** HTTP status, JSON-RPC code and title of each kind of failure. */
export const FAULTS = {
  badRequest: { status: 400, code: JSON_RPC_ERRORS.invalidParams, title: "Bad request" },
  unauthorised: { status: 401, code: RPC_ERRORS.unauthorised, title: "Unauthorised" },
  forbidden: { status: 403, code: RPC_ERRORS.forbidden, title: "Forbidden" },
  notFound: { status: 404, code: RPC_ERRORS.notFound, title: "Not found" },
  conflict: { status: 409, code: RPC_ERRORS.conflict, title: "Conflict" },
  tooLarge: { status: 413, code: JSON_RPC_ERRORS.invalidRequest, title: "Content too large" },
  unsupportedMediaType: { status: 415, code: JSON_RPC_ERRORS.invalidRequest, title: "Unsupported media type" },
  tooBusy: { status: 429, code: RPC_ERRORS.tooBusy, title: "Too many requests" },
  internal: { status: 500, code: JSON_RPC_ERRORS.internalError, title: "Internal error" },
  unavailable: { status: 503, code: RPC_ERRORS.unavailable, title: "Unavailable" },
  cancelled: { status: 503, code: RPC_ERRORS.cancelled, title: "Cancelled" },
  versionMismatch: { status: 400, code: RPC_ERRORS.versionMismatch, title: "Protocol version mismatch" },
  parseError: { status: 400, code: JSON_RPC_ERRORS.parseError, title: "Parse error" },
  invalidRequest: { status: 400, code: JSON_RPC_ERRORS.invalidRequest, title: "Invalid request" },
  methodNotFound: { status: 404, code: JSON_RPC_ERRORS.methodNotFound, title: "Method not found" },
} as const;

/** How a call failed. */
export type FaultKind = keyof typeof FAULTS;

/** What a fault may say beside its sentence. */
export type FaultFacts = { readonly field?: string; readonly clusters?: readonly string[]; readonly retryAfterS?: number };

/** An expected failure of a call; `message` is the sentence that the client is shown. */
export class ApiFault extends Error {
  readonly kind: FaultKind;
  readonly facts: FaultFacts;
  constructor(kind: FaultKind, message: string, facts: FaultFacts = {}) {
    super(message);
    this.name = "ApiFault";
    this.kind = kind;
    this.facts = facts;
  }
}

const STORE_RETRY_S = 5;

/** Any thrown value as a fault. What is not expected becomes `internal`, without its text: that goes to the log only. */
export function faultOf(error: unknown): ApiFault {
  if (error instanceof ApiFault) return error;
  if (error instanceof StoreFault) {
    return new ApiFault("unavailable", error.message, error.kind === "transient" ? { retryAfterS: STORE_RETRY_S } : {});
  }
  if (error instanceof Error && error.name === "AbortError") return new ApiFault("cancelled", "the call was cancelled");
  if (error instanceof Error && error.name === "TimeoutError") {
    return new ApiFault("unavailable", "not durable in time: send it again", { retryAfterS: STORE_RETRY_S });
  }
  return new ApiFault("internal", "something went wrong in the agent; its log says what");
}

/** RFC 9457 problem details of a fault. */
export function problemOf(fault: ApiFault): Problem {
  const { status, title } = FAULTS[fault.kind];
  const { field, clusters, retryAfterS } = fault.facts;
  return {
    type: `urn:kgroot:problem:${fault.kind.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    title,
    status,
    detail: fault.message,
    ...(field === undefined ? {} : { field }),
    ...(clusters === undefined ? {} : { clusters: [...clusters] }),
    ...(retryAfterS === undefined ? {} : { retry_after_s: retryAfterS }),
  };
}
