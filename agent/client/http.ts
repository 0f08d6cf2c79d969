// A small typed client of the HTTP routes, for commands that ask once.
import { ApiError, problemIn } from "./errors.ts";

/** How a request is sent. `timeoutMs` defaults to 60 s; long administration calls take their own. */
export type HttpOptions = {
  readonly token?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
};

/** What is asked: a path below the base address, and a body for POST. */
export type HttpRequest = { readonly method: "GET" | "POST" | "DELETE"; readonly path: string; readonly body?: unknown };

const TIMEOUT_MS = 60_000;

/** The answer's JSON. Throws ApiError when the agent refuses; what `fetch` throws when it cannot be reached or the time is up. */
export async function request<T>(baseUrl: string, { method, path, body }: HttpRequest, options: HttpOptions = {}): Promise<T> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const response = await fetch(new URL(path, baseUrl), {
    method,
    headers: {
      accept: "application/json",
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    },
    signal: options.signal ? AbortSignal.any([options.signal, timeout]) : timeout,
    // A token must not follow a redirect to somewhere else.
    redirect: "error",
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const value = parsed(text);
  if (!response.ok) throw new ApiError(problemIn(value) ?? strangeProblem(response.status, text));
  if (value === undefined) throw new ApiError(strangeProblem(response.status, text));
  return value as T;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Something that is no kgroot agent answered. */
function strangeProblem(status: number, text: string) {
  return { type: "about:blank", title: "Not an answer of kgroot", status, detail: `status ${status}: ${text.slice(0, 200)}` };
}
