// What the watcher asks of an API server, and what its answers mean. The one implementation is connect.ts; tests give their own.
import { isFields, numberAt, textAt } from "../fields.ts";

/** An answer as it arrives. `chunks` is the decoded body; leaving its iteration, or aborting the request's signal, ends the transfer. */
export type KubeAnswer = {
  readonly status: number;
  readonly retryAfterMs?: number | undefined;
  readonly chunks: AsyncIterable<Uint8Array>;
};

/** One API server with the agent's credentials. */
export type KubeApi = {
  /** `https://10.0.0.1:6443`: for messages. */
  readonly server: string;
  /** GET. Rejects when the server cannot be reached, does not answer in time, or the signal is aborted. */
  get(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<KubeAnswer>;
  /** The credentials were refused: the next request reads them anew. */
  renew(): void;
};

/** Why a request gave nothing. The closed set is also the label of `kg_watch_errors_total`. */
export type KubeFault =
  | { readonly is: "expired"; readonly text: string }
  | { readonly is: "forbidden" | "unauthorised" | "absent"; readonly text: string }
  | { readonly is: "throttled" | "server"; readonly text: string; readonly retryAfterMs?: number | undefined }
  | { readonly is: "network" | "idle" | "unreadable"; readonly text: string };

/** Longest text of a fault that is kept: the rest of a message is of no help. */
const TEXT_LENGTH_MAX = 300;

/** Largest answer that is not a watch: 500 objects of etcd's limit would be 750 MB, but no real page comes near it. */
const BODY_BYTES_MAX = 256 * 1024 * 1024;

/** What a status code and a `Status` body (of an answer, or in a watch's ERROR event) mean. */
export function faultOf(status: number, body: unknown, retryAfterMs?: number): KubeFault {
  const message = isFields(body) ? (textAt(body, "message") ?? textAt(body, "reason")) : undefined;
  const text = `${status}: ${(message ?? "no reason given").slice(0, TEXT_LENGTH_MAX)}`;
  // After etcd was restored from a backup the version is one of the future: the same cure as for one of the past.
  if (status === 410 || (status === 504 && /too large resource version/i.test(text))) return { is: "expired", text };
  if (status === 401) return { is: "unauthorised", text };
  if (status === 403) return { is: "forbidden", text };
  if (status === 404 || status === 405) return { is: "absent", text };
  return { is: status === 429 ? "throttled" : "server", text, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

/** The fault of an ERROR event's object. */
export function faultOfStatus(status: unknown): KubeFault {
  return faultOf((isFields(status) ? numberAt(status, "code") : undefined) ?? 500, status);
}

/** The fault of a request that threw. */
export function faultOfError(error: unknown): KubeFault {
  const silence = [error, error instanceof Error ? error.cause : undefined].find((one) => one instanceof SilenceError);
  if (silence) return { is: "idle", text: silence.message };
  const text = error instanceof Error ? error.message || String((error as { code?: unknown }).code ?? error.name) : String(error);
  return { is: "network", text: text.slice(0, TEXT_LENGTH_MAX) };
}

/** Nothing came for too long: the connection may be half open. */
export class SilenceError extends Error {}

/** A body that must be one JSON value; undefined when it is none. Rejects when it is too large. */
export async function readJson(chunks: AsyncIterable<Uint8Array>): Promise<unknown> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Error(`the answer is larger than ${BODY_BYTES_MAX} bytes`);
    parts.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8")) as unknown;
  } catch {
    return undefined;
  }
}
