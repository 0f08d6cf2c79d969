// Calls under way: each waits for its connection, its answer, its time or its cancellation, whichever is first.
import type { RpcNotifications } from "../protocol/rpc.ts";
import { ConnectionError, problemIn, RpcError } from "./errors.ts";

const CALLS_MAX = 1_000;
const TIMEOUT_MS = 30_000;

/** How a call is made. `timeoutMs` defaults to 30 s, and to none with `onProgress`: such calls are long. */
export type CallOptions = {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: RpcNotifications["progress"]) => void) | undefined;
  readonly timeoutMs?: number | undefined;
};

/** The calls of one client. */
export type Calls = {
  /** Resolves with the result. Sent by `send`; when that returns false, as soon as `flush` says that there is a connection. */
  make(method: string, params: unknown, options?: CallOptions, send?: Send): Promise<unknown>;
  /** Sends what has been waiting for a connection. */
  flush(): void;
  /** An answer or a progress notification. */
  settle(frame: Readonly<Record<string, unknown>>): void;
  progress(progress: RpcNotifications["progress"]): void;
  /** Fails the calls that were sent, or all. */
  fail(error: ConnectionError, which: "sent" | "all"): void;
};

/** Sends a text; false when there is no connection for it. */
export type Send = (text: string) => boolean;

type Pending = {
  readonly text: string;
  sent: boolean;
  readonly options: CallOptions;
  resolve(value: unknown): void;
  reject(error: unknown): void;
};

/** Calls that are sent by `usually` unless they say otherwise. */
export function createCalls(usually: Send): Calls {
  const pending = new Map<number, Pending>();
  let lastId = 0;

  const make = (method: string, params: unknown, options: CallOptions = {}, send = usually) =>
    new Promise<unknown>((resolve, reject) => {
      if (options.signal?.aborted) return reject(options.signal.reason);
      if (pending.size >= CALLS_MAX) return reject(new ConnectionError("lost", "too many calls wait for the agent"));
      lastId += 1;
      const id = lastId;
      const giveUp = (error: unknown) => {
        if (pending.get(id)?.sent) send(JSON.stringify({ jsonrpc: "2.0", method: "$/cancel", params: { id } }));
        finish();
        reject(error);
      };
      const onAbort = () => giveUp(options.signal?.reason);
      const timeoutMs = options.timeoutMs ?? (options.onProgress ? undefined : TIMEOUT_MS);
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => giveUp(new ConnectionError("timeout", `${method} was not answered in time`)), timeoutMs);
      const finish = () => {
        clearTimeout(timer);
        options.signal?.removeEventListener("abort", onAbort);
        pending.delete(id);
      };
      options.signal?.addEventListener("abort", onAbort);
      const text = JSON.stringify({ jsonrpc: "2.0", id, method, params });
      pending.set(id, {
        text,
        options,
        sent: send(text),
        resolve: (value) => {
          finish();
          resolve(value);
        },
        reject: (error) => {
          finish();
          reject(error);
        },
      });
    });

  return {
    make,
    flush: () => {
      for (const call of pending.values()) if (!call.sent) call.sent = usually(call.text);
    },
    settle: (frame) => {
      const call = typeof frame.id === "number" ? pending.get(frame.id) : undefined;
      if (frame.error === undefined) call?.resolve(frame.result);
      else call?.reject(rpcError(frame.error));
    },
    progress: (progress) => {
      if (typeof progress.id === "number") pending.get(progress.id)?.options.onProgress?.(progress);
    },
    fail: (error, which) => {
      for (const call of [...pending.values()]) if (which === "all" || call.sent) call.reject(error);
    },
  };
}

function rpcError(error: unknown): RpcError {
  const { code, message, data } = (error ?? {}) as { code?: unknown; message?: unknown; data?: unknown };
  return new RpcError(
    typeof code === "number" ? code : 0,
    typeof message === "string" ? message : "the agent answered an error without words",
    problemIn(data),
  );
}
