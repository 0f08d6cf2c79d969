// How a call to the agent can fail, as the caller sees it.
import type { Problem } from "../protocol/problem.ts";

/** The agent answered with an error; `code` is one of RPC_ERRORS or JSON_RPC_ERRORS, `problem` what HTTP would have answered. */
export class RpcError extends Error {
  readonly code: number;
  readonly problem: Problem | undefined;
  constructor(code: number, message: string, problem: Problem | undefined) {
    super(message);
    this.name = "RpcError";
    this.code = code;
    this.problem = problem;
  }
}

/** Why there is no answer: the connection went away, the time was up, or the client is closed for good. */
export type ConnectionFailure = "lost" | "timeout" | "closed";

/** There was no answer. Whether the agent did what was asked is unknown when `failure` is `lost` or `timeout`. */
export class ConnectionError extends Error {
  readonly failure: ConnectionFailure;
  constructor(failure: ConnectionFailure, message: string) {
    super(message);
    this.name = "ConnectionError";
    this.failure = failure;
  }
}

/** The agent refused an HTTP request; `problem` is its RFC 9457 body, made up where something in between answered. */
export class ApiError extends Error {
  readonly status: number;
  readonly detail: string;
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = "ApiError";
    this.status = problem.status;
    this.detail = problem.detail;
    this.problem = problem;
  }
}

/** Problem details, if a value has that shape. */
export function problemIn(value: unknown): Problem | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { type, title, status, detail } = value as Partial<Problem>;
  const whole = typeof type === "string" && typeof title === "string" && typeof status === "number" && typeof detail === "string";
  return whole ? (value as Problem) : undefined;
}
